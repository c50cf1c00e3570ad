SELECT count((SELECT jsonb_object_agg(key, value) FROM rd_each(m))) FROM convert_reddict;
