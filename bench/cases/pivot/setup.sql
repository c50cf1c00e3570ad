-- Rows to columns: 2,000,000 rows by groups of 100 keys, whose rows are together or shuffled; 1,000,000 by 10 and 10,000; 10,000 and 160,000 groups of 20
SELECT setseed(0.5);
SELECT format($$CREATE TABLE pivot_%s AS
	SELECT g, 'metric_' || k AS key, round((random() * 1000)::numeric, 2)::float8 AS v
	FROM generate_series(1, %s) AS g, generate_series(1, %s) AS k ORDER BY %s$$,
	name, ceil(groups * :size)::int, keys, CASE WHEN name LIKE 'shuffled%' THEN 'random()' ELSE 'g, k' END)
FROM (VALUES ('together_100', 20000, 100), ('shuffled_100', 20000, 100), ('together_10', 100000, 10), ('shuffled_10', 100000, 10),
	('together_10000', 100, 10000), ('shuffled_10000', 100, 10000), ('groups_10000', 10000, 20), ('groups_160000', 160000, 20)) AS v (name, groups, keys)
\gexec
-- the same as maps of one key each
SELECT format('CREATE TABLE pivot_maps_%1$s AS SELECT g, reddict(key, v) AS m FROM pivot_%1$s', name)
FROM (VALUES ('together_100'), ('shuffled_100')) AS v (name)
\gexec
-- what the contenders that ask for it need: 100 columns, and extensions
CREATE TABLE pivot_columns_together_100 ();
CREATE TABLE pivot_columns_shuffled_100 ();
SELECT 'CREATE TABLE pivot_hstore ()' FROM pg_extension WHERE extname = 'hstore'
\gexec
SELECT 'CREATE TABLE pivot_crosstab_together_100 ()' FROM pg_extension WHERE extname = 'tablefunc'
\gexec
