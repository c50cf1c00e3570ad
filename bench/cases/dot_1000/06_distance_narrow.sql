SELECT m::text AS weights FROM reddict_1000_decimals_external ORDER BY id LIMIT 1 \gset
SELECT sum(rd_distance(m, ':weights')) FROM dot_narrow;
