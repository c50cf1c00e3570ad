--
-- Operators and functions of two maps, of a map and a number, and reductions
--

\getenv abs_srcdir PG_ABS_SRCDIR
\set helpers :abs_srcdir '/sql/include/helpers.sql'
\i :helpers

\pset format unaligned
\pset tuples_only on

-- Redbear's documented examples

SELECT '{"a": 1, "b": 2}'::reddict + 10;
SELECT '{"a": 11, "b": 12}'::reddict - 10;
SELECT '{"a": 1, "b": 2}'::reddict * 10;
SELECT '{"a": 10, "b": 20}'::reddict / 10;
SELECT rd_add('{"a": 1, "b": 2}', '{"b": 10}');
SELECT rd_add('{"a": 1, "b": 2}', '{"b": 10}', 5);
SELECT rd_subtract('{"a": 10, "b": 5}', '{"b": 2}', 3);
SELECT rd_multiply('{"a": 2, "b": 3}', '{"b": 10}');
SELECT rd_divide('{"a": 10, "b": 6}', '{"b": 2}');
-- a key that only the right side has never appears
SELECT rd_add('{"a": 1}', '{"a": 1, "c": 9}'), rd_subtract('{"a": 1}', '{"c": 9}'),
	rd_multiply('{"a": 2}', '{"c": 9}'), rd_divide('{"a": 2}', '{"c": 9}');
SELECT rd_sum('{"a": 1.5, "b": 2, "c": -4}'), rd_product('{"a": 1.5, "b": 2, "c": -4}');
SELECT rd_reset('{"a": 1, "b": 2}', 7);
SELECT '{"a": 1, "b": 2}'::reddict::jsonb;

-- two maps

-- either side's keys, absent is 0; both sides' keys; the right side wins
SELECT a + b, a - b, b - a, a * b, a / b, a || b, b || a
FROM (VALUES ('{"a": 1, "b": 6}'::reddict, '{"b": 4, "c": 10}'::reddict)) AS v(a, b);
SELECT a + b, a - b, a * b, a / b, a || b
FROM (VALUES ('{"a": 1, "b": 6}'::reddict, '{"a": 2, "b": 4}'::reddict)) AS v(a, b);
SELECT a + b, a - b, a * b, a / b, a || b
FROM (VALUES ('{}'::reddict, '{}'::reddict)) AS v(a, b);
SELECT a + b, a - b, b - a, a * b, a / b, a || b, b || a
FROM (VALUES ('{"a": 1}'::reddict, '{}'::reddict)) AS v(a, b);
-- a value of 0 stays
SELECT a - a, a * b FROM (VALUES ('{"a": 1, "b": 2}'::reddict, '{"a": 0, "b": 0}'::reddict)) AS v(a, b);
-- NULL
SELECT num_nulls(m + NULL, NULL - m, m * NULL::reddict, m / NULL::float8, NULL::float8 + m, -(NULL::reddict), m || NULL,
	rd_add(m, NULL), rd_add(NULL, m), rd_add(m, m, NULL), rd_add(m, m, 0, NULL),
	rd_sum(NULL), rd_product(NULL), rd_reset(NULL, 1), rd_reset(m, NULL)) AS "15 nulls"
FROM (VALUES ('{"a": 1}'::reddict)) AS v(m);

-- a map and a number

SELECT m + 2, m - 2, m * 2, m / 2, 2 + m, 2 - m, 2 * m, 2 / m, -m FROM (VALUES ('{"a": 1, "b": -4}'::reddict)) AS v(m);
SELECT m + 2, m - 2, m * 2, m / 2, 2 + m, 2 - m, 2 * m, 2 / m, -m, m / 0, 0 / m FROM (VALUES ('{}'::reddict)) AS v(m);
SELECT m * 2.5, 2.5 * m, m * 2::smallint, m * 2::bigint, m * 2.5::real, m * 2.5::float8, m * 2.5::numeric
FROM (VALUES ('{"a": 1, "b": -4}'::reddict)) AS v(m);
SELECT DISTINCT t FROM (VALUES ('{"a": 1}'::reddict)) AS v(m),
	LATERAL (VALUES (pg_typeof(m * 2)), (pg_typeof(m * 2.5)), (pg_typeof(2 * m)), (pg_typeof(2.5::real - m)),
					(pg_typeof(m + '{}')), (pg_typeof('{}' + m)), (pg_typeof(-m))) AS w(t);
-- a bare literal beside a map is a map
SELECT m + '{"b": 1}', '{"b": 1}' - m, m || '{"a": 7}', m * '{"a": 3}' FROM (VALUES ('{"a": 1}'::reddict)) AS v(m);
SELECT '{"a": 1}'::reddict * '2';
\echo :LAST_ERROR_SQLSTATE
\set VERBOSITY terse
SELECT '{"a": 1}'::reddict - 'a';
\echo :LAST_ERROR_SQLSTATE
\set VERBOSITY default
-- and so is a bare parameter
PREPARE bare AS SELECT '{"a": 3}'::reddict * $1;
PREPARE cast_to AS SELECT '{"a": 3}'::reddict * $1::float8;
SELECT parameter_types FROM pg_prepared_statements ORDER BY name COLLATE "C";
EXECUTE bare('{"a": 2}');
EXECUTE cast_to(2);
-- negation changes the sign of 0 and of infinity
SELECT -'{"a": 0, "b": -0, "c": "Infinity", "d": "-Infinity", "e": "NaN", "f": 1.5}'::reddict;
SELECT - - m = m, -m * 2, 2 - -m FROM (VALUES ('{"a": 1}'::reddict)) AS v(m);
SELECT rd_reset('{}', 1), rd_reset('{"a": "NaN", "b": 1}', 0), rd_reset('{"a": 1}', 'NaN'), rd_reset('{"a": 1}', '-0');

-- one map to one number, in key order

SELECT rd_sum('{}'), rd_product('{}'), rd_sum('{"a": 5}'), rd_product('{"a": 5}');
-- 1e16 + 1 is 1e16: the order shows
SELECT rd_sum('{"a": 1e16, "b": 1, "c": -1e16}'), rd_sum('{"a": 1e16, "c": 1, "b": -1e16}');
SELECT rd_product('{"a": 1e200, "b": 1e-200, "c": 1e200}'), pg_temp.outcome($$SELECT rd_product('{"a": 1e200, "c": 1e-200, "b": 1e200}')$$);
SELECT rd_sum('{"a": "Infinity", "b": 1}'), rd_sum('{"a": "Infinity", "b": "-Infinity"}'), rd_sum('{"a": "NaN", "b": 1}'),
	rd_product('{"a": "-Infinity", "b": 2}'), rd_product('{"a": "Infinity", "b": 0}'), rd_product('{"a": 0, "b": -1}');
SELECT pg_temp.outcome($$SELECT rd_sum('{"a": 1e308, "b": 1, "c": 1e308, "d": -1e308}')$$);
SELECT pg_temp.outcome($$SELECT rd_sum('{"a": -1e308, "b": -1e308}')$$);
SELECT pg_temp.outcome($$SELECT rd_product('{"a": 1e200, "b": 1e200}')$$);
SELECT pg_temp.outcome($$SELECT rd_product('{"a": 1e-200, "b": 1e-200}')$$);
-- against core's own operators, folded
SELECT count(*) FROM generate_series(1, 100) AS n,
	LATERAL (SELECT array_agg('k' || lpad(i::text, 3, '0') ORDER BY i), array_agg((i * 7919 % 1000 - 500)::float8 / 7 ORDER BY i)
			 FROM generate_series(1, n) AS i) AS s(keys, vals),
	LATERAL (WITH RECURSIVE fold(i, total) AS (
				SELECT 1, vals[1] UNION ALL SELECT i + 1, total + vals[i + 1] FROM fold WHERE i < n)
			 SELECT total FROM fold ORDER BY i DESC LIMIT 1) AS f
WHERE rd_sum(reddict(keys, vals)) = total;

-- errors: core's, with the key

SELECT statement, pg_temp.outcome('SELECT ' || statement) FROM (VALUES
	(1, $$'{"a": 1, "b": 1e308}'::reddict + '{"a": 1, "b": 1e308}'$$),
	(2, $$'{"a": 1, "b": -1e308}'::reddict - '{"a": 1, "b": 1e308}'$$),
	(3, $$'{"a": 1, "b": 1e200}'::reddict * '{"a": 1, "b": 1e200}'$$),
	(4, $$'{"a": 1, "b": 1e200}'::reddict / '{"a": 1, "b": 1e-200}'$$),
	(5, $$'{"a": 1, "b": 1e-200}'::reddict * '{"a": 1, "b": -1e-200}'$$),
	(6, $$'{"a": 1, "b": 1e-200}'::reddict / '{"a": 1, "b": 1e200}'$$),
	(7, $$'{"a": 1, "b": 1}'::reddict / '{"a": 1, "b": 0}'$$),
	(8, $$'{"a": 1, "b": "Infinity"}'::reddict / '{"a": 1, "b": -0}'$$),
	(9, $$'{"a": 1, "b": 0}'::reddict / '{"a": 1, "b": 0}'$$),
	-- keys that differ
	(10, $$'{"a": 1, "b": 1e308}'::reddict + '{"b": 1e308, "c": 1}'$$),
	(11, $$'{"a": 1, "b": -1e308}'::reddict - '{"b": 1e308, "c": 1}'$$),
	(12, $$'{"a": 1, "b": 1e200}'::reddict * '{"b": 1e200, "c": 1}'$$),
	(13, $$'{"a": 1, "b": 1e200}'::reddict / '{"b": 1e-200, "c": 1}'$$),
	(14, $$'{"a": 1, "b": 1e-200}'::reddict * '{"b": 1e-200, "c": 1}'$$),
	(15, $$'{"a": 1, "b": 1e-200}'::reddict / '{"b": 1e200, "c": 1}'$$),
	(16, $$'{"a": 1, "b": 1}'::reddict / '{"b": 0, "c": 1}'$$),
	-- no error where the 0 has no partner
	(17, $$'{"a": 1, "b": 1}'::reddict / '{"b": 2, "c": 0}'$$),
	-- numbers on the right
	(18, $$'{"a": 1, "b": 1e308}'::reddict + 1e308$$),
	(19, $$'{"a": 1, "b": -1e308}'::reddict - 1e308$$),
	(20, $$'{"a": 1, "b": 1e200}'::reddict * 1e200$$),
	(21, $$'{"a": 1, "b": 1e200}'::reddict / 1e-200$$),
	(22, $$'{"a": 1, "b": 1e-200}'::reddict * 1e-200$$),
	(23, $$'{"a": 1e10, "b": 1e-200}'::reddict / 1e200$$),
	(24, $$'{"a": 1, "b": 2}'::reddict / 0$$),
	-- and on the left
	(25, $$1e308 + '{"a": 1, "b": 1e308}'::reddict$$),
	(26, $$-1e308 - '{"a": 1, "b": 1e308}'::reddict$$),
	(27, $$1e200 * '{"a": 1, "b": 1e200}'::reddict$$),
	(28, $$1e200 / '{"a": 1, "b": 1e-200}'::reddict$$),
	(29, $$1e-200 * '{"a": 1, "b": 1e-200}'::reddict$$),
	(30, $$1e-200 / '{"a": 1, "b": 1e200}'::reddict$$),
	(31, $$1 / '{"a": 1, "b": 0}'::reddict$$),
	-- methods
	(32, $$rd_add('{"a": 1, "b": 1e308}', '{}', 1e308)$$),
	(33, $$rd_subtract('{"a": 1, "b": 1e308}', '{}', -1e308)$$),
	(34, $$rd_multiply('{"a": 1, "b": 1e308}', '{}', 1e308)$$),
	(35, $$rd_divide('{"a": 1, "b": 1e-308}', '{}', 1e308)$$),
	(36, $$rd_divide('{"a": 1, "b": 2}', '{"b": 1}', 0)$$),
	-- the first key in order is named, whatever the error
	(37, $$'{"d": 1e308, "c": 1, "b": 1e-300, "a": 1}'::reddict / '{"d": 0.1, "c": 0, "b": 1e300, "a": 1}'$$),
	(38, $$'{"d": 1e308, "c": 1, "b": 1, "a": 1}'::reddict / '{"d": 0.1, "c": 0, "b": 1, "a": 1}'$$)
) AS v(id, statement) ORDER BY id;
SELECT '{"a": 1, "b": 2}'::reddict / 0;
\echo :LAST_ERROR_SQLSTATE

-- Each element is what core's float8 operator gives, or the error that it
-- raises.  NaNs are taken as one: their bits are the machine's affair.

-- What core makes of x op y
CREATE FUNCTION pg_temp.of_core(op text, x float8, y float8) RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
	RETURN pg_temp.bits(CASE op WHEN '+' THEN x + y WHEN '-' THEN x - y WHEN '*' THEN x * y WHEN '/' THEN x / y END);
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ': ' || SQLERRM;
END $$;

-- What this extension makes of it.  Of the three keys b is of interest; the
-- others' values can do no harm.
CREATE FUNCTION pg_temp.of_redbear(shape text, op text, x float8, y float8) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	a reddict := reddict(ARRAY['a', 'b', 'c'], ARRAY[1, x, 1]);
	b reddict := reddict(ARRAY['a', 'b', 'c'], ARRAY[1, y, 1]);
	result reddict;
	detail text;
BEGIN
	IF shape = 'map scalar' THEN
		a := reddict('b', x);
	ELSIF shape = 'scalar map' THEN
		b := reddict('b', y);
	ELSIF shape <> 'same keys' THEN
		b := reddict(ARRAY['b', 'd'], ARRAY[y, 1]);
	END IF;
	CASE shape
		WHEN 'same keys', 'other keys' THEN
			result := CASE op WHEN '+' THEN a + b WHEN '-' THEN a - b WHEN '*' THEN a * b WHEN '/' THEN a / b END;
		WHEN 'map scalar' THEN
			result := CASE op WHEN '+' THEN a + y WHEN '-' THEN a - y WHEN '*' THEN a * y WHEN '/' THEN a / y END;
		WHEN 'scalar map' THEN
			result := CASE op WHEN '+' THEN x + b WHEN '-' THEN x - b WHEN '*' THEN x * b WHEN '/' THEN x / b END;
		WHEN 'method' THEN
			result := CASE op WHEN '+' THEN rd_add(a, b) WHEN '-' THEN rd_subtract(a, b)
							  WHEN '*' THEN rd_multiply(a, b) WHEN '/' THEN rd_divide(a, b) END;
		WHEN 'fill' THEN
			result := CASE op WHEN '+' THEN rd_add(reddict('b', x), '{}', y) WHEN '-' THEN rd_subtract(reddict('b', x), '{}', y)
							  WHEN '*' THEN rd_multiply(reddict('b', x), '{}', y) WHEN '/' THEN rd_divide(reddict('b', x), '{}', y) END;
	END CASE;
	RETURN (SELECT pg_temp.bits(value) FROM rd_each(result) WHERE key = 'b');
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
	RETURN SQLSTATE || ': ' || SQLERRM || CASE WHEN detail = 'The key is "b".' THEN '' ELSE detail END;
END $$;

-- 15 * 15 pairs, 4 operators, 6 shapes: 5400 comparisons
CREATE TEMP TABLE special AS SELECT unnest(ARRAY[0, '-0', 1, -1, 'NaN', 'Infinity', '-Infinity', 4.9e-324,
	2.2250738585072014e-308, 1e308, -1e308, 1e-200, 1.7976931348623157e308, 3, 0.1]::float8[]) AS value;
CREATE TEMP TABLE compared AS
	SELECT shape, op, x.value AS x, y.value AS y,
		pg_temp.of_redbear(shape, op, x.value, y.value) AS result, pg_temp.of_core(op, x.value, y.value) AS wanted
	FROM special AS x, special AS y, (VALUES ('+'), ('-'), ('*'), ('/')) AS o(op),
		(VALUES ('same keys'), ('other keys'), ('map scalar'), ('scalar map'), ('method'), ('fill')) AS s(shape);
SELECT * FROM compared WHERE result IS DISTINCT FROM wanted;
SELECT count(*), count(wanted) FROM compared;
-- what core was seen to raise, per shape
SELECT op, wanted, count(*) / 6 FROM compared WHERE wanted LIKE '22%' GROUP BY op, wanted ORDER BY op COLLATE "C", wanted COLLATE "C";

-- Lengths around the width of any vector, with special values sprinkled, so
-- that loops and their tails meet them all.  None of these raises an error.
CREATE TEMP TABLE operand AS
	SELECT n, i, 'k' || lpad(i::text, 3, '0') AS key,
		CASE (i * 5 + n) % 17 WHEN 3 THEN '-0' WHEN 5 THEN 'NaN' WHEN 8 THEN 'Infinity' WHEN 11 THEN 4.9e-324 WHEN 14 THEN '-Infinity'
			ELSE (i * 7919 % 1009 - 504)::float8 / 7 END AS x,
		CASE (i * 3 + n) % 19 WHEN 2 THEN 'NaN' WHEN 7 THEN 'Infinity' WHEN 13 THEN '-Infinity'
			ELSE (i * 6101 % 997 + 1)::float8 / 9 END AS y
	FROM generate_series(0, 100) AS n, generate_series(1, n) AS i
	UNION ALL SELECT 1024 + d, i, 'k' || lpad(i::text, 4, '0'), (i * 7919 % 1009 - 504)::float8 / 7, (i * 6101 % 997 + 1)::float8 / 9
	FROM generate_series(-1, 1) AS d, generate_series(1, 1024 + d) AS i;
-- beside the smallest x, where most products and quotients would underflow
UPDATE operand SET y = 1 WHERE x = 4.9e-324;
CREATE TEMP TABLE operands AS
	SELECT n, coalesce(array_agg(key ORDER BY i) FILTER (WHERE i > 0), '{}') AS keys,
		coalesce(array_agg(x ORDER BY i) FILTER (WHERE i > 0), '{}') AS xs,
		coalesce(array_agg(y ORDER BY i) FILTER (WHERE i > 0), '{}') AS ys
	FROM (SELECT * FROM operand UNION ALL SELECT 0, 0, NULL, NULL, NULL) AS s GROUP BY n;
SELECT count(*), sum(cardinality(keys)) FROM operands;
CREATE TEMP TABLE results AS
	SELECT n, shape, op, result FROM operands,
		LATERAL (SELECT reddict(keys, xs) AS a, reddict(keys, ys) AS b, reddict(keys || '{zz}'::text[], ys || '{1}'::float8[]) AS c) AS m,
		LATERAL (VALUES
			('same keys', '+', a + b), ('same keys', '-', a - b), ('same keys', '*', a * b), ('same keys', '/', a / b),
			('other keys', '*', a * c), ('other keys', '/', a / c),
			('other keys', '+', rd_add(a, c)), ('other keys', '-', rd_subtract(a, c)),
			('map scalar', '+', a + 1.5), ('map scalar', '-', a - 1.5), ('map scalar', '*', a * 1.5), ('map scalar', '/', a / 0.75),
			('scalar map', '+', 1.5 + b), ('scalar map', '-', 1.5 - b), ('scalar map', '*', 1.5 * b), ('scalar map', '/', 1.5 / b),
			('right', '||', a || b), ('minus', '-', -a)) AS r(shape, op, result);
CREATE TEMP TABLE wanted AS
	SELECT n, shape, op, key, wanted FROM operand,
		LATERAL (VALUES
			('same keys', '+', x + y), ('same keys', '-', x - y), ('same keys', '*', x * y), ('same keys', '/', x / y),
			('other keys', '*', x * y), ('other keys', '/', x / y), ('other keys', '+', x + y), ('other keys', '-', x - y),
			('map scalar', '+', x + 1.5), ('map scalar', '-', x - 1.5), ('map scalar', '*', x * 1.5), ('map scalar', '/', x / 0.75),
			('scalar map', '+', 1.5 + y), ('scalar map', '-', 1.5 - y), ('scalar map', '*', 1.5 * y), ('scalar map', '/', 1.5 / y),
			('right', '||', y), ('minus', '-', -x)) AS r(shape, op, wanted);
-- (5050 + 3 * 1024) * 18 = 146196 comparisons
SELECT count(*), count(*) FILTER (WHERE pg_temp.bits(value) = pg_temp.bits(wanted))
FROM (SELECT n, shape, op, key, value FROM results, rd_each(result)) AS r FULL JOIN wanted USING (n, shape, op, key);
SELECT n, shape, op FROM results WHERE rd_length(result) <> n;

-- One bad element anywhere is found, and named: positions first, middle and
-- last of each length, and all of 70.  No rows: right.
CREATE TEMP TABLE fault AS
	SELECT n, p, what, x, op, y, sqlstate FROM generate_series(1, 100) AS n, generate_series(1, n) AS p, (VALUES
		('overflow', 1e308::float8, '+', 1e308::float8, '22003'), ('overflow', 1e308, '-', -1e308, '22003'),
		('overflow', 1e308, '*', 10, '22003'), ('overflow', 1e308, '/', 0.1, '22003'),
		('underflow', 1e-308, '*', 1e-308, '22003'), ('underflow', 1e-308, '/', 1e308, '22003'),
		('zero', 1, '/', 0, '22012')) AS v(what, x, op, y, sqlstate)
	WHERE n = 70 OR p IN (1, n, n / 2);
SELECT count(*) FROM fault;
SELECT f.*, outcome FROM fault AS f,
	LATERAL (SELECT array_agg('k' || lpad(i::text, 3, '0') ORDER BY i), array_agg(CASE WHEN i = p THEN x ELSE 2 END ORDER BY i),
					array_agg(CASE WHEN i = p THEN y ELSE 2 END ORDER BY i)
			 FROM generate_series(1, n) AS i) AS s(keys, xs, ys),
	LATERAL pg_temp.outcome(format('SELECT reddict(%L::text[], %L::float8[]) %s reddict(%1$L::text[], %4$L::float8[])', keys, xs, op, ys)) AS outcome
WHERE outcome <> CASE what WHEN 'zero' THEN '22012: division by zero' ELSE '22003: value out of range: ' || what END ||
	' / The key is "k' || lpad(p::text, 3, '0') || '".';

-- chains

SELECT ((m + 4) * w - n) / k, -(m * w) + (n || m) - 1, 1 / (2 * m), (m - m) * k
FROM (VALUES ('{"a": 1, "b": 2}'::reddict, '{"a": 10, "b": 20, "c": 30}'::reddict, '{"b": 20, "d": 5}'::reddict, 5)) AS v(m, w, n, k);
SELECT sum(rd_sum(m * 2 - m)) = 2 * sum(i), count(*)
FROM generate_series(1, 1000) AS i, LATERAL (SELECT reddict(ARRAY['a', 'b' || i % 7], ARRAY[i, i])) AS s(m);
CREATE TEMP TABLE traffic (page text PRIMARY KEY, m reddict NOT NULL DEFAULT '{}');
INSERT INTO traffic VALUES ('/', '{"clicks": 3, "views": 120}'), ('/about', DEFAULT);
INSERT INTO traffic VALUES ('/', '{"views": 1, "revenue": 19.5}'), ('/about', '{"views": 1}'), ('/new', '{"clicks": 1}')
	ON CONFLICT (page) DO UPDATE SET m = traffic.m + EXCLUDED.m;
SELECT * FROM traffic ORDER BY page COLLATE "C";
SELECT m - lag(m) OVER (ORDER BY page COLLATE "C") FROM traffic ORDER BY page COLLATE "C";

-- A step of a chain works in place on what the step before made, and never on
-- anything else: so a chain gives what its steps give one by one, and leaves
-- its operands as they were.  No rows: right.
SELECT n FROM operands, LATERAL (SELECT reddict(keys, xs) AS a, reddict(keys, ys) AS b, reddict('k000', n) AS c OFFSET 0) AS t0,
	LATERAL (SELECT a + 4 AS s1 OFFSET 0) AS t1, LATERAL (SELECT s1 + b AS s2 OFFSET 0) AS t2,
	LATERAL (SELECT 4 - s2 AS s3 OFFSET 0) AS t3, LATERAL (SELECT -s3 AS s4 OFFSET 0) AS t4,
	LATERAL (SELECT s4 * b AS s5 OFFSET 0) AS t5, LATERAL (SELECT (s5 + c) - s5 AS s6 OFFSET 0) AS t6,
	LATERAL (SELECT a::text || b::text || c::text AS before,
		((-(4 - ((a + 4) + b)) * b) + c) - (-(4 - ((a + 4) + b)) * b) AS chain, a::text || b::text || c::text AS after OFFSET 0) AS t7
WHERE rd_length(chain) <> n + 1 OR chain::text <> s6::text OR before <> after;
-- the second step's error names its key
SELECT m, (m + 1) * m, m FROM (VALUES ('{"a": 1, "b": 2}'::reddict), ('{"a": 1, "b": 1e300}')) AS v(m) WHERE m -> 'b' = 2;
SELECT (m + 1) * m FROM (VALUES ('{"a": 1, "b": 2}'::reddict), ('{"a": 1, "b": 1e300}')) AS v(m);
