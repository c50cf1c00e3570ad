--
-- Narrow maps: the same numbers in fewer bytes
--
\pset format unaligned
\pset tuples_only on
\pset null NULL
-- how numbers are kept, wherever the keys are
CREATE FUNCTION pg_temp.numbers(m reddict) RETURNS text LANGUAGE sql AS $$ SELECT replace(rd_encoding(m), 'packed, ', '') $$;

-- Sizes: of a map of one-letter keys 16 bytes before the numbers, 1 for scale and
-- width, and for each key 1 for its length and 1 for itself
SELECT n, pg_temp.numbers(m), pg_column_size(rd_pack(rd_unpack(m))) = pg_column_size(m) AS again, m FROM (VALUES
	(1, '{"a": 1, "b": -128, "c": 127}'::reddict),
	(2, '{"a": 1, "b": 128, "c": 3}'),
	(3, '{"a": 1, "b": 32768, "c": 3}'),
	(4, '{"a": 1.25, "b": 1, "c": 3.5}'),
	(5, '{"a": 1.25, "b": 2147483648, "c": 3}'),
	(6, '{"a": 0.1, "b": 0.2, "c": 1e-7}'),
	(7, '{"a": 0.3333333333333333, "b": 1e300, "c": -0}'),
	(8, '{"a": "NaN", "b": "Infinity", "c": "-Infinity"}'),
	(9, '{}')
) AS v(n, m) ORDER BY n;
-- that is 3 numbers of 1 byte; of 2; two of 1 and one of 4, with codes of 4 bits;
-- 125, 100, 350 in 2 bytes; one of 8, one of 2, one of 1, and codes
SET redbear.pack = off;
SELECT n, pg_column_size(m), wanted FROM (VALUES
	(1, '{"a": 1, "b": -128, "c": 127}'::reddict, 16 + 1 + 3 * 1 + 6),
	(2, '{"a": 1, "b": 128, "c": 3}', 16 + 1 + 3 * 2 + 6),
	(3, '{"a": 1, "b": 32768, "c": 3}', 16 + 1 + 2 + 2 * 1 + 4 + 6),
	(4, '{"a": 1.25, "b": 1, "c": 3.5}', 16 + 1 + 3 * 2 + 6),
	(5, '{"a": 1.25, "b": 2147483648, "c": 3}', 16 + 1 + 2 + 1 + 8 + 1 + 6),
	(7, '{"a": 0.3333333333333333, "b": 1e300, "c": -0}', 16 + 3 * 8 + 6),
	(8, '{"a": "NaN", "b": "Infinity", "c": "-Infinity"}', 16 + 3 * 8 + 6)
) AS v(n, m, wanted) ORDER BY n;
RESET redbear.pack;

-- No answer differs: each number, in maps of 1 to 200 keys, against the plain
-- form of the same map.  No rows: right.
CREATE TEMP TABLE number AS SELECT row_number() OVER () - 1 AS id, x FROM unnest(ARRAY[
	0, '-0', 1, -1, 127, 128, -128, -129, 255, 32767, 32768, -32768, -32769, 65536, 2147483647, 2147483648, -2147483648, -2147483649,
	9007199254740991, 9007199254740992, 9007199254740993, 0.1, 0.25, 1.5, 12.34, -12.345, 3.14159, 99999.99, 21474836.47, 21474836.48,
	0.30000000000000004, 1e-9, 1e-22, 1e-23, 1e22, 1e23, 1e300, -1e300, 1.7976931348623157e308, 5e-324, 2.2250738585072014e-308,
	'NaN', 'Infinity', '-Infinity']::float8[] || ARRAY[1::float8 / 3, -2::float8 / 3]) AS x;
CREATE TEMP TABLE pair AS
	SELECT size, first, rd_pack(reddict(array_agg('k' || i), array_agg(x))) AS m
	FROM unnest('{1,2,3,4,5,9,10,63,64,65,128,129,200}'::int[]) AS sizes(size), unnest('{0,5,20,33}'::int[]) AS firsts(first), generate_series(1, size) AS i, number
	WHERE number.id = (first + i * (first + 1)) % 46
	GROUP BY size, first;
SET redbear.narrow = off;
ALTER TABLE pair ADD plain reddict;
UPDATE pair SET plain = rd_unpack(m);
SELECT count(*), count(*) FILTER (WHERE pg_temp.numbers(m) <> '8 bytes each') > 20 FROM pair;
SELECT size, first FROM pair
WHERE NOT (m = plain AND m <= plain AND plain >= m AND reddict_hash(m) = reddict_hash(plain) AND m::text = plain::text AND
	reddict_send(m) = reddict_send(plain) AND m::jsonb = plain::jsonb AND rd_values(m)::text = rd_values(plain)::text AND
	(SELECT bool_and((m -> key)::text = (plain -> key)::text AND (m['k1'])::text = (plain['k1'])::text) FROM unnest(rd_keys(m)) AS key) AND
	m @> plain AND plain @> m AND rd_slice(m, '{k1,k7}')::text = rd_slice(plain, '{k1,k7}')::text AND pg_temp.numbers(plain) = '8 bytes each');
RESET redbear.narrow;
-- rd_pack() leaves nothing to be packed
SELECT bool_or(rd_is_packable(rd_pack(m))), bool_or(rd_is_packable(rd_pack(plain))) FROM pair;
-- and sums, minima, maxima, statistics, from narrow and plain rows by turns
SELECT size FROM pair WHERE NOT plain::text ~ 'NaN|Inf|308' GROUP BY size
HAVING sum(m ORDER BY first)::text <> sum(plain ORDER BY first)::text OR max(m)::text <> max(plain)::text OR min(m)::text <> min(plain)::text OR
	redstats(m ORDER BY first)::text <> redstats(plain ORDER BY first)::text OR
	sum(CASE WHEN first % 2 = 0 THEN m ELSE plain END ORDER BY first)::text <> sum(plain ORDER BY first)::text;

-- A result is narrow where an operand is, and what aggregates give is.
SELECT pg_temp.numbers(m + m), pg_temp.numbers(m + rd_unpack(m)), pg_temp.numbers(rd_unpack(m) + rd_unpack(m)), pg_temp.numbers(m * 100), pg_temp.numbers(m / 3), pg_temp.numbers(rd_abs(m)), pg_temp.numbers(rd_slice(m, '{a}'))
FROM (SELECT rd_pack('{"a": 1, "b": 250}')) AS v(m);
SELECT pg_temp.numbers(sum(m)), pg_temp.numbers(max(m)), pg_temp.numbers(sum(rd_unpack(m))), pg_temp.numbers(reddict_agg('k' || i, i)) FROM generate_series(1, 3) AS i, reddict('k', i) AS m;

-- A counter that grows is written wider as it has to be, and its neighbours are
-- not; its row is never wider than the map is as a literal
CREATE TEMP TABLE counter (id int PRIMARY KEY, m reddict);
INSERT INTO counter VALUES (1, '{"hits": 0, "misses": 7}');
DO $$
BEGIN
	FOR step IN 0..4 LOOP
		INSERT INTO counter VALUES (1, reddict('hits', 120 * 100 ^ step)) ON CONFLICT (id) DO UPDATE SET m = counter.m + EXCLUDED.m;
		FOR i IN 1..10 LOOP
			INSERT INTO counter VALUES (1, '{"hits": 1}') ON CONFLICT (id) DO UPDATE SET m = counter.m + EXCLUDED.m;
			ASSERT (SELECT pg_column_size(m || '{}') = pg_column_size(m::text::reddict) FROM counter), (SELECT m FROM counter);
		END LOOP;
		RAISE NOTICE '%: %', (SELECT m FROM counter), (SELECT pg_temp.numbers(m) FROM counter);
	END LOOP;
END $$;

-- Constants are one to the planner, in whichever form an index has them
CREATE TABLE narrow_index (id int, m reddict);
SET redbear.narrow = off;
CREATE UNIQUE INDEX ON narrow_index (id) WHERE m @> '{"a": 1}';
RESET redbear.narrow;
INSERT INTO narrow_index VALUES (1, '{"a": 1}'), (2, '{"a": 2}');
INSERT INTO narrow_index VALUES (1, '{"a": 1, "b": 2}') ON CONFLICT (id) WHERE m @> '{"a": 1}' DO UPDATE SET m = narrow_index.m + EXCLUDED.m;
SELECT * FROM narrow_index ORDER BY id;
DROP TABLE narrow_index;
-- equal values are one row, one group, one key, whatever their form
SELECT count(*) FROM (SELECT m FROM pair WHERE size < 10 UNION SELECT plain FROM pair WHERE size < 10) AS s;
SELECT count(*), count(DISTINCT m) FROM (SELECT m FROM pair WHERE size < 10 UNION ALL SELECT plain FROM pair WHERE size < 10) AS s;
SELECT count(*) FROM pair AS a JOIN pair AS b ON a.m = b.plain WHERE a.size < 10;

-- In any storage: compressed, out of line
SELECT count(rd_share_keys(k)) FROM (SELECT array_agg('key ' || i) AS k FROM generate_series(1, 3000) AS i) AS s;
CREATE TABLE narrow_stored (id int, main reddict, external reddict, extended reddict);
ALTER TABLE narrow_stored ALTER main SET STORAGE MAIN, ALTER external SET STORAGE EXTERNAL;
INSERT INTO narrow_stored
	SELECT id, m, m, m FROM generate_series(1, 4) AS id,
		LATERAL (SELECT reddict(array_agg('key ' || i), array_agg(CASE WHEN id = 4 AND i = 77 THEN 1::float8 / 3 WHEN i % 100 = 0 THEN i * 1000.25 ELSE id * (i % 7) END)) AS m FROM generate_series(1, 3000) AS i) AS s;
SELECT pg_temp.numbers(m), count(*) FROM narrow_stored, LATERAL (VALUES (main), (external), (extended)) AS v(m) GROUP BY 1;
SELECT DISTINCT m -> 'key 100', m -> 'key 2999', m -> 'none', rd_length(m), (m -> 'key 77') * 3 FROM narrow_stored, LATERAL (VALUES (main), (external), (extended)) AS v(m) WHERE id = 4;
SELECT (sum(external) -> 'key 200', sum(main) -> 'key 6', sum(extended) -> 'key 3000') FROM narrow_stored;
DROP TABLE narrow_stored;

-- States are plain: a stored state that comes back narrow is widened
SELECT sum(m) FROM (SELECT sum(m) FROM (VALUES (1, '{"a": 1}'::reddict), (1, '{"a": 2}'), (2, '{"a": 300}')) AS v(g, m) GROUP BY g) AS s(m);
-- a sum that overflows is found before anything is written
SELECT sum(m) FROM (VALUES ('{"a": 1.7976931348623157e308, "b": 1}'::reddict), ('{"a": 1e300, "b": 2, "c": 3}'), ('{"a": 1.7976931348623157e308, "b": 1, "c": 4}')) AS v(m);

-- Where packed maps would fit into their rows, rd_share_column() says so: 300
-- thirds take 4 + 12 + 300 * 8 bytes
CREATE TABLE narrow_wide AS
	SELECT id, (SELECT reddict(array_agg('k' || i), array_agg((3 * i + 1) / 3::float8)) FROM generate_series(1, 300) AS i) AS m FROM generate_series(1, 20) AS id;
SELECT n, rows FROM rd_share_column('narrow_wide', 'm', 10);
ALTER TABLE narrow_wide SET (toast_tuple_target = 8160);
SELECT n, rows FROM rd_share_column('narrow_wide', 'm', 10);
DROP TABLE narrow_wide;

-- One number of a map out of line, near the front and far from it, present and
-- absent, found in the same place and in others
CREATE TABLE narrow_far (id int, m reddict);
ALTER TABLE narrow_far ALTER m SET STORAGE EXTERNAL;
SELECT count(rd_share_keys(k)) FROM (SELECT array_agg('key ' || i) AS k FROM generate_series(1, 6000) AS i) AS s;
INSERT INTO narrow_far
	SELECT id, (SELECT reddict(array_agg('key ' || i), array_agg(CASE WHEN id % 4 = 1 AND i % 50 = 0 THEN 1 / i::float8 WHEN id % 4 = 2 THEN i ELSE i % 100 + id % 3 / 4.0 END))
		FROM generate_series(1, 6000) AS i) FROM generate_series(1, 12) AS id;
SELECT bool_and(rd_is_packed(m) AND pg_temp.numbers(m) <> '8 bytes each') FROM narrow_far;
SELECT key, count(*), count(*) FILTER (WHERE (m -> key) IS DISTINCT FROM (SELECT value FROM rd_each(m) AS e WHERE e.key = probe.key)) AS wrong
FROM (VALUES ('key 1'), ('key 50'), ('key 3333'), ('key 999'), ('none')) AS probe(key), narrow_far GROUP BY key ORDER BY key;
SELECT count(*) FROM narrow_far, LATERAL unnest(rd_keys(m)) WITH ORDINALITY AS k(key, n) WHERE n % 97 = id AND (m -> key) IS DISTINCT FROM (rd_values(m))[n];
SELECT count(*) FILTER (WHERE m ? 'key 5999'), count(*) FILTER (WHERE m ? 'key') FROM narrow_far;
DROP TABLE narrow_far;

-- The last step of an expression makes its result narrow, after inner steps that
-- do not
CREATE TEMP TABLE steps AS SELECT i AS id, reddict(ARRAY['a', 'b'], ARRAY[i, 200]) AS m FROM generate_series(1, 30) AS i;
UPDATE steps SET m = ((m + 1) * 2 - m) * 3;
SELECT count(*), count(*) FILTER (WHERE pg_temp.numbers(m) = '8 bytes each') AS plain,
	bool_and(m = reddict(ARRAY['a', 'b'], ARRAY[((id + 1) * 2 - id) * 3, ((200 + 1) * 2 - 200) * 3])) FROM steps;
-- of what is not narrow nothing narrow is made, though inner steps of narrow maps were where it is now
SET redbear.narrow = off;
CREATE TEMP TABLE plain_steps AS SELECT id, rd_unpack(m) AS m FROM steps;
RESET redbear.narrow;
SELECT count(*) FILTER (WHERE pg_temp.numbers((m + m) / 2) = '8 bytes each') AS plain FROM steps;
SELECT count(*) FILTER (WHERE pg_temp.numbers((m + m) / 2) = '8 bytes each') AS plain FROM plain_steps;

-- what ROLLUP makes NULL is NULL where it is an argument, too, though it has a constant
CREATE TEMP TABLE recognised AS SELECT reddict('a', i % 2) AS m FROM generate_series(1, 4) AS i;
SELECT m || '{"b": 1}' AS m, rd_sum(m || '{"b": 1}'), count(*) FROM recognised GROUP BY ROLLUP (m || '{"b": 1}') ORDER BY 2;
SELECT coalesce(m, '{"b": 1}') AS m, rd_sum(coalesce(m, '{"b": 1}')), count(*) FROM recognised GROUP BY ROLLUP (coalesce(m, '{"b": 1}')) ORDER BY 2;
