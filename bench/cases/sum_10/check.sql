SELECT sum(m)::jsonb AS answer FROM ten_reddict \gset
SELECT to_regclass('ten_hstore') IS NOT NULL AS hstore \gset

SELECT count(m) = (SELECT count(*) FROM ten_columns) FROM ten_reddict;

SELECT count(m) = (SELECT count(*) FROM ten_columns) AND bool_and(rd_is_packed(m)) AND sum(m)::jsonb = :'answer' FROM ten_packed;
SELECT NOT bool_or(rd_is_packed(m)) FROM ten_reddict;

SELECT jsonb_object_agg(key, sum) = :'answer'
FROM (SELECT key, sum(value::float8) FROM ten_jsonb, jsonb_each(m) GROUP BY key) AS s;

SELECT jsonb_object_agg(key, sum) = :'answer'
FROM (SELECT key, sum(value::float8) FROM ten_jsonb, jsonb_each_text(m) GROUP BY key) AS s;

SELECT to_jsonb(s) = :'answer'
FROM (
	SELECT sum((m ->> 'clicks')::float8) AS clicks, sum((m ->> 'views')::float8) AS views,
		sum((m ->> 'revenue')::float8) AS revenue, sum((m ->> 'sessions')::float8) AS sessions,
		sum((m ->> 'bounces')::float8) AS bounces, sum((m ->> 'signups')::float8) AS signups,
		sum((m ->> 'orders')::float8) AS orders, sum((m ->> 'refunds')::float8) AS refunds,
		sum((m ->> 'latency')::float8) AS latency, sum((m ->> 'errors')::float8) AS errors
	FROM ten_jsonb
) AS s;

SELECT to_jsonb(s) = :'answer'
FROM (
	SELECT sum(clicks) AS clicks, sum(views) AS views, sum(revenue) AS revenue, sum(sessions) AS sessions,
		sum(bounces) AS bounces, sum(signups) AS signups, sum(orders) AS orders, sum(refunds) AS refunds,
		sum(latency) AS latency, sum(errors) AS errors
	FROM ten_columns
) AS s;

\if :hstore
SELECT jsonb_object_agg(key, sum) = :'answer'
FROM (SELECT key, sum(value::float8) FROM ten_hstore, each(m) GROUP BY key) AS s;
\endif

-- Numbers of 4 bytes, and sums of them.
SELECT to_regclass('ten_vector') IS NOT NULL AS vector \gset
\if :vector
SELECT bool_and(abs(a - b) <= 0.01 * b)
FROM (SELECT sum(m)::float4[]::float8[] AS v FROM ten_vector) AS s,
	(SELECT ARRAY[sum(clicks), sum(views), sum(revenue), sum(sessions), sum(bounces), sum(signups), sum(orders), sum(refunds), sum(latency), sum(errors)] AS v FROM ten_columns) AS t,
	unnest(s.v, t.v) AS u (a, b);
\endif
