-- Merge of 100,000 stored histograms of ten keys of 100 values each; bytes: a key of a histogram of 10,000 lognormal values
-- A thousand of them, of lognormal numbers, a hundred times
SELECT setseed(0.1) \g /dev/null
CREATE TABLE histograms AS
SELECT h, s
FROM (
	SELECT part, redhist(m) AS h, redstats(m) AS s
	FROM (
		SELECT part, reddict(array_agg('metric ' || key), array_agg(exp(sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random())))) AS m
		FROM generate_series(1, 1000) AS part, generate_series(1, 100) AS i, generate_series(1, 10) AS key
		GROUP BY part, i
	) AS maps
	GROUP BY part
) AS parts, generate_series(1, (100 * :size)::int);

CREATE TABLE large_histogram AS
SELECT redhist(m) AS h, redstats(m) AS s
FROM (
	SELECT reddict(array_agg('metric ' || key), array_agg(exp(sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random())))) AS m
	FROM generate_series(1, 10000) AS i, generate_series(1, 10) AS key
	GROUP BY i
) AS maps;
