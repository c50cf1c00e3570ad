-- The sum of all maps, key by key. (pgbench shows the first line of a statement.)

WITH totals AS (SELECT key, sum(value::text::float8) AS total FROM redbear_compare.as_jsonb, jsonb_each(m) GROUP BY key)
SELECT jsonb_object_agg(key, total) FROM totals;

SELECT sum(m) FROM redbear_compare.as_reddict;
