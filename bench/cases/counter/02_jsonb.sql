-- transactions 4 2500 simple
\set key random(1, :variant)
UPDATE counter_jsonb_:variant SET m = jsonb_set(m, ARRAY['key_' || :key], to_jsonb((m ->> ('key_' || :key))::float8 + 1));
