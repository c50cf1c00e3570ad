-- needs jsonb_1000_integers_:variant
SELECT key, sum(value::float8) FROM jsonb_1000_integers_:variant, jsonb_each_text(m) GROUP BY key;
