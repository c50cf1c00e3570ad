SELECT count(*) > 0 AND count(*) = (SELECT count(*) FROM convert_jsonb) AND bool_and(r.m = j.m::reddict AND r.m::jsonb = j.m)
	AND bool_and(j.m = (SELECT jsonb_object_agg(key, value) FROM jsonb_each(j.m)))
	AND bool_and(j.m = (SELECT jsonb_object_agg(key, value) FROM rd_each(r.m)))
	AND bool_and(r.m = (SELECT reddict_agg(key, value::float8) FROM jsonb_each(j.m)))
FROM convert_reddict r JOIN convert_jsonb j USING (id);
