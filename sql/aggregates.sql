--
-- Key-wise aggregates: sum, min and max of reddict, and reddict_agg.
--
-- The oracle is core's aggregates over one row for each key ("pair"), under
-- GROUP BY key. Values are compared bit by bit.
--
CREATE SCHEMA test_aggregates;
SET search_path = test_aggregates, public;
SET default_toast_compression = pglz;
-- where they are not what is tested
SET max_parallel_workers_per_gather = 0;
SET jit = off;

\getenv abs_srcdir PG_ABS_SRCDIR
\set helpers :abs_srcdir '/sql/include/helpers.sql'
\i :helpers

-- SQLSTATE, message and detail of the error that a query raises
CREATE FUNCTION failure(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	state text;
	message text;
	detail text;
BEGIN
	EXECUTE query;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE,
		message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
	RETURN concat_ws(E'\n', state || ': ' || message, nullif(detail, ''));
END $$;

--
-- By hand: NULL, nothing, empty, keys that come and go
--
CREATE TABLE small (grp text COLLATE "C", id int, m reddict);
INSERT INTO small VALUES
	('come and go', 1, '{"a": 1, "b": 10}'),
	('come and go', 2, NULL),
	('come and go', 3, '{"b": 5, "c": -2}'),
	('come and go', 4, '{}'),
	('come and go', 5, '{"a": 0.5}'),
	('empty', 6, '{}'),
	('empty', 7, '{}'),
	('empty first', 8, '{}'),
	('empty first', 9, '{"a": 1}'),
	('NULL', 10, NULL),
	('NULL', 11, NULL),
	('NULL first', 12, NULL),
	('NULL first', 13, '{"a": 1}'),
	('NULL first', 14, '{"a": 2}'),
	('one', 15, '{"a": 1, "": 2}'),
	('same', 16, '{"a": 1, "b": 6}'),
	('same', 17, '{"a": 3, "b": 5}'),
	('same', 18, '{"a": 2, "b": 4}');
SELECT grp, sum(m), min(m), max(m) FROM small GROUP BY grp ORDER BY grp;

-- no rows
SELECT sum(m), min(m), max(m), reddict_agg(grp, id) FROM small WHERE false;
SELECT grp, sum(m) FROM small WHERE false GROUP BY grp;

-- FILTER, DISTINCT, ORDER BY
SELECT grp, sum(m) FILTER (WHERE id % 2 = 1), max(m) FILTER (WHERE id > 100)
FROM small GROUP BY grp ORDER BY grp;
SELECT sum(DISTINCT m), min(DISTINCT m), reddict_agg(DISTINCT key, value)
FROM (VALUES ('{"a": 1}'::reddict, 'k', 2), ('{"b": 1}', 'k', 3), ('{"a": 1.0}', 'k', 2),
	('{"a": 1, "b": 1}', 'l', 2), ('{"b": 1}', 'l', 2)) AS v (m, key, value);
SELECT sum(m ORDER BY id) AS up, sum(m ORDER BY id DESC) AS down
FROM (VALUES (1, '{"a": 1e16}'::reddict), (2, '{"a": -1e16}'), (3, '{"a": 1}')) AS v (id, m);

-- -0, NaN, infinity, subnormal and largest numbers, as core has it
CREATE TABLE special (id int, m reddict);
INSERT INTO special VALUES
	(1, '{"a": -0, "b": -0, "c": 0, "d": 1, "e": "Infinity", "f": 1, "g": 5e-324, "h": 1.7976931348623157e308, "i": "NaN"}'),
	(2, '{"a": -0, "b": 0, "c": -0, "d": "Infinity", "e": "-Infinity", "f": "NaN", "g": 5e-324, "h": -1.7976931348623157e308, "i": "-Infinity"}'),
	(3, '{"a": -0, "f": 2, "l": -0}');
SELECT sum(m) FROM special;
SELECT min(m) FROM special;
SELECT max(m) FROM special;
SELECT reddict_agg(key, value) FROM special, rd_each(m);

-- reddict_agg: values of a repeated key are added; a NULL value is skipped,
-- with its key; a NULL key is an error, whatever its value
SELECT reddict_agg(key, value)
FROM (VALUES ('b', 1), ('a', 2), ('b', 10), ('', 0), ('c', NULL), ('a', NULL)) AS v (key, value);
SELECT reddict_agg(key, NULL) FROM (VALUES ('a'), ('b')) AS v (key);
SELECT reddict_agg(key, value) FROM (VALUES ('a', 1), (NULL, 2)) AS v (key, value);
SELECT reddict_agg(key, value) FROM (VALUES (NULL::text, NULL::float8)) AS v (key, value);
SELECT reddict_agg(key, value) FILTER (WHERE key IS NOT NULL)
FROM (VALUES ('a', 1), (NULL, 2)) AS v (key, value);
SELECT reddict_agg(id::text, id) OVER (ORDER BY id ROWS 1 PRECEDING) FROM generate_series(1, 3) AS id;

--
-- Oracle: many shapes of input. "line" says which rows there are, "pair" what
-- their maps hold, and "input" has the maps.
--
CREATE TABLE line (shape text COLLATE "C", grp int, id int);
INSERT INTO line
SELECT shape, grp, id
FROM (VALUES ('63 keys', 2, 40), ('64 keys', 2, 40), ('65 keys', 2, 40),
	('constant', 5, 200), ('few at random', 60, 30), ('grow', 2, 150), ('late change', 3, 150),
	('many at random', 3, 300), ('one key more', 3, 200), ('special', 4, 30),
	('special of many', 4, 30), ('thousands', 2, 6), ('thousand of 3000', 2, 10), ('wide', 3, 60),
	('wide late', 3, 60)) AS shapes (shape, groups, lines),
	generate_series(1, groups) AS grp, generate_series(1, lines) AS id;

CREATE TABLE pair AS
SELECT shape, grp, id, key COLLATE "C" AS key,
	-- sums whose last bits depend on the order
	(pg_temp.noise(id, grp, j) - 5000) / 7.0::float8 * 10.0::float8 ^ (id % 17) AS value
FROM (
	SELECT shape, grp, id, j, 'key ' || j AS key
	FROM line, generate_series(1, 10) AS j
	WHERE shape = 'constant'
	UNION ALL
	-- one row in 37 has a key that no other has
	SELECT shape, grp, id, j, CASE WHEN j < 11 THEN 'key ' || j ELSE 'late ' || id END
	FROM line, generate_series(1, 11) AS j
	WHERE shape = 'one key more' AND (j < 11 OR id % 37 = 0)
	UNION ALL
	-- up to 10, 5 of 4,000, and 1,000 of 3,000 keys
	SELECT DISTINCT ON (shape, grp, id, key) shape, grp, id, j,
		'key ' || CASE shape WHEN 'few at random' THEN pg_temp.noise(id, grp, j) % 10
			WHEN 'many at random' THEN pg_temp.noise(id, grp, j) % 4000
			ELSE (j * 3 + pg_temp.noise(id, grp)) % 3000 END AS key
	FROM line, generate_series(1, 1000) AS j
	WHERE (shape IN ('few at random', 'many at random') AND j <= 5) OR shape = 'thousand of 3000'
	UNION ALL
	SELECT shape, grp, id, j, lpad(j::text, 4, '0')
	FROM line, generate_series(1, 2500) AS j
	WHERE shape = 'thousands'
	UNION ALL
	-- every row has one key more than the row before
	SELECT shape, grp, id, j, '_' || j
	FROM line, generate_series(1, 150) AS j
	WHERE shape = 'grow' AND j <= id
	UNION ALL
	-- 100 equal rows, then keys of which some are new
	SELECT shape, grp, id, j, CASE WHEN id <= 100 OR j % 3 > 0 THEN 'key ' || j ELSE 'late ' || (id * 3 + j * 7) % 500 END
	FROM line, generate_series(1, 100) AS j
	WHERE shape = 'late change'
	UNION ALL
	-- around the number of keys up to which a state stays flat: the first rows
	-- have just so many, a later one has one more, the last have some
	SELECT shape, grp, id, j, 'key ' || j
	FROM line, generate_series(1, 66) AS j
	WHERE shape IN ('63 keys', '64 keys', '65 keys') AND
		j <= left(shape, 2)::int + (id = 11)::int AND (id < 15 OR (id + j) % 5 = 0)
	UNION ALL
	-- around 255 bytes, at which lengths become wide: in every row, or late
	SELECT shape, grp, id, j, repeat(chr(96 + j), CASE
		WHEN shape = 'wide' OR id > 30 THEN 250 + (id * j) % 60 ELSE j END)
	FROM line, generate_series(1, 10) AS j
	WHERE shape IN ('wide', 'wide late')
) AS keys
-- rows that are NULL or empty
WHERE id % 23 <> 0
ORDER BY id, grp, key;

-- key j takes the first j of these values; among many keys that are -0, or 0
INSERT INTO pair
SELECT shape, grp, id, key,
	('{-0, 0, NaN, Infinity, -Infinity, 5e-324, 1, -1e300, 1e300, 0.1}'::float8[])[1 + pg_temp.noise(id, grp, i) % i]
FROM line, unnest('{a, b, c, d, e, f, é, ☃, "\"", "  "}'::text[]) WITH ORDINALITY AS keys (key, n),
	LATERAL (SELECT n::int) AS number (i)
WHERE shape LIKE 'special%' AND pg_temp.noise(id, i) % 4 > 0 AND id % 23 <> 0
UNION ALL
SELECT shape, grp, id, 'key ' || j, ('{-0, 0}'::float8[])[1 + pg_temp.noise(id, grp, j) % (1 + j % 2)]
FROM line, generate_series(1, 300) AS j
WHERE shape = 'special of many' AND (id + j) % 5 = 0 AND id % 23 <> 0
ORDER BY id, grp, key;

CREATE TABLE input AS
SELECT shape, grp, id,
	CASE WHEN count(key) > 0 THEN reddict(array_agg(key), array_agg(value))
		WHEN grp % 2 = 0 THEN '{}' END AS m
FROM line LEFT JOIN pair USING (shape, grp, id)
GROUP BY shape, grp, id
ORDER BY id, grp, shape;
SELECT count(*), count(m), count(*) FILTER (WHERE m = '{}') AS empty,
	sum(rd_length(m)) = (SELECT count(*) FROM pair) AS complete
FROM input;

CREATE TABLE want AS
SELECT shape, grp, key, name, value
FROM (
	SELECT shape, grp, key, sum(value ORDER BY id) AS sum,
		min(value ORDER BY id) AS min, max(value ORDER BY id) AS max
	FROM pair
	GROUP BY shape, grp, key
) AS oracle, LATERAL (
	VALUES ('sum', sum), ('min', min), ('max', max), ('reddict_agg', sum)
) AS v (name, value);

CREATE INDEX ON input (shape, grp, id);
CREATE INDEX ON pair (shape, grp, id);
ANALYZE input, pair;

-- Rows come in the order of id: so the tables are written, and so the indexes are.
CREATE VIEW got AS
SELECT shape, grp, name, key COLLATE "C" AS key, value
FROM (
	SELECT shape, grp, sum(m), min(m), max(m)
	FROM input
	GROUP BY shape, grp
) AS results, LATERAL (
	VALUES ('sum', sum), ('min', min), ('max', max)
) AS v (name, m), rd_each(m)
UNION ALL
SELECT shape, grp, 'reddict_agg', each.key COLLATE "C", each.value
FROM (
	SELECT shape, grp, reddict_agg(key, value) AS m
	FROM pair
	GROUP BY shape, grp
) AS results, rd_each(m) AS each;

-- How many members the oracle has, and how many of each result are not its
CREATE TEMP VIEW wrong AS
SELECT shape, count(want.value) FILTER (WHERE name = 'sum') AS members,
	count(*) FILTER (WHERE differs AND name = 'sum') AS sum,
	count(*) FILTER (WHERE differs AND name = 'min') AS min,
	count(*) FILTER (WHERE differs AND name = 'max') AS max,
	count(*) FILTER (WHERE differs AND name = 'reddict_agg') AS reddict_agg
FROM want FULL JOIN got USING (shape, grp, name, key),
	LATERAL (SELECT pg_temp.bits(want.value) IS DISTINCT FROM pg_temp.bits(got.value)) AS d (differs)
GROUP BY shape;

CREATE TEMP VIEW all_wrong AS
SELECT sum(members) AS members, sum(sum) AS sum, sum(min) AS min, sum(max) AS max,
	sum(reddict_agg) AS reddict_agg
FROM wrong;

SELECT * FROM wrong ORDER BY shape;
-- that a wrong result would show: one row more
BEGIN;
INSERT INTO input VALUES ('constant', 1, 1000, '{"key 1": -1e300, "key 2": 1e-300, "new": 1}');
SELECT * FROM wrong WHERE shape IN ('constant', 'one key more') ORDER BY shape;
ROLLBACK;

-- sorted and hashed, with hash tables too large for memory, and all of it in
-- a parallel worker
SET enable_sort = off;
SET enable_hashagg = off;
SET enable_seqscan = off;
SELECT pg_temp.plan_has('GroupAggregate', 'SELECT * FROM got') AS sorted, pg_temp.plan_has('HashAggregate', 'SELECT * FROM got') AS hashed;
SELECT * FROM all_wrong;
RESET enable_seqscan;
RESET enable_hashagg;
SET enable_indexscan = off;
SELECT pg_temp.plan_has('GroupAggregate', 'SELECT * FROM got') AS sorted, pg_temp.plan_has('HashAggregate', 'SELECT * FROM got') AS hashed;
SELECT * FROM all_wrong;
SET work_mem = '64kB';
SELECT pg_temp.plan_has('GroupAggregate', 'SELECT * FROM got') AS sorted, pg_temp.plan_has('HashAggregate', 'SELECT * FROM got') AS hashed;
SELECT * FROM all_wrong;
RESET work_mem;
RESET enable_indexscan;
RESET enable_sort;
BEGIN;
SET LOCAL max_parallel_workers_per_gather = 1;
SET LOCAL min_parallel_table_scan_size = '1GB';
SET LOCAL min_parallel_index_scan_size = '1GB';
SELECT count(set_config(name, 'on', true)) AS set
FROM pg_settings WHERE name IN ('force_parallel_mode', 'debug_parallel_query');
SELECT pg_temp.plan_has('Gather', 'SELECT * FROM all_wrong') AS in_worker, pg_temp.plan_has('Partial', 'SELECT * FROM all_wrong') AS partial;
SELECT * FROM all_wrong;
COMMIT;

-- many groups, some of which are looked at again and again
CREATE VIEW groups AS
SELECT id % 2003 AS grp, reddict('{a,b}', ARRAY[id, 1]) || reddict('g' || id % 7, id) AS m
FROM generate_series(1, 20000) AS id;
SELECT count(*), count(*) FILTER (WHERE results.sum IS DISTINCT FROM
	reddict('{a,b}', ARRAY[core.sum, core.count]) || parts) AS wrong
FROM (SELECT grp, sum(m) FROM groups GROUP BY grp) AS results
JOIN (
	SELECT grp, sum(sum)::float8, sum(count)::float8 AS count, reddict(array_agg(key), array_agg(sum)) AS parts
	FROM (
		SELECT id % 2003 AS grp, 'g' || id % 7 AS key, sum(id)::float8, count(*)
		FROM generate_series(1, 20000) AS id
		GROUP BY 1, 2
	) AS parts
	GROUP BY grp
) AS core USING (grp);

-- grouping sets, sorted and hashed; all in one pass over the same rows
CREATE TABLE cubed AS
SELECT id % 3 AS a, id % 5 AS b, id, reddict(array_agg('key ' || (id * j) % 211), array_agg(id * j)) AS m
FROM generate_series(1, 300) AS id, generate_series(1, 4) AS j
GROUP BY id;
CREATE VIEW wrong_sets AS
SELECT count(*) FILTER (WHERE want.sum IS NOT NULL) AS members,
	count(*) FILTER (WHERE (want.sum, want.min, want.max) IS DISTINCT FROM (got.sum, got.min, got.max)) AS wrong
FROM (
	SELECT a, b, key COLLATE "C" AS key, sum -> key AS sum, min -> key AS min, max -> key AS max
	FROM (
		SELECT coalesce(a, -1) AS a, coalesce(b, -1) AS b, sum(m), min(m), max(m)
		FROM cubed GROUP BY CUBE (a, b)
	) AS results, rd_keys(sum) AS keys, unnest(keys) AS key
) AS got FULL JOIN (
	SELECT coalesce(a, -1) AS a, coalesce(b, -1) AS b, key COLLATE "C" AS key, sum(value), min(value), max(value)
	FROM cubed, rd_each(m) GROUP BY key, CUBE (a, b)
) AS want USING (a, b, key);
SELECT * FROM wrong_sets;
SET enable_hashagg = off;
SELECT * FROM wrong_sets;
RESET enable_hashagg;
SELECT count(*), count(core), count(*) FILTER (WHERE core IS DISTINCT FROM of_map) AS wrong
FROM (
	SELECT sum(m -> 'key 1') AS core, sum(m) -> 'key 1' AS of_map
	FROM cubed GROUP BY ROLLUP (a, b), GROUPING SETS ((), (a))
) AS results;
SELECT grouping(grp, id % 2) AS g, grp, id % 2 AS odd, sum(m)
FROM small WHERE grp IN ('come and go', 'same')
GROUP BY ROLLUP (grp, id % 2) ORDER BY g, grp, odd;

--
-- What is in the table stays as it is: the first state may be a value with a
-- short header, a plain, a compressed, or one that is out of line
--
CREATE TABLE stored (kind text COLLATE "C", id int, m reddict) PARTITION BY LIST (kind);
CREATE TABLE stored_compressed PARTITION OF stored FOR VALUES IN ('compressed');
CREATE TABLE stored_extended PARTITION OF stored FOR VALUES IN ('extended');
CREATE TABLE stored_external PARTITION OF stored FOR VALUES IN ('external');
CREATE TABLE stored_main PARTITION OF stored FOR VALUES IN ('main');
CREATE TABLE stored_plain PARTITION OF stored FOR VALUES IN ('plain');
CREATE TABLE stored_short PARTITION OF stored FOR VALUES IN ('short');
ALTER TABLE stored_external ALTER m SET STORAGE external;
ALTER TABLE stored_main ALTER m SET STORAGE main;
ALTER TABLE stored_plain ALTER m SET STORAGE plain;
SET redbear.narrow = off;
-- row i has i * j for key j; the rows from the fifth on have a key of their own
INSERT INTO stored
SELECT kind, i, reddict(array_agg('key ' || j), array_agg(i * j)) || CASE WHEN i < 5 THEN '{}' ELSE reddict('own ' || i, i) END
FROM (VALUES ('compressed', 250), ('extended', 1000), ('external', 1000), ('main', 1000), ('plain', 250), ('short', 3)) AS kinds (kind, keys),
	generate_series(1, 8) AS i, generate_series(1, keys) AS j
GROUP BY kind, i
ORDER BY i;
RESET redbear.narrow;
SELECT kind, count(*), min(rd_length(m)) AS keys, min(pg_column_compression(m)) AS compression,
	CASE WHEN min(pg_relation_size(reltoastrelid)) > 0 THEN 'out of line' END AS toasted,
	min(pg_column_size(m)) < 127 AS short,
	min(pg_column_size(m)) < min(pg_column_size(m + 0)) AS smaller
FROM stored JOIN pg_class ON pg_class.oid = stored.tableoid
GROUP BY kind ORDER BY kind;
CREATE TABLE stored_before AS
SELECT kind, id, m::text AS text FROM stored;

-- the same keys in each row; then keys that vary
CREATE VIEW stored_wrong AS
SELECT kind, rd_length(few) AS keys, rd_length(sum) AS all_keys,
	(SELECT count(*) FROM rd_each(few) WHERE value IS DISTINCT FROM 10 * substr(key, 5)::int) AS few,
	(SELECT count(*) FROM rd_each(sum)
		WHERE value IS DISTINCT FROM CASE WHEN key LIKE 'key%' THEN 36 ELSE 1 END * substr(key, 5)::int) AS sum,
	(SELECT count(*) FROM rd_each(min) WHERE value IS DISTINCT FROM substr(key, 5)::int) AS min,
	(SELECT count(*) FROM rd_each(max)
		WHERE value IS DISTINCT FROM CASE WHEN key LIKE 'key%' THEN 8 ELSE 1 END * substr(key, 5)::int) AS max,
	(SELECT count(*) FROM rd_each(own) WHERE value IS DISTINCT FROM CASE WHEN key LIKE 'key%' THEN 26 ELSE 1 END * substr(key, 5)::int) AS own
FROM (
	SELECT kind, sum(m) FILTER (WHERE id < 5) AS few, sum(m), min(m), max(m),
		sum(m) FILTER (WHERE id >= 5) AS own
	FROM (SELECT * FROM stored ORDER BY kind, id) AS ordered
	GROUP BY kind
) AS results;
SELECT * FROM stored_wrong ORDER BY kind;
SELECT kind, count(*), count(*) FILTER (WHERE m::text IS DISTINCT FROM text) AS changed
FROM stored JOIN stored_before USING (kind, id) GROUP BY kind ORDER BY kind;
-- the same straight from each table, so that no sort copies a row
SELECT rd_sum(sum(m)) = 36 * 1000 * 1001 / 2 + 26 AS external FROM stored_external;
SELECT rd_sum(sum(m)) = 36 * 1000 * 1001 / 2 + 26 AS extended FROM stored_extended;
SELECT rd_sum(sum(m)) = 36 * 250 * 251 / 2 + 26 AS plain FROM stored_plain;
SELECT rd_sum(sum(m)) = 36 * 250 * 251 / 2 + 26 AS compressed FROM stored_compressed;
SELECT rd_sum(sum(m)) = 36 * 3 * 4 / 2 + 26 AS short FROM stored_short;
SELECT count(*), count(*) FILTER (WHERE sum IS DISTINCT FROM id * (id + 1) / 2 * 250 * 251 / 2 + greatest(0, id * (id + 1) / 2 - 10)) AS wrong
FROM (SELECT id, rd_sum(sum(m) OVER (ORDER BY id)) AS sum FROM stored_plain) AS running;
SELECT kind, count(*), count(*) FILTER (WHERE m::text IS DISTINCT FROM text) AS changed
FROM stored JOIN stored_before USING (kind, id) GROUP BY kind ORDER BY kind;

--
-- Results that go on to other functions, aggregates and tables
--
SELECT sum(m), sum(m) + sum(m) AS twice, sum(m) -> 'a' AS a, rd_sum(sum(m)), rd_length(sum(m) || max(m)),
	sum(m) - sum(m) = sum(m) * 0 AS zero, sum(m) = sum(m) AS same
FROM small;
-- results of more than 64 keys are expanded when they come
SELECT count(*), count(*) FILTER (WHERE expanded) AS varying,
	bool_and(twice = sum * 2) AS twice, bool_and(difference = rd_reset(sum, 0)) AS difference,
	bool_and(same AND hash = reddict_hash(reddict(keys, vals))) AS same,
	bool_and(text::reddict = reddict(keys, vals)) AS text,
	bool_and(sent = reddict_send(reddict(keys, vals))) AS sent,
	bool_and(total = rd_sum(reddict(keys, vals))) AS total,
	bool_and(third IS NOT DISTINCT FROM vals[3]) AS found,
	bool_and(size = pg_column_size(reddict(keys, vals))) AS size
FROM (
	SELECT shape, grp, rd_length(sum(m)) > 66 AS expanded, sum(m), sum(m) + sum(m) AS twice, sum(m) - sum(m) AS difference,
		sum(m) = sum(m) AND sum(m) <= sum(m) AS same, reddict_hash(sum(m)) AS hash,
		sum(m)::text AS text, reddict_send(sum(m)) AS sent,
		rd_sum(sum(m)) AS total, sum(m) -> (rd_keys(sum(m)))[3] AS third,
		rd_keys(sum(m)) AS keys, rd_values(sum(m)) AS vals, pg_column_size(sum(m) + 0) AS size
	FROM input WHERE shape NOT LIKE 'special%'
	GROUP BY shape, grp
) AS results WHERE sum IS NOT NULL;

-- sums of sums, in a group, a window and a subquery: integers, so exact
CREATE TABLE exact AS
SELECT id % 10 AS grp, id, reddict(array_agg('key ' || (id * j) % 701), array_agg(id + j)) AS m
FROM generate_series(1, 1000) AS id, generate_series(1, 5) AS j
GROUP BY id
ORDER BY id;
CREATE VIEW by_group AS
SELECT grp, sum(m), min(m), max(m) FROM exact GROUP BY grp;
CREATE TABLE exact_want AS
SELECT reddict(array_agg(key), array_agg(sum)) AS sum, reddict(array_agg(key), array_agg(min)) AS min,
	reddict(array_agg(key), array_agg(max)) AS max, count(*) AS keys
FROM (
	SELECT key, sum(value), min(value), max(value) FROM exact, rd_each(m) GROUP BY key
) AS core;
SELECT keys, g.sum = w.sum AS sum, g.min = w.min AS min, g.max = w.max AS max
FROM exact_want AS w, (SELECT sum(sum), min(min), max(max) FROM by_group) AS g;
SELECT count(*), count(DISTINCT running) AS different, bool_and(running = again) AS same, bool_or(running = w.sum) AS complete
FROM exact_want AS w, (
	SELECT grp, sum(sum(m)) OVER (ORDER BY grp) AS running,
		(SELECT sum(m) FROM exact AS e WHERE e.grp <= exact.grp) AS again
	FROM exact GROUP BY grp
) AS windows;
WITH kept AS MATERIALIZED (
	SELECT grp, sum(m) FROM exact GROUP BY grp
)
SELECT a.sum + b.sum = w.sum AS sum
FROM exact_want AS w, (SELECT sum(sum) FROM kept WHERE grp < 5) AS a, (SELECT sum(sum) FROM kept WHERE grp >= 5) AS b;

-- stored and read again: as a value made of its keys and values is
CREATE TABLE copied AS SELECT grp, sum(m) AS m FROM exact GROUP BY grp;
CREATE TABLE inserted (LIKE copied);
INSERT INTO inserted SELECT grp, sum(m) FROM exact GROUP BY grp;
INSERT INTO inserted SELECT 10, reddict_agg(key, value) FROM exact, rd_each(m);
UPDATE inserted SET m = m + (SELECT sum(m) FROM copied) WHERE grp = 10;
SELECT (SELECT sum(m) FROM copied) = sum AS copied,
	(SELECT sum(m) FROM inserted WHERE grp < 10) = sum AS inserted,
	(SELECT m FROM inserted WHERE grp = 10) = sum * 2 AS updated,
	(SELECT bool_and(reddict_send(m) = reddict_send(reddict(rd_keys(m), rd_values(m))) AND
		pg_column_size(m + 0) = pg_column_size(reddict(rd_keys(m), rd_values(m)))) FROM inserted) AS canonical
FROM exact_want;

-- arrays, records and procedure variables of results
SELECT (SELECT sum(element) FROM unnest(elements) AS element) = w.sum AS elements,
	(SELECT sum((record).sum) FROM unnest(records) AS record) = w.sum AS records
FROM exact_want AS w, (SELECT array_agg(sum) AS elements, array_agg(by_group) AS records FROM by_group) AS g;

--
-- Windows: what has left the frame is forgotten, its keys too
--
SELECT id, m, sum(m) OVER running, sum(m) OVER sliding AS slid, max(m) OVER sliding, min(m) OVER ahead
FROM small WHERE grp = 'come and go'
WINDOW running AS (ORDER BY id), sliding AS (ORDER BY id ROWS 1 PRECEDING),
	ahead AS (ORDER BY id ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)
ORDER BY id;

CREATE TABLE frames AS
SELECT name, shape, id, i - before AS first, i + after AS last, skip
FROM (SELECT shape, id, row_number() OVER (PARTITION BY shape ORDER BY id) AS i FROM line
	WHERE grp = 2 AND shape IN ('65 keys', 'grow', 'many at random', 'wide late')) AS lines,
	(VALUES ('running', 1000, 0, NULL), ('sliding', 12, 0, NULL), ('centred', 7, 7, NULL), ('others', 5, 5, 'x'),
		('ahead', -3, 20, NULL)) AS names (name, before, after, skip);
CREATE TABLE windows AS
SELECT name, shape, id, value AS m, agg
FROM (
	SELECT shape, id, sum(m) OVER (w ROWS UNBOUNDED PRECEDING) AS running, sum(m) OVER (w ROWS 12 PRECEDING) AS sliding,
		sum(m) OVER (w ROWS BETWEEN 7 PRECEDING AND 7 FOLLOWING) AS centred,
		sum(m) OVER (w ROWS BETWEEN 5 PRECEDING AND 5 FOLLOWING EXCLUDE CURRENT ROW) AS others,
		sum(m) OVER (w ROWS BETWEEN 3 FOLLOWING AND 20 FOLLOWING) AS ahead,
		max(m) OVER (w ROWS UNBOUNDED PRECEDING) AS max_running, min(m) OVER (w ROWS 12 PRECEDING) AS min_sliding
	FROM input WHERE grp = 2 AND shape IN (SELECT shape FROM frames)
	WINDOW w AS (PARTITION BY shape ORDER BY id)
) AS results, LATERAL (VALUES ('running', 'sum', running), ('sliding', 'sum', sliding), ('centred', 'sum', centred),
	('others', 'sum', others), ('ahead', 'sum', ahead), ('running', 'max', max_running),
	('sliding', 'min', min_sliding)) AS v (name, agg, value);
ANALYZE frames, windows;
SELECT name, agg, count(want.value) AS members, count(*) FILTER (WHERE pg_temp.bits(want.value) IS DISTINCT FROM pg_temp.bits(got.value)) AS wrong
FROM (
	SELECT name, agg, shape, frames.id, key, CASE agg WHEN 'sum' THEN sum(value ORDER BY pair.id)
		WHEN 'min' THEN min(value ORDER BY pair.id) ELSE max(value ORDER BY pair.id) END AS value
	FROM frames JOIN (VALUES ('running', 'sum'), ('sliding', 'sum'), ('centred', 'sum'), ('others', 'sum'), ('ahead', 'sum'),
			('running', 'max'), ('sliding', 'min')) AS aggs (name, agg) USING (name)
		JOIN pair USING (shape)
	WHERE (name <> 'running' OR frames.id % 10 = 0) AND pair.grp = 2 AND pair.id BETWEEN first AND last AND (skip IS NULL OR pair.id <> frames.id)
	GROUP BY name, agg, shape, frames.id, key
) AS want FULL JOIN (
	SELECT name, agg, shape, id, key COLLATE "C" AS key, value FROM windows, rd_each(m)
	WHERE name <> 'running' OR id % 10 = 0
) AS got USING (name, agg, shape, id, key)
GROUP BY name, agg ORDER BY name, agg;

--
-- Aggregates of one's own on the transition functions
--
-- the initial state is no group's to modify
CREATE AGGREGATE total(reddict) (SFUNC = reddict_sum_trans, STYPE = reddict, INITCOND = '{}');
CREATE AGGREGATE account(reddict) (SFUNC = reddict_sum_trans, STYPE = reddict, INITCOND = '{"a": 100}');
SELECT grp, total(m), account(m) FROM small GROUP BY grp ORDER BY grp;
SELECT id, account('{"a": 1}') OVER (ORDER BY id), account('{"a": 1}') OVER (PARTITION BY id) AS alone,
	account('{"a": 1}') OVER (ORDER BY id ROWS CURRENT ROW) AS current
FROM generate_series(1, 3) AS id;
SELECT count(*), count(*) FILTER (WHERE total <> sum) AS wrong,
	count(*) FILTER (WHERE account <> sum + '{"a": 100}') AS wrong_accounts
FROM (SELECT total(m), account(m), sum(m) FROM exact GROUP BY grp) AS results;
SELECT total(m), account(m) FROM small WHERE false;

-- a final function sees the state more than once, and leaves it unharmed
CREATE AGGREGATE grand_total(reddict) (SFUNC = reddict_sum_trans, STYPE = reddict, FINALFUNC = rd_sum);
CREATE AGGREGATE keys(reddict) (SFUNC = reddict_sum_trans, STYPE = reddict, FINALFUNC = rd_keys);
SELECT count(*), count(*) FILTER (WHERE grand_total <> rd_sum(sum) OR keys <> rd_keys(sum)) AS wrong, max(cardinality(keys)) AS keys
FROM (
	SELECT sum(m) OVER w, grand_total(m) OVER w, keys(m) OVER w
	FROM exact WINDOW w AS (PARTITION BY grp ORDER BY id)
) AS results;

-- only aggregates may call them: they would modify their argument
SELECT failure('SELECT reddict_sum_trans(m, m) FROM small');
SELECT failure('SELECT reddict_min_trans(m, m) FROM small');
SELECT failure('SELECT reddict_max_trans(m, m) FROM small');
SELECT failure($$SELECT reddict_agg_trans(m, 'a', 1) FROM small$$);
SELECT failure($$SELECT reddict_agg_trans(NULL, 'a', 1)$$);
SELECT failure($$SELECT reddict_agg_trans(NULL, NULL, NULL)$$);
SELECT failure($$SELECT reddict_sum_trans(NULL, '{"a": 1}')$$);
SELECT grp, sum(m) FROM small WHERE grp IN ('come and go', 'same') GROUP BY grp ORDER BY grp;

--
-- Errors
--
-- overflow names the key: same keys, other keys, far down, in states that have grown
SELECT failure($$SELECT sum(m) FROM (VALUES ('{"a": 1, "b": 1e308, "c": 1}'::reddict), ('{"a": 1, "b": 1e308, "c": 1}')) AS v (m)$$);
SELECT failure($$SELECT sum(m) FROM (VALUES ('{"a": 1, "b": -1e308}'::reddict), ('{"b": -1e308, "d": 1}')) AS v (m)$$);
SELECT failure($$SELECT sum(reddict(keys, vals))
	FROM generate_series(1, 2) AS i, (SELECT array_agg('key ' || j), array_agg(CASE j WHEN 2000 THEN 1e308 ELSE j END) FROM generate_series(1, 3000) AS j) AS v (keys, vals)$$);
SELECT failure($$SELECT sum(m ORDER BY i) FROM (
	SELECT 0, sum(m) FROM exact UNION ALL VALUES (1, '{"other": 1e308, "same": 1}'::reddict), (2, '{"other": 1e308}')) AS v (i, m)$$);
SELECT failure($$SELECT reddict_agg(key, 1e308) FROM (VALUES ('a'), ('b'), ('c'), ('b')) AS v (key)$$);
SELECT failure($$SELECT reddict_agg('key ' || i % 100, 1e308) FROM generate_series(0, 100) AS i$$);
-- no overflow: it was infinite before; and min and max never do
SELECT sum(m), min(m), max(m)
FROM (VALUES ('{"a": "Infinity", "b": 1e308}'::reddict), ('{"a": 1e308}'), ('{"a": 1e308, "b": 0}')) AS v (m);

-- limits
SELECT failure($$SELECT reddict_agg(key, 1) FROM (VALUES ('a'), (repeat('k', 65536))) AS v (key)$$);
SELECT rd_length(reddict_agg(key, 1)), sum(length(key)) FROM (VALUES ('a'), (repeat('k', 65535)), (repeat('k', 65534))) AS v (key);
-- 4 + 12 + 2048 * 8 bytes, and 2048 * 2 + 63 * 4 + 2048 * 65535 of keys
SELECT failure($$SELECT reddict_agg(lpad(i::text, 65535), 1) FROM generate_series(1, 3000) AS i$$);

--
-- PL/pgSQL and cursors
--
-- an error caught leaves variables, tables and other aggregates as they were
CREATE TABLE risky (grp int, m reddict);
INSERT INTO risky VALUES (1, '{"a": 1}'), (1, '{"a": 2}'), (2, '{"a": 1, "b": 1e308}'), (2, '{"a": 1, "b": 1e308}'),
	(3, '{"a": 3}'), (3, '{"c": 4}');
DO $$
DECLARE
	total reddict := '{}';
	result reddict := '{"none": 0}';
	copy reddict;
	detail text;
BEGIN
	FOR i IN 1..3 LOOP
		BEGIN
			SELECT sum(m) INTO result FROM risky WHERE grp = i;
			total := total + result;
		EXCEPTION WHEN numeric_value_out_of_range THEN
			GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
			RAISE NOTICE '%: %', SQLERRM, detail;
		END;
		RAISE NOTICE 'group %: result %, total %', i, result, total;
	END LOOP;

	SELECT sum(m) INTO result FROM exact;
	copy := result;
	result := result || '{"other": 1}';
	result := result + result;
	RAISE NOTICE '% and % keys', rd_length(copy), rd_length(result);
	RAISE NOTICE 'copy unchanged: %', (SELECT copy = sum FROM exact_want);
	RAISE NOTICE 'result: %', (SELECT result = sum * 2 + '{"other": 2}' FROM exact_want);

	result := NULL;
	FOR copy IN SELECT sum(m) OVER (ORDER BY id) FROM exact LOOP
		result := coalesce(result, '{}') || copy;
	END LOOP;
	RAISE NOTICE 'last: %', (SELECT result = sum FROM exact_want);
END $$;
SELECT * FROM risky ORDER BY grp, m::text;

-- a cursor's results outlive the transaction and the rows
BEGIN;
DECLARE held CURSOR WITH HOLD FOR
SELECT i, sum(m), rd_length(sum(m)) FROM risky, generate_series(0, 2) AS i WHERE grp = 3 GROUP BY i ORDER BY i;
DECLARE held_large SCROLL CURSOR WITH HOLD FOR
SELECT sum(m) = (SELECT sum FROM exact_want) AS large, rd_length(sum(m)) FROM exact;
FETCH held;
COMMIT;
UPDATE risky SET m = m * 10 WHERE grp = 3;
FETCH ALL held;
FETCH ALL held_large;
FETCH BACKWARD 1 FROM held_large;
CLOSE ALL;

--
-- Parallel plans: partial states made, sent and combined; on integers the
-- order of addition does not matter
--
CREATE TABLE big AS
SELECT id, id % 7 AS grp, reddict('{a,b}', ARRAY[id, -id % 13]) AS same,
	CASE WHEN id % 11 > 0 THEN reddict(ARRAY['k' || id % 3, 'k' || id % 997, 'k' || id % 13], ARRAY[1, id, id % 5]) END AS varying
FROM generate_series(1, 20000) AS id;
ALTER TABLE big SET (parallel_workers = 2);
CREATE VIEW big_total AS
SELECT -1 AS grp, sum(same), sum(varying) AS sum_varying, min(varying), max(varying),
	reddict_agg('id ' || id % 501, id), sum(same) FILTER (WHERE id < 0) AS none
FROM big;
CREATE VIEW big_groups AS
SELECT grp, sum(same), sum(varying) AS sum_varying, min(varying), max(varying), reddict_agg('id ' || id % 501, id),
	sum(same) FILTER (WHERE id < 0) AS none
FROM big GROUP BY grp;
SELECT pg_temp.plan_has('Partial', 'SELECT * FROM big_groups') AS partial;
CREATE TABLE big_serial AS SELECT * FROM big_total UNION ALL SELECT * FROM big_groups;
-- the serial answer, by core
SELECT count(*), bool_and(sum -> 'a' = a AND sum -> 'b' = b AND sum_varying = core AND reddict_agg = ids) AS right
FROM big_serial JOIN (
	SELECT coalesce(grp, -1) AS grp, sum(id) AS a, sum(-id % 13) AS b FROM big GROUP BY ROLLUP (grp)
) AS same USING (grp) JOIN (
	SELECT grp, reddict(array_agg(key), array_agg(sum)) AS core
	FROM (SELECT coalesce(grp, -1) AS grp, key, sum(value) FROM big, rd_each(varying) GROUP BY key, ROLLUP (grp)) AS keys
	GROUP BY grp
) AS varying USING (grp) JOIN (
	SELECT grp, reddict(array_agg(key), array_agg(sum)) AS ids
	FROM (SELECT coalesce(grp, -1) AS grp, 'id ' || id % 501 AS key, sum(id) FROM big GROUP BY key, ROLLUP (grp)) AS keys
	GROUP BY grp
) AS ids USING (grp);
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET parallel_leader_participation = off;
EXPLAIN (COSTS OFF) SELECT sum(same), min(same), max(same), reddict_agg('k', id) FROM big;
SELECT pg_temp.plan_has('Partial', 'SELECT * FROM big_groups') AS partial, pg_temp.plan_has('Finalize', 'SELECT * FROM big_groups') AS finalize;
CREATE VIEW big_wrong AS
SELECT count(*), count(*) FILTER (WHERE (s.sum, s.sum_varying, s.min, s.max, s.reddict_agg, s.none) IS DISTINCT FROM
	(p.sum, p.sum_varying, p.min, p.max, p.reddict_agg, p.none)) AS wrong
FROM big_serial AS s FULL JOIN (SELECT * FROM big_total UNION ALL SELECT * FROM big_groups) AS p USING (grp);
SET enable_sort = off;
SELECT pg_temp.plan_has('Finalize HashAggregate', 'SELECT * FROM big_wrong') AS hashed;
SELECT * FROM big_wrong;
RESET enable_sort;
SET enable_hashagg = off;
SELECT pg_temp.plan_has('Finalize GroupAggregate', 'SELECT * FROM big_wrong') AS sorted;
SELECT * FROM big_wrong;
SET parallel_leader_participation = on;
SELECT * FROM big_wrong;
RESET parallel_leader_participation;
RESET enable_hashagg;

-- states of partitions, combined
CREATE TABLE parted (id int, grp int, same reddict, varying reddict) PARTITION BY HASH (id);
CREATE TABLE parted_0 PARTITION OF parted FOR VALUES WITH (MODULUS 3, REMAINDER 0);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES WITH (MODULUS 3, REMAINDER 1);
CREATE TABLE parted_2 PARTITION OF parted FOR VALUES WITH (MODULUS 3, REMAINDER 2);
INSERT INTO parted SELECT id, grp, same, varying FROM big;
SET enable_partitionwise_aggregate = on;
SET max_parallel_workers_per_gather = 0;
SELECT pg_temp.plan_has('->  Partial Aggregate', 'SELECT sum(same), sum(varying) FROM parted') AS partial;
CREATE VIEW parted_wrong AS
SELECT count(*), count(*) FILTER (WHERE (s.sum, s.sum_varying) IS DISTINCT FROM (p.sum, p.sum_varying)) AS wrong
FROM big_serial AS s FULL JOIN (
	SELECT -1 AS grp, sum(same), sum(varying) AS sum_varying FROM parted
	UNION ALL
	SELECT grp, sum(same), sum(varying) FROM parted GROUP BY grp
) AS p USING (grp);
SELECT pg_temp.plan_has('Partial', 'SELECT grp, sum(varying) FROM parted GROUP BY grp') AS partial;
SELECT * FROM parted_wrong;
SET max_parallel_workers_per_gather = 2;
SELECT * FROM parted_wrong;
RESET enable_partitionwise_aggregate;
SET max_parallel_workers_per_gather = 0;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;

--
-- The same bits with and without JIT. Where there is none, nothing is shown.
--
CREATE VIEW jitted AS
SELECT shape, id, 'pl' AS op, float8send(value) AS bits, key COLLATE "C" FROM (
	SELECT shape, id, m * 1.1 + lag(m) OVER w / 3 - rd_divide(1 / (m * m + 1), lead(m) OVER w + 0.7, 0.3) AS m
	FROM input WHERE grp = 1 AND shape IN ('constant', 'one key more', 'few at random')
	WINDOW w AS (PARTITION BY shape ORDER BY id)
) AS results, rd_each(m)
UNION ALL
SELECT shape, 0, name, float8send(value), key COLLATE "C" FROM (
	SELECT shape, sum(m * 1.1 + m), min(m * 0.3 - m), max(-m)
	FROM (SELECT * FROM input WHERE grp = 1 AND shape NOT LIKE 'special%' ORDER BY shape, id) AS ordered
	GROUP BY shape
) AS results, LATERAL (VALUES ('sum', sum), ('min', min), ('max', max)) AS v (name, m), rd_each(m);
CREATE TABLE jit_off AS SELECT * FROM jitted;
SET jit = on;
SET jit_above_cost = 0;
SET jit_inline_above_cost = 0;
SET jit_optimize_above_cost = 0;
CREATE TABLE jit_on AS SELECT * FROM jitted;
RESET jit_above_cost;
RESET jit_inline_above_cost;
RESET jit_optimize_above_cost;
SET jit = off;
SELECT count(*), count(*) FILTER (WHERE jit_off.bits IS DISTINCT FROM jit_on.bits) AS wrong
FROM jit_off FULL JOIN jit_on USING (shape, id, op, key);

SET client_min_messages = warning;
DROP SCHEMA test_aggregates CASCADE;
