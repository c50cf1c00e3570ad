-- transactions 4 10000 prepared
\set id random(1, 1000)
INSERT INTO upsert_jsonb_group AS t VALUES (:id, '{"clicks": 1, "views": 20, "revenue": 30.25, "sessions": 4, "bounces": 5, "signups": 6, "orders": 7, "refunds": 8, "latency": 9.5, "errors": 10}')
ON CONFLICT (id) DO UPDATE SET m = (
	SELECT jsonb_object_agg(key, sum)
	FROM (
		SELECT key, sum(value::float8)
		FROM (SELECT * FROM jsonb_each_text(t.m) UNION ALL SELECT * FROM jsonb_each_text(EXCLUDED.m)) AS both_maps
		GROUP BY key
	) AS sums
);
