--
-- From and to rows
--

\getenv abs_srcdir PG_ABS_SRCDIR
\set helpers :abs_srcdir '/sql/include/helpers.sql'
\i :helpers

\pset format unaligned
\pset tuples_only on
\pset null NULL

CREATE DOMAIN amount AS numeric(12,2);
CREATE DOMAIN percent AS float8 CHECK (VALUE BETWEEN 0 AND 100);
CREATE DOMAIN half AS percent CHECK (VALUE <= 50);
CREATE DOMAIN needed AS int NOT NULL;
CREATE TABLE numbers (i2 int2, i4 int4, i8 int8, f4 float4, f8 float8, n numeric, a amount, h half, "żółw" int, "A b" float8);

-- rd_from_record

INSERT INTO numbers VALUES
	(1, 2, 3, 0.5, 2.5, 4.25, 5.75, 25, 6, 7),
	(NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
	(-32768, 2147483647, 9007199254740993, 0.1, 'NaN', 'NaN', -0.01, 0, NULL, '-Infinity'),
	(0, NULL, -9223372036854775808, 'Infinity', '-0', 1e300, NULL, 50, -1, 1e-320);
SELECT rd_from_record(numbers) FROM numbers;
SELECT rd_from_record(ROW(1, 2.5, NULL::int)), rd_from_record(ROW()), rd_from_record(NULL::numbers) IS NULL, rd_from_record(NULL::record) IS NULL;
SELECT rd_from_record(s) FROM (SELECT day, sum(x) AS total, avg(x) AS mean, count(*) FROM (VALUES (1, 2), (1, 3), (2, 4)) AS v(day, x) GROUP BY day ORDER BY day) AS s;
-- as core's casts make double precision
SELECT count(*) FROM numbers AS t, rd_from_record(t) AS m
WHERE (m['i2'], m['i4'], m['i8'], m['f4'], m['f8'], m['n'], m['a'], m['h'], m['żółw'], m['A b']) IS DISTINCT FROM
	(i2::float8, i4::float8, i8::float8, f4::float8, f8, n::float8, a::float8, h::float8, "żółw"::float8, "A b");
-- other columns, also where they are NULL
SELECT pg_temp.full_outcome('SELECT rd_from_record(r) FROM (SELECT 1 AS a, ' || e || ' AS "the column") AS r')
FROM unnest(ARRAY['''x''::text', 'NULL::text', 'true', 'now()', '''{1}''::int[]', '''{}''::jsonb', 'ROW(1)', '''{}''::reddict', '1::oid', '1::money', 'NULL']) AS e;
-- two columns of one name
SELECT pg_temp.full_outcome('SELECT rd_from_record(r) FROM (SELECT 1 AS a, 2 AS b, 3 AS a) AS r');
-- a numeric that no double stands for
SELECT pg_temp.full_outcome('SELECT rd_from_record(r) FROM (SELECT 1e400 AS a, 1 AS b) AS r'), pg_temp.full_outcome('SELECT rd_from_record(r) FROM (SELECT 1e-400 AS "żółw") AS r');
-- not of a row
SELECT pg_temp.full_outcome('SELECT rd_from_record(1)') LIKE '42883: %';
-- columns that are dropped, added and renamed
ALTER TABLE numbers DROP COLUMN n, DROP COLUMN "A b";
ALTER TABLE numbers ADD COLUMN later int DEFAULT 8;
ALTER TABLE numbers RENAME COLUMN i2 TO "I2";
SELECT rd_from_record(numbers) FROM numbers;
-- also between two calls from one place
CREATE TYPE changing AS (a int, b int);
DO $$
DECLARE
	r record;
BEGIN
	FOR i IN 1 .. 3 LOOP
		EXECUTE 'SELECT ROW(1, 2)::changing AS c' INTO r;
		IF i = 2 THEN
			ALTER TYPE changing RENAME ATTRIBUTE a TO c;
			EXECUTE 'SELECT ROW(1, 2)::changing AS c' INTO r;
		END IF;
		RAISE NOTICE '%', rd_from_record(r.c);
	END LOOP;
END $$;
-- an expanded record, a domain over a row type, many types in one query
CREATE DOMAIN checked AS changing CHECK ((VALUE).b > 0);
DO $$
DECLARE
	c changing;
	d checked := ROW(3, 4);
BEGIN
	c.c := 1;
	c.b := 2;
	RAISE NOTICE '% %', rd_from_record(c), rd_from_record(d);
END $$;
CREATE FUNCTION pg_temp.as_record(changing) RETURNS record LANGUAGE plpgsql AS 'BEGIN RETURN $1; END';
SELECT rd_from_record(r) FROM (VALUES (ROW(1)), (ROW(2)), (ROW(2.5, 3)), (pg_temp.as_record(ROW(4, 5))), (ROW(6)), (ROW()), (pg_temp.as_record(ROW(7, 8)))) AS v(r);
-- a wide row
SELECT format('SELECT rd_length(m), rd_sum(m), m[''c1''], m[''c1000''] FROM (SELECT rd_from_record(r) AS m FROM (SELECT %s) AS r) AS w',
	string_agg(format('%s AS c%s', i, i), ', ')) AS query FROM generate_series(1, 1000) AS i \gset
:query;

-- rd_populate

CREATE TABLE things (i2 int2, i4 int4, i8 int8, f4 float4, f8 float8, n numeric, t text, b bool);
SELECT rd_populate(NULL::things, '{"i2": 1, "i4": 2, "i8": 3, "f4": 0.5, "f8": 2.5, "n": 4.25, "t": 6, "b": 1}');
SELECT * FROM rd_populate(NULL::things, '{"i4": 2, "nothing": 3}');
SELECT rd_populate(ROW(1, 2, 3, 4, 5, 6, 'seven', true)::things, '{"i4": 20, "n": 1.5, "I4": 7}');
SELECT rd_populate(NULL::things, '{}'), rd_populate(ROW(1, 2, 3, 4, 5, 6, 'seven', true)::things, '{}');
SELECT rd_populate(NULL::things, NULL) IS NULL, rd_populate(ROW(1, 2, 3, 4, 5, 6, 'seven', true)::things, NULL);
-- integers in full, others in the shortest digits
SELECT rd_populate(NULL::things, m) FROM (VALUES
	(1, '{"i8": 1e15, "n": 1e15, "t": 1e15, "f4": 1e15, "f8": 1e15}'::reddict),
	(2, '{"i8": -9223372036854775808, "n": -9223372036854775808, "t": 9007199254740992}'),
	(3, '{"n": 9223372036854775808, "t": 9223372036854775808, "f8": 1e300, "f4": 1e38}'),
	(4, '{"n": 0.1, "t": 1e-7, "f4": 0.1, "f8": 5e-324}'),
	(5, '{"i2": -0, "i4": -0, "i8": -0, "f4": -0, "f8": -0, "n": -0, "t": -0}'),
	(6, '{"f4": "NaN", "f8": "Infinity", "n": "-Infinity", "t": "NaN"}')) AS v(i, m) ORDER BY i;
-- what a column's type does not take
SELECT pg_temp.full_outcome(format('SELECT rd_populate(NULL::things, %L)', m)) FROM unnest(ARRAY[
	'{"i4": 1.5}', '{"i4": "NaN"}', '{"i4": 3000000000}', '{"i2": 40000}', '{"i8": 9223372036854775808}', '{"f4": 1e300}', '{"b": 2}', '{"t": 1, "i4": 0.5}']) AS m;
SELECT pg_temp.full_outcome(s) FROM unnest(ARRAY[
	'SELECT rd_populate(1, ''{}'')', 'SELECT rd_populate(NULL::record, ''{"a": 1}'')', 'SELECT rd_populate(NULL::int, NULL)', 'SELECT rd_populate(NULL::record, NULL)']) AS s;
-- of a NULL::record the query says the columns, as core's jsonb_populate_record() has it
SELECT * FROM rd_populate(NULL::record, '{"a": 1, "b": 2.5, "z": 3}') AS x(a float8, b numeric(4,2), c int);
SELECT x.* FROM (VALUES (1, '{"a": 1, "b": 2}'::reddict), (2, '{"b": 3}'), (3, '{}'), (4, NULL)) AS v(i, m), rd_populate(NULL::record, m) AS x(a int, b text) ORDER BY i;
SELECT y.b, x.a FROM rd_populate(NULL::record, '{"a": 1}') AS x(a int), rd_populate(NULL::record, '{"b": 7}') AS y(b amount);
SELECT count(*), count(*) FILTER (WHERE (x.a, x.b) IS DISTINCT FROM (j.a, j.b)) FROM generate_series(1, 50) AS i, LATERAL (SELECT reddict('{a,b}', ARRAY[i, i * 0.25])) AS v(m), rd_populate(NULL::record, m) AS x(a int, b float8), jsonb_to_record(m::jsonb) AS j(a int, b float8);
SELECT pg_temp.full_outcome('SELECT a FROM rd_populate(NULL::record, ''{"a": 1.5}'') AS x(a int)');
SELECT * FROM rd_populate(ROW(1, 2), '{"f1": 7}') AS x(a int, b int);
-- modifiers, domains
CREATE TYPE limited AS (n numeric(5,2), a amount, h half, d needed);
SELECT rd_populate(NULL::limited, '{"n": 1.005, "a": 2.345, "h": 50, "d": 1}'), rd_populate(ROW(1, 2, 3, 4)::limited, '{"n": 123.456}');
SELECT pg_temp.full_outcome(format('SELECT rd_populate(%s::limited, %L)', base, m)) FROM (VALUES
	(1, 'NULL', '{"n": 1000, "d": 1}'), (2, 'NULL', '{"h": 50.5, "d": 1}'), (3, 'NULL', '{"h": -1, "d": 1}'), (4, 'NULL', '{"h": 1}'),
	(5, 'NULL', '{}'), (6, 'ROW(1, 2, 3, 4)', '{"h": "NaN"}'), (7, 'ROW(1, 2, 3, 4)', '{"d": 0.5}'), (8, 'ROW(1, 2, 3, 4)', '{"d": 5}')) AS v(i, base, m) ORDER BY i;
-- a domain over a row type
SELECT rd_populate(NULL::checked, '{"b": 1}'), rd_populate(ROW(1, 2)::checked, '{"c": 5}'), pg_typeof(rd_populate(NULL::checked, '{"b": 1}'));
SELECT pg_temp.full_outcome(s) FROM unnest(ARRAY[
	'SELECT rd_populate(ROW(1, 2)::checked, ''{"b": -1}'')', 'SELECT rd_populate(ROW(1, 2)::checked, NULL)', 'SELECT rd_populate(NULL::checked, NULL)']) AS s;
-- an anonymous row
SELECT rd_populate(ROW(1, 'x'::text, 2.5), '{"f1": 7, "f3": 0.5}');
SELECT rd_populate(s, '{"b": 9}') FROM (SELECT 1 AS a, 2 AS b) AS s;
SELECT rd_populate(v.r, '{"f1": 5, "f3": 6, "b": 7}') FROM (VALUES (ROW(1, 2)), (ROW('x'::text, 3, 4)), (ROW(1.5, 2.5)), (pg_temp.as_record(ROW(1, 2))), (ROW(3, 4))) AS v(r);
-- what is not a number in the row stays
CREATE TYPE mixed AS (id int, name text, tags text[], m reddict, at timestamp);
SELECT rd_populate(ROW(1, 'a', '{x,y}', '{"k": 1}', '2026-11-01')::mixed, '{"id": 2, "unknown": 3}');
-- dropped columns
ALTER TABLE things DROP COLUMN i4;
ALTER TABLE things ADD COLUMN i4 numeric DEFAULT 7;
SELECT rd_populate(NULL::things, '{"i4": 1.5, "t": 1}'), rd_populate(ROW(1, 2, 3, 4, 5, 'six', true, 7)::things, '{"i4": 1.5}');
-- in an UPDATE, and to a row's columns
CREATE TABLE wide (id int, x float8, y float8, z int);
INSERT INTO wide SELECT i, i, NULL, i FROM generate_series(1, 3) AS i;
UPDATE wide AS w SET (x, y) = (SELECT x, y FROM rd_populate(w, reddict('y', w.id * 1.5)));
INSERT INTO wide SELECT (rd_populate(NULL::wide, m)).* FROM (VALUES ('{"id": 10, "y": 1}'::reddict), ('{"id": 11, "z": 5}')) AS v(m);
SELECT * FROM wide ORDER BY id;

-- there and back: every row comes back the same
CREATE TABLE trip (i2 int2, i4 int4, i8 int8, f4 float4, f8 float8, n numeric, a amount, h half);
INSERT INTO trip SELECT
	CASE WHEN i % 7 > 0 THEN (i * 31) % 32768 - 16384 END,
	CASE WHEN i % 5 > 0 THEN (i::int8 * 1103515245 + 12345) % 2147483648 - 1073741824 END,
	CASE WHEN i % 3 > 0 THEN (i::int8 * 6364136223) % 9007199254740992 * (1 - 2 * (i % 2)) END,
	CASE WHEN i % 4 > 0 THEN (sin(i) * 10 ^ (i % 70 - 35))::float4 END,
	CASE WHEN i % 6 > 0 THEN cos(i) * 10 ^ (i % 600 - 300)::float8 END,
	CASE WHEN i % 8 > 0 THEN i * 1.25 END,
	CASE WHEN i % 9 > 0 THEN i * 0.01 END,
	CASE WHEN i % 10 > 0 THEN abs(sin(i)) * 50 END
FROM generate_series(1, 5000) AS i;
INSERT INTO trip VALUES (-32768, -2147483648, -9223372036854775808, 'NaN', 'NaN', 'NaN', 0, 0),
	(32767, 2147483647, 4611686018427387904, 'Infinity', '-Infinity', '-Infinity', -0.01, 50), (0, 0, 0, '-0', '-0', 0, 0, 0), (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
SELECT count(*), count(*) FILTER (WHERE rd_populate(NULL::trip, rd_from_record(t)) = t),
	count(*) FILTER (WHERE rd_populate(t, rd_from_record(t)) = t),
	count(*) FILTER (WHERE rd_populate(t, '{}') *= t AND rd_populate(t, NULL) *= t)
FROM trip AS t;
-- the map is what jsonb_object_agg() of the row's members that are not NULL is
SELECT t, rd_from_record(t) FROM trip AS t
WHERE rd_from_record(t) <> (SELECT coalesce(reddict_agg(key, CASE key WHEN 'f4' THEN t.f4 ELSE value::float8 END), '{}') FROM jsonb_each_text(to_jsonb(t)) WHERE value IS NOT NULL);
-- and populates as jsonb does, integers and decimals
SELECT count(*) FROM trip AS t WHERE jsonb_populate_record(NULL::trip, to_jsonb(t)) <> rd_populate(NULL::trip, rd_from_record(t));

DROP TABLE numbers, things, wide, trip;
DROP FUNCTION pg_temp.as_record;
DROP DOMAIN checked;
DROP TYPE changing, limited, mixed;
DROP DOMAIN half, percent, amount, needed;
