SELECT key, sum(value::float8) FROM n10_jsonb_:variant, jsonb_each_text(m) GROUP BY key;
