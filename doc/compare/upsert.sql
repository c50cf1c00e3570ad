-- Adds to three counters of a row. One of them is new where it has not been added yet.

\set id random(1, 100000)

INSERT INTO redbear_compare.as_jsonb AS t VALUES (:id, '{"counter_1": 1, "counter_2": 20, "more": 1}')
	ON CONFLICT (id) DO UPDATE SET m = t.m || (
		SELECT jsonb_object_agg(key, coalesce((t.m ->> key)::float8, 0) + value::text::float8)
		FROM jsonb_each(EXCLUDED.m));

INSERT INTO redbear_compare.as_reddict AS t VALUES (:id, '{"counter_1": 1, "counter_2": 20, "more": 1}')
	ON CONFLICT (id) DO UPDATE SET m = t.m + EXCLUDED.m;
