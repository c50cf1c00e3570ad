--
-- Equality, order, hashing, and what rests on them
--

\pset format unaligned
\pset tuples_only on

-- In order: by number of keys, then by the hash of the keys as an unsigned
-- number, then by values as float8 orders them.  Equal ones have the same place
-- among the maps of their keys, and the same rank among all.
CREATE TEMP TABLE placed (n int, place int, m reddict);
INSERT INTO placed VALUES
	(0, 1, '{}'),
	(1, 1, '{"": 5}'),
	(1, 1, '{"B": 5}'),
	(1, 1, '{"a": "-Infinity"}'),
	(1, 2, '{"a": -1}'),
	(1, 3, '{"a": -4.9e-324}'),
	(1, 4, '{"a": 0}'), (1, 4, '{"a": -0}'),
	(1, 5, '{"a": 4.9e-324}'),
	(1, 6, '{"a": 1}'), (1, 6, '{"a": 1.0}'),
	(1, 7, '{"a": 1.7976931348623157e308}'),
	(1, 8, '{"a": "Infinity"}'),
	(1, 9, '{"a": "NaN"}'), (1, 9, reddict('a', 'Infinity'::float8 - 'Infinity'::float8)), (1, 9, -'{"a": "NaN"}'::reddict),
	(1, 1, '{"a ": -1}'),
	(1, 1, '{"aa": -1}'),
	(1, 1, '{"b": -2}'),
	(2, 1, '{"": 1, "a": 0}'),
	(2, 1, '{"a": 0, "b": "NaN"}'),
	(2, 2, '{"a": 1, "b": 2}'), (2, 2, '{"b": 2, "a": 1}'),
	(2, 3, '{"a": 1, "b": 3}'),
	(2, 4, '{"a": 2, "b": 1}'),
	(2, 1, '{"a": -9, "c": 0}'),
	(2, 1, '{"aa": 0, "b": 0}'),
	(3, 1, '{"a": 0, "b": 0, "c": 0}'),
	(3, 1, reddict(repeat('k', 255), 1) || '{"l": 1, "m": 1}'),
	(3, 1, reddict(repeat('k', 256), 1) || '{"l": 1, "m": 1}');
CREATE TEMP TABLE ranked AS
	SELECT dense_rank() OVER (ORDER BY n, lpad(to_hex(rd_index_hash(m)), 16, '0') COLLATE "C", place)::int AS rank, m FROM placed;
-- without a repetition of a place 25
SELECT max(rank) FROM ranked;
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
-- In order of hashes by hand: of one key x has 38d750c2596a88bc, b
-- 489e8a44fabad066, B 6026afd204b7e417, "a " 6558d21c7474dde8, y
-- 8891d77b2a5e4fdb, aa b0bf25d43f0875d2, a d9463df8abff950c; of two a and b have
-- 5eebbf5fe6f35fe3, aa and b 9b0857842cc93c77, a and c fad6123bad670fae.  Values
-- are the other way round.
SELECT 'wrong', by_map, by_statistics FROM (
	SELECT array_agg(place ORDER BY m) AS by_map, array_agg(place ORDER BY s) AS by_statistics FROM (
		SELECT place, reddict(keys, array_fill(-place, ARRAY[cardinality(keys)])::float8[]) AS m,
			(SELECT redstats(one) FROM (SELECT reddict(keys, array_fill(-place, ARRAY[cardinality(keys)])::float8[])) AS maps(one)) AS s
		FROM (VALUES (1, '{x}'::text[]), (2, '{b}'), (3, '{B}'), (4, '{"a "}'), (5, '{y}'), (6, '{aa}'), (7, '{a}'),
			(8, '{a,b}'), (9, '{aa,b}'), (10, '{a,c}')) AS v(place, keys)
	) AS placed
) AS orders
WHERE (by_map, by_statistics) IS DISTINCT FROM ('{1,2,3,4,5,6,7,8,9,10}'::int[], '{1,2,3,4,5,6,7,8,9,10}'::int[]);
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
SELECT m FROM (VALUES ('{"a": 3}'::reddict), ('{"a": 2, "b": 0}'), (NULL), ('{"a": 2}'), ('{}'), ('{"a": "NaN"}')) AS v(m) ORDER BY m;
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
EXPLAIN (COSTS OFF) SELECT count(*) FROM keyed WHERE m >= '{"a": 1}' AND m < '{"a": "NaN"}';
SELECT count(*) FROM keyed WHERE m >= '{"a": 1}' AND m < '{"a": "NaN"}';
EXPLAIN (COSTS OFF) SELECT m FROM keyed WHERE m >= '{"a": 1}' ORDER BY m LIMIT 3;
SELECT m FROM keyed WHERE m >= '{"a": 1}' ORDER BY m LIMIT 3;
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

-- Two packed values are compared without their keys: those of these are not to
-- be had.  Bytes are in this machine's order.
CREATE CAST (bytea AS reddict) WITHOUT FUNCTION;
CREATE CAST (bytea AS redstats) WITHOUT FUNCTION;
CREATE CAST (reddict AS bytea) WITHOUT FUNCTION;
CREATE FUNCTION pg_temp.native(network bytea) RETURNS bytea LANGUAGE sql AS $$
	SELECT CASE WHEN get_byte('{}'::reddict::bytea, 0) = 8 THEN network
		ELSE (SELECT string_agg(substr(network, i, 1), '' ORDER BY i DESC) FROM generate_series(1, length(network)) AS i) END
$$;
-- the head is: packed, version 1, kind, number of keys; the hash has one byte eight times
CREATE FUNCTION pg_temp.packed(kind int, n int, hash text, VARIADIC numbers float8[]) RETURNS bytea LANGUAGE sql AS $$
	SELECT pg_temp.native(substr(int8send(x'88000000'::int8 + (kind << 24) + n), 5)) || decode(repeat(hash, 8), 'hex') ||
		(SELECT string_agg(pg_temp.native(float8send(x)), '' ORDER BY i) FROM unnest(numbers) WITH ORDINALITY AS u(x, i))
$$;
CREATE TEMP TABLE keyless AS SELECT place, pg_temp.packed(0, n, hash, VARIADIC numbers)::reddict AS m, pg_temp.packed(1, n, hash, VARIADIC
	array_fill(1::float8, ARRAY[n]) || numbers || array_fill(0::float8, ARRAY[n]) || numbers || numbers)::redstats AS s
FROM (VALUES (1, 1, '00', '{3}'::float8[]), (2, 1, '11', '{-5}'), (3, 1, '11', '{2}'), (4, 1, '11', '{NaN}'), (5, 1, '7f', '{1}'), (6, 1, '80', '{0}'), (7, 1, 'ff', '{-9}'),
	(8, 2, '00', '{1,2}'), (9, 2, '00', '{1,3}'), (10, 2, '00', '{2,1}'), (11, 2, 'ff', '{1,1}')) AS v(place, n, hash, numbers);
SELECT array_agg(place ORDER BY m), array_agg(place ORDER BY s DESC) FROM keyless;
SELECT count(*), count(*) FILTER (WHERE sign(reddict_cmp(a.m, b.m)) = sign(a.place - b.place)), count(*) FILTER (WHERE sign(redstats_cmp(a.s, b.s)) = sign(a.place - b.place)),
	count(*) FILTER (WHERE (a.m = b.m) = (a.place = b.place)), count(*) FILTER (WHERE (a.s = b.s) = (a.place = b.place))
FROM keyless AS a, keyless AS b;
CREATE INDEX ON keyless (m, s);
SET enable_seqscan = off;
SET enable_bitmapscan = off;
SELECT place FROM keyless WHERE m > (SELECT m FROM keyless WHERE place = 5) AND m <= (SELECT m FROM keyless WHERE place = 9) ORDER BY m;
RESET enable_seqscan;
RESET enable_bitmapscan;
SELECT count(*) FROM (SELECT m, s FROM keyless UNION SELECT m, s FROM keyless) AS u;
-- nor are keys wanted where only one is packed, but of one hash
SELECT array_agg(DISTINCT sign(reddict_cmp(keyless.m, other.m))) FROM keyless, (VALUES ('{"a": 1, "b": 2, "c": 3}'::reddict)) AS other(m);
SET redbear.pack = off;
SELECT sign(reddict_cmp('{"no such key": 1}', m)) <> 0 FROM keyless WHERE place = 3;
CREATE FUNCTION pg_temp.cmp_or_state(a reddict, b reddict) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	RETURN reddict_cmp(a, b);
EXCEPTION WHEN data_corrupted THEN
	RETURN SQLSTATE;
END $$;
-- (0: it was registered)
SELECT pg_temp.cmp_or_state((overlay(pg_temp.packed(0, 1, '00', 1) PLACING substr('{"no such key": 1}'::reddict::bytea, 5, 8) FROM 5))::reddict, '{"no such key": 1}') IN ('XX001', '0');
RESET redbear.pack;
DROP CAST (bytea AS reddict);
DROP CAST (bytea AS redstats);
DROP CAST (reddict AS bytea);

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
