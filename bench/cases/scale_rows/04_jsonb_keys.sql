SELECT sum((m ->> 'clicks')::float8), sum((m ->> 'views')::float8),
	sum((m ->> 'revenue')::float8), sum((m ->> 'sessions')::float8),
	sum((m ->> 'bounces')::float8), sum((m ->> 'signups')::float8),
	sum((m ->> 'orders')::float8), sum((m ->> 'refunds')::float8),
	sum((m ->> 'latency')::float8), sum((m ->> 'errors')::float8)
FROM rows_jsonb_:variant;
