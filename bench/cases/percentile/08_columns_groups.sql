SELECT id % 10000, percentile_cont(0.95) WITHIN GROUP (ORDER BY clicks),
	percentile_cont(0.95) WITHIN GROUP (ORDER BY views),
	percentile_cont(0.95) WITHIN GROUP (ORDER BY revenue),
	percentile_cont(0.95) WITHIN GROUP (ORDER BY sessions),
	percentile_cont(0.95) WITHIN GROUP (ORDER BY bounces),
	percentile_cont(0.95) WITHIN GROUP (ORDER BY signups),
	percentile_cont(0.95) WITHIN GROUP (ORDER BY orders),
	percentile_cont(0.95) WITHIN GROUP (ORDER BY refunds),
	percentile_cont(0.95) WITHIN GROUP (ORDER BY latency),
	percentile_cont(0.95) WITHIN GROUP (ORDER BY errors)
FROM ten_columns GROUP BY 1;
