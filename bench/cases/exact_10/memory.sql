\ir ../../data/memory.sql

SELECT 'redbear', pg_temp.memory('SELECT id % 100000, rd_exact_sum_agg(m) FROM ten_reddict GROUP BY 1');
SELECT 'redbear_packed', pg_temp.memory('SELECT id % 100000, rd_exact_sum_agg(m) FROM ten_packed GROUP BY 1');
SELECT 'numeric', pg_temp.memory('SELECT id % 100000, sum(clicks), sum(views), sum(revenue), sum(sessions), sum(bounces),
	sum(signups), sum(orders), sum(refunds), sum(latency), sum(errors) FROM ten_numeric GROUP BY 1');
