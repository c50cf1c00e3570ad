-- Rounds are alike: the same seed.
SELECT count(*) = 40 * (2000 * :size)::int * :rounds AND sum(m)::jsonb = (SELECT to_jsonb(s) FROM (
	SELECT sum(clicks) AS clicks, sum(views) AS views, sum(revenue) AS revenue, sum(sessions) AS sessions,
		sum(bounces) AS bounces, sum(signups) AS signups, sum(orders) AS orders, sum(refunds) AS refunds,
		sum(latency) AS latency, sum(errors) AS errors
	FROM inserted_columns
) AS s) FROM inserted_reddict;
SELECT sum(m) = (SELECT sum(m::reddict) FROM inserted_jsonb) FROM inserted_reddict;
