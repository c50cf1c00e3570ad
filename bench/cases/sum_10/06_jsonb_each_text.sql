SELECT key, sum(value::float8) FROM ten_jsonb, jsonb_each_text(m) GROUP BY key;
