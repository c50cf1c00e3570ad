WITH maps AS (
	SELECT group_:variant AS g, sum(m)::jsonb AS answer FROM grouped_reddict GROUP BY g
), columns AS (
	SELECT group_:variant AS g, sum(clicks) AS clicks, sum(views) AS views, sum(revenue) AS revenue,
		sum(sessions) AS sessions, sum(bounces) AS bounces, sum(signups) AS signups, sum(orders) AS orders,
		sum(refunds) AS refunds, sum(latency) AS latency, sum(errors) AS errors
	FROM grouped_columns
	GROUP BY g
)
SELECT count(*) > 0 AND bool_and(answer IS NOT DISTINCT FROM to_jsonb(columns) - 'g')
FROM maps FULL JOIN columns USING (g);

SELECT count(*) > 0 AND bool_and(p.sum IS NOT DISTINCT FROM r.sum AND rd_is_packed(p.sum))
FROM (SELECT group_:variant AS g, sum(m) FROM grouped_packed GROUP BY g) AS p
	FULL JOIN (SELECT group_:variant AS g, sum(m) FROM grouped_reddict GROUP BY g) AS r USING (g);
