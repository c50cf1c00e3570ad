-- reddict_agg(key, val) as a pivot: many groups, whatever their keys, the order of
-- the rows and the plan. The oracle is json_object_agg over core's sums; numbers
-- are integers, so that these are exact in any order.

CREATE TABLE fact (id int, shape text, g int, key text, v float8);
-- all groups have the same keys
INSERT INTO fact SELECT g * 100 + k, 'same', g, 'metric ' || k, g * k % 1009 FROM generate_series(1, 100) AS g, generate_series(1, 70) AS k;
-- each has some of them, some more than once, some with NULL
INSERT INTO fact SELECT g * 100 + k, 'some', g, 'metric ' || (g * k * 7919) % 90, nullif((g + k) % 11, 0) - 5
FROM generate_series(1, 100) AS g, generate_series(1, 1 + 60) AS k WHERE (g * k) % 7 < 1 + g % 7;
-- keys of its own, as many as its number says
INSERT INTO fact SELECT g * 1000 + k, 'own', g, g || ' has ' || k, k FROM generate_series(1, 100) AS g, generate_series(1, 3 * g) AS k;
-- few groups of many keys, that come in different orders
INSERT INTO fact SELECT k * 4 + g, 'many', g, 'k' || (k * (2 * g + 1)) % 4001, k FROM generate_series(0, 3) AS g, generate_series(1, 4000) AS k WHERE k % (g + 1) = 0;
-- keys of all lengths, in bytes too, and none; numbers that are not narrow
INSERT INTO fact SELECT k, 'odd', g, repeat('é', k * (k % 3) / 2) || left('xyz', k % 4), g + k / 8.0 FROM generate_series(1, 20) AS g, generate_series(0, 200) AS k;
INSERT INTO fact SELECT 0, 'odd', g, key, g FROM generate_series(1, 20, 3) AS g, (VALUES (''), (repeat('long', 100)), (repeat('z', 65535))) AS v (key);
-- one key; a NULL alone, of which no map comes
INSERT INTO fact SELECT g, 'one', g, 'k' || g % 3, g FROM generate_series(1, 300) AS g;
INSERT INTO fact SELECT g, 'null', g, 'k', NULL FROM generate_series(1, 3) AS g;

CREATE TABLE shuffled AS SELECT * FROM fact ORDER BY md5(shape || g || id), key;
CREATE TABLE sorted AS SELECT * FROM fact ORDER BY shape, g, id;
CREATE INDEX ON fact (shape, g);
ANALYZE fact, shuffled, sorted;
CREATE TABLE wanted AS
SELECT shape, g, json_object_agg(key, sum)::text::reddict AS m
FROM (SELECT shape, g, key, sum(v) FROM fact WHERE v IS NOT NULL GROUP BY shape, g, key) AS s GROUP BY shape, g;
SELECT shape, count(*), min(rd_length(m)), max(rd_length(m)) FROM wanted GROUP BY shape ORDER BY shape;

-- What a query of (shape, g, m) gives that is not wanted, byte for byte: wrong
-- maps, groups that lack, and groups too many
CREATE FUNCTION wrong(query text, OUT groups bigint, OUT wrong bigint) AS $$
BEGIN
	EXECUTE format('SELECT count(q.m), count(*) FILTER (WHERE reddict_send(q.m) IS DISTINCT FROM reddict_send(w.m))
		FROM (%s) AS q FULL JOIN wanted AS w USING (shape, g)', query) INTO groups, wrong;
END $$ LANGUAGE plpgsql;
-- A query's plan has a node whose line is like this
CREATE FUNCTION plan_has(query text, line text) RETURNS bool AS $$
DECLARE
	plan text;
BEGIN
	FOR plan IN EXECUTE 'EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) ' || query LOOP
		IF plan ~ line THEN
			RETURN true;
		END IF;
	END LOOP;
	RETURN false;
END $$ LANGUAGE plpgsql;

SET max_parallel_workers_per_gather = 0;
SET jit = off;
-- many groups at a time
SET enable_sort = off;
SELECT plan_has('SELECT shape, g, reddict_agg(key, v) AS m FROM shuffled GROUP BY shape, g', '^HashAggregate');
SELECT * FROM wrong('SELECT shape, g, reddict_agg(key, v) AS m FROM shuffled GROUP BY shape, g');
SELECT * FROM wrong('SELECT shape, g, reddict_agg(key, v) AS m FROM sorted GROUP BY shape, g');
-- more than there is memory for
SET work_mem = '64kB';
SET hash_mem_multiplier = 1;
SELECT plan_has('SELECT shape, g, reddict_agg(key, v) AS m FROM shuffled GROUP BY shape, g', 'Batches: (\d\d|[2-9])');
SELECT * FROM wrong('SELECT shape, g, reddict_agg(key, v) AS m FROM shuffled GROUP BY shape, g');
SELECT * FROM wrong('SELECT shape, g, reddict_agg(key, v) AS m FROM sorted GROUP BY shape, g');
RESET work_mem;
RESET hash_mem_multiplier;
-- one after another
RESET enable_sort;
SET enable_hashagg = off;
SELECT plan_has('SELECT shape, g, reddict_agg(key, v) AS m FROM shuffled GROUP BY shape, g', '^GroupAggregate');
SELECT * FROM wrong('SELECT shape, g, reddict_agg(key, v) AS m FROM shuffled GROUP BY shape, g');
SELECT * FROM wrong('SELECT shape, g, reddict_agg(key, v ORDER BY id DESC, key) AS m FROM shuffled GROUP BY shape, g');
-- in a subquery, which is run again for each group
SELECT * FROM wrong('SELECT shape, g, (SELECT reddict_agg(key, v) FROM fact AS f WHERE (f.shape, f.g) = (s.shape, s.g)) AS m
	FROM (SELECT DISTINCT shape, g FROM fact WHERE shape IN (''many'', ''own'', ''null'') AND g < 40) AS s
	UNION ALL SELECT * FROM wanted WHERE NOT (shape IN (''many'', ''own'', ''null'') AND g < 40)');
RESET enable_hashagg;

-- grouping sets: some sorted, some hashed; the larger group goes on when the
-- smaller one is over
CREATE VIEW sets AS
	SELECT shape, g, grouping(g) AS of, reddict_agg(key, v) AS m FROM shuffled GROUP BY ROLLUP (shape, g);
CREATE VIEW cubes AS
	SELECT shape, g, grouping(shape, g) AS of, reddict_agg(key, v) AS m FROM shuffled WHERE shape <> 'odd' GROUP BY CUBE (shape, g);
SELECT * FROM wrong('SELECT shape, g, m FROM sets WHERE of = 0');
SELECT count(*), count(*) FILTER (WHERE s.m IS DISTINCT FROM w.m) FROM sets AS s
JOIN (SELECT shape, sum(m) AS m FROM wanted GROUP BY ROLLUP (shape)) AS w ON w.shape IS NOT DISTINCT FROM s.shape WHERE of = 1 AND s.m IS NOT NULL;
SELECT count(*), count(*) FILTER (WHERE c.m IS DISTINCT FROM w.m) FROM cubes AS c
JOIN (SELECT shape, g, sum(m) AS m FROM wanted WHERE shape <> 'odd' GROUP BY CUBE (shape, g)) AS w
ON w.shape IS NOT DISTINCT FROM c.shape AND w.g IS NOT DISTINCT FROM c.g WHERE c.m IS NOT NULL;

-- in parallel
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SELECT plan_has('SELECT shape, g, reddict_agg(key, v) AS m FROM shuffled GROUP BY shape, g', 'Partial (Hash|Group)Aggregate');
SELECT * FROM wrong('SELECT shape, g, reddict_agg(key, v) AS m FROM shuffled GROUP BY shape, g');
RESET max_parallel_workers_per_gather;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;

-- several of them, each with keys of its own
SELECT count(*), count(*) FILTER (WHERE low || high <> w.m OR all_of -> 'sum' <> rd_sum(w.m))
FROM (SELECT shape, g, reddict_agg(key, v) FILTER (WHERE key < 'metric 5') AS low, reddict_agg(key, v) FILTER (WHERE key >= 'metric 5') AS high,
		reddict_agg('sum', v) AS all_of FROM shuffled WHERE shape = 'same' GROUP BY shape, g) AS s
JOIN wanted AS w USING (shape, g);

-- FILTER columns are the same
SELECT count(*), count(*) FILTER (WHERE (m -> 'metric 1', m -> 'metric 2', m -> 'metric 89') IS DISTINCT FROM (a, b, c))
FROM (SELECT reddict_agg(key, v) AS m, sum(v) FILTER (WHERE key = 'metric 1') AS a, sum(v) FILTER (WHERE key = 'metric 2') AS b,
	sum(v) FILTER (WHERE key = 'metric 89') AS c FROM shuffled WHERE shape = 'some' GROUP BY g) AS s;

-- in windows: growing frames, and moving ones
SELECT shape, count(*), count(*) FILTER (WHERE m IS DISTINCT FROM wanted)
FROM (
	SELECT shape, reddict_agg(key, v) OVER (PARTITION BY shape, g ORDER BY id, key) AS m,
		(SELECT reddict(array_agg(key), array_agg(sum)) FROM (SELECT key, sum(v) FROM fact AS f
			WHERE (f.shape, f.g) = (s.shape, s.g) AND (f.id, f.key) <= (s.id, s.key) AND v IS NOT NULL GROUP BY key) AS o) AS wanted
	FROM fact AS s WHERE shape IN ('some', 'own', 'null') AND g < 7
) AS s GROUP BY shape ORDER BY shape;
SELECT count(*), count(*) FILTER (WHERE m IS DISTINCT FROM wanted)
FROM (
	SELECT reddict_agg(key, v) OVER (ORDER BY id ROWS BETWEEN 9 PRECEDING AND 2 FOLLOWING) AS m,
		(SELECT reddict(array_agg(key), array_agg(sum)) FROM (SELECT key, sum(v) FROM
			(SELECT key, v, row_number() OVER (ORDER BY id) AS n FROM fact WHERE shape = 'some' AND g = 6) AS r
			WHERE r.n BETWEEN s.n - 9 AND s.n + 2 AND v IS NOT NULL GROUP BY key) AS o) AS wanted
	FROM (SELECT id, key, v, row_number() OVER (ORDER BY id) AS n FROM fact WHERE shape = 'some' AND g = 6) AS s
) AS s;

-- from cursors, of which two are open, and one is not read to the end
BEGIN;
DECLARE a CURSOR FOR SELECT shape, g, reddict_agg(key, v) = (SELECT m FROM wanted AS w WHERE (w.shape, w.g) = (f.shape, f.g)) AS right
FROM sorted AS f WHERE shape = 'same' GROUP BY shape, g ORDER BY shape, g;
DECLARE b SCROLL CURSOR FOR SELECT shape, g, reddict_agg(key, v) = (SELECT m FROM wanted AS w WHERE (w.shape, w.g) = (f.shape, f.g)) AS right
FROM sorted AS f WHERE shape = 'own' GROUP BY shape, g ORDER BY shape, g;
FETCH 2 FROM a;
FETCH 2 FROM b;
FETCH 1 FROM a;
FETCH BACKWARD 1 FROM b;
CLOSE b;
FETCH 1 FROM a;
COMMIT;

-- parts that are stored, and added up later
CREATE TABLE part AS SELECT shape, g, id % 5 AS part, reddict_agg(key, v) AS m FROM shuffled GROUP BY shape, g, id % 5;
SELECT * FROM wrong('SELECT shape, g, sum(m) AS m FROM part GROUP BY shape, g');

-- An aggregate of somebody's own that has no final function gives its state,
-- which is a map like any other: read at once, or stored
CREATE AGGREGATE bare_agg(text, float8) (STYPE = reddict, SFUNC = reddict_agg_trans, COMBINEFUNC = reddict_sum_trans, PARALLEL = SAFE);
CREATE AGGREGATE begun_agg(text, float8) (STYPE = reddict, SFUNC = reddict_agg_trans, INITCOND = '{"metric 1": 1000000, "began": 1}');
SELECT * FROM wrong('SELECT shape, g, bare_agg(key, v) AS m FROM shuffled GROUP BY shape, g');
CREATE TABLE bare AS SELECT shape, g, bare_agg(key, v) AS m FROM shuffled GROUP BY shape, g;
SELECT * FROM wrong('SELECT * FROM bare');
SELECT count(*), count(rd_check(m)) AS wrong FROM bare;
SELECT bare_agg(key, v) -> 'k3', bare_agg(key, v) + '{"k1": 1}', rd_length(bare_agg(key, v)), bare_agg(key, v) = reddict_agg(key, v), (bare_agg(key, v))['k2']
FROM (VALUES ('k3', 3), ('k1', 1), ('k2', 2), ('k1', 4)) AS v (key, v);
SELECT count(*), count(*) FILTER (WHERE b.m IS DISTINCT FROM w.m + '{"metric 1": 1000000, "began": 1}')
FROM (SELECT shape, g, begun_agg(key, v) AS m FROM shuffled WHERE shape = 'same' GROUP BY shape, g) AS b JOIN wanted AS w USING (shape, g);
SELECT begun_agg('k', v) FROM (VALUES (NULL::float8)) AS v (v);

-- Errors, caught where they come; after them everything is as before
CREATE FUNCTION attempt(query text) RETURNS text AS $$
DECLARE
	message text;
	detail text;
	result text;
BEGIN
	EXECUTE query INTO result;
	RETURN result;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
	RETURN concat_ws('; ', message, nullif(detail, ''));
END $$ LANGUAGE plpgsql;
SELECT attempt($$SELECT reddict_agg('k' || i % 30, 1e307) FROM generate_series(1, 3000) AS i$$);
SELECT attempt($$SELECT reddict_agg(CASE WHEN i < 40 THEN 'k' || i END, i) FROM generate_series(1, 50) AS i$$);
SELECT attempt($$SELECT reddict_agg(repeat('k', i), i) FROM generate_series(65530, 65540) AS i$$);
SELECT attempt($$SELECT reddict_agg('k' || i % 3, 1 / (i - 40)) FROM generate_series(1, 50) AS i$$);
-- NaN and infinities are numbers; a sum of infinities is NaN
SELECT reddict_agg(key, v) FROM (VALUES ('a', 'Infinity'::float8), ('b', '-Infinity'), ('c', 'NaN'), ('d', 'Infinity'), ('a', 1), ('b', '-Infinity'), ('c', 1), ('d', '-Infinity')) AS v (key, v);
-- a function that aggregates itself, and fails in between, while the outer does
CREATE FUNCTION inner_sum(g int) RETURNS float8 AS $$
BEGIN
	IF g % 10 = 0 THEN
		BEGIN
			PERFORM reddict_agg('k' || i, 1 / (i - 5)) FROM generate_series(1, 10) AS i;
		EXCEPTION WHEN division_by_zero THEN
			RETURN -1;
		END;
	END IF;
	RETURN (SELECT rd_sum(reddict_agg('k' || i, i)) FROM generate_series(1, g) AS i);
END $$ LANGUAGE plpgsql;
SELECT count(*), count(*) FILTER (WHERE m <> wanted) FROM (
	SELECT reddict_agg('k' || g, inner_sum(g)) AS m, reddict(array_agg('k' || g), array_agg(CASE g % 10 WHEN 0 THEN -1 ELSE g * (g + 1) / 2 END)) AS wanted
	FROM generate_series(1, 200) AS g GROUP BY g % 7) AS s;

-- The same of aggregates over maps, where these bring ever new keys: maps of one
-- key each, some NULL or empty; and of more, in parts
CREATE TABLE ones AS
SELECT shape, g, id, key, v, reddict(key, v) AS m FROM shuffled
UNION ALL SELECT shape, g, 0, NULL, NULL, '{}' FROM shuffled WHERE id % 50 = 7 AND shape <> 'null';
CREATE TABLE parts AS SELECT shape, g, id % 25 AS part, reddict_agg(key, v) AS m FROM shuffled GROUP BY shape, g, id % 25;
ANALYZE ones, parts;
SELECT count(*), min(rd_length(m)), max(rd_length(m)), count(*) - count(m) AS nulls FROM ones;
SELECT min(rd_length(m)), max(rd_length(m)) FROM parts;
SET enable_sort = off;
SELECT plan_has('SELECT shape, g, sum(m) AS m FROM ones GROUP BY shape, g', '^HashAggregate');
SELECT * FROM wrong('SELECT shape, g, sum(m) AS m FROM ones GROUP BY shape, g');
SELECT * FROM wrong('SELECT shape, g, sum(m) AS m FROM parts GROUP BY shape, g');
SELECT * FROM wrong('SELECT shape, g, rs_sum(redstats(m)) AS m FROM parts GROUP BY shape, g');
-- rows of one key, then of all keys, again and again
SELECT * FROM wrong('SELECT shape, g, sum(m) / 4 AS m FROM (
	SELECT shape, g, m FROM ones UNION ALL SELECT shape, g, m FROM wanted UNION ALL SELECT * FROM wanted UNION ALL SELECT * FROM wanted
	) AS s GROUP BY shape, g');
SET work_mem = '64kB';
SET hash_mem_multiplier = 1;
SELECT plan_has('SELECT shape, g, sum(m) AS m FROM ones GROUP BY shape, g', 'Batches: (\d\d|[2-9])');
SELECT * FROM wrong('SELECT shape, g, sum(m) AS m FROM ones GROUP BY shape, g');
RESET work_mem;
RESET hash_mem_multiplier;
RESET enable_sort;
SET enable_hashagg = off;
SELECT * FROM wrong('SELECT shape, g, sum(m) AS m FROM ones GROUP BY shape, g');
SELECT * FROM wrong('SELECT shape, g, sum(m) AS m FROM parts GROUP BY shape, g');
-- one group, whose rows are of one key, and of all that there are
SELECT count(*), count(*) FILTER (WHERE sum <> wanted)
FROM (SELECT sum(m) FROM (SELECT m FROM ones WHERE shape = 'same' UNION ALL SELECT m FROM wanted WHERE shape = 'same') AS s) AS s,
	(SELECT sum(m) * 2 AS wanted FROM wanted WHERE shape = 'same') AS w;
RESET enable_hashagg;
SELECT count(*), count(*) FILTER (WHERE s.m IS DISTINCT FROM w.m)
FROM (SELECT shape, sum(m) AS m FROM ones GROUP BY ROLLUP (shape)) AS s
JOIN (SELECT shape, sum(m) AS m FROM wanted GROUP BY ROLLUP (shape)) AS w ON w.shape IS NOT DISTINCT FROM s.shape;
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SELECT plan_has('SELECT shape, g, sum(m) AS m FROM ones GROUP BY shape, g', 'Partial (Hash|Group)Aggregate');
SELECT * FROM wrong('SELECT shape, g, sum(m) AS m FROM ones GROUP BY shape, g');
RESET max_parallel_workers_per_gather;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
-- the other aggregates: keys whose numbers are not core's
SELECT count(*), count(*) FILTER (WHERE least -> key IS DISTINCT FROM min) AS min, count(*) FILTER (WHERE greatest -> key IS DISTINCT FROM max) AS max,
	count(*) FILTER (WHERE last -> key IS DISTINCT FROM v) AS concat, count(*) FILTER (WHERE counts -> key IS DISTINCT FROM n) AS stats,
	count(*) FILTER (WHERE average -> key IS DISTINCT FROM avg) AS avg, count(*) FILTER (WHERE NOT of_stats) AS of_stats, count(*) FILTER (WHERE NOT merged) AS merged
FROM (SELECT shape, g, min(m) AS least, max(m) AS greatest, rd_concat_agg(m ORDER BY id) AS last, rs_count(redstats(m)) AS counts, avg(m) AS average,
		(rs_min(redstats(m)), rs_max(redstats(m)), rs_avg(redstats(m))) = (min(m), max(m), avg(m)) AS of_stats,
		(rs_count(rs_merge(rs_from_reddict(m))), rs_avg(rs_merge(rs_from_reddict(m)))) = (rs_count(redstats(m)), avg(m)) AS merged
	FROM ones GROUP BY shape, g) AS s
JOIN (SELECT shape, g, key, min(v), max(v), count(v) AS n, avg(v), (array_agg(v ORDER BY id DESC))[1] AS v
	FROM ones WHERE v IS NOT NULL GROUP BY shape, g, key) AS core USING (shape, g);
SELECT shape, count(*), count(*) FILTER (WHERE coalesce(m, '{}') <> coalesce(wanted, '{}')), count(*) FILTER (WHERE n IS DISTINCT FROM length)
FROM (
	SELECT shape, sum(m) OVER w AS m, reddict_agg(key, v) FILTER (WHERE key IS NOT NULL) OVER w AS wanted,
		rd_length(max(m) OVER w) AS n, rd_length(rs_count(redstats(m) OVER w)) AS length
	FROM ones WHERE shape IN ('some', 'own') AND g < 7 WINDOW w AS (PARTITION BY shape, g ORDER BY id, key)
) AS s GROUP BY shape ORDER BY shape;
-- a sum that an error did not change
SELECT attempt($$SELECT sum(reddict('k' || i % 30, 1e307)) FROM generate_series(1, 3000) AS i$$);
SELECT attempt($$SELECT avg(reddict('k' || i % 30, 1e307)) FROM generate_series(1, 3000) AS i$$);
SELECT attempt($$SELECT sum(CASE WHEN i < 40 THEN reddict('k' || i, 1e308) ELSE '{"a": 1, "k17": 1e308, "k3": 1e308, "z": 1}' END) FROM generate_series(1, 50) AS i$$);
SELECT attempt($$SELECT sum(CASE WHEN i < 40 THEN reddict('k' || i, 1) ELSE reddict(ARRAY['a', repeat('k', i)], ARRAY[i, 1]) END) -> 'a' FROM generate_series(1, 300) AS i$$);
SELECT sum(reddict(key, v)), max(reddict(key, v)) FROM (VALUES ('a', 'Infinity'::float8), ('b', '-Infinity'), ('c', 'NaN'), ('d', 'Infinity'), ('e', 0), ('a', 1), ('b', '-Infinity'), ('c', 1), ('d', '-Infinity')) AS v (key, v);

DROP VIEW sets, cubes;
DROP TABLE fact, shuffled, sorted, wanted, part, bare, ones, parts;
DROP AGGREGATE bare_agg(text, float8);
DROP AGGREGATE begun_agg(text, float8);
DROP FUNCTION wrong, plan_has, attempt, inner_sum;
