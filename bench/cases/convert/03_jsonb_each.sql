SELECT count((SELECT jsonb_object_agg(key, value) FROM jsonb_each(m))) FROM convert_jsonb;
