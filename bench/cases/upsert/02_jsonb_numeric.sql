-- transactions 4 10000 prepared
\set id random(1, 1000)
INSERT INTO upsert_jsonb_numeric AS t VALUES (:id, '{"clicks": 1, "views": 20, "revenue": 30.25, "sessions": 4, "bounces": 5, "signups": 6, "orders": 7, "refunds": 8, "latency": 9.5, "errors": 10}')
ON CONFLICT (id) DO UPDATE SET m = jsonb_build_object(
	'clicks', (t.m -> 'clicks')::numeric + (EXCLUDED.m -> 'clicks')::numeric,
	'views', (t.m -> 'views')::numeric + (EXCLUDED.m -> 'views')::numeric,
	'revenue', (t.m -> 'revenue')::numeric + (EXCLUDED.m -> 'revenue')::numeric,
	'sessions', (t.m -> 'sessions')::numeric + (EXCLUDED.m -> 'sessions')::numeric,
	'bounces', (t.m -> 'bounces')::numeric + (EXCLUDED.m -> 'bounces')::numeric,
	'signups', (t.m -> 'signups')::numeric + (EXCLUDED.m -> 'signups')::numeric,
	'orders', (t.m -> 'orders')::numeric + (EXCLUDED.m -> 'orders')::numeric,
	'refunds', (t.m -> 'refunds')::numeric + (EXCLUDED.m -> 'refunds')::numeric,
	'latency', (t.m -> 'latency')::numeric + (EXCLUDED.m -> 'latency')::numeric,
	'errors', (t.m -> 'errors')::numeric + (EXCLUDED.m -> 'errors')::numeric);
