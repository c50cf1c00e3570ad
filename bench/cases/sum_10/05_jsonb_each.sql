SELECT key, sum(value::float8) FROM ten_jsonb, jsonb_each(m) GROUP BY key;
