-- transactions 4 5000 prepared
-- options -c redbear.pack=on -c redbear.narrow=off
\set id random(1, 1000)
INSERT INTO upsert_narrow_plain AS t VALUES (:id, '{"clicks": 1, "views": 20, "revenue": 30.25, "sessions": 4, "bounces": 5, "signups": 6, "orders": 7, "refunds": 8, "latency": 9.5, "errors": 10}')
ON CONFLICT (id) DO UPDATE SET m = t.m + EXCLUDED.m;
