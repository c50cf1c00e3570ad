\set reddict rows_reddict_ :variant
\set jsonb rows_jsonb_ :variant
\set columns rows_columns_ :variant
SELECT sum(m)::jsonb AS answer FROM :reddict \gset

SELECT count(m) = (:variant * :size)::int FROM :reddict;

SELECT jsonb_object_agg(key, sum) = :'answer'
FROM (SELECT key, sum(value::float8) FROM :jsonb, jsonb_each(m) GROUP BY key) AS s;

SELECT to_jsonb(s) = :'answer'
FROM (
	SELECT sum((m ->> 'clicks')::float8) AS clicks, sum((m ->> 'views')::float8) AS views,
		sum((m ->> 'revenue')::float8) AS revenue, sum((m ->> 'sessions')::float8) AS sessions,
		sum((m ->> 'bounces')::float8) AS bounces, sum((m ->> 'signups')::float8) AS signups,
		sum((m ->> 'orders')::float8) AS orders, sum((m ->> 'refunds')::float8) AS refunds,
		sum((m ->> 'latency')::float8) AS latency, sum((m ->> 'errors')::float8) AS errors
	FROM :jsonb
) AS s;

SELECT to_jsonb(s) = :'answer'
FROM (
	SELECT sum(clicks) AS clicks, sum(views) AS views, sum(revenue) AS revenue, sum(sessions) AS sessions,
		sum(bounces) AS bounces, sum(signups) AS signups, sum(orders) AS orders, sum(refunds) AS refunds,
		sum(latency) AS latency, sum(errors) AS errors
	FROM :columns
) AS s;
