SELECT key, percentile_cont(0.95) WITHIN GROUP (ORDER BY value::float8) FROM ten_jsonb, jsonb_each(m) GROUP BY key;
