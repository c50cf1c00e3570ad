--
-- Maps with fewer, other, or renamed keys
--

\getenv abs_srcdir PG_ABS_SRCDIR
\set helpers :abs_srcdir '/sql/include/helpers.sql'
\i :helpers

\pset format unaligned
\pset tuples_only on
\pset null NULL

-- By hand

-- some keys; NULL elements, absent keys and repetitions do no harm
SELECT rd_slice(m, '{b,a}'), rd_slice(m, '{z,a}'), rd_slice(m, '{z}'), rd_slice(m, '{}'), rd_slice(m, '{NULL,b,NULL}'), rd_slice(m, '{a,a,a}'),
	rd_slice(m, '{{a,z},{c,b}}'), rd_slice(m, '{""}'), rd_slice('{}', '{a}'), rd_slice('{}', '{}')
FROM (VALUES ('{"a": 1, "b": -0, "c": "NaN"}'::reddict)) AS v(m);
-- all but some; a bare literal is a key
SELECT rd_delete(m, 'b'), rd_delete(m, 'z'), rd_delete(m, ''), rd_delete(m, '{a}'), rd_delete('{}', 'a'), rd_delete('{"": 1}', '')
FROM (VALUES ('{"a": 1, "b": -0, "c": "NaN"}'::reddict)) AS v(m);
SELECT rd_delete(m, '{b,a}'::text[]), rd_delete(m, '{z,a}'::text[]), rd_delete(m, '{z}'::text[]), rd_delete(m, '{}'::text[]), rd_delete(m, '{NULL,b,NULL}'::text[]),
	rd_delete(m, '{a,a,a}'::text[]), rd_delete(m, '{{a,z},{c,b}}'::text[]), rd_delete('{}', '{a}'::text[]), rd_delete('{}', '{}'::text[])
FROM (VALUES ('{"a": 1, "b": -0, "c": "NaN"}'::reddict)) AS v(m);
-- keys that begin so, byte by byte
SELECT rd_prefix(m, 'a'), rd_prefix(m, 'a.'), rd_prefix(m, 'a.b'), rd_prefix(m, 'a.b.'), rd_prefix(m, 'b'), rd_prefix(m, 'c'), rd_prefix(m, 'A'), rd_prefix(m, ' '),
	rd_prefix(m, '') = m, rd_prefix('{}', 'a'), rd_prefix('{}', '')
FROM (VALUES ('{"": 0, "a": 1, "a.b": 2, "a.bc": 3, "a.c": 4, "ab": 5, "b": 6}'::reddict)) AS v(m);
-- no pattern
SELECT rd_prefix(m, '%'), rd_prefix(m, '_'), rd_prefix(m, 'a%'), rd_prefix(m, '\') FROM (VALUES ('{"a": 1, "%a": 2, "a%a": 3, "_": 4, "\\a": 5}'::reddict)) AS v(m);
-- é and è share their first byte; e is what e with an accent begins with
SELECT rd_prefix(m, 'é'), rd_prefix(m, 'e'), rd_prefix(m, 'é'), rd_prefix(m, 'è'), rd_prefix(m, 'É'), rd_prefix(m, '😀')
FROM (VALUES ('{"é": 1, "éa": 2, "è": 3, "é": 4, "e": 5, "😀": 6, "😁": 7}'::reddict)) AS v(m);

-- pairs by value, inclusively
SELECT rd_between(m, 2, 3), rd_between(m, 1.5, 2.5), rd_between(m, 3, 2), rd_between(m, 4, 9), rd_between(m, '-Infinity', 'Infinity'), rd_between(m, 2, 2), rd_between('{}', 0, 1)
FROM (VALUES ('{"a": 3, "b": 2, "c": 1}'::reddict)) AS v(m);
-- NaN is above Infinity, and equal to itself; -0 is 0
SELECT rd_between(m, 1, 'NaN'), rd_between(m, 'NaN', 'NaN'), rd_between(m, 'NaN', 9), rd_between(m, 'Infinity', 'Infinity'), rd_between(m, 0, 0), rd_between(m, '-0', '-0')
FROM (VALUES ('{"inf": "Infinity", "minuszero": -0, "nan": "NaN", "one": 1, "zero": 0}'::reddict)) AS v(m);
-- values that are not 0
SELECT rd_compact('{"a": 0, "b": -0, "c": 5e-324, "d": "NaN", "e": "-Infinity", "f": -5e-324, "": 1}'), rd_compact('{"a": 0, "b": -0}'), rd_compact('{"a": 1, "b": 2}'), rd_compact('{}');
SELECT rd_compact(m - m) FROM (VALUES ('{"a": 1, "b": 2}'::reddict)) AS v(m);

-- a new name, of no key, of several
SELECT rd_rename(m, '{a}', '{z}'), rd_rename(m, '{z}', '{a}'), rd_rename(m, '{}', '{}'), rd_rename(m, '{a,b,c}', '{"",x,é}'), rd_rename(m, '{a}', '{a}'),
	rd_rename('{}', '{a}', '{b}'), rd_rename('{}', '{}', '{}'), rd_rename('{"": 1}', '{""}', '{x}')
FROM (VALUES ('{"a": 1, "b": 2, "c": 4}'::reddict)) AS v(m);
-- names change places
SELECT rd_rename(m, '{a,b}', '{b,a}'), rd_rename(m, '{a,b,c}', '{b,c,a}'), rd_rename(m, '{a}', '{b}'), rd_rename(m, '{c}', '{a}')
FROM (VALUES ('{"a": 1, "b": 2, "c": 4}'::reddict)) AS v(m);
-- the values of keys that meet are added: with one another, with one that has the name already
SELECT rd_rename(m, '{a,c}', '{x,x}'), rd_rename(m, '{a,b,c}', '{x,x,x}'), rd_rename(m, '{a,c}', '{b,b}'), rd_rename(m, '{a,b}', '{c,a}'), rd_rename(m, '{z,a}', '{b,b}')
FROM (VALUES ('{"a": 1, "b": 2, "c": 4}'::reddict)) AS v(m);
-- in the byte order of their old names, in which 1e16 + 1 - 1e16 is 0 and 1e16 - 1e16 + 1 is 1
SELECT rd_rename('{"a": 1e16, "b": 1, "c": -1e16}', '{c,b,a}', '{x,x,x}'), rd_rename('{"a": 1e16, "c": 1, "b": -1e16}', '{c,b,a}', '{x,x,x}'),
	rd_rename('{"a": 1e16, "b": 1, "c": -1e16}', '{a,c}', '{b,b}'), rd_rename('{"a": 1e16, "b": -1e16, "c": 1}', '{a,b}', '{c,c}');
SELECT rd_rename(m, '{a,b}', '{x,x}'), rd_rename(m, '{a,c}', '{x,x}'), rd_rename(m, '{d,e}', '{x,x}'), rd_rename(m, '{d}', '{x}')
FROM (VALUES ('{"a": "Infinity", "b": "-Infinity", "c": 1, "d": -0, "e": -0}'::reddict)) AS v(m);
-- of an old name given twice the last counts; more dimensions are read as one
SELECT rd_rename(m, '{a,a}', '{x,y}'), rd_rename(m, '{a,b,a}', '{x,x,z}'), rd_rename(m, '{{a,b},{c,z}}', '{x,y,z,w}')
FROM (VALUES ('{"a": 1, "b": 2, "c": 4}'::reddict)) AS v(m);
SELECT rd_rename(m => '{"a": 1}', "from" => '{a}', "to" => '{b}');

-- exactly these keys
SELECT rd_reindex(m, '{b,z}'), rd_reindex(m, '{b,z}', 7), rd_reindex(m, '{}'), rd_reindex(m, '{z,y,z,b,b}', 'NaN'), rd_reindex(m, '{""}', '-0'), rd_reindex(m, '{{a,b},{c,d}}'),
	rd_reindex('{}', '{b,a}', 1), rd_reindex('{}', '{}'), rd_reindex(m, rd_keys(m)) = m, rd_reindex(m, keys => '{a}', fill => 3)
FROM (VALUES ('{"a": 1, "b": "NaN", "c": -0}'::reddict)) AS v(m);

-- the largest and the smallest; of equal values those whose keys come first
SELECT n, rd_top(m, n), rd_bottom(m, n), rd_top_keys(m, n) FROM (VALUES ('{"a": 2, "b": 5, "c": -1, "d": 5, "e": 2}'::reddict)) AS v(m), generate_series(0, 6) AS n;
-- NaN is the largest; -0 is 0
SELECT rd_top(m, 2), rd_top_keys(m, 7), rd_bottom(m, 4), rd_bottom(m, 2147483647) = m
FROM (VALUES ('{"a": 0, "b": "Infinity", "c": "NaN", "d": -0, "e": "-Infinity", "f": 0, "g": 5e-324}'::reddict)) AS v(m);
SELECT rd_top('{}', 3), rd_bottom('{}', 0), rd_top_keys('{}', 3), rd_top_keys('{"a": 1}', 0), rd_top_keys('{"": 1, "NULL": 2, "a,b": 2}', 3);

-- NULL
SELECT num_nulls(rd_slice(m, NULL), rd_slice(NULL, '{}'), rd_delete(m, NULL::text), rd_delete(NULL, 'a'), rd_delete(m, NULL::text[]), rd_delete(NULL, '{}'::text[]),
	rd_prefix(m, NULL), rd_prefix(NULL, ''), rd_between(m, NULL, 1), rd_between(m, 1, NULL), rd_between(NULL, 1, 1), rd_compact(NULL),
	rd_rename(m, NULL, '{}'), rd_rename(m, '{}', NULL), rd_rename(NULL, '{}', '{}'), rd_reindex(m, NULL), rd_reindex(m, '{}', NULL), rd_reindex(NULL, '{}'),
	rd_top(m, NULL), rd_top(NULL, 1), rd_bottom(m, NULL), rd_bottom(NULL, 1), rd_top_keys(m, NULL), rd_top_keys(NULL, 1)) AS "24 nulls"
FROM (VALUES ('{"a": 1}'::reddict)) AS v(m);

-- errors
SELECT statement, pg_temp.outcome('SELECT ' || statement) FROM (VALUES
	(1, $$rd_rename('{"a": 1}', '{a}', '{}')$$),
	(2, $$rd_rename('{"a": 1}', '{a}', '{b,c}')$$),
	(3, $$rd_rename('{}', '{}', '{b}')$$),
	(4, $$rd_rename('{"a": 1}', '{a,NULL}', '{b,c}')$$),
	(5, $$rd_rename('{"a": 1}', '{a,b}', '{NULL,c}')$$),
	(6, $$rd_rename('{"a": 1e308, "b": 1, "c": 1e308}', '{a,b,c}', '{x,x,x}')$$),
	(7, $$rd_rename('{"a": -1e308, "b": -1e308}', '{a}', '{b}')$$),
	(8, $$rd_reindex('{"a": 1}', '{a,b,NULL}')$$),
	(9, $$rd_reindex('{"a": 1}', '{{a,NULL},{b,c}}')$$),
	(10, $$rd_top('{"a": 1}', -1)$$),
	(11, $$rd_bottom('{"a": 1}', -2147483648)$$),
	(12, $$rd_top_keys('{}', -1)$$),
	-- no map could have such keys
	(13, $$rd_rename('{"a": 1}', '{a}', ARRAY[repeat('k', 65536)])$$),
	(14, $$rd_reindex('{"a": 1}', ARRAY['a', repeat('k', 65536)])$$),
	-- so they are absent, where it is asked for them
	(15, $$rd_slice('{"a": 1}', ARRAY['a', repeat('k', 65536)])$$),
	(16, $$rd_delete('{"a": 1}', ARRAY['a', repeat('k', 65536)])$$),
	(17, $$rd_delete('{"a": 1}', repeat('k', 65536))$$),
	(18, $$rd_prefix('{"a": 1}', repeat('k', 65536))$$)
) AS v(id, statement) ORDER BY id;
-- keys of 65,535 bytes
SET redbear.pack = off;
SELECT length((rd_keys(r))[1]), rd_values(r), pg_column_size(rd_unpack(r))
FROM (VALUES (repeat('k', 65535))) AS k(long), LATERAL (VALUES
	(rd_rename('{"a": 1}', '{a}', ARRAY[long])), (rd_reindex('{"a": 1}', ARRAY[long], 5)), (rd_prefix(reddict(long, 2) || '{"j": 1}', long)),
	(rd_slice(reddict(long, 3) || '{"j": 1}', ARRAY[long])), (rd_top(reddict(long, 4) || '{"j": 1}', 1))) AS v(r);
RESET redbear.pack;

-- Oracle: maps of many sizes, with keys of various lengths, some of which begin
-- others.  A result has to be what the constructor makes of the pairs that
-- plain SQL wants: the same bits, and no byte larger.

CREATE TEMP TABLE pair AS
	SELECT name COLLATE "C" AS name, key COLLATE "C" AS key, value FROM (
		SELECT n::text, substr(md5(i::text), 1, 1 + i % 9) || '-' || i, (i * 7919 % 11 - 5)::float8 / 8
		FROM unnest(ARRAY[1, 2, 31, 32, 33, 64, 65, 97]) AS n, generate_series(1, n) AS i
		UNION ALL SELECT 'growing ' || n, repeat('x', i - 1), (i * 7919 % 1009 - 504)::float8 / 7 * 10::float8 ^ (i % 17)
		FROM (VALUES (33), (65), (300)) AS v(n), generate_series(1, n) AS i
		-- one key has a length in two bytes, and goes or stays
		UNION ALL SELECT 'wide ' || n, repeat(chr(97 + i % 26), CASE i WHEN 5 THEN 256 ELSE i END), -i FROM (VALUES (8), (33)) AS v(n), generate_series(1, n) AS i
		-- keys of one length; special values
		UNION ALL SELECT 'even ' || n, lpad(i::text, 4, '0'), ('{NaN,Infinity,-0,-Infinity,0,1,5e-324,0,1}'::float8[])[1 + i % 9]
		FROM (VALUES (32), (64), (1000)) AS v(n), generate_series(1, n) AS i
		UNION ALL SELECT 'unicode', unnest('{é,è,é,☃,☄,😀,"",e,"\"","\\"," "}'::text[]), generate_series(-5, 5)
	) AS s(name, key, value);
CREATE TEMP TABLE map AS
	SELECT name, m, m::jsonb AS j FROM (SELECT name, reddict(array_agg(key), array_agg(value)) AS m FROM pair GROUP BY name) AS s
	UNION ALL VALUES ('empty', '{}'::reddict, '{}'::jsonb);
-- 8 + 3 + 2 + 3 + 2 maps; 325 + 398 + 41 + 1096 + 11 pairs
SELECT count(*), sum(rd_length(m)), (SELECT count(*) FROM pair) FROM map;

CREATE INDEX ON pair (name);
ANALYZE pair;

-- Arrays of keys: some keys of each map, NULL among them or not
CREATE TEMP TABLE keys AS
	SELECT row_number() OVER () AS id, keys, array_position(keys, NULL) IS NOT NULL AS has_null FROM (
		SELECT array_agg(CASE WHEN i % 5 = 3 AND n > 5 THEN NULL ELSE key END ORDER BY i) AS keys
		FROM (SELECT name, key, row_number() OVER (PARTITION BY name ORDER BY md5(key), key) AS i FROM pair) AS s, (VALUES (1), (3), (10), (40)) AS v(n)
		WHERE i <= n GROUP BY name, n
		UNION ALL SELECT array_agg(key) FROM pair WHERE name <> 'unicode' GROUP BY name
		UNION ALL SELECT array_agg(key) || array_agg(key || '+') FROM pair WHERE name IN ('33', 'wide 8', 'even 64', 'unicode') GROUP BY name
		UNION ALL VALUES ('{}'::text[]), ('{NULL}'), ('{"",x,xx}'), ('{nowhere,"",NULL,x,x}'), ('{nowhere}')
	) AS s;
CREATE TEMP TABLE prefix AS
	SELECT DISTINCT prefix COLLATE "C" AS prefix FROM pair,
		LATERAL (VALUES (''), (left(key, 1)), (left(key, 2)), (left(key, 3)), (left(key, -1)), (key), (key || 'x'), (key || left(key, 1))) AS v(prefix)
	WHERE name IN ('97', 'growing 65', 'wide 33', 'even 64', 'unicode');
CREATE TEMP TABLE bounds AS SELECT low, high FROM unnest('{NaN,Infinity,-Infinity,-0,0,0.25,1,-0.5,5e-324}'::float8[]) AS low, unnest('{NaN,Infinity,-Infinity,-0,0,0.25,1,-0.5,5e-324}'::float8[]) AS high;
CREATE TEMP TABLE number AS SELECT n FROM unnest('{0,1,2,5,10,31,32,33,64,65,500,2147483647}'::int[]) AS n;

-- The map that the constructor makes of what a query returns
CREATE FUNCTION pg_temp.map_of(keys text[], vals float8[]) RETURNS reddict
LANGUAGE sql AS $$ SELECT reddict(coalesce(keys, '{}'), coalesce(vals, '{}')) $$;

-- One row for each call: its result, and that of plain SQL.  (OFFSET 0, so that
-- pg_column_size() gets the value as it was computed.)
CREATE TEMP VIEW wanted_slice AS
	SELECT map.name, id, pg_temp.map_of(array_agg(key) FILTER (WHERE taken), array_agg(value) FILTER (WHERE taken)) AS slice,
		pg_temp.map_of(array_agg(key) FILTER (WHERE NOT taken AND key IS NOT NULL), array_agg(value) FILTER (WHERE NOT taken AND key IS NOT NULL)) AS rest
	FROM map CROSS JOIN keys LEFT JOIN pair ON pair.name = map.name, LATERAL (VALUES (key = ANY (array_remove(keys, NULL)))) AS v(taken)
	GROUP BY map.name, id;
CREATE TEMP TABLE results AS
	SELECT call, name, args, result = wanted AND reddict_send(result) = reddict_send(wanted) AND pg_column_size(rd_unpack(result)) = pg_column_size(rd_unpack(result::text::reddict)) AS right, rd_length(result) AS n FROM (
		SELECT 'slice' AS call, name, id::text AS args, rd_slice(m, keys) AS result, slice AS wanted FROM map CROSS JOIN keys JOIN wanted_slice USING (name, id)
		UNION ALL
		SELECT 'delete', name, id::text, rd_delete(m, keys), rest FROM map CROSS JOIN keys JOIN wanted_slice USING (name, id)
		UNION ALL
		SELECT 'delete one', map.name, probe, rd_delete(m, probe),
			(SELECT pg_temp.map_of(array_agg(key), array_agg(value)) FROM pair WHERE pair.name = map.name AND key <> probe)
		FROM map JOIN (SELECT name, key FROM pair UNION SELECT name, '' FROM map) AS p USING (name), LATERAL (VALUES (key), (left(key, -1)), (key || '-')) AS v(probe)
		WHERE rd_length(m) < 98
		UNION ALL
		SELECT 'prefix', map.name, prefix, rd_prefix(m, prefix),
			(SELECT pg_temp.map_of(array_agg(key), array_agg(value)) FROM pair WHERE pair.name = map.name AND starts_with(key, prefix))
		FROM map, prefix WHERE rd_length(m) < 500
		UNION ALL
		SELECT 'between', map.name, low || ' ' || high, rd_between(m, low, high),
			(SELECT pg_temp.map_of(array_agg(key), array_agg(value)) FROM pair WHERE pair.name = map.name AND value BETWEEN low AND high)
		FROM map, bounds
		UNION ALL
		SELECT 'compact', map.name, '', rd_compact(m),
			(SELECT pg_temp.map_of(array_agg(key), array_agg(value)) FROM pair WHERE pair.name = map.name AND value <> 0)
		FROM map
		UNION ALL
		SELECT 'top', map.name, n::text, rd_top(m, n),
			(SELECT pg_temp.map_of(array_agg(key), array_agg(value)) FROM (SELECT * FROM pair WHERE pair.name = map.name ORDER BY value DESC, key LIMIT n) AS s)
		FROM map, number
		UNION ALL
		SELECT 'bottom', map.name, n::text, rd_bottom(m, n),
			(SELECT pg_temp.map_of(array_agg(key), array_agg(value)) FROM (SELECT * FROM pair WHERE pair.name = map.name ORDER BY value, key LIMIT n) AS s)
		FROM map, number
		UNION ALL
		SELECT 'reindex', map.name, id || ' ' || fill, rd_reindex(m, keys, fill),
			(SELECT pg_temp.map_of(array_agg(k), array_agg(coalesce(value, fill))) FROM (SELECT DISTINCT k FROM unnest(keys) AS k) AS s LEFT JOIN pair ON pair.name = map.name AND key = k)
		FROM map, keys, unnest('{0,-0,7.5,NaN}'::float8[]) AS fill
		WHERE NOT has_null AND (cardinality(keys) < 50 OR name IN ('empty', '33', 'wide 8', 'even 64', 'unicode'))
		OFFSET 0
	) AS s;
-- no rows: right
SELECT call, name, left(args, 50) FROM results WHERE "right" IS NOT TRUE;
-- how many there were; of some, by hand: 18 maps, 17 * 4 + 16 + 4 + 5 = 93
-- arrays, 81 bounds, 12 numbers
SELECT call, count(*), count(*) FILTER (WHERE n = 0) > 10 AS empty, count(*) FILTER (WHERE n BETWEEN 1 AND 31) > 10 AS few, count(*) FILTER (WHERE n > 31) > 10 AS many
FROM results WHERE call NOT IN ('prefix', 'delete one', 'reindex') GROUP BY call ORDER BY call COLLATE "C";
SELECT call, count(*) > 1000, count(*) FILTER (WHERE n = 0) > 10 AS empty, count(*) FILTER (WHERE n BETWEEN 1 AND 31) > 10 AS few, count(*) FILTER (WHERE n > 31) > 10 AS many
FROM results WHERE call IN ('prefix', 'delete one', 'reindex') GROUP BY call ORDER BY call COLLATE "C";

-- as jsonb deletes
SELECT name, id FROM map, keys WHERE rd_delete(m, keys)::jsonb IS DISTINCT FROM j - keys AND rd_length(m) < 100;
SELECT name, keys[1] FROM map, keys WHERE rd_delete(m, keys[1])::jsonb IS DISTINCT FROM j - keys[1] AND rd_length(m) < 100;
-- the two parts are the map
SELECT name, id FROM map, keys WHERE rd_slice(m, keys) || rd_delete(m, keys) IS DISTINCT FROM m OR rd_slice(m, keys) * rd_delete(m, keys) <> '{}';
-- keys, the largest value's first
SELECT name, n FROM map, number
WHERE rd_top_keys(m, n) IS DISTINCT FROM (SELECT coalesce(array_agg(key::text ORDER BY value DESC, key), '{}') FROM (SELECT * FROM pair WHERE pair.name = map.name ORDER BY value DESC, key LIMIT n) AS s);

-- selections from values in many orders, with ties: the positions, as SQL ranks
-- them by value and position; none are wrong
CREATE TEMP TABLE ordered AS
	SELECT name, total, reddict(array_agg(to_char(k, 'FM00000')), array_agg(v)) AS m, array_agg(v) AS vals
	FROM (VALUES (1), (2), (16), (17), (63), (64), (65), (1000)) AS t(total), generate_series(1, total) AS k,
		LATERAL (VALUES ('ascending', k::float8), ('descending', -k), ('equal', 7), ('ties', k % 3), ('few', k / 100), ('mountain', abs(k - total / 2)),
			('shuffled', hashint4(k)), ('special', ('{NaN,-0,0,Infinity,-Infinity,1}'::float8[])[1 + abs(hashint4(k)) % 6])) AS v(name, v)
	GROUP BY name, total;
CREATE TEMP TABLE ranked AS
	SELECT name, total, k, row_number() OVER (PARTITION BY name, total ORDER BY v DESC, k) AS from_top, row_number() OVER (PARTITION BY name, total ORDER BY v, k) AS from_bottom
	FROM ordered, unnest(vals) WITH ORDINALITY AS u(v, k);
SELECT count(*), count(*) FILTER (WHERE rd_keys(rd_top(m, n)) IS DISTINCT FROM top OR rd_keys(rd_bottom(m, n)) IS DISTINCT FROM bottom OR rd_top_keys(m, n) IS DISTINCT FROM top_keys) AS wrong
FROM ordered, unnest('{1,2,3,15,16,17,18,40,100,500,999,1000,1001}'::int[]) AS n,
	LATERAL (SELECT array_agg(to_char(k, 'FM00000') ORDER BY k) FILTER (WHERE from_top <= n) AS top, array_agg(to_char(k, 'FM00000') ORDER BY k) FILTER (WHERE from_bottom <= n) AS bottom,
		array_agg(to_char(k, 'FM00000') ORDER BY from_top) FILTER (WHERE from_top <= n) AS top_keys
		FROM ranked WHERE ranked.name = ordered.name AND ranked.total = ordered.total) AS r;

-- New names by many rules, so that keys meet or do not: sums as core's
CREATE TEMP TABLE rename AS
	SELECT rule, name, array_agg(key ORDER BY md5(key), key) || 'nowhere'::text AS olds, array_agg(renamed ORDER BY md5(key), key) || 'somewhere'::text AS news
	FROM pair, LATERAL (VALUES
		('one', left(md5(key), 1), true),
		('all', 'all', true),
		('half', left(md5(key), 1), ascii(md5(key)) % 2 = 0),
		('upper', upper(key), true),
		('same', key, true),
		('longer', key || repeat('+', 250), ascii(md5(key)) % 2 = 0),
		('next', 'x' || key, ascii(md5(key)) % 2 = 0)) AS v(rule, renamed, taken)
	WHERE taken GROUP BY rule, name;
CREATE TEMP TABLE renamed AS
	SELECT rule, name, rd_length(m) - rd_length(result) AS met,
		result = wanted AND reddict_send(result) = reddict_send(wanted) AND pg_column_size(rd_unpack(result)) = pg_column_size(rd_unpack(result::text::reddict)) AS right
	FROM (
		SELECT rule, name, m, rd_rename(m, olds, news) AS result,
			(SELECT reddict(array_agg(key), array_agg(value)) FROM (
				SELECT coalesce(news[array_position(olds, pair.key::text)], pair.key) AS key, sum(value ORDER BY pair.key) AS value
				FROM pair WHERE pair.name = rename.name GROUP BY 1) AS s) AS wanted
		FROM rename JOIN map USING (name)
		-- (where array_position() has not too much to do)
		WHERE rd_length(m) <= 300
		OFFSET 0
	) AS s;
SELECT rule, name FROM renamed WHERE "right" IS NOT TRUE;
SELECT rule, count(*), sum(met) > 0 AS met FROM renamed GROUP BY rule ORDER BY rule COLLATE "C";

-- What an aggregate returns is not flat, from PostgreSQL 16 on, if keys varied
-- and there are more than a few: all the same
SELECT name FROM (SELECT name, m, rd_keys(rd_top(m, 20)) AS keys FROM map) AS map JOIN pair USING (name) GROUP BY name, m, keys
HAVING (rd_slice(sum(reddict(key, value)), keys), rd_delete(sum(reddict(key, value)), keys), rd_delete(sum(reddict(key, value)), keys[1]),
		rd_prefix(sum(reddict(key, value)), left(keys[1], 1)), rd_between(sum(reddict(key, value)), 0, 1), rd_compact(sum(reddict(key, value))),
		rd_rename(sum(reddict(key, value)), keys[1:1], '{to}'), rd_reindex(sum(reddict(key, value)), keys || '{nowhere}'),
		rd_top(sum(reddict(key, value)), 7), rd_bottom(sum(reddict(key, value)), 7))
	IS DISTINCT FROM (rd_slice(m, keys), rd_delete(m, keys), rd_delete(m, keys[1]), rd_prefix(m, left(keys[1], 1)), rd_between(m, 0, 1), rd_compact(m),
		rd_rename(m, keys[1:1], '{to}'), rd_reindex(m, keys || '{nowhere}'), rd_top(m, 7), rd_bottom(m, 7))
	OR rd_top_keys(sum(reddict(key, value)), 50) IS DISTINCT FROM rd_top_keys(m, 50);
