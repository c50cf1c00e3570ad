--
-- Small maths: remainders, powers, running sums, quotients with zeros
--

\getenv abs_srcdir PG_ABS_SRCDIR
\set helpers :abs_srcdir '/sql/include/helpers.sql'
\i :helpers

\pset format unaligned
\pset tuples_only on
\pset null NULL

SELECT m % 3, rd_mod(m, -3), m % 0.5 FROM (VALUES ('{"a": 7, "b": -7, "c": 2.5, "d": -0, "e": 3}'::reddict)) AS v(m);
-- exact, as C's fmod
SELECT '{"a": 0.3}'::reddict % 0.1, '{"a": 1e300}'::reddict % 3, '{"a": 5e-324, "b": 1.7976931348623157e308}'::reddict % 5e-324;
SELECT '{"a": "NaN", "b": "Infinity", "c": "-Infinity", "d": 5}'::reddict % 3, '{"a": 5, "b": -5, "c": "NaN"}'::reddict % 'Infinity'::float8, '{"a": 5}'::reddict % 'NaN'::float8, '{}'::reddict % 0, '{"a": "NaN"}'::reddict % 0;
SELECT pg_temp.full_outcome(s) FROM unnest(ARRAY[$$SELECT '{"fine": "NaN", "the key": 1}'::reddict % 0$$, $$SELECT rd_mod('{"the key": "Infinity"}', -0.0)$$]) AS s;
-- numeric's remainder, of numbers that both have exactly
SELECT count(*), count(*) FILTER (WHERE float8send((reddict('k', v) % d) -> 'k') IS DISTINCT FROM float8send(CASE WHEN v < 0 AND mod(v::numeric, d::numeric) = 0 THEN '-0' ELSE mod(v::numeric, d::numeric)::float8 END))
FROM (SELECT (i * 37 % 2001 - 1000) / 8.0::float8 AS v, (j - 10.5) / 4.0::float8 AS d FROM generate_series(1, 500) AS i, generate_series(1, 20) AS j) AS s;

SELECT m ^ 2, m ^ 0.5, 2 * m ^ 2, m ^ 2 = rd_power(m, 2) FROM (VALUES ('{"a": 4, "b": 0.25, "c": 0}'::reddict)) AS v(m);
SELECT rd_sign(m), rd_trunc(m), rd_cbrt(rd_slice(m, '{a,d,e,f}')) FROM (VALUES ('{"a": -8, "b": 27, "c": -0.5, "d": 0, "e": "NaN", "f": "-Infinity", "g": 2.75}'::reddict)) AS v(m);
SELECT rd_log('{"a": 1000, "b": 1, "c": 0.01, "d": "Infinity", "e": "NaN"}');
SELECT pg_temp.full_outcome(s) FROM unnest(ARRAY[$$SELECT rd_log('{"fine": 1, "the key": 0}')$$, $$SELECT rd_log('{"the key": -1}')$$, $$SELECT '{"the key": -1}'::reddict ^ 0.5$$, $$SELECT '{"the key": 10}'::reddict ^ 400$$]) AS s;
-- core's functions, value by value
CREATE TEMP TABLE number AS SELECT i, ((i * 7919 % 1001 - 500) / 7.0)::float8 AS v FROM generate_series(1, 500) AS i;
SELECT name, count(*), count(*) FILTER (WHERE float8send(got -> 'k') IS DISTINCT FROM float8send(wanted)) FROM number, LATERAL (VALUES
	('sign', rd_sign(reddict('k', v)), sign(v)), ('trunc', rd_trunc(reddict('k', v)), trunc(v)), ('cbrt', rd_cbrt(reddict('k', v)), cbrt(v)),
	('log', rd_log(reddict('k', abs(v) + 1)), log(abs(v) + 1)), ('^', reddict('k', v) ^ 3, v ^ 3)) AS f(name, got, wanted) GROUP BY name ORDER BY name;

-- running sums, in byte order of the keys
SELECT rd_cumsum('{"b": 2, "a": 1, "c": 3, "B": 10}'), rd_cumsum('{}'), rd_cumsum('{"a": -0, "b": -0, "c": 0}'), rd_cumsum('{"a": 1, "b": "Infinity", "c": "-Infinity", "d": 1}');
SELECT pg_temp.full_outcome($$SELECT rd_cumsum('{"a": 1e308, "the key": 1e308, "z": 1}')$$);
SELECT count(*), count(*) FILTER (WHERE rd_cumsum(m) IS DISTINCT FROM (SELECT reddict(array_agg(key), array_agg(s)) FROM (SELECT key, sum(value) OVER (ORDER BY key COLLATE "C") AS s FROM rd_each(m)) AS w))
FROM (SELECT reddict_agg('k' || i * j % 97, v * 0.1) AS m FROM number, generate_series(1, 40) AS j GROUP BY i) AS s;

-- quotients with zeros

SELECT rd_divide(a, b, on_zero => 'skip'), rd_divide(a, b, on_zero => '0'), rd_divide(a, b, on_zero => 'NaN'), rd_divide(a, b, on_zero => '-1.5e3')
FROM (VALUES ('{"a": 1, "b": 4, "c": 0, "n": "NaN", "i": "Infinity", "x": 6}'::reddict, '{"a": 0, "b": 2, "c": 0, "n": 0, "i": -0, "y": 0}'::reddict)) AS v(a, b);
-- all of it together: fill and keys come first
SELECT rd_divide(a, b, 0, 'either', 'skip'), rd_divide(a, b, 0, 'left', '7'), rd_divide(a, b, 2, 'both', 'skip'), rd_divide(a, b, 0, 'right', 'error')
FROM (VALUES ('{"a": 1, "b": 4}'::reddict, '{"b": 2, "c": 5}'::reddict)) AS v(a, b);
-- nothing is left; nothing is skipped
SELECT rd_divide('{"a": 1}', '{"a": 0}', on_zero => 'skip'), rd_divide('{}', '{}', on_zero => 'skip'), rd_divide('{"a": 1, "b": 3}', '{"a": 2, "b": 2}', on_zero => 'skip'), '{"a": 1, "b": 3}'::reddict / rd_compact('{"a": 0, "b": 2}');
SELECT pg_temp.full_outcome(s) FROM unnest(ARRAY[$$SELECT rd_divide('{"fine": 1, "the key": 1}', '{"the key": 0}')$$, $$SELECT rd_divide('{"a": 1, "the key": 1e308}', '{"a": 0, "the key": 0.1}', on_zero => 'skip')$$,
	$$SELECT rd_divide('{}', '{}', on_zero => 'null')$$, $$SELECT rd_divide('{}', '{}', on_zero => '')$$, $$SELECT rd_divide('{}', '{}', on_zero => '1 000')$$]) AS s;
SELECT count(*), count(*) FILTER (WHERE rd_divide(a, b, 1, 'left', 'skip') IS DISTINCT FROM coalesce((SELECT reddict_agg(key, value / coalesce(b -> key, 1)) FROM rd_each(a) WHERE coalesce(b -> key, 1) <> 0), '{}')),
	count(*) FILTER (WHERE rd_divide(a, b, 1, 'left', '9') IS DISTINCT FROM (SELECT reddict_agg(key, CASE WHEN b -> key = 0 THEN 9 ELSE value / coalesce(b -> key, 1) END) FROM rd_each(a)))
FROM (SELECT reddict_agg('k' || (i + j) % 30, v + j) AS a, reddict_agg('k' || (i * j) % 40, (i + j) % 3) AS b FROM number, generate_series(1, 20) AS j GROUP BY i) AS s;
