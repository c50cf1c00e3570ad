--
-- Pairs by patterns of their keys, by limits, by leading segments
--

\getenv abs_srcdir PG_ABS_SRCDIR
\set helpers :abs_srcdir '/sql/include/helpers.sql'
\i :helpers

\pset format unaligned
\pset tuples_only on
\pset null NULL

-- LIKE and regular expressions

SELECT rd_like(m, 'cpu.%'), rd_not_like(m, 'cpu.%'), rd_regexp(m, '^(mem|disk)\.'), rd_not_regexp(m, '^(mem|disk)\.'), rd_like(m, 'cpu.user'), rd_like(m, ''), rd_like(m, '%') = m, rd_not_like(m, '%')
FROM (VALUES ('{"cpu.user": 1, "cpu.system": -0, "mem.free": "NaN", "disk.reads": 7, "": 5}'::reddict)) AS v(m);
-- escapes; flags; positions of wildcards are characters, not bytes
SELECT rd_like(m, 'a\%%'), rd_like(m, 'a\_b'), rd_like(m, 'a_b'), rd_regexp(m, 'A.B', 'i'), rd_regexp(m, 'a . b', 'x'), rd_regexp(m, 'A.B', 'ci'), rd_regexp(m, 'A.B', flags => 'c')
FROM (VALUES ('{"a%b": 1, "a_b": 2, "axb": 3, "A.B": 4}'::reddict)) AS v(m);
SELECT getdatabaseencoding() = 'UTF8' AS utf8 \gset
\if :utf8
SELECT rd_like(m, '_') = rd_slice(m, '{é,x,😀}'), rd_regexp(m, '^.$') = rd_slice(m, '{é,x,😀}'), rd_like(m, 'é%') = rd_slice(m, '{é,éa}') FROM (VALUES ('{"é": 1, "x": 2, "éa": 3, "😀": 4, "": 5}'::reddict)) AS v(m)
WHERE (rd_like(m, '_') = rd_slice(m, '{é,x,😀}') AND rd_regexp(m, '^.$') = rd_slice(m, '{é,x,😀}') AND rd_like(m, 'é%') = rd_slice(m, '{é,éa}')) IS NOT TRUE;
\endif
-- {} where nothing matches, so a column that is NOT NULL takes it
SELECT rd_like('{"a": 1}', 'b'), rd_regexp('{"a": 1}', 'b'), rd_like('{}', '%'), rd_not_like('{}', 'a'), rd_like(NULL, 'a') IS NULL, rd_like('{}', NULL) IS NULL, rd_regexp('{}', 'a', NULL) IS NULL;
-- errors are core's
SELECT pg_temp.full_outcome(s) FROM unnest(ARRAY[$$SELECT rd_like('{"ab": 1}', 'a\')$$, $$SELECT rd_regexp('{"a": 1}', '(')$$, $$SELECT rd_regexp('{"a": 1}', 'a', 'q!')$$, $$SELECT rd_regexp('{"a": 1}', 'a', 'g')$$, $$SELECT rd_not_regexp('{"a": 1}', '[')$$]) AS s;
-- a key of 65535 bytes
SELECT rd_length(rd_like(m, 'k%k')), rd_length(rd_not_like(m, 'kk%')), rd_length(rd_regexp(m, '^k+$')) FROM (SELECT reddict(repeat('k', 65535), 1) || '{"a": 1}') AS v(m);

-- Row after row: the same keys, the same again after others, all different, and
-- patterns that change.  As rd_each() and core's operators say.
CREATE TEMP TABLE map AS
	SELECT id, kind, m FROM generate_series(1, 400) AS id, LATERAL (VALUES
		('same', (SELECT reddict_agg('metric_' || k, id * k) FROM generate_series(1, 40) AS k)),
		('runs', (SELECT reddict_agg('metric_' || k + id / 10 % 3, id * k) FROM generate_series(1, 40) AS k)),
		('turns', (SELECT reddict_agg('metric_' || k + id % 3, id * k) FROM generate_series(1, 40) AS k)),
		('random', (SELECT reddict_agg('metric_' || (id * k * 7919) % 1000, k) FROM generate_series(1, 1 + id % 40) AS k)),
		('empty', CASE WHEN id % 3 = 0 THEN '{}' ELSE '{"metric_5": 1}'::reddict END)) AS v(kind, m);
CREATE TEMP TABLE pattern AS
	SELECT * FROM (VALUES ('%5', '5$'), ('metric\_%1_', '^metric_.*1.$'), ('none', '^none$'), ('%', ''), ('metric\_1%', '^metric_1')) AS v(likes, matches);
SELECT kind, likes, count(*), count(*) FILTER (WHERE rd_like(m, likes) IS DISTINCT FROM l), count(*) FILTER (WHERE rd_not_like(m, likes) IS DISTINCT FROM nl),
	count(*) FILTER (WHERE rd_regexp(m, matches) IS DISTINCT FROM l), count(*) FILTER (WHERE rd_not_regexp(m, matches) IS DISTINCT FROM nl), sum(rd_length(l)) + sum(rd_length(nl)) = sum(rd_length(m))
FROM (SELECT kind, likes, matches, m, coalesce((SELECT reddict_agg(key, value) FROM rd_each(m) WHERE key LIKE likes), '{}') AS l, coalesce((SELECT reddict_agg(key, value) FROM rd_each(m) WHERE key NOT LIKE likes), '{}') AS nl
	FROM pattern, map ORDER BY kind, likes, id) AS s
GROUP BY kind, likes ORDER BY kind, likes COLLATE "C";
-- the pattern from the row, and changing in every one
SELECT count(*), count(*) FILTER (WHERE rd_like(m, p) IS DISTINCT FROM coalesce((SELECT reddict_agg(key, value) FROM rd_each(m) WHERE key LIKE p), '{}')),
	count(*) FILTER (WHERE rd_regexp(m, p, f) IS DISTINCT FROM coalesce((SELECT reddict_agg(key, value) FROM rd_each(m) WHERE regexp_like(key, p, f)), '{}'))
FROM (SELECT m, CASE id % 4 WHEN 0 THEN '%1' WHEN 1 THEN '%2' ELSE 'metric%' END AS p, CASE id % 3 WHEN 0 THEN 'i' ELSE '' END AS f FROM map WHERE kind = 'same' ORDER BY id) AS s;
-- results are as small as literals
SELECT count(*) FROM map WHERE pg_column_size(rd_like(m, '%1%')) <> pg_column_size(rd_like(m, '%1%')::text::reddict);

-- limits

SELECT rd_above(m, l), rd_below(m, l), rd_above(l, m), rd_above(m, '{}'), rd_below('{}', l)
FROM (VALUES ('{"a": 1, "b": 2, "c": 3, "none": 9}'::reddict, '{"a": 2, "b": 2, "c": 2, "absent": 0}'::reddict)) AS v(m, l);
-- NaN is above Infinity, and not above NaN; -0 is not below 0
SELECT rd_above(m, l), rd_below(m, l) FROM (VALUES ('{"a": "NaN", "b": "NaN", "c": "Infinity", "d": -0, "e": "-Infinity"}'::reddict, '{"a": "Infinity", "b": "NaN", "c": "NaN", "d": 0, "e": 0}'::reddict)) AS v(m, l);
SELECT kind, count(*), sum(rd_length(rd_above(m, l))) > 0, count(*) FILTER (WHERE rd_above(m, l) IS DISTINCT FROM coalesce((SELECT reddict_agg(key, value) FROM rd_each(m) WHERE value > l -> key), '{}')),
	count(*) FILTER (WHERE rd_below(m, l) IS DISTINCT FROM coalesce((SELECT reddict_agg(key, value) FROM rd_each(m) WHERE value < l -> key), '{}'))
FROM map, LATERAL (SELECT CASE id % 2 WHEN 0 THEN rd_reset(m, 15) ELSE '{"metric_1": 100, "metric_7": 200, "metric_12": 300, "metric_30": 400}'::reddict END AS l) AS limits GROUP BY kind ORDER BY kind;

-- leading segments

SELECT rd_group_keys(m), rd_group_keys(m, '.', 2), rd_group_keys(m, '.', 3), rd_group_keys(m, '/'), rd_group_keys(m, depth => 2), rd_group_keys('{}')
FROM (VALUES ('{"api.get": 1, "api.post": 2, "api.get.ok": 4, "api.get.ok.fast": 8, "web": 16, "api": 32, ".x": 64, "..y": 128, "a-b.c": 256, "web/x": 512}'::reddict)) AS v(m);
SELECT rd_group_keys('{"a::b::c": 1, "a::b:::d": 2, "a:::e": 4, "a": 8}', '::', 2);
SELECT pg_temp.full_outcome(s) FROM unnest(ARRAY[$$SELECT rd_group_keys('{"a": 1}', '')$$, $$SELECT rd_group_keys('{"a": 1}', '.', 0)$$, $$SELECT rd_group_keys('{"a.b": 1e308, "a.c": 1e308, "x": 1}')$$]) AS s;
-- as core takes them apart
SELECT count(*), count(*) FILTER (WHERE rd_group_keys(m, '_', depth) IS DISTINCT FROM w)
FROM (SELECT m, depth, (SELECT reddict_agg(array_to_string((string_to_array(key, '_'))[1:depth], '_'), value) FROM rd_each(m)) AS w
	FROM (SELECT reddict_agg(repeat('a_', i % 4) || (j % 5) || repeat('_' || j % 3, (i + j) % 4), i * 0.5 + j) AS m FROM generate_series(1, 100) AS i, generate_series(1, 30) AS j GROUP BY i) AS s, generate_series(1, 6) AS depth) AS s;

-- text of a value; keys deleted by an operator; several values by a function

SELECT key, m ->> key, pg_typeof(m ->> key), (m ->> key)::float8 = m -> key FROM rd_each('{"int": 3, "big": 1234567890123456, "exp": 1e20, "frac": 0.1, "nan": "NaN", "inf": "-Infinity", "zero": -0}') AS e,
	(VALUES ('{"int": 3, "big": 1234567890123456, "exp": 1e20, "frac": 0.1, "nan": "NaN", "inf": "-Infinity", "zero": -0}'::reddict)) AS v(m);
SELECT '{"a": 1}'::reddict ->> 'b' IS NULL, NULL::reddict ->> 'a' IS NULL, '{"a": 1}'::reddict ->> NULL IS NULL, ('{"c": 1234567890123456}'::reddict ->> 'c')::bigint;
-- what jsonb says, for numbers that both print alike
SELECT count(*), count(*) FILTER (WHERE m ->> key IS DISTINCT FROM m::jsonb ->> key) FROM map, rd_each(m);
SELECT m - ARRAY['a'], m - ARRAY['b', 'z', NULL], m - '{}'::text[], m - ARRAY['a', 'b', 'c'] FROM (VALUES ('{"a": 1, "b": 2, "c": 3}'::reddict)) AS v(m);
SELECT count(*) FILTER (WHERE m - keys IS DISTINCT FROM rd_delete(m, keys)) FROM map, LATERAL (SELECT (rd_keys(m))[2:5] AS keys) AS k;
SELECT rd_get_many('{"a": 1, "b": 2}', '{b,z,a}'), rd_get_many('{}', '{}');
-- a parameter without a type is an array there, where -> takes it for one key
PREPARE many AS SELECT rd_get_many('{"a": 1, "b": 2}', $1), '{"a": 1, "b": 2}'::reddict -> $2;
EXECUTE many('{b,a}', '{b,a}');
DEALLOCATE many;
