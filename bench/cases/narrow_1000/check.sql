SELECT sum(m)::jsonb AS answer FROM wide_plain_:variant \gset
SELECT sum(m)::jsonb = :'answer' AND bool_and(rd_encoding(m) = 'packed, scale 2, 4 bytes each') FROM wide_narrow_:variant;
SELECT sum(m)::jsonb = :'answer' FROM wide_narrow_row_:variant;
SELECT sum(m)::jsonb = :'answer' AND bool_and(rd_encoding(m) = 'packed, 8 bytes each') FROM wide_plain_row_:variant;
SELECT bool_and(m::jsonb = j) FROM (SELECT a.m, b.m AS j FROM wide_narrow_:variant AS a JOIN wide_jsonb_:variant AS b USING (id)) AS s;
