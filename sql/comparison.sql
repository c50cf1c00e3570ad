--
-- Equality, order, hashing, and what rests on them
--

\pset format unaligned
\pset tuples_only on

-- In order: by number of keys, then by keys bytewise, then by values as
-- float8 orders them.  Equal ones have the same rank.
CREATE TEMP TABLE ranked (rank int, m reddict);
INSERT INTO ranked VALUES
	(1, '{}'),
	(2, '{"": 5}'),
	(3, '{"B": 5}'),
	(4, '{"a": "-Infinity"}'),
	(5, '{"a": -1}'),
	(6, '{"a": -4.9e-324}'),
	(7, '{"a": 0}'), (7, '{"a": -0}'),
	(8, '{"a": 4.9e-324}'),
	(9, '{"a": 1}'), (9, '{"a": 1.0}'),
	(10, '{"a": 1.7976931348623157e308}'),
	(11, '{"a": "Infinity"}'),
	(12, '{"a": "NaN"}'), (12, reddict('a', 'Infinity'::float8 - 'Infinity'::float8)), (12, -'{"a": "NaN"}'::reddict),
	(13, '{"a ": -1}'),
	(14, '{"aa": -1}'),
	(15, '{"b": -2}'),
	(16, '{"": 1, "a": 0}'),
	(17, '{"a": 0, "b": "NaN"}'),
	(18, '{"a": 1, "b": 2}'), (18, '{"b": 2, "a": 1}'),
	(19, '{"a": 1, "b": 3}'),
	(20, '{"a": 2, "b": 1}'),
	(21, '{"a": -9, "c": 0}'),
	(22, '{"aa": 0, "b": 0}'),
	(23, '{"a": 0, "b": 0, "c": 0}'),
	(24, reddict(repeat('k', 255), 1) || '{"l": 1, "m": 1}'),
	(25, reddict(repeat('k', 256), 1) || '{"l": 1, "m": 1}');
-- 30 * 30 pairs, 8 comparisons
SELECT count(*),
	count(*) FILTER (WHERE (a.m = b.m) = (a.rank = b.rank)),
	count(*) FILTER (WHERE (a.m <> b.m) = (a.rank <> b.rank)),
	count(*) FILTER (WHERE (a.m < b.m) = (a.rank < b.rank)),
	count(*) FILTER (WHERE (a.m <= b.m) = (a.rank <= b.rank)),
	count(*) FILTER (WHERE (a.m > b.m) = (a.rank > b.rank)),
	count(*) FILTER (WHERE (a.m >= b.m) = (a.rank >= b.rank)),
	count(*) FILTER (WHERE sign(reddict_cmp(a.m, b.m)) = sign(a.rank - b.rank)),
	count(*) FILTER (WHERE (a.m IS DISTINCT FROM b.m) = (a.rank <> b.rank))
FROM ranked AS a, ranked AS b;
SELECT num_nulls('{}'::reddict = NULL, NULL <> '{}'::reddict, '{}'::reddict < NULL, '{}'::reddict <= NULL, '{}'::reddict > NULL,
	'{}'::reddict >= NULL, reddict_cmp('{}', NULL), reddict_hash(NULL), reddict_hash_extended(NULL, 0));
-- a literal beside a map is a map
SELECT '{"b": 2, "a": 1}'::reddict = '{"a": 1.0, "b": 2}', '{"a": 1}'::reddict <> '{"a": 2}', '{"a": 1}'::reddict < '{"a": 2}';

-- equal values have equal hashes, different ones (of these) different ones
SELECT count(*),
	count(*) FILTER (WHERE (reddict_hash(a.m) = reddict_hash(b.m)) = (a.rank = b.rank)),
	count(*) FILTER (WHERE (reddict_hash_extended(a.m, seed) = reddict_hash_extended(b.m, seed)) = (a.rank = b.rank))
FROM ranked AS a, ranked AS b, (VALUES (0), (1), (-1), (42), (9223372036854775807), (-9223372036854775808)) AS s(seed);
-- the low 32 bits of the one are the other; a seed makes a difference
SELECT count(*), count(*) FILTER (WHERE reddict_hash_extended(m, 0)::bit(64) << 32 = reddict_hash(m)::bit(32)::bit(64)),
	count(*) FILTER (WHERE reddict_hash_extended(m, 0) <> reddict_hash_extended(m, 1))
FROM ranked;
-- of 1000 different maps, no two have the same
SELECT count(DISTINCT reddict_hash_extended(m, 0)), count(DISTINCT m) FROM (
	SELECT reddict('a', i) FROM generate_series(1, 500) AS i
	UNION ALL SELECT reddict('a' || i, 1) FROM generate_series(1, 500) AS i) AS s(m);
-- what is behind a stored value's hash does not change how it compares
CREATE TEMP TABLE compressed AS
	SELECT reddict(array_agg('key ' || i), array_agg(i % 3)) AS m FROM generate_series(1, 10000) AS i;
SELECT a.m = b.m, a.m < b.m, a.m = c.m, a.m > c.m, reddict_hash(a.m) = reddict_hash(b.m)
FROM compressed AS a, (SELECT m::text::reddict AS m FROM compressed) AS b, (SELECT m - '{"key 9999": 1}' AS m FROM compressed) AS c;

-- Hashes are frozen, as hash.sql says.  Beside what core's functions can be
-- made to compute there: more values than are hashed at once, and 2-byte
-- lengths.  Wanted are the results of another implementation, for machines
-- whose bytes are in this order.
SELECT hashtextextended('abc' COLLATE "C", 0) = -6747756470228489321 AS little_endian \gset
\if :little_endian
SELECT left(m::text, 30), reddict_hash_extended(m, 0), wanted_0, reddict_hash_extended(m, 42), wanted_42 FROM (
	SELECT reddict(array_agg('key ' || i), array_agg(i)) AS m, 3001164795875685424 AS wanted_0, 5054766804881361189 AS wanted_42
	FROM generate_series(1, 300) AS i
	UNION ALL VALUES
		('{}'::reddict, 7041815433637649630, 7800652471700202420),
		('{"a": 1}', -3123653550525380962, -8129646392603151814),
		('{"a": 1, "b": 2}', 5976778147997653427, -7584625012686842590),
		('{"clicks": 3, "revenue": 19.5, "views": 120}', -2876205319564123772, -297823152784829363),
		('{"": -0, "n": "NaN"}', -7591898615458914049, 9073463262467158843),
		(reddict(repeat('k', 300), 1) || '{"a": "Infinity"}', -3428474148444948592, -1742384022175019797)
) AS s
WHERE (reddict_hash_extended(m, 0), reddict_hash_extended(m, 42)) IS DISTINCT FROM (wanted_0, wanted_42);
\endif

-- GROUP BY, DISTINCT, ORDER BY

SET enable_sort = off;
SELECT count(*), count(DISTINCT m) FROM ranked;
EXPLAIN (COSTS OFF) SELECT m FROM ranked GROUP BY m;
SELECT count(*), count(*) FILTER (WHERE n = wanted) FROM (
	SELECT m, count(*) AS n, min(rank) AS rank FROM ranked GROUP BY m) AS s
	JOIN (SELECT rank, count(*) AS wanted FROM ranked GROUP BY rank) AS r USING (rank);
RESET enable_sort;
SET enable_hashagg = off;
EXPLAIN (COSTS OFF) SELECT m FROM ranked GROUP BY m;
SELECT count(*), count(*) FILTER (WHERE n = wanted) FROM (
	SELECT m, count(*) AS n, min(rank) AS rank FROM ranked GROUP BY m) AS s
	JOIN (SELECT rank, count(*) AS wanted FROM ranked GROUP BY rank) AS r USING (rank);
SELECT count(*) FROM (SELECT DISTINCT m FROM ranked) AS s;
RESET enable_hashagg;
SELECT array_agg(rank ORDER BY m, rank) = array_agg(rank ORDER BY rank), array_agg(rank ORDER BY m DESC, rank DESC) = array_agg(rank ORDER BY rank DESC)
FROM ranked;
SELECT m FROM (VALUES ('{"b": 1}'::reddict), ('{"a": 2, "b": 0}'), (NULL), ('{"a": 2}'), ('{}'), ('{"a": "NaN"}')) AS v(m) ORDER BY m;
SELECT m FROM (VALUES ('{"b": 1}'::reddict), ('{"a": 2}'), ('{"b": 1}')) AS v(m) INTERSECT SELECT '{"b": 1.0}';
SELECT '{"a": 1}'::reddict IN ('{"a": 2}', '{"a": 1}'), '{"a": 1}'::reddict = ANY (ARRAY['{"a": 2}', '{"a": 3}']::reddict[]);

-- joins

CREATE TEMP TABLE l AS SELECT i, reddict('a', i % 100) AS m FROM generate_series(1, 1000) AS i;
CREATE TEMP TABLE r AS SELECT i, reddict('a', i) AS m FROM generate_series(50, 149) AS i;
INSERT INTO l VALUES (0, '{"a": -0}'), (0, '{"a": "NaN"}'), (0, NULL);
INSERT INTO r VALUES (0, '{"a": 0}'), (0, reddict('a', 'Infinity'::float8 - 'Infinity'::float8)), (0, NULL);
ANALYZE l, r;
-- 50 of r's are among l's, 10 times each; 0 is there 11 times, NaN once: 512
SET enable_mergejoin = off;
SET enable_nestloop = off;
EXPLAIN (COSTS OFF) SELECT count(*) FROM l JOIN r USING (m);
SELECT count(*) FROM l JOIN r USING (m);
RESET enable_mergejoin;
SET enable_hashjoin = off;
EXPLAIN (COSTS OFF) SELECT count(*) FROM l JOIN r USING (m);
SELECT count(*) FROM l JOIN r USING (m);
RESET enable_nestloop;
SET enable_mergejoin = off;
SELECT count(*) FROM l JOIN r USING (m);
RESET enable_mergejoin;
RESET enable_hashjoin;

-- indexes

CREATE TEMP TABLE keyed (m reddict PRIMARY KEY, n int UNIQUE);
INSERT INTO keyed SELECT m, row_number() OVER ()
	FROM (SELECT DISTINCT ON (m) m FROM ranked ORDER BY m, m::text COLLATE "C") AS s;
INSERT INTO keyed SELECT reddict(ARRAY['x', 'y', 'z', 'zz'], ARRAY[i, i / 10, i / 100, 0]), 1000 + i FROM generate_series(1, 1000) AS i;
INSERT INTO keyed VALUES ('{"a": 0}');
\echo :LAST_ERROR_SQLSTATE
INSERT INTO keyed VALUES ('{"b": 2.0, "a": 1}');
INSERT INTO keyed VALUES (NULL);
\echo :LAST_ERROR_SQLSTATE
INSERT INTO keyed VALUES ('{"a": 0}', 0) ON CONFLICT (m) DO UPDATE SET n = -7 RETURNING *;
ANALYZE keyed;
SET enable_seqscan = off;
SET enable_bitmapscan = off;
EXPLAIN (COSTS OFF) SELECT n FROM keyed WHERE m = '{"x": 500, "y": 50, "z": 5, "zz": 0}';
SELECT n FROM keyed WHERE m = '{"x": 500, "y": 50, "z": 5, "zz": 0}';
SELECT n FROM keyed WHERE m = '{"a": 0}';
EXPLAIN (COSTS OFF) SELECT count(*) FROM keyed WHERE m >= '{"a": 1}' AND m < '{"a": 1, "b": 2}';
SELECT count(*) FROM keyed WHERE m >= '{"a": 1}' AND m < '{"a": 1, "b": 2}';
EXPLAIN (COSTS OFF) SELECT m FROM keyed ORDER BY m LIMIT 3;
SELECT m FROM keyed ORDER BY m LIMIT 3;
SELECT m FROM keyed ORDER BY m DESC LIMIT 2;
ALTER TABLE keyed DROP CONSTRAINT keyed_pkey;
CREATE INDEX keyed_hash ON keyed USING hash (m);
EXPLAIN (COSTS OFF) SELECT n FROM keyed WHERE m = '{"x": 500, "y": 50, "z": 5, "zz": 0}';
SELECT n FROM keyed WHERE m = '{"x": 500, "y": 50, "z": 5, "zz": 0}';
SELECT n FROM keyed WHERE m = '{"a": 0}';
SELECT count(*) FROM keyed WHERE m = reddict('a', 'Infinity'::float8 - 'Infinity'::float8);
RESET enable_seqscan;
RESET enable_bitmapscan;
SELECT opcmethod.amname, opcname, amvalidate(o.oid)
FROM pg_opclass AS o JOIN pg_am AS opcmethod ON opcmethod.oid = opcmethod
WHERE opcintype = 'reddict'::regtype ORDER BY amname COLLATE "C", opcname COLLATE "C";

-- partitions by hash, where -0 and 0, and any NaNs, go to the same one

CREATE TEMP TABLE parted (m reddict, n int) PARTITION BY HASH (m);
CREATE TEMP TABLE parted_0 PARTITION OF parted FOR VALUES WITH (MODULUS 4, REMAINDER 0);
CREATE TEMP TABLE parted_1 PARTITION OF parted FOR VALUES WITH (MODULUS 4, REMAINDER 1);
CREATE TEMP TABLE parted_2 PARTITION OF parted FOR VALUES WITH (MODULUS 4, REMAINDER 2);
CREATE TEMP TABLE parted_3 PARTITION OF parted FOR VALUES WITH (MODULUS 4, REMAINDER 3);
INSERT INTO parted SELECT m, 1 FROM ranked;
INSERT INTO parted SELECT reddict('a', i), 2 FROM generate_series(2, 400) AS i;
SELECT count(*), count(DISTINCT m), count(DISTINCT (m, tableoid)) FROM parted;
SELECT count(DISTINCT tableoid), min(n) > 60 FROM (SELECT tableoid, count(*) AS n FROM parted GROUP BY tableoid) AS s;
-- pruned to one partition, which one depends on the order of bytes
CREATE FUNCTION pg_temp.partitions_of(query text) RETURNS int
LANGUAGE plpgsql AS $$
DECLARE
	line text;
	n int := 0;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
		n := n + (line LIKE '%Seq Scan on parted%')::int;
	END LOOP;
	RETURN n;
END $$;
SELECT pg_temp.partitions_of($$SELECT * FROM parted WHERE m = '{"a": 0}'$$), pg_temp.partitions_of('SELECT * FROM parted');
SELECT * FROM parted WHERE m = '{"a": 0}' ORDER BY m::text COLLATE "C";
