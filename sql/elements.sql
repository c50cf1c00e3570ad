--
-- Value by value: the greater and the lesser of two maps, and functions of
-- each value of one
--

\getenv abs_srcdir PG_ABS_SRCDIR
\set helpers :abs_srcdir '/sql/include/helpers.sql'
\i :helpers

\pset format unaligned
\pset tuples_only on
\pset null NULL

-- By hand

-- of keys that one side lacks, the other side's value
SELECT rd_greatest(a, b), rd_least(a, b), rd_greatest(b, a), rd_least(b, a) FROM (VALUES
	(1, '{"a": 1, "b": 5, "c": 3}'::reddict, '{"b": 4, "c": 6, "d": 7}'::reddict),
	(2, '{"a": 1, "b": 5}', '{"a": 2, "b": 4}'),
	(3, '{"a": -1}', '{"b": -2}'),
	(4, '{"a": -1}', '{}'),
	(5, '{}', '{}'),
	-- NaN is the greatest
	(6, '{"a": "NaN", "b": "NaN", "c": "-Infinity", "d": "NaN"}', '{"a": 1, "b": "Infinity", "c": "NaN", "e": "NaN"}')
) AS v(id, a, b) ORDER BY id;
-- of equal values the right side's, as float8larger() and float8smaller() have it
SELECT rd_greatest(a, b), rd_least(a, b), rd_greatest(b, a), rd_least(b, a), float8larger(0, '-0'), float8smaller(0, '-0')
FROM (VALUES ('{"a": 0, "b": 0}'::reddict, '{"a": -0, "c": -0}'::reddict)) AS v(a, b);

SELECT rd_abs(m), rd_floor(m), rd_ceil(m), rd_round(m) FROM (VALUES ('{"a": -1.5, "b": 2.5, "c": -0.5, "d": 7, "e": "-Infinity", "f": "NaN", "g": -0}'::reddict)) AS v(m);
-- halves: to even without digits, away from zero with digits, as core's round()
-- of float8 and of numeric
SELECT rd_round(m), rd_round(m, 0) FROM (VALUES ('{"a": 0.5, "b": 1.5, "c": 2.5, "d": -2.5, "e": 2.4999999999999996}'::reddict)) AS v(m);
SELECT rd_round(m, 1), rd_round(m, 2), rd_round(m, -1), rd_round(m, -2), rd_round(m, -3) FROM (VALUES ('{"a": 1.25, "b": -1.255, "c": 25, "d": -155.5, "e": 0.045}'::reddict)) AS v(m);
-- of the digits that one sees, of which there may be 17: core's cast to numeric keeps 15
SELECT rd_round(m, 16), rd_round(m, 1), round((m -> 'a')::numeric, 16) FROM (VALUES ('{"a": 0.30000000000000004, "b": 1.005, "c": 9007199254740993}'::reddict)) AS v(m);
-- any digits
SELECT rd_round(m, 2147483647) = m, rd_round(m, 400) = m, rd_round(m, -2147483648), rd_round(m, -309)
FROM (VALUES ('{"a": 1.7976931348623157e308, "b": 5e-324, "c": 0.1, "d": "NaN", "e": "-Infinity"}'::reddict)) AS v(m);
SELECT rd_round('{"a": 1e300, "b": 5e-324, "c": 4e307}', -308), rd_round('{"a": 5e-324, "b": 6e-300}', 299), rd_round('{"a": 5e-324}', 323), rd_round('{"a": 1e-323}', 323);
SELECT rd_sqrt('{"a": 4, "b": 2.25, "c": 0, "d": -0, "e": "Infinity", "f": "NaN"}'), rd_ln('{"a": 1, "b": "Infinity", "c": "NaN"}'), rd_exp('{"a": 0, "b": "-Infinity", "c": "Infinity", "d": "NaN"}');
SELECT rd_power(m, 2), rd_power(m, 0), rd_power(m, 1), rd_power(m, -1), rd_power(m, 'NaN') FROM (VALUES ('{"a": 2, "b": -0.5, "c": "Infinity", "d": 1, "e": "NaN"}'::reddict)) AS v(m);
SELECT rd_clamp(m, 0, 1), rd_clamp(m, 0.5, 0.5), rd_clamp(m, '-Infinity', 'Infinity'), rd_clamp(m, '-0', 'NaN')
FROM (VALUES ('{"a": -1, "b": 0.25, "c": 7, "d": "NaN", "e": "-Infinity", "f": 0}'::reddict)) AS v(m);
-- a value that is equal to a bound stays as it is; NaN is above all bounds but NaN
SELECT rd_clamp(m, 0, '-0'), rd_clamp(m, '-0', 0), rd_clamp(m, 'NaN', 'NaN') FROM (VALUES ('{"a": 0, "b": -0, "c": "NaN"}'::reddict)) AS v(m);
SELECT rd_normalize('{"a": 1, "b": 3}'), rd_normalize('{"a": -1, "b": 3, "c": 2}'), rd_normalize('{"a": 5}'), rd_normalize('{"a": 0, "b": -0, "c": -4}'), rd_normalize('{}'),
	rd_normalize('{"a": "Infinity", "b": 1}'), rd_normalize('{"a": "NaN", "b": 1}');
-- nothing, for all of them
SELECT rd_greatest('{}', '{}'), rd_least('{}', '{}'), rd_abs('{}'), rd_round('{}'), rd_round('{}', 2), rd_floor('{}'), rd_ceil('{}'), rd_sqrt('{}'), rd_ln('{}'), rd_exp('{}'),
	rd_power('{}', -1), rd_clamp('{}', 0, 1), rd_normalize('{}');
SELECT num_nulls(rd_greatest(m, NULL), rd_greatest(NULL, m), rd_least(m, NULL), rd_least(NULL, m), rd_abs(NULL), rd_round(NULL), rd_round(NULL, 1), rd_round(m, NULL),
	rd_floor(NULL), rd_ceil(NULL), rd_sqrt(NULL), rd_ln(NULL), rd_exp(NULL), rd_power(NULL, 1), rd_power(m, NULL),
	rd_clamp(NULL, 0, 1), rd_clamp(m, NULL, 1), rd_clamp(m, 0, NULL), rd_clamp(m, 1, NULL), rd_normalize(NULL)) AS "20 nulls"
FROM (VALUES ('{"a": 1}'::reddict)) AS v(m);

-- errors: core's
SELECT statement, pg_temp.outcome('SELECT ' || statement) FROM (VALUES
	(1, $$rd_sqrt('{"a": 1, "b": -1}')$$),
	(2, $$rd_sqrt('{"a": "-Infinity"}')$$),
	(3, $$rd_ln('{"a": 1, "b": 0}')$$),
	(4, $$rd_ln('{"a": -0}')$$),
	(5, $$rd_ln('{"a": -1}')$$),
	(6, $$rd_exp('{"a": 1, "b": 1000}')$$),
	(7, $$rd_exp('{"a": -1000}')$$),
	(8, $$rd_power('{"a": 0}', -1)$$),
	(9, $$rd_power('{"a": -8}', 0.5)$$),
	(10, $$rd_power('{"a": 1e200}', 2)$$),
	(11, $$rd_power('{"a": 1e-200}', 2)$$),
	(12, $$rd_clamp('{"a": 1}', 2, 1)$$),
	(13, $$rd_clamp('{}', 2, 1)$$),
	(14, $$rd_clamp('{"a": 1}', 'NaN', 'Infinity')$$),
	(15, $$rd_normalize('{"a": 1, "b": -1}')$$),
	(16, $$rd_normalize('{"a": 0, "b": -0}')$$),
	(17, $$rd_normalize('{"a": 1e308, "b": 1e308}')$$),
	(18, $$rd_normalize('{"a": 1e-300, "b": 1e300}')$$),
	(19, $$rd_normalize('{"a": 1e300, "b": -1e300, "c": 1e-300}')$$)
) AS v(id, statement) ORDER BY id;

-- rounding up may lead beyond the largest number (the message has 309 digits)
SELECT left(pg_temp.outcome($$SELECT rd_round('{"a": 1, "b": 1.7976931348623157e308}', -308)$$), 30), right(pg_temp.outcome($$SELECT rd_round('{"a": 1, "b": 1.7976931348623157e308}', -308)$$), 50),
	pg_temp.outcome($$SELECT rd_round('{"a": 1, "b": 1.7976931348623157e308}', -308)$$) = pg_temp.outcome($$SELECT round('1.7976931348623157e308'::numeric, -308)::float8$$);

-- Against core, one value at a time: what core's function of the name says of
-- it, or the error that it raises

CREATE FUNCTION pg_temp.of_core(name text, x float8, y float8) RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
	RETURN pg_temp.bits(CASE name
		WHEN 'rd_greatest' THEN float8larger(x, y) WHEN 'rd_least' THEN float8smaller(x, y)
		WHEN 'rd_abs' THEN abs(x) WHEN 'rd_round' THEN round(x) WHEN 'rd_floor' THEN floor(x) WHEN 'rd_ceil' THEN ceil(x)
		WHEN 'rd_sqrt' THEN sqrt(x) WHEN 'rd_ln' THEN ln(x) WHEN 'rd_exp' THEN exp(x) WHEN 'rd_power' THEN power(x, y)
		WHEN 'rd_clamp below' THEN CASE WHEN x > y THEN y ELSE x END
		WHEN 'rd_clamp above' THEN CASE WHEN x < y THEN y ELSE x END
		WHEN 'rd_normalize' THEN (ARRAY[x / (x + y), y / (x + y)])[1] END);
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ': ' || SQLERRM;
END $$;
-- Of the three keys b is of interest; the others' values can do no harm.
CREATE FUNCTION pg_temp.of_redbear(name text, x float8, y float8) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	m reddict := reddict(ARRAY['a', 'b', 'c'], ARRAY[1, x, 1]);
	result reddict;
BEGIN
	result := CASE name
		WHEN 'rd_greatest' THEN rd_greatest(m, reddict('b', y)) WHEN 'rd_least' THEN rd_least(m, reddict('b', y))
		WHEN 'rd_abs' THEN rd_abs(m) WHEN 'rd_round' THEN rd_round(m) WHEN 'rd_floor' THEN rd_floor(m) WHEN 'rd_ceil' THEN rd_ceil(m)
		WHEN 'rd_sqrt' THEN rd_sqrt(m) WHEN 'rd_ln' THEN rd_ln(m) WHEN 'rd_exp' THEN rd_exp(m)
		WHEN 'rd_power' THEN rd_power(reddict('b', x), y)
		WHEN 'rd_clamp below' THEN rd_clamp(m, '-Infinity', y)
		WHEN 'rd_clamp above' THEN rd_clamp(m, y, 'NaN')
		WHEN 'rd_normalize' THEN rd_slice(rd_normalize(reddict(ARRAY['b', 'd'], ARRAY[x, y])), '{b}') END;
	IF rd_keys(result) <> rd_keys(m) AND rd_keys(result) <> '{b}' THEN
		RETURN 'keys are ' || rd_keys(result)::text;
	END IF;
	RETURN pg_temp.bits(result -> 'b');
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ': ' || SQLERRM;
END $$;

CREATE TEMP TABLE special AS SELECT value FROM unnest(ARRAY[0, '-0', 1, -1, 'NaN', 'Infinity', '-Infinity', 4.9e-324, -4.9e-324,
	2.2250738585072014e-308, 1e308, -1e308, 1.7976931348623157e308, 3, 0.1, -2.5, 0.5, 1.5, -0.5, 0.49999999999999994, 4503599627370497.5, 1e16, 709.78, 709.79,
	-745.13, -745.14, 1e-200, 2, -3, 1023, 9007199254740993]::float8[]) AS value;
CREATE TEMP TABLE compared AS
	SELECT name, x, y, pg_temp.of_redbear(name, x, y) AS result, pg_temp.of_core(name, x, y) AS wanted FROM (
		SELECT name, value AS x, 0::float8 AS y FROM special, unnest('{rd_abs,rd_round,rd_floor,rd_ceil,rd_sqrt,rd_ln,rd_exp}'::text[]) AS name
		UNION ALL SELECT name, (i * 7919 % 100003 - 50000)::float8 / 77, 0
		FROM generate_series(1, 1000) AS i, unnest('{rd_abs,rd_round,rd_floor,rd_ceil,rd_sqrt,rd_ln,rd_exp}'::text[]) AS name
		UNION ALL SELECT name, x.value, y.value FROM special AS x, special AS y, unnest('{rd_greatest,rd_least,rd_power,rd_clamp below,rd_clamp above,rd_normalize}'::text[]) AS name
	) AS s;
-- no rows: right
SELECT * FROM compared WHERE result IS DISTINCT FROM wanted;
-- 31 + 1000 values, or 31 * 31 pairs, of each; and what core was seen to raise
SELECT name, count(*) FROM compared GROUP BY name ORDER BY name COLLATE "C";
SELECT name, wanted FROM compared WHERE wanted LIKE '2%' GROUP BY name, wanted ORDER BY name COLLATE "C", wanted COLLATE "C";

-- Rounding to digits, by core's numeric; of non-finite values nothing is left to round.
-- No rows: right.  31 values, 22 digits.
CREATE TEMP TABLE rounded AS
	SELECT value, digits, pg_temp.outcome(format('SELECT float8send(rd_round(reddict(''k''::text, %L), %s) -> ''k'')', value, digits)) AS result,
		CASE WHEN value IN ('NaN', 'Infinity', '-Infinity') THEN float8send(value)::text
			ELSE pg_temp.outcome(format('SELECT float8send(round(%L::numeric, %s)::float8)', value, digits)) END AS wanted
	FROM special, unnest('{-2147483648,-400,-309,-308,-307,-16,-4,-3,-1,0,1,2,3,13,15,16,17,200,307,323,324,2147483647}'::int[]) AS digits;
SELECT * FROM rounded WHERE result IS DISTINCT FROM wanted;
SELECT count(*), count(*) FILTER (WHERE wanted LIKE '22003%'), count(DISTINCT wanted) > 30 FROM rounded;
-- values with two decimals are what they are, and third ones go
SELECT count(*), count(*) FILTER (WHERE result = value), count(*) FILTER (WHERE finer = value) FROM (
	SELECT (i::numeric / 100)::float8 AS value, rd_round(reddict('k', (i::numeric / 100)::float8), 2) -> 'k' AS result, rd_round(reddict('k', (i::numeric / 100 + 0.004)::float8), 2) -> 'k' AS finer
	FROM generate_series(1, 1000000, 97) AS i) AS s;

-- Whole maps: every length up to 70 and a thousand, wide keys among them, all
-- functions; no byte larger than the literal.
CREATE TEMP TABLE pair AS
	SELECT n, key COLLATE "C" AS key, i, value FROM (
		SELECT n, CASE i WHEN 50 THEN repeat('w', 300) ELSE 'k' || i END, i, CASE i % 13 WHEN 3 THEN 'NaN' WHEN 5 THEN 0.5 WHEN 7 THEN 2.5 ELSE (i * 7919 % 1009 + 1)::float8 / 7 END
		FROM generate_series(1, 71) AS m, LATERAL (VALUES (CASE m WHEN 71 THEN 1000 ELSE m END)) AS v(n), generate_series(1, n) AS i
	) AS s(n, key, i, value);
CREATE TEMP TABLE map AS SELECT n, reddict(array_agg(key), array_agg(value)) AS m FROM pair GROUP BY n;
CREATE TEMP TABLE result AS
	SELECT n, name, result, pg_column_size(rd_unpack(result)) = pg_column_size(rd_unpack(result::text::reddict)) AS small FROM (
		SELECT n, name, result FROM map, LATERAL (VALUES
			('rd_abs', rd_abs(-m)), ('rd_round', rd_round(m)), ('rd_round 1', rd_round(m, 1)), ('rd_floor', rd_floor(m)), ('rd_ceil', rd_ceil(m)), ('rd_sqrt', rd_sqrt(m)),
			('rd_ln', rd_ln(m)), ('rd_exp', rd_exp(m)), ('rd_power', rd_power(m, 1.5)), ('rd_clamp', rd_clamp(m, 20, 100)),
			('rd_normalize', rd_normalize(rd_between(m, 0, 1000))), ('rd_greatest', rd_greatest(m, 100 - m)), ('rd_least', rd_least(m, 100 - m))) AS v(name, result)
		OFFSET 0
	) AS s;
CREATE TEMP TABLE wanted AS
	SELECT n, key, name, wanted FROM (SELECT *, sum(value) FILTER (WHERE value < 1000) OVER (PARTITION BY n ORDER BY key ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS total FROM pair) AS s,
		LATERAL (VALUES
			('rd_abs', abs(-value)), ('rd_round', round(value)), ('rd_round 1', CASE WHEN value = 'NaN' THEN value ELSE round(value::text::numeric, 1)::float8 END),
			('rd_floor', floor(value)), ('rd_ceil', ceil(value)), ('rd_sqrt', sqrt(value)),
			('rd_ln', ln(value)), ('rd_exp', exp(value)), ('rd_power', power(value, 1.5)), ('rd_clamp', least(greatest(value, 20), 100)),
			('rd_normalize', value / total), ('rd_greatest', greatest(value, 100 - value)), ('rd_least', least(value, 100 - value))) AS v(name, wanted)
	WHERE name <> 'rd_normalize' OR value < 1000;
SELECT n, name, key, value, wanted FROM (SELECT n, name, key, value FROM result, rd_each(result)) AS r FULL JOIN wanted USING (n, name, key)
WHERE pg_temp.bits(value) IS DISTINCT FROM pg_temp.bits(wanted);
SELECT n, name FROM result WHERE small IS NOT TRUE;
-- (70 * 71 / 2 + 1000) * 12 values, and those of rd_normalize
SELECT count(*) FILTER (WHERE name <> 'rd_normalize'), count(*) FILTER (WHERE name = 'rd_normalize') > 3000 FROM wanted;

-- Maps whose keys differ: the greater and the lesser of what either has, which
-- is just what GREATEST and LEAST make of a full join.
CREATE TEMP TABLE side AS
	SELECT id, key COLLATE "C" AS key, value FROM (
		SELECT id, 'k' || (i * id + id) % (id * 12 + 5), CASE (i + id) % 7 WHEN 0 THEN 'NaN' WHEN 3 THEN '-Infinity' ELSE ((i + 1) * (id + 3) * 7919 % 11 - 5)::float8 END
		FROM generate_series(1, 20) AS id, generate_series(1, 3 + id % 5 * 20) AS i
		UNION ALL SELECT 21, repeat('w', 300), 1
	) AS s(id, key, value);
CREATE TEMP TABLE sides AS
	SELECT id, reddict(array_agg(key), array_agg(value)) AS m FROM (SELECT id, key, min(value) AS value FROM side GROUP BY id, key) AS s GROUP BY id
	UNION ALL VALUES (22, '{}'::reddict);
CREATE TEMP TABLE joined AS
	SELECT a.id AS a, b.id AS b, greatest, least, pg_column_size(rd_unpack(greatest)) = pg_column_size(rd_unpack(greatest::text::reddict)) AS small, greatest = rd_greatest(b.m, a.m) AND least = rd_least(b.m, a.m) AS commute
	FROM sides AS a, sides AS b, LATERAL (SELECT rd_greatest(a.m, b.m), rd_least(a.m, b.m) OFFSET 0) AS s(greatest, least);
SELECT joined.a, joined.b FROM joined, LATERAL (
		SELECT reddict(coalesce(array_agg(key), '{}'), coalesce(array_agg(greatest(x, y)), '{}')) AS greatest, reddict(coalesce(array_agg(key), '{}'), coalesce(array_agg(least(x, y)), '{}')) AS least
		FROM (SELECT key, value FROM sides, rd_each(m) WHERE id = joined.a) AS a(key, x) FULL JOIN (SELECT key, value FROM sides, rd_each(m) WHERE id = joined.b) AS b(key, y) USING (key)) AS w
WHERE (joined.greatest, joined.least, small, commute) IS DISTINCT FROM (w.greatest, w.least, true, true);
-- 22 * 22 pairs; keys are shared by some, and not by others
SELECT count(*), count(*) FILTER (WHERE rd_length(greatest) = (SELECT max(rd_length(m)) FROM sides WHERE id IN (a, b))) > 50,
	count(*) FILTER (WHERE rd_length(greatest) > (SELECT max(rd_length(m)) FROM sides WHERE id IN (a, b))) > 50
FROM joined;

-- What an aggregate returns is not flat, from PostgreSQL 16 on, if keys varied
-- and there are more than a few: all the same
SELECT n FROM pair JOIN map USING (n) WHERE n > 60 GROUP BY n, m
HAVING (rd_abs(sum(reddict(key, value))), rd_round(sum(reddict(key, value))), rd_round(sum(reddict(key, value)), 1), rd_sqrt(sum(reddict(key, value))),
		rd_power(sum(reddict(key, value)), 2), rd_clamp(sum(reddict(key, value)), 20, 100), rd_normalize(sum(reddict(key, value)) FILTER (WHERE value < 1000)),
		rd_greatest(sum(reddict(key, value)), m * 2 - 90), rd_least(m * 2 - 90, sum(reddict(key, value))), rd_greatest(sum(reddict(key, value)), '{"a": 1, "z": 2}'))
	IS DISTINCT FROM (rd_abs(m), rd_round(m), rd_round(m, 1), rd_sqrt(m), rd_power(m, 2), rd_clamp(m, 20, 100), rd_normalize(rd_between(m, 0, 1000)),
		rd_greatest(m, m * 2 - 90), rd_least(m * 2 - 90, m), rd_greatest(m, '{"a": 1, "z": 2}'));
SELECT count(*) FROM map WHERE n > 60;
-- core's errors say which key
SELECT rd_sqrt('{"fine": 1, "the key": -1}');
SELECT rd_power('{"fine": 1, "the key": 10}', 400);
