--
-- One map, or two, to one number
--

\getenv abs_srcdir PG_ABS_SRCDIR
\set helpers :abs_srcdir '/sql/include/helpers.sql'
\i :helpers

-- Are they the same but for the last digit?
CREATE FUNCTION pg_temp.near(value float8, wanted float8) RETURNS boolean
LANGUAGE sql AS $$ SELECT value = wanted OR abs(value / wanted - 1) < 1e-15 $$;

\pset format unaligned
\pset tuples_only on
\pset null NULL

-- By hand

SELECT rd_min(m), rd_max(m), rd_argmin(m), rd_argmax(m), rd_avg(m), rd_stddev_pop(m), rd_stddev_samp(m), rd_norm(m) FROM (VALUES
	-- squares from the mean 1 + 9 + 1 + 9 = 20
	(1, '{"a": 4, "b": 8, "c": 6, "d": 2}'::reddict),
	(2, '{"a": 3, "b": 4}'),
	(3, '{"a": -5}'),
	(4, '{"a": 2, "b": 3, "c": 6}'),
	(5, '{"": 0, "a": 0}'),
	(6, '{"a": 1, "b": "NaN", "c": "-Infinity"}'),
	(7, '{"a": "Infinity", "b": 1}'),
	(8, '{"a": "NaN"}'),
	(9, '{"a": "-Infinity"}'),
	-- of nothing there is no least, no greatest and no average
	(10, '{}'),
	(11, NULL)
) AS v(id, m) ORDER BY id;
-- ties: the first key in byte order
SELECT rd_argmin(m), rd_argmax(m) FROM (VALUES
	(1, '{"b": 1, "a": 1, "c": 2, "d": 2}'::reddict), (2, '{"b": 7, "B": 7, "é": 7}'), (3, '{"c": "NaN", "b": "Infinity", "d": "NaN"}'),
	(4, '{"a": 0, "b": -0}'), (5, '{"a": -0, "b": 0}'), (6, '{"z": 5, "": 5}')
) AS v(id, m) ORDER BY id;
SELECT rd_argmax(reddict(repeat('k', 65535), 1)) = repeat('k', 65535), pg_typeof(rd_argmin('{}'));

-- the norm: whole numbers, at any scale; exact where all is a power of two times them
SELECT rd_norm(m), rd_norm(m * power(2::float8, 1000)) = rd_norm(m) * power(2::float8, 1000), rd_norm(m * power(2::float8, -1060)) = rd_norm(m) * power(2::float8, -1060),
	pg_temp.near(rd_norm(m * 1e200), rd_norm(m) * 1e200), pg_temp.near(rd_norm(m * 1e-200), rd_norm(m) * 1e-200)
FROM (VALUES ('{"a": 3, "b": 4}'::reddict), ('{"a": -3, "b": 4, "c": 12}'), ('{"a": 1, "b": 1, "c": 1, "d": -1}'), ('{"a": 7, "b": 0, "c": -0}')) AS v(m);
SELECT pg_temp.near(rd_norm('{"a": 3e200, "b": 4e200}'), 5e200), rd_norm('{"a": 1.5e-323, "b": 2e-323}'), rd_norm('{"a": 5e-324}'), rd_norm('{"a": 1.7976931348623157e308, "b": -1}'),
	pg_temp.near(rd_norm('{"a": 1e308, "b": 1e308}'), sqrt(2::float8) * 1e308), pg_temp.near(rd_norm('{"a": 1e308, "b": 1e-308, "c": 5e-324}'), 1e308);
-- NaN, wherever it is; otherwise infinity
SELECT rd_norm('{"a": "NaN", "b": "Infinity"}'), rd_norm('{"a": "-Infinity", "b": "NaN"}'), rd_norm('{"a": 1, "b": "-Infinity"}'), rd_norm('{"a": 1.7e308, "b": 1.7e308, "c": "Infinity"}'), rd_norm('{"a": 0, "b": -0}'), rd_norm('{}');

-- two maps: a key that one side lacks counts as 0
SELECT rd_dot(a, b), rd_distance(a, b), rd_dot(b, a), rd_distance(b, a) FROM (VALUES
	(1, '{"a": 1, "b": 2}'::reddict, '{"a": 4, "b": 6}'::reddict),
	(2, '{"a": 1, "b": 2, "c": 3}', '{"b": 4}'),
	(3, '{"b": 4}', '{"a": 3, "b": 4, "c": 4}'),
	(4, '{"a": 3}', '{"b": 4}'),
	(5, '{"a": 1, "c": 4, "d": 5}', '{"b": 2, "c": 6, "d": 7}'),
	(6, '{"a": 3, "b": -4}', '{}'),
	(7, '{}', '{}'),
	(8, '{"a": "Infinity"}', '{"a": 0}'),
	(9, '{"a": "Infinity"}', '{"a": "Infinity"}'),
	(10, '{"a": "-Infinity"}', '{"b": 1}'),
	(11, '{"a": "NaN", "b": 1}', '{"b": 2}'),
	(12, '{"a": "NaN"}', '{"a": 2}'),
	(13, '{"a": 1e200, "b": 3}', '{"a": 0, "b": 5}')
) AS v(id, a, b) ORDER BY id;
-- products are added in key order, in which 1e16 + 1 - 1e16 is 0
SELECT rd_dot('{"a": 1e8, "b": 1, "c": -1e8}', '{"a": 1e8, "b": 1, "c": 1e8}'), rd_dot('{"a": 1e8, "b": 1e8, "c": 1}', '{"a": 1e8, "b": -1e8, "c": 1}');
-- the smallest distances, and the largest
SELECT rd_distance('{"a": 1.5e-323}', '{"b": 2e-323}'), rd_distance('{"a": 1.7976931348623157e308}', '{}'), rd_distance('{"a": 1}', '{"a": 1.0000000000000002}');

-- cosines
SELECT pg_temp.near(rd_cosine(a, b), wanted), pg_temp.near(rd_cosine(b, a), wanted), pg_temp.near(rd_cosine(-a, b), -wanted),
	pg_temp.near(rd_cosine(a, a), 1), pg_temp.near(rd_cosine(b, -b), -1), abs(rd_cosine(a, a)) <= 1, abs(rd_cosine(b, -b)) <= 1
FROM (VALUES
	(1, '{"a": 3, "b": 4}'::reddict, '{"a": 4, "b": 3}'::reddict, 24::float8 / 25),
	(2, '{"a": 1, "b": 2}', '{"a": 2, "b": 4}', 1),
	(3, '{"a": 1, "b": 1}', '{"a": 1}', sqrt(0.5::float8)),
	(4, '{"a": 2, "b": 3}', '{"c": 4}', 0),
	(5, '{"a": 1, "b": 1}', '{"a": 1, "b": -1}', 0),
	(6, '{"a": 3, "b": 4, "x": 0}', '{"b": 2, "y": 0}', 0.8),
	(7, '{"a": -7}', '{"a": 0.1}', -1)
) AS v(id, a, b, wanted) ORDER BY id;
-- at any scale: nothing overflows, and nothing vanishes
SELECT pg_temp.near(rd_cosine('{"a": 3e200, "b": 4e200}', '{"a": 4e-200, "b": 3e-200}'), 24::float8 / 25);
SELECT pg_temp.near(rd_cosine('{"a": 1.7e308, "b": 1.7e308}', '{"a": 1}'), sqrt(0.5::float8));
SELECT pg_temp.near(rd_cosine('{"a": 5e-324, "b": 5e-324}', '{"a": 5e-324, "c": 5e-324}'), 0.5);
SELECT pg_temp.near(rd_cosine('{"a": 1e-310, "b": 1e-310}', '{"a": 1e300, "c": 1e300}'), 0.5);
-- NaN where a value is not finite
SELECT rd_cosine('{"a": "NaN", "b": 1}', '{"b": 1}'), rd_cosine('{"a": 1}', '{"a": "Infinity"}'), rd_cosine('{"a": "-Infinity"}', '{"b": "NaN"}');

-- NULL: of a NULL, and of one among two
SELECT num_nulls(rd_min(NULL), rd_max(NULL), rd_avg(NULL), rd_stddev_pop(NULL), rd_stddev_samp(NULL), rd_norm(NULL), rd_argmin(NULL), rd_argmax(NULL),
	rd_dot(m, NULL), rd_dot(NULL, m), rd_cosine(m, NULL), rd_cosine(NULL, '{}'), rd_distance(m, NULL), rd_distance(NULL, m)) AS "14 nulls"
FROM (VALUES ('{"a": 1}'::reddict)) AS v(m);

-- errors
SELECT statement, pg_temp.outcome('SELECT ' || statement) FROM (VALUES
	(1, $$rd_norm('{"a": 1.7e308, "b": 1.7e308}')$$),
	(2, $$rd_avg('{"a": 1e308, "b": 1e308}')$$),
	(3, $$rd_avg('{"a": 1, "b": 1e200, "c": -1e200}')$$),
	(4, $$rd_stddev_pop('{"a": 1, "b": 1e200, "c": -1e200}')$$),
	(5, $$rd_stddev_samp('{"a": 1, "b": 1e200}')$$),
	(6, $$rd_dot('{"a": 1, "b": 1e200}', '{"a": 1, "b": -1e200}')$$),
	(7, $$rd_dot('{"a": 1, "b": 1e200}', '{"b": 1e200, "c": 1}')$$),
	(8, $$rd_dot('{"a": 1, "b": 1e-200}', '{"a": 1, "b": 1e-200}')$$),
	(9, $$rd_dot('{"a": 1e300, "b": 1, "c": 1e300}', '{"a": 1e8, "b": 1, "c": 1e8}')$$),
	(10, $$rd_distance('{"a": 1, "b": 1e308}', '{"b": -1e308}')$$),
	(11, $$rd_distance('{"a": 1.7e308}', '{"b": 1.7e308}')$$),
	-- with no direction there is no angle
	(12, $$rd_cosine('{"a": 1}', '{}')$$),
	(13, $$rd_cosine('{}', '{"a": 1}')$$),
	(14, $$rd_cosine('{"a": 0, "b": -0}', '{"a": 1}')$$),
	(15, $$rd_cosine('{}', '{}')$$),
	-- no errors: there are few numbers, or no finite ones
	(16, $$rd_avg('{"a": 1e308}')$$),
	(17, $$rd_stddev_samp('{"a": 1e308}') IS NULL$$),
	(18, $$rd_avg('{"a": "Infinity", "b": 1e308, "c": 1e308}')$$),
	(19, $$rd_dot('{"a": 1e200}', '{"b": 1e200}')$$)
) AS v(id, statement) ORDER BY id;

-- One map, against core's aggregates over its values in key order: every length
-- up to 70 and a thousand; values whose sums depend on the order; special ones.

CREATE TEMP TABLE pair AS
	SELECT name COLLATE "C" AS name, key COLLATE "C" AS key, value FROM (
		SELECT CASE m WHEN 71 THEN 1000 ELSE m END::text, 'k' || i, (i * 7919 % 1009 - 504)::float8 / 7 * 10::float8 ^ (i % 17)
		FROM generate_series(1, 71) AS m, generate_series(1, CASE m WHEN 71 THEN 1000 ELSE m END) AS i
		-- 3 to 5 of 14 special values, in a hundred combinations
		UNION ALL SELECT DISTINCT 'special ' || id, chr(97 + (id * i) % 14),
			('{0,-0,NaN,Infinity,-Infinity,5e-324,1e308,-1e308,1,1e200,-1e200,2.2250738585072014e-308,1.7e308,1e154}'::float8[])[1 + (id * i + id / 14) % 14]
		FROM generate_series(1, 100) AS id, generate_series(1, 3 + id % 3) AS i
		UNION ALL SELECT 'same ' || n, 'k' || i, 0.1 FROM (VALUES (2), (10), (33)) AS v(n), generate_series(1, n) AS i
		UNION ALL SELECT 'wide', repeat('w', 250 + i), i FROM generate_series(1, 10) AS i
	) AS s(name, key, value);
CREATE TEMP TABLE map AS SELECT name, reddict(array_agg(key), array_agg(value)) AS m FROM pair GROUP BY name;
-- 71 + 100 + 3 + 1, of which 8 have just one key
SELECT count(*), sum(rd_length(m)) = (SELECT count(*) FROM pair), count(*) FILTER (WHERE rd_length(m) = 1) FROM map;
CREATE FUNCTION pg_temp.compare(aggregate text) RETURNS TABLE (name text, result text, wanted text)
LANGUAGE plpgsql AS $$
DECLARE
	map record;
BEGIN
	FOR map IN SELECT * FROM map LOOP
		name := map.name;
		result := pg_temp.outcome(format('SELECT pg_temp.bits(rd_%s(m)) FROM map WHERE name = %L', aggregate, map.name));
		wanted := pg_temp.outcome(format('SELECT pg_temp.bits(%s(value ORDER BY key)) FROM pair WHERE name = %L', aggregate, map.name));
		RETURN NEXT;
	END LOOP;
END $$;
CREATE TEMP TABLE compared AS SELECT aggregate, compare.* FROM unnest('{sum,avg,stddev_pop,stddev_samp}'::text[]) AS aggregate, pg_temp.compare(aggregate);
-- no rows: right.  (Errors here say at which key.)
SELECT * FROM compared WHERE regexp_replace(result, ' / The key is .*', '') IS DISTINCT FROM wanted;
SELECT aggregate, count(*), count(wanted), count(*) FILTER (WHERE wanted = '22003: value out of range: overflow') > 0, count(*) FILTER (WHERE wanted = 'NaN') > 10
FROM compared GROUP BY aggregate ORDER BY aggregate COLLATE "C";
-- (of equal values, such as 0 and -0, the first)
SELECT name FROM map JOIN (SELECT name, min(value), max(value) FROM pair GROUP BY name) AS w USING (name)
WHERE (rd_min(m), rd_max(m)) IS DISTINCT FROM (min, max)
   OR pg_temp.bits(rd_min(m)) <> pg_temp.bits(m -> rd_argmin(m)) OR pg_temp.bits(rd_max(m)) <> pg_temp.bits(m -> rd_argmax(m))
   OR rd_argmin(m) IS DISTINCT FROM (SELECT key::text FROM pair WHERE pair.name = map.name ORDER BY value, key LIMIT 1)
   OR rd_argmax(m) IS DISTINCT FROM (SELECT key::text FROM pair WHERE pair.name = map.name ORDER BY value DESC, key LIMIT 1);
-- the norm, by its definition where that neither overflows nor vanishes
SELECT name FROM map JOIN (SELECT name, sqrt(sum(value::text::numeric ^ 2)) AS norm FROM pair WHERE name NOT LIKE 'special%' GROUP BY name) AS w USING (name)
WHERE NOT abs(rd_norm(m) / norm::float8 - 1) < 1e-14;

-- Two maps: all pairs of shapes that have the same keys, some in common, or none
CREATE TEMP TABLE side AS
	SELECT id, key COLLATE "C" AS key, value FROM (
		SELECT id, 'k' || lpad(i::text, 3, '0'), (i * 7919 % 1009 - 504 + id)::float8 / 7 * 10::float8 ^ (i % 5)
		FROM (VALUES (1, 1, 3, 1), (2, 1, 3, 1), (3, 2, 9, 1), (4, 1, 33, 1), (5, 1, 33, 1), (6, 1, 100, 3), (7, 2, 200, 3), (8, 1, 100, 1), (9, 500, 600, 2), (10, 50, 150, 1)) AS v(id, low, high, step),
			generate_series(low, high, step) AS i
		UNION ALL SELECT 11, repeat('w', i), i FROM generate_series(250, 260) AS i
		UNION ALL SELECT 12, repeat('w', i), -i FROM generate_series(255, 256) AS i
	) AS s(id, key, value);
CREATE TEMP TABLE sides AS SELECT id, reddict(array_agg(key), array_agg(value)) AS m FROM side GROUP BY id UNION ALL VALUES (13, '{}'::reddict);
CREATE TEMP TABLE joined AS
	SELECT a, b, coalesce(sum(x * y ORDER BY key), 0) AS dot, sqrt(sum((coalesce(x, 0) - coalesce(y, 0))::numeric ^ 2)) AS distance, count(*) FILTER (WHERE x * y <> 0) AS common
	FROM (SELECT a.id AS a, b.id AS b FROM sides AS a, sides AS b) AS p, LATERAL (
		SELECT key, x, y FROM (SELECT key, value FROM side WHERE id = a) AS l(key, x) FULL JOIN (SELECT key, value FROM side WHERE id = b) AS r(key, y) USING (key)) AS f
	GROUP BY a, b;
SELECT a.id, b.id FROM sides AS a CROSS JOIN sides AS b LEFT JOIN joined ON a = a.id AND b = b.id
WHERE float8send(rd_dot(a.m, b.m)) <> float8send(coalesce(dot, 0)) OR float8send(rd_dot(b.m, a.m)) <> float8send(coalesce(dot, 0))
   OR float8send(rd_distance(a.m, b.m)) <> float8send(rd_norm(a.m - b.m)) OR rd_distance(b.m, a.m) <> rd_distance(a.m, b.m)
   OR abs(rd_distance(a.m, b.m) - coalesce(distance::float8, 0)) > 1e-12 * coalesce(distance::float8, 0)
   OR CASE WHEN 13 IN (a.id, b.id) THEN false ELSE abs(rd_cosine(a.m, b.m) - dot / rd_norm(a.m) / rd_norm(b.m)) > 1e-14 END;
-- 13 * 13, but for the pair without keys
SELECT count(*), count(*) FILTER (WHERE common = 0) > 20, count(*) FILTER (WHERE common > 0) > 50, count(*) FILTER (WHERE dot <> 0) > 50, count(*) FILTER (WHERE distance > 0) > 100 FROM joined;

-- What an aggregate returns is not flat, from PostgreSQL 16 on, if keys varied
-- and there are more than a few: all the same
SELECT name FROM pair JOIN map USING (name) WHERE name NOT LIKE 'special%' GROUP BY name, m
HAVING (rd_min(sum(reddict(key, value))), rd_max(sum(reddict(key, value))), rd_avg(sum(reddict(key, value))), rd_stddev_pop(sum(reddict(key, value))), rd_stddev_samp(sum(reddict(key, value))),
		rd_norm(sum(reddict(key, value))), rd_argmin(sum(reddict(key, value))), rd_argmax(sum(reddict(key, value))),
		rd_dot(sum(reddict(key, value)), m + 1), rd_dot(m + 1, sum(reddict(key, value))), rd_distance(sum(reddict(key, value)), m * 3), rd_distance('{"k5": 1e10}', sum(reddict(key, value))),
		rd_cosine(sum(reddict(key, value)), m + 1), rd_cosine('{"k1": 1, "k70": 2, "wide": 0}', sum(reddict(key, value))))
	IS DISTINCT FROM (rd_min(m), rd_max(m), rd_avg(m), rd_stddev_pop(m), rd_stddev_samp(m), rd_norm(m), rd_argmin(m), rd_argmax(m),
		rd_dot(m, m + 1), rd_dot(m + 1, m), rd_distance(m, m * 3), rd_distance('{"k5": 1e10}', m), rd_cosine(m, m + 1), rd_cosine('{"k1": 1, "k70": 2, "wide": 0}', m));

-- A constant is looked at once: for rows in both forms, with its keys and with
-- others, as from a table; every other map's keys are registered by now
SELECT count(rd_share_keys(rd_keys(m))) FROM sides WHERE id % 2 = 0;
CREATE TABLE mixed (n serial, m reddict);
INSERT INTO mixed (m) SELECT m FROM (SELECT id, rd_unpack(m) AS m, 1 AS form FROM sides UNION ALL SELECT id, rd_pack(m), 2 FROM sides UNION ALL SELECT id, m * 2, 3 FROM sides) AS s ORDER BY md5(id::text || form);
CREATE FUNCTION pg_temp.differ(call text) RETURNS TABLE (rows int8, wrong int8) LANGUAGE plpgsql AS
$$
DECLARE
	other reddict;
	counted record;
BEGIN
	rows := 0;
	wrong := 0;
	FOR other IN SELECT m FROM mixed LOOP
		EXECUTE format('SELECT count(*) AS rows, count(*) FILTER (WHERE %s IS DISTINCT FROM %s) AS wrong FROM mixed, (SELECT $1 AS other OFFSET 0) AS o',
			format(call, quote_literal(other) || '::reddict'), format(call, 'other')) INTO counted USING other;
		rows := rows + counted.rows;
		wrong := wrong + counted.wrong;
	END LOOP;
	RETURN NEXT;
END
$$;
-- 3 * 13 rows with as many constants
SELECT call, d.* FROM (VALUES
	('float8send(rd_dot(m, %s))'), ('float8send(rd_dot(%s, m))'), ('float8send(rd_distance(m, %s))'), ('float8send(rd_distance(%s, m))'),
	('CASE WHEN rd_length(m) * rd_length(%1$s) > 0 THEN float8send(rd_cosine(m, %1$s)) END'), ('CASE WHEN rd_length(m) * rd_length(%1$s) > 0 THEN float8send(rd_cosine(%1$s, m)) END'),
	('m @> %s'), ('%s @> m'), ('m <@ %s'), ('%s <@ m')) AS v(call), pg_temp.differ(call) AS d;
-- an error, and the call after it
DO $$
BEGIN
	FOR i IN 1..4 LOOP
		BEGIN
			PERFORM rd_dot(m, '{"k001": 1e308}') FROM (VALUES ('{"k001": 1}'::reddict), ('{"k001": 2}'), ('{"k001": 100}')) AS v(m);
		EXCEPTION WHEN numeric_value_out_of_range THEN
			RAISE NOTICE '%', SQLERRM;
		END;
	END LOOP;
END $$;
DROP TABLE mixed;

-- Percentiles, against percentile_cont() over the same values: none are wrong
CREATE TEMP TABLE percentiles AS
	SELECT name, total, reddict(array_agg(to_char(k, 'FM00000')), array_agg(v)) AS m, array_agg(v) AS vals
	FROM (VALUES (1), (2), (3), (10), (17), (64), (1000)) AS t(total), generate_series(1, total) AS k,
		LATERAL (VALUES ('ascending', k::float8), ('descending', -k), ('equal', 7), ('ties', k % 3), ('shuffled', hashint4(k) / 7.0), ('huge', (k % 2 - 0.5) * 3e308),
			('special', ('{NaN,0,Infinity,-Infinity,1}'::float8[])[1 + abs(hashint4(k)) % 5]), ('nan', 'NaN')) AS v(name, v)
	GROUP BY name, total;
SELECT count(*), count(*) FILTER (WHERE pg_temp.bits(rd_percentile(m, fraction)) <> pg_temp.bits(wanted)
	OR fraction = 0.5 AND pg_temp.bits(rd_median(m)) <> pg_temp.bits(wanted)) AS wrong
FROM percentiles, unnest('{0,0.001,0.25,0.3333333333333333,0.5,0.75,0.95,0.999,1}'::float8[]) AS fraction,
	LATERAL (SELECT percentile_cont(fraction) WITHIN GROUP (ORDER BY v) AS wanted FROM unnest(vals) AS v) AS w;
SELECT rd_median('{}') IS NULL AND rd_percentile('{}', 0.5) IS NULL AND rd_median(NULL) IS NULL AND rd_percentile('{"a": 1}', NULL) IS NULL AND rd_percentile(NULL, 2) IS NULL AS "nulls";
SELECT rd_percentile('{"a": 1}', 1.5);
SELECT rd_percentile('{}', -0.1);
SELECT rd_percentile('{"a": 1}', 'NaN');

-- The largest of row after row: key sets that are selected are remembered, more of
-- them than there is room for, of rows of the same keys, of others, and of many
CREATE TABLE ranked AS
SELECT i, reddict(array_agg('k' || j), array_agg(('x' || substr(md5(i || ' ' || j), 1, 3))::bit(12)::int / 64 / 4.0)) AS m
FROM generate_series(1, 2000) AS i, LATERAL generate_series(1, CASE WHEN i % 100 < 90 THEN 14 WHEN i % 100 < 95 THEN 5 WHEN i % 2 = 0 THEN 64 ELSE 70 END) AS j
GROUP BY i ORDER BY i;
SELECT count(*), count(DISTINCT rd_keys(rd_top(m, 3))) > 256 AS many, count(*) FILTER (WHERE rd_top(m, 3) <> top OR reddict_send(rd_top(m, 3)) <> reddict_send(top)) AS wrong,
	count(*) FILTER (WHERE rd_bottom(m, 4) <> bottom) AS wrong_bottom, count(*) FILTER (WHERE NOT rd_top(m, i % 20) <@ m OR rd_length(rd_top(m, i % 20)) <> least(i % 20, rd_length(m))) AS wrong_length
FROM ranked,
	LATERAL (SELECT reddict(array_agg(key), array_agg(value)) AS top FROM (SELECT * FROM rd_each(m) ORDER BY value DESC, key COLLATE "C" LIMIT 3) AS s) AS t,
	LATERAL (SELECT reddict(array_agg(key), array_agg(value)) AS bottom FROM (SELECT * FROM rd_each(m) ORDER BY value, key COLLATE "C" LIMIT 4) AS s) AS b;
DROP TABLE ranked;
