\set reddict vary_reddict_ :variant
\set jsonb vary_jsonb_ :variant
SELECT min(rd_length(m)) = 20 AND max(rd_length(m)) = 20 FROM :reddict;

SELECT jsonb_object_agg(key, sum) = (SELECT sum(m)::jsonb FROM :reddict)
FROM (SELECT key, sum(value::float8) FROM :jsonb, jsonb_each(m) GROUP BY key) AS s;
