SELECT avg(clicks), stddev(clicks), min(clicks), max(clicks),
	avg(views), stddev(views), min(views), max(views),
	avg(revenue), stddev(revenue), min(revenue), max(revenue),
	avg(sessions), stddev(sessions), min(sessions), max(sessions),
	avg(bounces), stddev(bounces), min(bounces), max(bounces),
	avg(signups), stddev(signups), min(signups), max(signups),
	avg(orders), stddev(orders), min(orders), max(orders),
	avg(refunds), stddev(refunds), min(refunds), max(refunds),
	avg(latency), stddev(latency), min(latency), max(latency),
	avg(errors), stddev(errors), min(errors), max(errors)
FROM ten_columns;
