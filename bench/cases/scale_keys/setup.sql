-- Key-wise sum of 1,000,000 pairs in rows of so many keys, not compressed
CREATE TEMP TABLE scales AS
SELECT keys, format('SELECT array_agg(%L || to_char(i, %L) ORDER BY i) FROM generate_series(1, %s) AS i', 'metric_', 'FM00000', keys) AS names
FROM unnest(ARRAY[1, 3, 10, 30, 100, 300, 1000, 3000, 10000]) AS keys;

SELECT format('CREATE TABLE scale_array_%s (m float8[])', keys),
	format('CREATE TABLE scale_reddict_%s (m reddict)', keys),
	format('CREATE TABLE scale_packed_%s (m reddict)', keys),
	format('CREATE TABLE scale_jsonb_%s (m jsonb)', keys)
FROM scales
\gexec
SELECT format('ALTER TABLE scale_%s_%s ALTER m SET STORAGE external', type, keys)
FROM scales, unnest(ARRAY['array', 'reddict', 'packed', 'jsonb']) AS type
\gexec

SELECT setseed(0.7) \g /dev/null
SELECT format('INSERT INTO scale_array_%1$s
	SELECT (SELECT array_agg(floor(random() * 40000) / 4) FROM generate_series(1, %1$s + 0 * id))
	FROM generate_series(1, %2$s) AS id', keys, ceil(1000000.0 / keys * :size)),
	format('INSERT INTO scale_reddict_%s SELECT reddict((%s), m) FROM scale_array_%1$s', keys, names),
	format('SELECT rd_share_keys((%s))', names),
	format('INSERT INTO scale_packed_%s SELECT rd_pack(m) FROM scale_reddict_%1$s', keys),
	format('INSERT INTO scale_jsonb_%s SELECT m::jsonb FROM scale_reddict_%1$s', keys)
FROM scales
ORDER BY keys
\gexec

-- A table has at most 1,600 columns. The sums of all are a view, for the list
-- is long.
SELECT format('CREATE TABLE scale_columns_%s AS
		WITH fetched AS MATERIALIZED (SELECT m || %L AS m FROM scale_array_%1$s) SELECT %3$s FROM fetched', keys, '{}',
		(SELECT string_agg(format('m[%s] AS c%1$s', i), ', ' ORDER BY i) FROM generate_series(1, keys) AS i)),
	format('CREATE VIEW scale_sums_%s AS SELECT %s FROM scale_columns_%1$s', keys,
		(SELECT string_agg(format('sum(c%s) AS c%1$s', i), ', ' ORDER BY i) FROM generate_series(1, keys) AS i))
FROM scales
WHERE keys <= 1000
\gexec

DROP TABLE scales;
