\ir ../../data/memory.sql

SELECT 'redbear', pg_temp.memory('SELECT group_' || :'variant' || ', sum(m) FROM grouped_reddict GROUP BY 1');
SELECT 'redbear_packed', pg_temp.memory('SELECT group_' || :'variant' || ', sum(m) FROM grouped_packed GROUP BY 1');
SELECT 'columns', pg_temp.memory('SELECT group_' || :'variant' || ', sum(clicks), sum(views), sum(revenue), sum(sessions), sum(bounces),
	sum(signups), sum(orders), sum(refunds), sum(latency), sum(errors) FROM grouped_columns GROUP BY 1');
