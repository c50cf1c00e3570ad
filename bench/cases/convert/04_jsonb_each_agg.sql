SELECT count((SELECT reddict_agg(key, value::float8) FROM jsonb_each(m))) FROM convert_jsonb;
