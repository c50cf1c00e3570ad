SELECT group_:variant, sum(clicks), sum(views), sum(revenue), sum(sessions), sum(bounces),
	sum(signups), sum(orders), sum(refunds), sum(latency), sum(errors)
FROM grouped_columns
GROUP BY group_:variant
OFFSET 1000000;
