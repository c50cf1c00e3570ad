-- Histograms of 500,000 rows of 10 keys, and merged ones: 100,000 of 10 keys of 100 values each
\ir ../../data/ten_keys.sql

SELECT setseed(0.25) \g /dev/null
CREATE TABLE IF NOT EXISTS hundred_histograms AS
SELECT redhist(reddict(ARRAY['clicks', 'views', 'revenue', 'sessions', 'bounces', 'signups', 'orders', 'refunds', 'latency', 'errors'],
	ARRAY(SELECT exp(sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random())) FROM generate_series(1, 10) WHERE i IS NOT NULL))) AS h
FROM generate_series(1, 100 * (10000 * :size)::int) AS i
GROUP BY (i - 1) / 100;
CREATE TABLE IF NOT EXISTS histograms AS SELECT h FROM hundred_histograms, generate_series(1, 10);
VACUUM ANALYZE histograms;
