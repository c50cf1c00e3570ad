--
-- Exact percentiles over rows: rd_percentile_agg, rd_percentiles_agg, rd_median_agg
--
-- The oracle is core's percentile_cont() over one row for each key, under GROUP
-- BY key; the maps are made of these rows.
--

SET max_parallel_workers_per_gather = 0;

\getenv abs_srcdir PG_ABS_SRCDIR
\set helpers :abs_srcdir '/sql/include/helpers.sql'
\i :helpers

-- The bits of a map's values, but for the sign of zero
CREATE FUNCTION pg_temp.same(a reddict, b reddict) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$ SELECT reddict_send(a + 0) IS NOT DISTINCT FROM reddict_send(b + 0) $$;

\pset format unaligned
\pset tuples_only on
\pset null NULL

--
-- By hand
--

CREATE TEMP TABLE small (grp text COLLATE "C", id int, m reddict);
INSERT INTO small VALUES
	('come and go', 1, '{"a": 1, "b": 10}'), ('come and go', 2, NULL), ('come and go', 3, '{"b": 5, "c": -2}'), ('come and go', 4, '{}'), ('come and go', 5, '{"a": 0.5}'),
	('empty', 6, '{}'), ('empty', 7, '{}'), ('NULL', 10, NULL), ('NULL', 11, NULL), ('NULL first', 12, NULL), ('NULL first', 13, '{"a": 1}'), ('NULL first', 14, '{"a": 4}'),
	('one', 15, '{"a": 7, "b": "NaN"}'),
	('same', 16, '{"a": 1, "b": 6}'), ('same', 17, '{"a": 3, "b": 4}'), ('same', 18, '{"a": 2, "b": 5}'), ('same', 19, '{"a": 5, "b": 1}'), ('same', 20, '{"a": 9, "b": 0}'),
	-- between infinities there is no number; NaN is above them
	('special', 21, '{"inf": "Infinity", "nan": 1, "mixed": "-Infinity"}'), ('special', 22, '{"inf": "Infinity", "nan": "NaN", "mixed": "Infinity"}'),
	('special', 23, '{"minus": "-Infinity"}'), ('special', 24, '{"minus": 5}'),
	-- the distance between two numbers may be too large for any
	('wide', 25, '{"a": 1.7976931348623157e308}'), ('wide', 26, '{"a": -1.7976931348623157e308}'),
	('zeros', 27, '{"a": -0}'), ('zeros', 28, '{"a": 0}');
SELECT grp, rd_median_agg(m), rd_percentile_agg(m, 0), rd_percentile_agg(m, 0.25), rd_percentile_agg(m, 1) FROM small WHERE grp <> 'zeros' GROUP BY grp ORDER BY grp;
SELECT rd_median_agg(m) = '{"a": 0}' FROM small WHERE grp = 'zeros';
SELECT grp, rd_percentiles_agg(m, '{0.75,NULL,0.5,0.75}') FROM small WHERE grp IN ('same', 'one', 'empty', 'NULL') GROUP BY grp ORDER BY grp;
-- no rows, no fractions, other shapes
SELECT rd_median_agg(m), rd_percentile_agg(m, 0.5), rd_percentiles_agg(m, '{0.5}') FROM small WHERE false;
SELECT rd_percentiles_agg(m, '{}'), rd_percentiles_agg(m, '{NULL}'), rd_percentiles_agg(m, '{{0,1},{1,0.5}}'), rd_percentiles_agg(m, '[5:6]={0,1}') FROM small WHERE grp = 'same';
SELECT pg_typeof(rd_percentiles_agg(m, '{}')), array_lower(rd_percentiles_agg(m, '[5:6]={0,1}'), 1), (rd_percentiles_agg(m, '{0,1}'))[2] -> 'a' FROM small WHERE grp = 'same';
-- a NULL fraction
SELECT rd_percentile_agg(m, NULL), rd_percentiles_agg(m, NULL) FROM small;
-- DISTINCT, FILTER, HAVING
SELECT rd_median_agg(DISTINCT m), rd_median_agg(m), rd_median_agg(m) FILTER (WHERE id > 16), rd_median_agg(m) FILTER (WHERE false)
FROM (SELECT * FROM small WHERE grp = 'same' UNION ALL SELECT * FROM small WHERE id = 20) AS s HAVING rd_percentile_agg(m, 1) -> 'a' = 9;

--
-- Fractions
--

-- core's errors; one for all rows that have a map
SELECT id, pg_temp.full_outcome('SELECT ' || statement) FROM (VALUES
	(1, $$rd_percentile_agg(m, 1.5) FROM small$$),
	(2, $$percentile_cont(1.5) WITHIN GROUP (ORDER BY 1.0)$$),
	(3, $$rd_percentile_agg(m, -0.1) FROM small$$),
	(4, $$rd_percentile_agg(m, 'NaN') FROM small$$),
	(5, $$rd_percentiles_agg(m, '{0.5,NULL,2}') FROM small$$),
	(6, $$rd_percentile_agg(m, id / 100.0) FROM small$$),
	(7, $$rd_percentile_agg(m, CASE id WHEN 1 THEN 0.5 END) FROM small$$),
	(8, $$rd_percentile_agg(m, CASE WHEN id > 3 THEN 0.5 END) FROM small$$),
	(9, $$rd_percentiles_agg(m, CASE id WHEN 1 THEN '{0.5}'::float8[] ELSE '{0.5,NULL}' END) FROM small$$),
	(10, $$rd_percentiles_agg(m, CASE id WHEN 1 THEN '{0.5}'::float8[] END) FROM small$$),
	(11, $$rd_percentiles_agg(m, CASE WHEN id > 3 THEN '{0.5}'::float8[] END) FROM small$$)
) AS v(id, statement) ORDER BY id;
-- 0 is -0
SELECT rd_percentile_agg(m, CASE id % 2 WHEN 0 THEN 0 ELSE '-0'::float8 END), rd_percentiles_agg(m, CASE id % 2 WHEN 0 THEN '{0}'::float8[] ELSE '{-0}' END) FROM small WHERE grp = 'same';
SELECT rd_percentile_agg(m, CASE WHEN m IS NOT NULL THEN 0.5 END) = rd_median_agg(m), rd_percentiles_agg(m, CASE WHEN m IS NOT NULL THEN '{0.5}'::float8[] END) = ARRAY[rd_median_agg(m)] FROM small WHERE grp <> 'special';
-- groups may have one each
SELECT grp, rd_percentile_agg(m, length(grp) / 10.0) FROM small WHERE grp IN ('same', 'NULL first', 'one') AND length(grp) < 10 GROUP BY grp ORDER BY grp;

--
-- Random numbers, against the oracle.  No rows: right.
--

SELECT setseed(0.16);
-- kinds of numbers by key; of each key some rows; groups of 1, 2, 3... rows
CREATE TEMP TABLE pairs AS
	SELECT grp, part, grp * 1000 + i AS id, 'key ' || k AS key, CASE k
		WHEN 0 THEN random()
		WHEN 1 THEN trunc(random() * 5)
		WHEN 2 THEN exp(random() * 20) * sign(random() - 0.3)
		WHEN 3 THEN ('{NaN,0,-0,Infinity,-Infinity,1}'::float8[])[1 + trunc(random() * 6)::int]
		WHEN 4 THEN (random() - 0.5) * 1e308 * 3.5
		WHEN 5 THEN CASE WHEN random() < 0.1 THEN 'NaN' ELSE random() END
		WHEN 6 THEN 'NaN'
		WHEN 7 THEN 42
		WHEN 8 THEN trunc(random() * 100) * 5e-324
		WHEN 9 THEN i
		WHEN 10 THEN - i
		ELSE round((random() * 1000)::numeric, 2)
	END::float8 AS value
	FROM generate_series(1, 40) AS grp, LATERAL generate_series(1, CASE grp WHEN 40 THEN 3000 ELSE grp * grp / 20 + grp % 4 + 1 END) AS i, LATERAL (SELECT trunc(random() * 3)::int + 0 * i AS part) AS p, generate_series(0, 12) AS k
	WHERE k = 9 OR random() < 0.8;
CREATE TEMP TABLE maps AS SELECT grp, part, id, reddict(array_agg(key), array_agg(value)) AS m FROM pairs GROUP BY 1, 2, 3;
-- rows of the same keys
INSERT INTO maps SELECT grp + 100, part, id, rd_slice(m, ARRAY['key 1', 'key 5', 'key 9', 'key 11']) FROM maps WHERE m ?& ARRAY['key 1', 'key 5', 'key 9', 'key 11'];
INSERT INTO pairs SELECT grp + 100, part, id, key, value FROM pairs WHERE key IN ('key 1', 'key 5', 'key 9', 'key 11') AND (grp + 100, id) IN (SELECT grp, id FROM maps);
CREATE INDEX ON pairs (grp, id);
ANALYZE pairs, maps;
SELECT count(*) > 4000, count(DISTINCT grp) FROM maps;
CREATE TEMP TABLE fractions AS SELECT '{0.95,0,NULL,0.001,0.25,0.3333333333333333,0.5,0.75,0.95,0.999,1,0.1,0.2,0.9}'::float8[] AS f;

-- what percentile_cont() gives for one and for many fractions
CREATE TEMP VIEW oracle AS SELECT grp, key, percentile_cont(0.95) WITHIN GROUP (ORDER BY value) AS p95, percentile_cont(0.5) WITHIN GROUP (ORDER BY value) AS median,
	percentile_cont((SELECT f FROM fractions)) WITHIN GROUP (ORDER BY value) AS many FROM pairs GROUP BY grp, key;
CREATE TEMP TABLE wanted AS SELECT grp, reddict(array_agg(key), array_agg(p95)) AS p95, reddict(array_agg(key), array_agg(median)) AS median FROM oracle GROUP BY grp;
CREATE TEMP TABLE wanted_many AS SELECT grp, i, reddict(array_agg(key), array_agg(many[i])) AS m FROM oracle, generate_subscripts(many, 1) AS i WHERE many[i] IS NOT NULL GROUP BY grp, i;
CREATE FUNCTION pg_temp.wrong(maps text, settings text DEFAULT '') RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE settings;
	RETURN QUERY EXECUTE format('
		SELECT ''one '' || grp FROM (SELECT grp, rd_percentile_agg(m, 0.95) AS p95, rd_median_agg(m) AS median FROM %1$s GROUP BY grp) AS given FULL JOIN wanted USING (grp)
		WHERE pg_temp.same(given.p95, wanted.p95) IS NOT TRUE OR pg_temp.same(given.median, wanted.median) IS NOT TRUE', maps);
	RETURN QUERY EXECUTE format('
		SELECT ''many '' || grp FROM (SELECT grp, i, many[i] AS m FROM (SELECT grp, rd_percentiles_agg(m, f) AS many FROM %1$s, fractions GROUP BY grp) AS g, generate_subscripts(many, 1) AS i WHERE many[i] IS NOT NULL) AS given
			FULL JOIN wanted_many AS wanted USING (grp, i)
		WHERE pg_temp.same(given.m, wanted.m) IS NOT TRUE', maps);
END $$;
SELECT count(*), count(DISTINCT i) FROM wanted_many;
SELECT * FROM pg_temp.wrong('maps', 'SET LOCAL enable_hashagg = off');
SELECT * FROM pg_temp.wrong('maps', 'SET LOCAL enable_sort = off');
-- in any order
SELECT * FROM pg_temp.wrong('(SELECT * FROM maps ORDER BY m) AS s');
SELECT * FROM pg_temp.wrong('(SELECT * FROM maps ORDER BY md5(id::text)) AS s');
-- grouping sets
SELECT grp, part FROM (
	SELECT coalesce(grp, -1) AS grp, coalesce(part, -1) AS part, rd_percentile_agg(m, 0.3) AS given FROM maps GROUP BY GROUPING SETS ((grp, part), (part), ())
) AS given FULL JOIN (
	SELECT coalesce(grp, -1) AS grp, coalesce(part, -1) AS part, reddict(array_agg(key), array_agg(p)) AS wanted FROM (
		SELECT grp, part, key, percentile_cont(0.3) WITHIN GROUP (ORDER BY value) AS p FROM pairs GROUP BY GROUPING SETS ((grp, part, key), (part, key), (key))) AS o
	GROUP BY grp, part
) AS wanted USING (grp, part)
WHERE pg_temp.same(given, wanted) IS NOT TRUE;
-- FILTER
SELECT grp FROM (SELECT grp, rd_percentile_agg(m, 0.3) FILTER (WHERE part = 1) AS given FROM maps GROUP BY grp) AS given
	LEFT JOIN (SELECT grp, reddict(array_agg(key), array_agg(p)) AS wanted FROM (
		SELECT grp, key, percentile_cont(0.3) WITHIN GROUP (ORDER BY value) AS p FROM pairs WHERE part = 1 GROUP BY 1, 2) AS o GROUP BY 1) AS wanted USING (grp)
WHERE NOT pg_temp.same(given, wanted);
-- windows: frames that grow, and that move
SELECT id FROM (SELECT grp, id, rd_percentile_agg(m, 0.9) OVER w AS given, rd_percentiles_agg(m, '{0.9,0.9}') OVER w AS twice FROM maps WHERE grp BETWEEN 15 AND 20 WINDOW w AS (PARTITION BY grp ORDER BY id)) AS g,
	LATERAL (SELECT reddict(array_agg(key), array_agg(p)) AS wanted FROM (
		SELECT key, percentile_cont(0.9) WITHIN GROUP (ORDER BY value) AS p FROM pairs WHERE pairs.grp = g.grp AND pairs.id <= g.id GROUP BY 1) AS o) AS wanted
WHERE pg_temp.same(given, wanted) IS NOT TRUE OR twice IS DISTINCT FROM ARRAY[given, given];
SELECT id FROM (SELECT grp, id, rd_median_agg(m) OVER (PARTITION BY grp ORDER BY id ROWS BETWEEN 3 PRECEDING AND 1 FOLLOWING) AS given,
		min(id) OVER w AS low, max(id) OVER w AS high FROM maps WHERE grp BETWEEN 15 AND 20 WINDOW w AS (PARTITION BY grp ORDER BY id ROWS BETWEEN 3 PRECEDING AND 1 FOLLOWING)) AS g,
	LATERAL (SELECT reddict(array_agg(key), array_agg(p)) AS wanted FROM (
		SELECT key, percentile_cont(0.5) WITHIN GROUP (ORDER BY value) AS p FROM pairs WHERE pairs.grp = g.grp AND pairs.id BETWEEN low AND high GROUP BY 1) AS o) AS wanted
WHERE pg_temp.same(given, wanted) IS NOT TRUE;

--
-- Many keys: some thousands, of which rows have few; keys that never come again;
-- rows that have all; key by key compared with the same of single keys
--

CREATE TEMP TABLE many_keys AS
	SELECT i AS id, reddict(array_agg('k' || (i * j * 7919 + j) % 3000), array_agg(trunc(random() * 100))) AS m FROM generate_series(1, 3000) AS i, generate_series(1, 1 + i % 9) AS j GROUP BY i, i % 9
	UNION ALL SELECT 4000 + i, reddict('once ' || i, i) FROM generate_series(1, 2000) AS i;
CREATE TEMP TABLE all_keys AS SELECT rd_reset(rd_concat_agg(m), 50) AS m FROM many_keys;
SELECT rd_length(m) > 4900 FROM all_keys;
INSERT INTO many_keys SELECT 10000 + i, m + i FROM all_keys, generate_series(1, 3) AS i;
INSERT INTO many_keys SELECT 20000 + i, reddict('k' || i, i) FROM generate_series(1, 500) AS i;
SELECT pg_temp.same(given, wanted) FROM (SELECT rd_percentile_agg(m, 0.4) AS given FROM many_keys) AS g,
	(SELECT reddict(array_agg(key), array_agg(p)) AS wanted FROM (SELECT key, percentile_cont(0.4) WITHIN GROUP (ORDER BY value) AS p FROM many_keys, rd_each(m) GROUP BY key) AS o) AS w;
SELECT pg_temp.same(rd_percentile_agg(m, 0.4 ORDER BY id DESC), rd_percentile_agg(m, 0.4 ORDER BY id)) FROM many_keys;
-- in a window, where a new key comes after a result
SELECT count(*), count(*) FILTER (WHERE rd_length(m) <> n) AS wrong FROM (SELECT row_number() OVER w AS n, rd_median_agg(m) OVER w AS m FROM many_keys WHERE id BETWEEN 4001 AND 4300 WINDOW w AS (ORDER BY id)) AS t;

--
-- Parallel
--

CREATE TABLE parallel_maps AS SELECT * FROM maps;
CREATE TABLE parallel_keys AS SELECT * FROM many_keys;
ANALYZE parallel_maps, parallel_keys;
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
EXPLAIN (COSTS OFF) SELECT rd_percentile_agg(m, 0.95), rd_percentiles_agg(m, '{0.5,0.95}'), rd_median_agg(m) FROM parallel_maps;
SELECT * FROM pg_temp.wrong('parallel_maps');
SELECT pg_temp.same(rd_percentile_agg(p.m, 0.4), (SELECT rd_percentile_agg(m, 0.4) FROM many_keys)) FROM parallel_keys AS p;
SELECT rd_percentile_agg(m, NULL), rd_percentiles_agg(m, NULL), rd_percentiles_agg(m, '{}'), rd_median_agg(m) FILTER (WHERE false) FROM parallel_maps;
\set VERBOSITY sqlstate
SELECT rd_percentile_agg(m, id / 100000.0) FROM parallel_maps;
SELECT rd_percentile_agg(m, 7) FROM parallel_maps;
\set VERBOSITY default
RESET max_parallel_workers_per_gather;
DROP TABLE parallel_maps, parallel_keys;
