SELECT sum(clicks), sum(views), sum(revenue), sum(sessions), sum(bounces),
	sum(signups), sum(orders), sum(refunds), sum(latency), sum(errors)
FROM ten_numeric;
