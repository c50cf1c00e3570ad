--
-- Exact sums: redsum, rd_exact_sum_agg, rd_exact_avg_agg, rd_count_agg, windows
--
-- The oracle is core's numeric: exact() makes of a double the number that it is,
-- so sum(exact(x)) is exact, and its text is read as the double next to it.
-- Maps are compared by reddict_send(), so bit by bit.
--

SET max_parallel_workers_per_gather = 0;

\getenv abs_srcdir PG_ABS_SRCDIR
\set helpers :abs_srcdir '/sql/include/helpers.sql'
\i :helpers

-- What a double is: its mantissa times a power of 2; of 2^-k that is 5^k with k decimals.
CREATE FUNCTION pg_temp.exact(value float8) RETURNS numeric
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	bits bigint := ('x' || encode(float8send(value), 'hex'))::bit(64)::bigint;
	exponent int := (bits >> 52) & 2047;
	mantissa numeric := bits & ((1::bigint << 52) - 1);
	power int := greatest(exponent, 1) - 1075;
BEGIN
	IF exponent > 0 THEN
		mantissa := mantissa + (1::bigint << 52);
	END IF;
	IF bits < 0 THEN
		mantissa := - mantissa;
	END IF;
	RETURN CASE WHEN power >= 0 THEN mantissa * 2::numeric ^ power
		ELSE mantissa * 5::numeric ^ - power * ('1e' || power)::numeric END;
END $$;

SELECT trim_scale(pg_temp.exact(0.1)), trim_scale(pg_temp.exact(-2.5)), trim_scale(pg_temp.exact(1e22)), round(pg_temp.exact(5e-324) * 1e324::numeric, 40);
SELECT x FROM unnest('{0.1, -0.3, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 123456.789, 1e-5}'::float8[]) AS x WHERE pg_temp.exact(x)::text::float8 <> x;

-- Are two maps, or two NULLs, the same bits?
CREATE FUNCTION pg_temp.same(a reddict, b reddict) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$ SELECT reddict_send(a) IS NOT DISTINCT FROM reddict_send(b) $$;

\pset format unaligned
\pset tuples_only on
\pset null NULL

--
-- Text
--

SELECT '{}'::redsum, ' { } '::redsum, '{"a":[2,4]}'::redsum, E'{\n"b":[1,-0],\t"a" : [ 3 , 1.50 ] }'::redsum;
-- byte order; the last of a repeated key wins; any key; counts of NaN and infinities only where there are any
SELECT '{"b": [1, 1], "aa": [1, 2], "B": [1, 3, 0, 0, 0], "": [1, 4], "b": [2, 5.5], "\"\\": [7, 5, 1, 2, 3], "é": [1, 0, 1, 0, 0]}'::redsum;
-- a number of rows, and a sum, may be written as any JSON number
SELECT '{"a": [2e0, 12.50e1], "b": [9007199254740992, -0.000e5], "c": [30e-1, 1e22], "d": [1.0, 0.1000000000000000055511151231257827021181583404541015625]}'::redsum;
-- the smallest double, the largest one, and the sums of many of these
SELECT length(s::text), s::text::redsum = s, rx_sum(s), rx_avg(s) FROM (VALUES
	('{"a": 5e-324, "b": 1.7976931348623157e308}'::reddict::redsum)) AS v(s);
SELECT pg_temp.exact(1.7976931348623157e308) = (rx_of('{"b": 1.7976931348623157e308}')::jsonb -> 'b' -> 1)::numeric,
	pg_temp.exact(5e-324) = (rx_of('{"b": 5e-324}')::jsonb -> 'b' -> 1)::numeric;

SELECT id, pg_temp.outcome(format('SELECT %L::redsum', input)) FROM (VALUES
	(1, '{"the key": 1}'),
	(2, '{"the key": "NaN"}'),
	(3, '{"the key": null}'),
	(4, '{"the key": true}'),
	(5, '{"the key": {}}'),
	(6, '{"the key": []}'),
	(7, '{"the key": [1]}'),
	(8, '{"the key": [1, 2, 0]}'),
	(9, '{"the key": [1, 2, 0, 0]}'),
	(10, '{"the key": [1, 2, 0, 0, 0, 0]}'),
	(11, '{"the key": [[1, 2]]}'),
	(12, '{"the key": [1, [2]]}'),
	(13, '{"the key": [1, {"a": 2}]}'),
	(14, '{"the key": [1, null]}'),
	(15, '{"the key": [1, "2"]}'),
	(16, '{"the key": ["1", 2]}'),
	-- no numbers of rows
	(17, '{"the key": [0, 0]}'),
	(18, '{"the key": [-1, 0]}'),
	(19, '{"the key": [1.5, 0]}'),
	(20, '{"the key": [9007199254740993, 0]}'),
	(21, '{"the key": [1e400, 0]}'),
	(22, '{"the key": [1, 0, -1, 0, 0]}'),
	(23, '{"the key": [1, 0, 0.5, 0, 0]}'),
	-- more rows of NaN than rows; a sum of no rows
	(24, '{"the key": [2, 0, 1, 1, 1]}'),
	(25, '{"the key": [2, 0, 3, 0, 0]}'),
	(26, '{"the key": [2, 1, 1, 1, 0]}'),
	-- no sums of doubles
	(27, '{"the key": [1, 0.1]}'),
	(28, '{"the key": [1, 1e-1]}'),
	(29, '{"the key": [1, 2.4703282292062327208299e-324]}'),
	(30, '{"the key": [1, 1e-99999999999999999999]}'),
	(31, '{"the key": [1, 1e340]}'),
	(32, '{"the key": [1, -1e99999999999999999999]}'),
	(33, '[]'), (34, '1'), (35, '"a"'), (36, 'null'), (37, 'true'), (38, '[1, 2]'),
	(39, ''), (40, '{'), (41, '{"a": [1, 2}'), (42, '{"a": [1, 2]'), (43, '{"a": [1, 2,]}'), (44, '{"a": [1, NaN]}'), (45, '{"a": [1, 2]} x'), (46, '{"a": [01, 2]}'),
	(47, '{"a\u0000": [1, 2]}')
) AS v(id, input) ORDER BY id;
SELECT pg_temp.outcome(format('SELECT %L::redsum', '{"' || repeat('k', 65536) || '": [1, 2]}'));
-- as psql shows them
SELECT '{"a": 1}'::redsum;
SELECT '{"a": [1, 0.1]}'::redsum;
-- From PostgreSQL 16 on all of these are soft errors.  No rows: right.
SELECT current_setting('server_version_num')::int >= 160000 AS soft \gset
\if :soft
SELECT input FROM (VALUES ('{"a": 1}'), ('{"a": [1, 0.1]}'), ('{"a": [1, 1e340]}'), ('{"a": [1, "2"]}'), ('{"a": [0, 0]}'), ('{"a": []}'), ('1'), (''), ('{"\u0000": 1}'),
	('{"' || repeat('k', 65536) || '": [1, 2]}')) AS v(input) WHERE pg_input_is_valid(input, 'redsum');
\endif
-- the types are not mistaken for one another
SELECT split_part(pg_temp.outcome($$SELECT rx_sum('{"a": 1}'::reddict)$$), ' / ', 1);
SELECT split_part(pg_temp.outcome($$SELECT rs_sum('{"a": [1, 2]}'::redsum)$$), ' / ', 1);

--
-- Functions and operators
--

SELECT rx_sum(s), rx_avg(s), rx_count(s) FROM (VALUES
	(1, '{"a": [4, 10], "b": [3, -1]}'::redsum),
	(2, '{"NaN": [2, 1, 1, 0, 0], "both": [3, 1, 0, 1, 1], "inf": [2, 1, 0, 1, 0], "-inf": [2, 1, 0, 0, 1]}'),
	(3, '{}'),
	(4, NULL)) AS v(id, s) ORDER BY id;
-- one map; the assignment cast; -0 is 0
SELECT rx_of('{"a": 1.5, "b": "NaN", "c": "-Infinity", "d": "Infinity", "e": -0}'), rx_of('{}'), rx_sum(rx_of('{"e": -0}'));
CREATE TEMP TABLE totals (id int PRIMARY KEY, s redsum NOT NULL);
INSERT INTO totals VALUES (1, '{"a": 1, "b": 0.5}'::reddict);
INSERT INTO totals VALUES (1, '{"a": 2, "c": 0.25}'::reddict) ON CONFLICT (id) DO UPDATE SET s = totals.s + EXCLUDED.s;
UPDATE totals SET s = s + '{"c": 1}'::reddict;
SELECT s FROM totals;
UPDATE totals SET s = s - '{"b": 0.5, "a": 1}'::reddict;
SELECT s FROM totals;
UPDATE totals SET s = s - '{"c": [1, 1]}'::redsum;
SELECT s, s - s, s + s - s = s, s + '{}'::redsum = s, s - '{}'::reddict = s FROM totals;
-- keys with the left one's, others, both
SELECT '{"a": [1, 1], "c": [1, 3]}'::redsum + '{"b": [1, 2], "c": [2, 1]}'::redsum, '{"a": [1, 1], "c": [1, 3]}'::redsum + '{"c": "NaN", "d": 1e300}'::reddict;
-- whatever can't have been added can't be taken away
SELECT id, pg_temp.outcome('SELECT ' || statement) FROM (VALUES
	(1, $$'{"a": [1, 1]}'::redsum - '{"a": [1, 2]}'::redsum$$),
	(2, $$'{"a": [1, 1]}'::redsum - '{"a": [2, 1]}'::redsum$$),
	(3, $$'{"a": [1, 1]}'::redsum - '{"b": [1, 1]}'::redsum$$),
	(4, $$'{"a": [1, 1]}'::redsum - '{"b": 1}'::reddict$$),
	(5, $$'{"a": [2, 1]}'::redsum - '{"a": "NaN"}'::reddict$$),
	(6, $$'{"a": [2, 0, 1, 0, 0]}'::redsum - '{"a": 1}'::reddict$$),
	(7, $$'{"a": [9007199254740992, 1]}'::redsum + '{"a": [1, 1]}'::redsum$$),
	(8, $$'{"a": [9007199254740992, 1]}'::redsum + '{"a": 1}'::reddict$$),
	(9, $$rx_sum('{"a": 1, "b": 1.7976931348623157e308}'::reddict::redsum + '{"b": 1e292}'::reddict)$$),
	-- half a unit of the last place less the smallest double: rounded down
	(10, $$rx_sum(('{"b": 1.7976931348623157e308}'::reddict::redsum + '{"b": 9.9792015476736e291}'::reddict) - '{"b": 5e-324}'::reddict)$$),
	(11, $$rx_avg('{"b": 1.7976931348623157e308}'::reddict::redsum + '{"b": 1.7976931348623157e308}'::reddict)$$)
) AS v(id, statement) ORDER BY id;

--
-- Equality, order, hashing
--

CREATE TEMP TABLE ordered (id int, s redsum);
INSERT INTO ordered VALUES (1, '{}'), (2, '{"a": [1, -3]}'), (3, '{"a": [1, -2.5]}'), (4, '{"a": [1, 0]}'), (5, '{"a": [1, 0.5]}'), (6, '{"a": [1, 2]}'), (7, '{"a": [1, 1e22]}'),
	(8, '{"a": [2, -1e22]}'), (9, '{"a": [2, 0]}'), (10, '{"a": [2, 0, 0, 0, 1]}'), (11, '{"a": [2, 0, 0, 1, 0]}'), (12, '{"a": [2, 0, 1, 0, 0]}');
-- no rows: right
SELECT a.id, b.id FROM ordered AS a, ordered AS b
WHERE ((a.s < b.s), (a.s <= b.s), (a.s = b.s), (a.s <> b.s), (a.s >= b.s), (a.s > b.s), sign(redsum_cmp(a.s, b.s)), redsum_hash(a.s) = redsum_hash(b.s), redsum_hash_extended(a.s, 7) = redsum_hash_extended(b.s, 7))
	IS DISTINCT FROM ((a.id < b.id), (a.id <= b.id), (a.id = b.id), (a.id <> b.id), (a.id >= b.id), (a.id > b.id), sign(a.id - b.id), a.id = b.id, a.id = b.id);
SELECT count(DISTINCT s), count(*) FROM (SELECT s FROM ordered UNION ALL SELECT s FROM ordered) AS t;
CREATE INDEX ON ordered (s);
SET enable_seqscan = off;
SELECT id FROM ordered WHERE s = '{"a": [1, 0.5]}' ORDER BY id;
RESET enable_seqscan;
-- the form does not matter: a sum in other chunks, other order, is the same
SELECT a = b, redsum_hash(a) = redsum_hash(b), redsum_send(a) = redsum_send(b), a::text = b::text
FROM (SELECT redsum(m ORDER BY id) AS a, redsum(m ORDER BY id DESC) AS b FROM (VALUES (1, '{"a": 1e300, "b": 1}'::reddict), (2, '{"a": 1}'), (3, '{"a": -1e300}'), (4, '{"a": 0.1, "c": "NaN"}')) AS v(id, m)) AS t;

--
-- Aggregates
--

CREATE TEMP TABLE small (grp text COLLATE "C", id int, m reddict);
INSERT INTO small VALUES
	('come and go', 1, '{"a": 1, "b": 10}'), ('come and go', 2, NULL), ('come and go', 3, '{"b": 5, "c": -2}'), ('come and go', 4, '{}'), ('come and go', 5, '{"a": 0.5}'),
	('empty', 6, '{}'), ('empty', 7, '{}'), ('NULL', 10, NULL), ('NULL', 11, NULL), ('NULL first', 12, NULL), ('NULL first', 13, '{"a": 1}'), ('NULL first', 14, '{"a": 3}'),
	('same', 16, '{"a": 1, "b": 6}'), ('same', 17, '{"a": 3, "b": 4}'), ('same', 18, '{"a": 2, "b": 5}'),
	-- ill-conditioned; sums that would overflow on the way; subnormals; -0
	('cancel', 20, '{"a": 1e300, "b": 1.7976931348623157e308}'), ('cancel', 21, '{"a": 1, "b": 1.7976931348623157e308}'), ('cancel', 22, '{"a": -1e300, "b": -1.7976931348623157e308}'),
	('small', 23, '{"a": 5e-324, "b": -0}'), ('small', 24, '{"a": 2.2250738585072014e-308, "b": -0}'), ('small', 25, '{"a": -2.2250738585072009e-308, "b": 0}'),
	('special', 26, '{"n": "NaN", "p": "Infinity", "m": "-Infinity", "b": "Infinity"}'), ('special', 27, '{"n": 1, "p": 1, "m": 1, "b": "-Infinity"}');
SELECT grp, redsum(m) FROM small WHERE grp <> 'cancel' AND grp <> 'small' GROUP BY grp ORDER BY grp;
SELECT grp, rd_exact_sum_agg(m), rd_exact_avg_agg(m), rd_count_agg(m) FROM small GROUP BY grp ORDER BY grp;
SELECT redsum(m), rd_exact_sum_agg(m), rd_exact_avg_agg(m), rd_count_agg(m), rx_merge(m::redsum) FROM small WHERE false;
SELECT rd_count_agg(m) FILTER (WHERE id > 16), rd_exact_sum_agg(DISTINCT m) FROM (SELECT * FROM small WHERE grp = 'same' UNION ALL SELECT * FROM small WHERE id = 16) AS s;
SELECT rx_merge(s), rx_merge(s) FILTER (WHERE false) FROM (VALUES (NULL::redsum), (NULL)) AS v(s);
SELECT rx_merge(s) FROM (VALUES ('{"a": [2, 4]}'::redsum), (NULL), ('{}'), ('{"a": [2, 5, 1, 0, 0], "b": [1, 0.5]}')) AS v(s);
SELECT rx_merge(s) FROM (VALUES ('{"a": [2, 4]}'::redsum)) AS v(s);
-- one transition for all but the merge
SELECT count(*), count(DISTINCT (aggtransfn, aggtranstype, aggcombinefn, agginitval)) FROM pg_aggregate WHERE aggtransfn = 'redsum_trans'::regproc;
-- only aggregates may call these: they modify their argument
SELECT id, pg_temp.outcome('SELECT ' || statement) FROM (VALUES
	(1, $$redsum_trans('{}', '{"a": 1}')$$), (2, $$redsum_trans(NULL, NULL)$$), (3, $$redsum_trans_inv('{}', '{"a": 1}')$$),
	(4, $$redsum_combine('{}', '{}')$$), (5, $$redsum_combine(NULL, '{}')$$), (6, $$redsum_combine_inv('{}', '{}')$$),
	-- the sum is beyond DBL_MAX when it is read, and only then
	(7, $$rd_exact_sum_agg(m) FROM (VALUES ('{"a": 1, "b": 1e308}'::reddict), ('{"a": 1, "b": 1e308}')) AS v(m)$$),
	(8, $$rd_exact_avg_agg(m) FROM (VALUES ('{"a": 1, "b": 1e308}'::reddict), ('{"a": 1, "b": 1e308}')) AS v(m)$$),
	(9, $$rx_count(redsum(m)) FROM (VALUES ('{"a": 1, "b": 1e308}'::reddict), ('{"a": 1, "b": 1e308}')) AS v(m)$$),
	(10, $$rx_merge(s) FROM (VALUES ('{"a": [9007199254740992, 1]}'::redsum), ('{"a": [1, 1]}')) AS v(s)$$)
) AS v(id, statement) ORDER BY id;

-- Random numbers of all kinds, in groups, against the oracle.  No rows: right.
CREATE TEMP TABLE numbers AS
	SELECT i, i % 97 AS grp, 'key ' || i % 7 AS key, CASE i % 97 % 6
		WHEN 0 THEN (('x' || substr(md5(i::text), 1, 8))::bit(32)::int % 1000000) / 100.0::float8
		WHEN 1 THEN ('x' || substr(md5(i::text), 1, 8))::bit(32)::int % 1000
		WHEN 2 THEN ('x' || substr(md5(i::text), 1, 16))::bit(64)::bigint / 2.0::float8 ^ 63
		WHEN 3 THEN (('x' || substr(md5(i::text), 1, 8))::bit(32)::int * 1e-3) * 10.0::float8 ^ (i % 600 - 300)
		WHEN 4 THEN (('x' || substr(md5(i::text), 1, 8))::bit(32)::int) * 5e-324::float8
		ELSE 1 / (('x' || substr(md5(i::text), 1, 8))::bit(32)::int + 0.5) END AS x
	FROM generate_series(1, 20000) AS i;
CREATE TEMP TABLE maps AS SELECT i, grp, reddict(key, x) AS m FROM numbers;
-- (numeric has at most 1,000 decimals of a quotient: so it is that of 10^200 times the sum)
INSERT INTO maps SELECT min(i), grp, reddict(array_agg(key ORDER BY i), array_agg(x ORDER BY i)) FROM numbers WHERE i <= 10000 GROUP BY grp, i / 1000;
CREATE TEMP TABLE expected AS
	SELECT grp, key, sum(pg_temp.exact(value)) AS exact, count(*) AS n FROM maps, rd_each(m) GROUP BY grp, key;
SELECT count(*) > 600, max(n) > 30, max(length(exact::text)) > 1000 FROM expected;
SELECT grp, key, expected.exact, sums.* FROM expected FULL JOIN (
		SELECT grp, key, (j -> 0)::text AS n, (j -> 1)::numeric AS exact, rx_sum(s) -> key AS rounded, rx_avg(s) -> key AS average
		FROM (SELECT grp, redsum(m) AS s FROM maps GROUP BY grp) AS t, jsonb_each(s::jsonb) AS e(key, j)) AS sums USING (grp, key)
WHERE (sums.n, sums.exact, float8send(rounded)) IS DISTINCT FROM (expected.n::text, expected.exact, float8send(expected.exact::text::float8))
   OR average IS DISTINCT FROM (((expected.exact * 1e200 + '0e-1000'::numeric) / expected.n)::text || 'e-200')::float8;

--
-- Any order, any plan: the same bits
--

-- in parts, of any size and in any order; parts of parts; stored ones
CREATE TEMP TABLE parts AS SELECT grp, i % 1000 AS part, redsum(m) AS s FROM maps GROUP BY 1, 2;
SELECT grp FROM (SELECT grp, redsum(m ORDER BY i) AS s FROM maps GROUP BY grp) AS a
	JOIN (SELECT grp, rx_merge(s ORDER BY md5(part::text)) AS s, rx_merge(s ORDER BY part DESC) AS reversed FROM parts GROUP BY grp) AS b USING (grp)
	JOIN (SELECT grp, rx_merge(s) AS s FROM (SELECT grp, part % 10 AS p, rx_merge(s) AS s FROM parts GROUP BY 1, 2) AS c GROUP BY grp) AS d USING (grp)
WHERE NOT (redsum_send(a.s) = redsum_send(b.s) AND redsum_send(a.s) = redsum_send(b.reversed) AND redsum_send(a.s) = redsum_send(d.s));
-- what is taken away again leaves what was not added
SELECT grp FROM (SELECT grp, redsum(m) AS s, redsum(m) FILTER (WHERE i % 3 = 0) AS third, redsum(m) FILTER (WHERE i % 3 <> 0) AS rest FROM maps GROUP BY grp) AS t
WHERE s - third <> rest OR s - rest <> third OR third + rest <> s;

-- A state as it is: what aggregates keep can be stored, and everything reads it as what it stands for.
CREATE AGGREGATE pg_temp.state(reddict) (SFUNC = redsum_trans, STYPE = redsum, COMBINEFUNC = redsum_combine, PARALLEL = SAFE);
CREATE TEMP TABLE states AS SELECT grp, i % 3 AS part, pg_temp.state(m) AS s FROM maps GROUP BY 1, 2;
ALTER TABLE states ALTER s SET STORAGE external;
INSERT INTO states SELECT 1000, 0, pg_temp.state(reddict('key ' || i, i)) FROM generate_series(1, 3000) AS i;
INSERT INTO states SELECT 1001, 0, pg_temp.state('{}');
SELECT count(*), max(pg_column_size(s)) > 100000, min(pg_column_size(s)) < 100 FROM states;
SELECT grp FROM states JOIN (SELECT grp, part, redsum(m) AS s FROM (SELECT grp, i % 3 AS part, m FROM maps
		UNION ALL SELECT 1000, 0, reddict('key ' || i, i) FROM generate_series(1, 3000) AS i UNION ALL SELECT 1001, 0, '{}') AS m GROUP BY 1, 2) AS f USING (grp, part)
WHERE NOT (states.s = f.s AND states.s::text = f.s::text AND states.s::json::text = f.s::text AND redsum_send(states.s) = redsum_send(f.s) AND redsum_hash(states.s) = redsum_hash(f.s)
	AND redsum_cmp(states.s, f.s) = 0 AND pg_temp.same(rx_sum(states.s), rx_sum(f.s)) AND pg_temp.same(rx_avg(states.s), rx_avg(f.s)) AND rx_count(states.s) = rx_count(f.s)
	AND states.s + f.s = f.s + f.s AND (f.s + f.s) - states.s = f.s AND states.s - f.s = '{}' AND states.s + '{"b": 1}'::reddict = f.s + '{"b": 1}'::reddict);
SELECT grp FROM (SELECT grp, rx_merge(s) AS s FROM states GROUP BY grp) AS a JOIN (SELECT grp, redsum(m) AS s FROM maps GROUP BY grp) AS b USING (grp)
WHERE redsum_send(a.s) <> redsum_send(b.s);
-- a key takes at most 100 bytes of a state: numbers of one magnitude
SELECT pg_column_size(pg_temp.state(m)) / 1000 < 100, pg_column_size(redsum(m)) / 1000 < 30
FROM (SELECT reddict(array_agg('key ' || k), array_agg(k * i / 100.0::float8)) AS m FROM generate_series(1, 100) AS i, generate_series(1, 1000) AS k GROUP BY i) AS t;

-- keys that vary: many, a few, then all at once; a state that is expanded, and merges of these
CREATE TEMP TABLE vary AS
	SELECT i, reddict('key ' || i % 1500, i / 7.0::float8) || reddict('key ' || i % 11, 1e200 / i) AS m FROM generate_series(1, 6000) AS i
	UNION ALL SELECT 6000 + i, (SELECT reddict(array_agg('key ' || k), array_agg(k / 3.0::float8)) FROM generate_series(0, 1499) AS k) FROM generate_series(1, 3) AS i
	UNION ALL SELECT 7000 + i, reddict('other ' || i, i) FROM generate_series(1, 500) AS i;
CREATE TEMP TABLE vary_expected AS SELECT key, sum(pg_temp.exact(value)) AS exact, count(*) AS n FROM vary, rd_each(m) GROUP BY key;
SELECT count(*), pg_temp.same(sum, wanted), count = counted, pg_temp.same(sum, merged) FROM (
	SELECT rd_exact_sum_agg(m) AS sum, rd_count_agg(m) AS count, redsum(m) AS s FROM vary) AS a,
	(SELECT reddict_agg(key, exact::text::float8) AS wanted, reddict_agg(key, n) AS counted FROM vary_expected) AS b,
	(SELECT rx_sum(rx_merge(s)) AS merged FROM (SELECT pg_temp.state(m) AS s FROM vary GROUP BY i % 7) AS t) AS c GROUP BY 2, 3, 4;

--
-- Windows
--

-- frames move, and a row that leaves is taken out; no rows: each is what its rows give by themselves
CREATE TEMP TABLE series AS
	SELECT i, i / 3 AS value, CASE
		WHEN i % 23 IN (3, 4, 5) THEN NULL
		WHEN i % 29 = 7 THEN '{}'
		WHEN i % 31 = 9 THEN reddict('special', (ARRAY['NaN', 'Infinity', '-Infinity']::float8[])[i % 3 + 1]) || '{"a": 1e300}'
		WHEN i % 37 = 11 THEN '{"a": -1e300, "b": 5e-324}'
		WHEN i BETWEEN 200 AND 230 THEN NULL
		WHEN i BETWEEN 240 AND 260 THEN '{}'
		ELSE reddict('a', i / 7.0::float8) || reddict('key ' || i % 13, i / 100.0::float8) || CASE WHEN i > 100 AND i < 200 THEN reddict('passing', - i) ELSE '{}' END
	END AS m FROM generate_series(1, 400) AS i;
CREATE FUNCTION pg_temp.differing(frame text, chosen text DEFAULT 'true') RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	result bigint;
BEGIN
	-- array_agg has no inverse: it has the rows of each frame, put together anew
	EXECUTE format($q$
		SELECT count(*) FROM (
			SELECT rd_exact_sum_agg(m) %2$s AS sum, rd_exact_avg_agg(m) %2$s AS average, rd_count_agg(m) %2$s AS count,
				redsum(m) %2$s AS s, rx_merge(m::redsum) %2$s AS merged, array_agg(i) %2$s AS frame
			FROM series WINDOW w AS (ORDER BY %3$s %1$s)) AS moving
		CROSS JOIN LATERAL (SELECT rd_exact_sum_agg(m) AS sum, rd_exact_avg_agg(m) AS average, rd_count_agg(m) AS count, redsum(m) AS s
			FROM series WHERE i = ANY (frame)) AS fresh
		WHERE NOT (pg_temp.same(moving.sum, fresh.sum) AND pg_temp.same(moving.average, fresh.average) AND pg_temp.same(moving.count, fresh.count)
			AND redsum_send(moving.s) IS NOT DISTINCT FROM redsum_send(fresh.s) AND redsum_send(moving.merged) IS NOT DISTINCT FROM redsum_send(fresh.s))$q$,
		frame, 'FILTER (WHERE ' || chosen || ') OVER w', CASE WHEN frame ~ 'RANGE|GROUPS' THEN 'value' ELSE 'i' END) INTO result;
	RETURN result;
END $$;
SELECT frame, pg_temp.differing(frame) FROM (VALUES
	('ROWS BETWEEN 5 PRECEDING AND CURRENT ROW'), ('ROWS BETWEEN 3 PRECEDING AND 3 FOLLOWING'), ('ROWS BETWEEN 40 PRECEDING AND 20 PRECEDING'), ('ROWS BETWEEN 1 FOLLOWING AND 2 FOLLOWING'),
	('ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING'), ('ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW'), ('ROWS BETWEEN CURRENT ROW AND CURRENT ROW'), ('ROWS BETWEEN 5 PRECEDING AND 6 PRECEDING'),
	('RANGE BETWEEN 2 PRECEDING AND 1 FOLLOWING'), ('RANGE BETWEEN 10 PRECEDING AND 5 PRECEDING'), ('GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING'), ('GROUPS BETWEEN 3 PRECEDING AND 2 PRECEDING'),
	('ROWS BETWEEN 4 PRECEDING AND 4 FOLLOWING EXCLUDE CURRENT ROW'), ('GROUPS BETWEEN 2 PRECEDING AND 2 FOLLOWING EXCLUDE TIES'), ('RANGE BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE GROUP')
) AS v(frame);
SELECT chosen, pg_temp.differing('ROWS BETWEEN 6 PRECEDING AND CURRENT ROW', chosen) FROM (VALUES ('i % 2 = 0'), ('i % 50 < 5'), ('false'), ('m ? ''a''')) AS v(chosen);
-- none of it NULL by mistake
SELECT count(*), count(s), count(*) FILTER (WHERE s = '{}') FROM (SELECT redsum(m) OVER (ORDER BY i ROWS BETWEEN 5 PRECEDING AND CURRENT ROW) AS s FROM series) AS t;
-- keys go when their last row goes
SELECT i, rd_exact_sum_agg(m) OVER w, rd_count_agg(m) OVER w FROM (VALUES (1, '{"a": 1, "b": 2}'::reddict), (2, '{"b": "NaN"}'), (3, '{}'), (4, '{"c": 3}'), (5, NULL), (6, NULL), (7, NULL), (8, '{"b": 1}')) AS v(i, m)
WINDOW w AS (ORDER BY i ROWS BETWEEN 1 PRECEDING AND CURRENT ROW);
-- and leave nothing behind: each row has a key of its own, and a frame has no more than its rows
SELECT max(pg_column_size(s)) < 300, max(rd_length(rx_count(s))) FROM (SELECT redsum(reddict('key ' || i, i)) OVER (ORDER BY i ROWS BETWEEN 9 PRECEDING AND CURRENT ROW) AS s FROM generate_series(1001, 6000) AS i) AS t;
CREATE AGGREGATE pg_temp.moving_state(reddict) (SFUNC = redsum_trans, STYPE = redsum, MSTYPE = redsum, MSFUNC = redsum_trans, MINVFUNC = redsum_trans_inv);
SELECT max(pg_column_size(s)) < 100 * 200 FROM (SELECT pg_temp.moving_state(reddict('key ' || i, i)) OVER (ORDER BY i ROWS BETWEEN 99 PRECEDING AND CURRENT ROW) AS s FROM generate_series(1001, 6000) AS i) AS t;
-- partitions begin anew
SELECT count(*) FROM (SELECT i % 5 AS p, i, rd_exact_sum_agg(m) OVER (PARTITION BY i % 5 ORDER BY i ROWS BETWEEN 3 PRECEDING AND CURRENT ROW) AS sum FROM series) AS moving
WHERE NOT pg_temp.same(sum, (SELECT rd_exact_sum_agg(m) FROM series AS s WHERE s.i % 5 = p AND s.i BETWEEN moving.i - 15 AND moving.i));

--
-- Parallel plans
--

CREATE TABLE exact_rows AS SELECT i, i % 10 AS grp, m FROM maps;
ANALYZE exact_rows;
CREATE TEMP TABLE serial AS SELECT grp, redsum(m) AS s, rd_exact_sum_agg(m) AS sum, rd_exact_avg_agg(m) AS average FROM exact_rows GROUP BY grp;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SELECT pg_temp.plan_has('Partial', 'SELECT grp, redsum(m) FROM exact_rows GROUP BY grp') FROM set_config('max_parallel_workers_per_gather', '2', false);
-- no rows: right
SELECT p.grp FROM (SELECT grp, redsum(m) AS s, rd_exact_sum_agg(m) AS sum, rd_exact_avg_agg(m) AS average FROM exact_rows GROUP BY grp) AS p JOIN serial USING (grp)
WHERE NOT (redsum_send(p.s) = redsum_send(serial.s) AND pg_temp.same(p.sum, serial.sum) AND pg_temp.same(p.average, serial.average));
SET max_parallel_workers_per_gather = 4;
SELECT p.grp FROM (SELECT grp, redsum(m) AS s, rd_exact_sum_agg(m) AS sum, rd_exact_avg_agg(m) AS average FROM exact_rows GROUP BY grp) AS p JOIN serial USING (grp)
WHERE NOT (redsum_send(p.s) = redsum_send(serial.s) AND pg_temp.same(p.sum, serial.sum) AND pg_temp.same(p.average, serial.average));
SELECT redsum_send(rx_merge(s)) = redsum_send((SELECT redsum(m) FROM exact_rows)) FROM serial;
RESET max_parallel_workers_per_gather;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
DROP TABLE exact_rows;
-- groups that are spilled and come back
SET max_parallel_workers_per_gather = 0;
SET enable_sort = off;
SET work_mem = '64kB';
SET hash_mem_multiplier = 1;
SELECT count(*), count(*) FILTER (WHERE s <> expected) FROM (SELECT i / 2 AS g, redsum(m) AS s FROM maps GROUP BY 1) AS a JOIN (SELECT g, rx_merge(s) AS expected FROM (SELECT i / 2 AS g, m::redsum AS s FROM maps) AS t GROUP BY g) AS b USING (g);
RESET enable_sort;
RESET work_mem;
RESET hash_mem_multiplier;

--
-- Decimals: rounded to its decimals, an exact sum is numeric's
--

-- both signs; and just below the bound, where the absolute values add up to 10^13
CREATE TEMP TABLE amounts AS
	SELECT CASE WHEN i <= 60000 THEN i % 300 ELSE 300 + i % 3 END AS grp,
		(CASE WHEN i <= 60000 THEN (i * 7919::bigint * 104729) % 100000000 ELSE 33333333300 + i % 7 END * CASE WHEN i % 3 = 0 THEN -1 ELSE 1 END / 100.0)::numeric(14, 2) AS amount
	FROM generate_series(1, 60900) AS i;
SELECT max(total) < 1e13, max(total) > 9e10 FROM (SELECT sum(abs(amount)) AS total FROM amounts GROUP BY grp) AS t;
SELECT grp FROM (SELECT grp, rd_round(rd_exact_sum_agg(reddict('a', amount::float8)), 2) AS rounded, sum(amount) AS exact FROM amounts GROUP BY grp) AS t
WHERE NOT (rounded::jsonb -> 'a')::numeric = exact;
-- without: what the doubles are
SELECT rd_exact_sum_agg(m), rd_round(rd_exact_sum_agg(m), 1) FROM (VALUES ('{"a": 0.1}'::reddict), ('{"a": 0.2}')) AS v(m);

--
-- Binary, JSON, copies
--

-- version, keys; length, key, rows, NaN, Infinity, -Infinity, sign, exponent, length, digits
SELECT redsum_send('{}'), redsum_send('{"b": [2, -4.5], "": [4, 0, 1, 2, 1]}');
CREATE TEMP TABLE original (id int, s redsum);
INSERT INTO original VALUES (1, '{}'), (2, '{"a": [2, 4]}'), (3, '{"": [7, 0.5, 1, 2, 3], "é\n": [1, -1e22]}'), (4, NULL);
INSERT INTO original SELECT 10 + grp, redsum(m) FROM maps GROUP BY grp;
INSERT INTO original SELECT 200 + grp, s FROM states WHERE part = 0;
SELECT id FROM original WHERE s::text::redsum <> s OR redsum_send(s::text::redsum) <> redsum_send(s) OR s::jsonb::redsum <> s OR s::json::redsum <> s OR to_jsonb(s)::text::redsum <> s OR to_json(s)::text <> s::text;
\getenv abs_builddir PG_ABS_BUILDDIR
\cd :abs_builddir
\copy (SELECT * FROM original) TO 'results/redsum.data' (FORMAT binary)
CREATE TEMP TABLE copied (id int, s redsum);
\copy copied FROM 'results/redsum.data' (FORMAT binary)
SELECT count(*), count(s) FROM copied;
SELECT id FROM original FULL JOIN copied USING (id) WHERE redsum_send(original.s) IS DISTINCT FROM redsum_send(copied.s) OR original.s::text IS DISTINCT FROM copied.s::text;
-- what a client may send: the same bytes as a bytea column, read as redsum
CREATE TEMP TABLE wire (id int, bytes bytea);
CREATE TEMP TABLE received (id int, s redsum);
CREATE FUNCTION pg_temp.member(key text, n bigint, nan bigint, plus bigint, minus bigint, negative int, exponent int, digits text) RETURNS text
LANGUAGE sql AS $$ SELECT encode(int4send(octet_length(key)) || convert_to(key, 'UTF8') || int8send(n) || int8send(nan) || int8send(plus) || int8send(minus) || set_byte('\x00', 0, negative) || int4send(exponent) || int4send(octet_length(decode(digits, 'hex'))) || decode(digits, 'hex'), 'hex') $$;
CREATE FUNCTION pg_temp.wire(variadic members text[]) RETURNS bytea LANGUAGE sql AS $$ SELECT '\x01'::bytea || int4send(cardinality(members)) || decode(array_to_string(members, ''), 'hex') $$;
-- keys in any order; digits that are not as short as can be
INSERT INTO wire VALUES (1, pg_temp.wire(pg_temp.member('b', 2, 0, 0, 0, 1, -1, '09'), pg_temp.member('a', 1, 0, 0, 0, 0, 0, '00000400'))), (2, pg_temp.wire(pg_temp.member('b', 1, 0, 0, 0, 1, 7, '00')));
\copy (SELECT * FROM wire ORDER BY id) TO 'results/redsum.data' (FORMAT binary)
\copy received FROM 'results/redsum.data' (FORMAT binary)
SELECT id, s, s = '{"a": [1, 1024], "b": [2, -4.5]}' FROM received ORDER BY id;
\set write '\\copy (SELECT 1, bytes FROM wire LIMIT 1) TO \'results/redsum.data\' (FORMAT binary)'
\set read '\\set VERBOSITY default \\\\ \\copy received FROM \'results/redsum.data\' (FORMAT binary)'
\set sqlstate '\\set VERBOSITY sqlstate \\\\ \\copy received FROM \'results/redsum.data\' (FORMAT binary)'
-- an unknown version; more keys than bytes; bytes left over; a key twice; a key of fewer than no bytes
UPDATE wire SET bytes = '\x02 00000000';
:write
:read
:sqlstate
UPDATE wire SET bytes = '\x01 00000002' || pg_temp.wire(pg_temp.member('a', 1, 0, 0, 0, 0, 0, '01'));
:write
:read
:sqlstate
UPDATE wire SET bytes = '\x01 00000000 00';
:write
:read
:sqlstate
UPDATE wire SET bytes = pg_temp.wire(pg_temp.member('a', 1, 0, 0, 0, 0, 0, '01'), pg_temp.member('a', 1, 0, 0, 0, 0, 0, '01'));
:write
:read
:sqlstate
UPDATE wire SET bytes = ('\x01 00000001 ffffffff' || repeat('00', 60))::bytea;
:write
:read
:sqlstate
-- no rows; too many; more NaNs than rows; a sum of no rows; a sign that is
-- none; exponents and digits that no double has
UPDATE wire SET bytes = pg_temp.wire(pg_temp.member('a', 0, 0, 0, 0, 0, 0, ''));
:write
:read
:sqlstate
UPDATE wire SET bytes = pg_temp.wire(pg_temp.member('a', 9007199254740993, 0, 0, 0, 0, 0, ''));
:write
:read
:sqlstate
UPDATE wire SET bytes = pg_temp.wire(pg_temp.member('a', 1, 1, 1, 0, 0, 0, ''));
:write
:read
:sqlstate
UPDATE wire SET bytes = pg_temp.wire(pg_temp.member('a', 1, 1, 0, 0, 0, 0, '01'));
:write
:read
:sqlstate
UPDATE wire SET bytes = pg_temp.wire(pg_temp.member('a', 1, 0, 0, 0, 2, 0, '01'));
:write
:read
:sqlstate
UPDATE wire SET bytes = pg_temp.wire(pg_temp.member('a', 1, 0, 0, 0, 0, -1075, '01'));
:write
:read
:sqlstate
UPDATE wire SET bytes = pg_temp.wire(pg_temp.member('a', 1, 0, 0, 0, 0, 1087, '01'));
:write
:read
:sqlstate
UPDATE wire SET bytes = pg_temp.wire(pg_temp.member('a', 1, 0, 0, 0, 0, 0, repeat('01', 273)));
:write
:read
:sqlstate
\set VERBOSITY default
SELECT count(*) FROM received;
-- size: 20 bytes; 5 or so and the digits a key; its length in 1 byte; the keys
SET redbear.pack = off;
SELECT pg_column_size('{}'::redsum), pg_column_size('{"a": [2, 4.5], "bcd": [1000, 0.1000000000000000055511151231257827021181583404541015625]}'::redsum);
RESET redbear.pack;
