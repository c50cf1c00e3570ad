SELECT avg(m) = reddict(ARRAY['clicks', 'views', 'revenue', 'sessions', 'bounces', 'signups', 'orders', 'refunds', 'latency', 'errors'],
	(SELECT ARRAY[avg(clicks), avg(views), avg(revenue), avg(sessions), avg(bounces), avg(signups), avg(orders), avg(refunds), avg(latency), avg(errors)] FROM ten_columns))
	AND max(m) = reddict(ARRAY['clicks', 'views', 'revenue', 'sessions', 'bounces', 'signups', 'orders', 'refunds', 'latency', 'errors'],
	(SELECT ARRAY[max(clicks), max(views), max(revenue), max(sessions), max(bounces), max(signups), max(orders), max(refunds), max(latency), max(errors)] FROM ten_columns))
	AND stddev(m) = reddict(ARRAY['clicks', 'views', 'revenue', 'sessions', 'bounces', 'signups', 'orders', 'refunds', 'latency', 'errors'],
	(SELECT ARRAY[stddev(clicks), stddev(views), stddev(revenue), stddev(sessions), stddev(bounces), stddev(signups), stddev(orders), stddev(refunds), stddev(latency), stddev(errors)] FROM ten_columns))
FROM ten_reddict;
