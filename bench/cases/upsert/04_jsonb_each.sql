-- transactions 4 10000 prepared
\set id random(1, 1000)
INSERT INTO upsert_jsonb_each AS t VALUES (:id, '{"clicks": 1, "views": 20, "revenue": 30.25, "sessions": 4, "bounces": 5, "signups": 6, "orders": 7, "refunds": 8, "latency": 9.5, "errors": 10}')
ON CONFLICT (id) DO UPDATE SET m = (
	SELECT jsonb_object_agg(key, coalesce(a.value::float8, 0) + coalesce(b.value::float8, 0))
	FROM jsonb_each_text(t.m) a FULL JOIN jsonb_each_text(EXCLUDED.m) b USING (key)
);
