-- With keys in the row
SELECT m::text AS weights FROM reddict_1000_doubles_external ORDER BY id LIMIT 1 \gset
SELECT sum(rd_dot(m, ':weights')) FROM reddict_1000_doubles_external;
