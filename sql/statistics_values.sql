--
-- Statistics as values to compute with
--

\getenv abs_srcdir PG_ABS_SRCDIR
\set helpers :abs_srcdir '/sql/include/helpers.sql'
\i :helpers

\pset format unaligned
\pset tuples_only on
\pset null NULL

-- one map; as the aggregate over one row
SELECT '{"a": 1.5, "b": -0, "n": "NaN", "i": "-Infinity"}'::reddict::redstats, '{}'::reddict::redstats;
CREATE TEMP TABLE load (host text PRIMARY KEY, s redstats NOT NULL);
-- on assignment: so an upsert inserts a map, and adds one to what is there
INSERT INTO load VALUES ('a', reddict '{"cpu": 10, "disk": 6}') ON CONFLICT (host) DO UPDATE SET s = load.s + EXCLUDED.s;
INSERT INTO load VALUES ('a', reddict '{"cpu": 50}') ON CONFLICT (host) DO UPDATE SET s = load.s + EXCLUDED.s;
INSERT INTO load VALUES ('a', reddict '{"cpu": 30, "net": 1}') ON CONFLICT (host) DO UPDATE SET s = load.s + EXCLUDED.s;
SELECT s, s = (SELECT redstats(m ORDER BY i) FROM (VALUES (1, '{"cpu": 10, "disk": 6}'::reddict), (2, '{"cpu": 50}'), (3, '{"cpu": 30, "net": 1}')) AS v(i, m)) FROM load;
-- but a map is not statistics without saying so
-- (19 has another hint)
\set VERBOSITY terse
SELECT rs_avg('{"a": 1}'::reddict);
\set VERBOSITY default
SELECT '{"a": [1, 2, 0, 2, 2]}'::redstats + '{"a": 1}';

CREATE TEMP TABLE row AS
	SELECT i, (SELECT reddict_agg('k' || (i * j) % 23, ((i * j * 7919) % 1001 - 500) / 8.0) FROM generate_series(1, 1 + i % 12) AS j) AS m FROM generate_series(1, 200) AS i
	UNION ALL VALUES (201, '{}'::reddict), (202, '{"k1": "NaN", "k2": "Infinity", "k3": "-Infinity", "k4": -0}');
CREATE TEMP TABLE part AS SELECT i / 10 AS part, redstats(m ORDER BY i) AS s FROM row GROUP BY 1;
-- s + m is the aggregate with one row more, s + s is rs_merge, to the bit
SELECT count(*), count(*) FILTER (WHERE redstats_send(a.s + m) IS DISTINCT FROM redstats_send((SELECT redstats(r.m ORDER BY r.i) FROM (SELECT i, row.m FROM row WHERE i / 10 = part UNION ALL SELECT 1000, row2.m) AS r))),
	count(*) FILTER (WHERE (a.s + m) IS DISTINCT FROM (m + a.s))
FROM part AS a, row AS row2 WHERE i % 7 = 0 OR i > 200;
SELECT count(*), count(*) FILTER (WHERE redstats_send(a.s + b.s) IS DISTINCT FROM redstats_send((SELECT rs_merge(s ORDER BY n) FROM (VALUES (1, a.s), (2, b.s)) AS v(n, s)))), count(*) FILTER (WHERE rs_count(a.s + b.s) IS DISTINCT FROM rs_count(b.s + a.s))
FROM part AS a, part AS b;
SELECT '{}'::redstats + '{"a": [2, 4, 2, 1, 3]}'::redstats, '{"a": [2, 4, 2, 1, 3]}'::redstats + '{}'::reddict, '{}'::redstats + '{}'::redstats, NULL::redstats + '{"a": 1}'::reddict IS NULL;
-- operands stay as they were
SELECT count(*) FROM (SELECT s, s + s AS twice, s + '{"k1": 1}'::reddict AS more, s::text AS before FROM part) AS t WHERE s::text <> before;
SELECT pg_temp.full_outcome(s) FROM unnest(ARRAY[$$SELECT '{"fine": [1, 1, 0, 1, 1], "the key": [1, 1e308, 0, 1e308, 1e308]}'::redstats + '{"the key": 1e308}'::reddict$$, $$SELECT '{"the key": [1, 1e308, 0, 1e308, 1e308]}'::redstats + '{"the key": [1, 1e308, 0, 1e308, 1e308]}'::redstats$$]) AS s;

-- a row for each key
SELECT * FROM rs_each('{"b": [2, 4, 2, 1, 3], "a": [1, 5, 0, 5, 5], "n": [3, "NaN", "NaN", "-Infinity", "NaN"], "": [9007199254740992, 0, 0, 0, 0]}');
SELECT count(*) FROM rs_each('{}');
SELECT count(*) FROM rs_each(NULL);
SELECT pg_temp.full_outcome($$SELECT count FROM rs_each('{"a": [1e300, 0, 0, 0, 0]}')$$);
SELECT pg_typeof(count), pg_typeof(key), pg_typeof(avg) FROM rs_each('{"a": [1, 5, 0, 5, 5]}');
SELECT count(*), count(*) FILTER (WHERE (e.count, e.sum, e.avg, e.min, e.max, e.var_samp, e.stddev_samp) IS DISTINCT FROM
	((rs_count(s) -> key)::int8, rs_sum(s) -> key, rs_avg(s) -> key, rs_min(s) -> key, rs_max(s) -> key, rs_var_samp(s) -> key, rs_stddev_samp(s) -> key)) FROM part, rs_each(s) AS e;

-- some keys
SELECT rs_slice(s, '{b,z,a}'), rs_slice(s, '{}'), rs_delete(s, 'b'), rs_delete(s, 'z') = s, rs_delete(s, '{b,a,NULL}'::text[]), rs_slice('{}', '{a}'), rs_delete('{}', 'a')
FROM (VALUES ('{"a": [1, 5, 0, 5, 5], "b": [2, 4, 2, 1, 3], "c": [1, 7, 0, 7, 7]}'::redstats)) AS v(s);
SELECT count(*), count(*) FILTER (WHERE rs_avg(rs_slice(s, keys)) IS DISTINCT FROM rd_slice(rs_avg(s), keys)), count(*) FILTER (WHERE rs_avg(rs_delete(s, keys)) IS DISTINCT FROM rd_delete(rs_avg(s), keys)),
	count(*) FILTER (WHERE rs_slice(s, keys) + rs_delete(s, keys) IS DISTINCT FROM s), count(*) FILTER (WHERE pg_column_size(rs_slice(s, keys)) <> pg_column_size(rs_slice(s, keys)::text::redstats))
FROM part, (VALUES ('{k1,k2,k22,none}'::text[]), ('{}'), ('{k0}')) AS v(keys);

-- the coefficient of variation: not of one number, nor where the average is 0
SELECT rs_cv(redstats(m)) FROM (VALUES ('{"a": 1, "one": 5, "zero": -1, "same": 4, "down": -1}'::reddict), ('{"a": 3, "zero": 1, "same": 4, "down": -3}')) AS v(m);
SELECT rs_cv('{"n": [2, "NaN", "NaN", 1, "NaN"], "i": [2, "Infinity", "NaN", 1, "Infinity"], "d": [2, 2e-308, 1, 0, 1]}'), rs_cv('{}');
SELECT count(*), count(*) FILTER (WHERE rs_cv(s) IS DISTINCT FROM rs_stddev_samp(s) / rd_slice(rd_compact(rs_avg(s)), rd_keys(rs_stddev_samp(s)))) FROM part;
