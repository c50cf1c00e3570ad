-- These numbers are integers or multiples of 0.25, so any sum of them is exact.
SELECT rd_exact_sum_agg(m) = (SELECT sum(m) FROM ten_reddict) FROM ten_reddict;
SELECT rd_exact_sum_agg(m) = (SELECT sum(m) FROM ten_packed) FROM ten_packed;
SELECT to_jsonb(s) = (SELECT rd_exact_sum_agg(m)::jsonb FROM ten_reddict)
FROM (
	SELECT sum(clicks) AS clicks, sum(views) AS views, sum(revenue) AS revenue, sum(sessions) AS sessions,
		sum(bounces) AS bounces, sum(signups) AS signups, sum(orders) AS orders, sum(refunds) AS refunds,
		sum(latency) AS latency, sum(errors) AS errors
	FROM ten_numeric
) AS s;
