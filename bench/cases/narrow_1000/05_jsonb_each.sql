SELECT key, sum(value::float8) FROM wide_jsonb_:variant, jsonb_each_text(m) GROUP BY key;
