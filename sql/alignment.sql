--
-- Which keys a result has, and what stands in for a key that one side lacks
--

\pset format unaligned
\pset tuples_only on

-- The rule, in small

SELECT a + b, a - b, a * b, a / b, a || b
FROM (VALUES ('{"both": 6, "left": 8}'::reddict, '{"both": 2, "right": 4}'::reddict)) AS v(a, b);
SELECT keys, rd_add(a, b, 10, keys), rd_subtract(a, b, 10, keys), rd_multiply(a, b, 10, keys), rd_divide(a, b, 10, keys)
FROM (VALUES ('{"both": 6, "left": 8}'::reddict, '{"both": 2, "right": 4}'::reddict)) AS v(a, b),
	(VALUES (1, 'left'), (2, 'right'), (3, 'both'), (4, 'either')) AS k(id, keys)
ORDER BY id;
-- the default fills: 0, 0, 1, 1
SELECT rd_add('{"a": 3}', '{}'), rd_subtract('{"a": 3}', '{}'), rd_multiply('{"a": 3}', '{}'), rd_divide('{"a": 3}', '{}');
SELECT rd_add('{}', '{"a": 4}', keys => 'right'), rd_subtract('{}', '{"a": 4}', keys => 'right'),
	rd_multiply('{}', '{"a": 4}', keys => 'right'), rd_divide('{}', '{"a": 4}', keys => 'right');
SELECT rd_add(a => '{"a": 3}', b => '{"b": 4}', keys => 'either', fill => 0.5);
-- any fill
SELECT rd_add('{"a": 3}', '{}', 'NaN'), rd_subtract('{"a": 3}', '{}', 'Infinity'), rd_divide('{"a": 3}', '{}', '-Infinity');
-- a fill is not looked at where no key wants one
SELECT rd_divide('{"a": 3}', '{"a": 2, "b": 1}', 0), rd_divide('{"a": 3}', '{"b": 1}', 0, 'both');
-- the fourth argument
SELECT rd_add('{"a": 1}', '{"a": 2}', 0, 'middle');
\echo :LAST_ERROR_SQLSTATE
SELECT rd_subtract('{}', '{}', 0, '');
\echo :LAST_ERROR_SQLSTATE
SELECT rd_multiply('{}', '{}', 0, 'LEFT');
\echo :LAST_ERROR_SQLSTATE
SELECT rd_divide('{}', '{}', 0, 'left ');
\echo :LAST_ERROR_SQLSTATE
SELECT rd_add('{"a": 1}', '{"a": 2}', 0, NULL) IS NULL, rd_add('{"a": 1}', '{"a": 2}', 0, keys => NULL) IS NULL,
	rd_divide('{"a": 1}', '{"a": 2}', NULL, 'both') IS NULL, rd_divide('{"a": 1}', '{"a": 2}', fill => NULL) IS NULL;

-- Every shape against every shape, by core alone: a full join of the pairs.

-- The shapes as pairs.  Values are never 0, and differ from shape to shape.
CREATE TEMP TABLE shape AS
	SELECT id, name FROM (VALUES
		(0, 'null'), (1, 'empty'), (2, 'some'), (3, 'the same keys'), (4, 'subset'), (5, 'superset'), (6, 'disjoint'),
		(7, 'overlapping'), (8, 'prefixes'), (9, '33'), (10, 'every other of 80'), (11, '70'), (12, 'wide'), (13, 'wide too'),
		(14, 'first'), (15, 'last')) AS v(id, name);
CREATE TEMP TABLE pair AS
	SELECT id, key, ((id * 31 + i * 17) % 23 + 1)::float8 / 4 * (CASE WHEN i % 3 = 0 THEN -1 ELSE 1 END) AS value FROM (
		SELECT v.id, u.key, row_number() OVER (PARTITION BY v.id) FROM (VALUES
			(2, '{b,d,f,h}'::text[]),
			(3, '{b,d,f,h}'),
			(4, '{d,h}'),
			(5, '{a,b,c,d,e,f,g,h,i}'),
			(6, '{c,e,g}'),
			(7, '{a,d,e,h,z}'),
			(8, '{"",b,bb,"b ",bbb,d,da,B}'),
			(14, '{" "}'),
			(15, '{~~}')) AS v(id, keys), unnest(keys) AS u(key)
		UNION ALL SELECT 9, 'k' || lpad(i::text, 2, '0'), i FROM generate_series(1, 33) AS i
		UNION ALL SELECT 10, 'k' || lpad(i::text, 2, '0'), i FROM generate_series(1, 80, 2) AS i
		UNION ALL SELECT 11, 'k' || lpad(i::text, 2, '0'), i FROM generate_series(1, 70) AS i
		UNION ALL VALUES (12, repeat('w', 255), 1), (12, repeat('w', 256), 2), (12, 'd', 3)
		UNION ALL VALUES (13, repeat('w', 256), 1), (13, repeat('w', 300), 2), (13, 'b', 3), (13, 'h', 4)
	) AS s(id, key, i);
CREATE TEMP TABLE map AS
	SELECT id, CASE WHEN id > 0 THEN reddict(coalesce(array_agg(key) FILTER (WHERE key IS NOT NULL), '{}'),
											 coalesce(array_agg(value) FILTER (WHERE key IS NOT NULL), '{}')) END AS m
	FROM shape LEFT JOIN pair USING (id) GROUP BY id;
SELECT id, name, rd_length(m), left(m::text, 50) FROM shape JOIN map USING (id) ORDER BY id;

-- Each pair of shapes, key by key: x, y, or both
CREATE TEMP TABLE joined AS
	SELECT a, b, key, x, y
	FROM (SELECT a.id AS a, b.id AS b, p.key, p.value AS x FROM shape AS a, shape AS b, pair AS p WHERE p.id = a.id) AS l
		FULL JOIN (SELECT a.id AS a, b.id AS b, p.key, p.value AS y FROM shape AS a, shape AS b, pair AS p WHERE p.id = b.id) AS r
		USING (a, b, key)
	WHERE a > 0 AND b > 0;

-- What is called: the 5 operators, and the 4 functions in 4 modes with 4 fills,
-- the default among them
CREATE TEMP TABLE called AS
	SELECT row_number() OVER () AS call, * FROM (
		SELECT op, NULL AS keys, NULL::float8 AS fill FROM (VALUES ('+'), ('-'), ('*'), ('/'), ('||')) AS o(op)
		UNION ALL
		SELECT op, keys, fill FROM (VALUES ('rd_add'), ('rd_subtract'), ('rd_multiply'), ('rd_divide')) AS o(op),
			(VALUES ('left'), ('right'), ('both'), ('either')) AS k(keys), (VALUES (NULL), (0), (1), (7.5)) AS f(fill)
	) AS s;

-- A result as text: its keys, its values, and the bytes it takes; or the
-- SQLSTATE of an error.
CREATE FUNCTION pg_temp.result(op text, keys text, fill float8, a reddict, b reddict) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	r reddict;
BEGIN
	IF keys IS NULL THEN
		r := CASE op WHEN '+' THEN a + b WHEN '-' THEN a - b WHEN '*' THEN a * b WHEN '/' THEN a / b WHEN '||' THEN a || b END;
	ELSIF fill IS NULL THEN
		r := CASE op WHEN 'rd_add' THEN rd_add(a, b, keys => keys) WHEN 'rd_subtract' THEN rd_subtract(a, b, keys => keys)
					 WHEN 'rd_multiply' THEN rd_multiply(a, b, keys => keys) WHEN 'rd_divide' THEN rd_divide(a, b, keys => keys) END;
	ELSE
		r := CASE op WHEN 'rd_add' THEN rd_add(a, b, fill, keys) WHEN 'rd_subtract' THEN rd_subtract(a, b, fill, keys)
					 WHEN 'rd_multiply' THEN rd_multiply(a, b, fill, keys) WHEN 'rd_divide' THEN rd_divide(a, b, fill, keys) END;
	END IF;
	-- (what a PL/pgSQL variable holds may have a short header)
	RETURN rd_keys(r)::text || rd_values(r)::text || pg_column_size(rd_unpack(r) || '{}')::text;
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE;
END $$;

-- The pairs that a result has.  A quotient by 0 is NULL here.
CREATE TEMP TABLE wanted_pair AS
	SELECT a, b, call, key, CASE op
		WHEN '+' THEN coalesce(x + y, x, y)
		WHEN '-' THEN coalesce(x - y, x, 0 - y)
		WHEN '*' THEN x * y
		WHEN '/' THEN x / y
		WHEN '||' THEN coalesce(y, x)
		WHEN 'rd_add' THEN coalesce(x, fill, 0) + coalesce(y, fill, 0)
		WHEN 'rd_subtract' THEN coalesce(x, fill, 0) - coalesce(y, fill, 0)
		WHEN 'rd_multiply' THEN coalesce(x, fill, 1) * coalesce(y, fill, 1)
		WHEN 'rd_divide' THEN coalesce(x, fill, 1) / nullif(coalesce(y, fill, 1), 0) END AS value
	FROM joined, called
	WHERE CASE WHEN op IN ('+', '-', '||') OR keys = 'either' THEN true
			   WHEN op IN ('*', '/') OR keys = 'both' THEN x IS NOT NULL AND y IS NOT NULL
			   WHEN keys = 'left' THEN x IS NOT NULL
			   WHEN keys = 'right' THEN y IS NOT NULL END;
CREATE TEMP TABLE wanted AS
	SELECT a, b, call,
		CASE WHEN bool_or(value IS NULL) THEN '22012'
			 ELSE array_agg(key ORDER BY key COLLATE "C")::text || array_agg(value ORDER BY key COLLATE "C")::text ||
				 -- the layout's size: as small as can be
				 (16 + count(*) * (8 + CASE WHEN max(octet_length(key)) > 255 THEN 2 ELSE 1 END)
				  + (count(*) - 1) / 32 * 4 + sum(octet_length(key)))::text
		END AS wanted
	FROM wanted_pair GROUP BY a, b, call;
CREATE TEMP TABLE compared AS
	SELECT a, b, op, keys, fill, result, CASE WHEN a > 0 AND b > 0 THEN coalesce(wanted, '{}{}16') END AS wanted
	FROM (SELECT a.id AS a, b.id AS b, called.*, pg_temp.result(op, keys, fill, a.m, b.m) AS result
		  FROM map AS a, map AS b, called) AS s
		LEFT JOIN wanted AS w USING (a, b, call);
-- no rows: right
SELECT l.name, r.name, op, keys, fill, left(result, 100), left(wanted, 100)
FROM compared JOIN shape AS l ON a = l.id JOIN shape AS r ON b = r.id
WHERE result IS DISTINCT FROM wanted ORDER BY a, b, op COLLATE "C", keys COLLATE "C", fill LIMIT 10;
-- 16 * 16 pairs, 5 + 4 * 4 * 4 calls: 17664; 31 * 69 = 2139 are NULL
SELECT count(*), count(*) - count(wanted), count(*) FILTER (WHERE wanted = '{}{}16') > 2000, count(*) FILTER (WHERE wanted = '22012') > 100
FROM compared;

-- + and * commute, bit for bit; - is the negated difference; || of a map and
-- itself is the map.  Equal keys, and all modes agree.  225 pairs, 15 maps.
SELECT count(*), count(*) FILTER (WHERE reddict_send(a.m + b.m) = reddict_send(b.m + a.m)),
	count(*) FILTER (WHERE reddict_send(a.m * b.m) = reddict_send(b.m * a.m)),
	count(*) FILTER (WHERE a.m - b.m = -(b.m - a.m)),
	count(*) FILTER (WHERE a.m - b.m = a.m + -b.m)
FROM map AS a, map AS b WHERE a.id > 0 AND b.id > 0;
SELECT count(*), count(*) FILTER (WHERE a.m || a.m = a.m),
	count(*) FILTER (WHERE rd_add(a.m, a.m * 2) = a.m * 3 AND rd_add(a.m, a.m * 2, 7, 'both') = a.m * 3
						   AND rd_add(a.m, a.m * 2, 7, 'right') = a.m * 3 AND rd_add(a.m, a.m * 2, 7, 'either') = a.m * 3)
FROM map AS a WHERE a.id > 0;

-- -0: a sum in which one side lacks the key is the other side's value, as it
-- is; rd_add() adds its fill
SELECT a + '{}', '{}' + a, a - '{}', '{}' - a, rd_add(a, '{}'), rd_add(a, '{}', '-0') FROM (VALUES ('{"a": -0, "b": 0}'::reddict)) AS v(a);

-- many keys, every other shared: 50000 + 50000 with 25000 in common
SELECT rd_length(a + b), rd_length(a * b), rd_length(a || b), rd_sum(a + b) = rd_sum(a) + rd_sum(b), rd_sum(a * b)
FROM (SELECT reddict(array_agg('key ' || i * 2), array_agg(1)), reddict(array_agg('key ' || 50000 + i), array_agg(2))
	  FROM generate_series(1, 50000) AS i) AS s(a, b);
