SELECT sum(m)::jsonb AS answer FROM n10_plain_:variant \gset
SELECT count(m) = (SELECT count(*) FROM n10_columns_:variant) AND bool_and(rd_encoding(m) ~ '^packed.*[^8] bytes? each$' AND NOT rd_encoding(m) ~ ' 8 bytes each$' OR rd_encoding(m) ~ '1 to 8') AND sum(m)::jsonb = :'answer' FROM n10_narrow_:variant;
SELECT bool_and(rd_encoding(m) = 'packed, 8 bytes each') FROM n10_plain_:variant;
SELECT jsonb_object_agg(key, sum) = :'answer' FROM (SELECT key, sum(value::float8) FROM n10_jsonb_:variant, jsonb_each_text(m) GROUP BY key) AS s;
SELECT jsonb_build_object('clicks', sum(a), 'views', sum(b), 'revenue', sum(c), 'sessions', sum(d), 'bounces', sum(e), 'signups', sum(f), 'orders', sum(g), 'refunds', sum(h), 'latency', sum(i), 'errors', sum(j)) = :'answer' FROM n10_columns_:variant;
SELECT jsonb_build_object('clicks', sum(a), 'views', sum(b), 'revenue', sum(c), 'sessions', sum(d), 'bounces', sum(e), 'signups', sum(f), 'orders', sum(g), 'refunds', sum(h), 'latency', sum(i), 'errors', sum(j)) = :'answer' FROM n10_smallest_:variant;
