-- transactions 4 5000 prepared
\set id random(1, 1000)
INSERT INTO upsert_narrow_jsonb AS t VALUES (:id, '{"clicks": 1, "views": 20, "revenue": 30.25, "sessions": 4, "bounces": 5, "signups": 6, "orders": 7, "refunds": 8, "latency": 9.5, "errors": 10}')
ON CONFLICT (id) DO UPDATE SET m = jsonb_build_object(
	'clicks', (t.m ->> 'clicks')::float8 + (EXCLUDED.m ->> 'clicks')::float8,
	'views', (t.m ->> 'views')::float8 + (EXCLUDED.m ->> 'views')::float8,
	'revenue', (t.m ->> 'revenue')::float8 + (EXCLUDED.m ->> 'revenue')::float8,
	'sessions', (t.m ->> 'sessions')::float8 + (EXCLUDED.m ->> 'sessions')::float8,
	'bounces', (t.m ->> 'bounces')::float8 + (EXCLUDED.m ->> 'bounces')::float8,
	'signups', (t.m ->> 'signups')::float8 + (EXCLUDED.m ->> 'signups')::float8,
	'orders', (t.m ->> 'orders')::float8 + (EXCLUDED.m ->> 'orders')::float8,
	'refunds', (t.m ->> 'refunds')::float8 + (EXCLUDED.m ->> 'refunds')::float8,
	'latency', (t.m ->> 'latency')::float8 + (EXCLUDED.m ->> 'latency')::float8,
	'errors', (t.m ->> 'errors')::float8 + (EXCLUDED.m ->> 'errors')::float8);
