-- a key: of histograms of 100 and of 10,000 lognormal (0, 1) values, and what the latter may take
SELECT 'hundred', avg(pg_column_size(h)) / 10, NULL FROM hundred_histograms;
SELECT setseed(0.5) \g /dev/null
SELECT 'redbear', pg_column_size(redhist(m)) / 10, NULL FROM (
	SELECT reddict(array_agg('key ' || k), array_agg(exp(sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random())))) AS m
	FROM generate_series(1, 10000) AS i, generate_series(1, 10) AS k GROUP BY i) AS t;
SELECT 'limit', 400, NULL;
