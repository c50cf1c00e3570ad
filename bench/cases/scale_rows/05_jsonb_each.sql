SELECT key, sum(value::float8) FROM rows_jsonb_:variant, jsonb_each(m) GROUP BY key;
