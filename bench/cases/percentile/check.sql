CREATE TEMP TABLE answer AS
SELECT key, percentile_cont('{0.5,0.9,0.95,0.99}'::float8[]) WITHIN GROUP (ORDER BY value::float8) AS p
FROM ten_jsonb, jsonb_each(m)
GROUP BY key;
SELECT reddict(array_agg(key), array_agg(p[3])) AS answer FROM answer \gset

SELECT rd_percentile_agg(m, 0.95) = :'answer' FROM ten_reddict;
SELECT rd_percentile_agg(m, 0.95) = :'answer' FROM ten_packed;
SELECT reddict(ARRAY['clicks', 'views', 'revenue', 'sessions', 'bounces', 'signups', 'orders', 'refunds', 'latency', 'errors'], ARRAY[
	percentile_cont(0.95) WITHIN GROUP (ORDER BY clicks),
	percentile_cont(0.95) WITHIN GROUP (ORDER BY views),
	percentile_cont(0.95) WITHIN GROUP (ORDER BY revenue),
	percentile_cont(0.95) WITHIN GROUP (ORDER BY sessions),
	percentile_cont(0.95) WITHIN GROUP (ORDER BY bounces),
	percentile_cont(0.95) WITHIN GROUP (ORDER BY signups),
	percentile_cont(0.95) WITHIN GROUP (ORDER BY orders),
	percentile_cont(0.95) WITHIN GROUP (ORDER BY refunds),
	percentile_cont(0.95) WITHIN GROUP (ORDER BY latency),
	percentile_cont(0.95) WITHIN GROUP (ORDER BY errors)]) = :'answer'
FROM ten_columns;
SELECT rd_percentiles_agg(m, '{0.5,0.9,0.95,0.99}')
	= ARRAY(SELECT reddict(array_agg(key), array_agg(p[i])) FROM answer, generate_series(1, 4) AS i GROUP BY i ORDER BY i)
FROM ten_reddict;
SELECT bool_and(views = p -> 'views' AND latency = p -> 'latency')
FROM (SELECT id % 10000 AS grp, rd_percentile_agg(m, 0.95) AS p FROM ten_reddict GROUP BY 1) AS r
	FULL JOIN (SELECT id % 10000 AS grp, percentile_cont(0.95) WITHIN GROUP (ORDER BY views) AS views,
		percentile_cont(0.95) WITHIN GROUP (ORDER BY latency) AS latency FROM ten_columns GROUP BY 1) AS c USING (grp);
-- The histogram's are within 0.55 %.
SELECT bool_and(abs(((rh_percentiles(t.h, '{0.5,0.9,0.95,0.99}'))[i] -> key) - p[i]) <= 0.0055 * p[i])
FROM (SELECT redhist(m) AS h FROM ten_reddict) AS t, answer, generate_series(1, 4) AS i;
