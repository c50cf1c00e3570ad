--
-- From and to json, jsonb, arrays and pairs
--

\getenv abs_srcdir PG_ABS_SRCDIR
\set helpers :abs_srcdir '/sql/include/helpers.sql'
\i :helpers

\pset format unaligned
\pset tuples_only on

-- json and jsonb to reddict

SELECT '{"b": 1, "a": 2.50}'::json::reddict, '{"b": 1, "a": 2.50}'::jsonb::reddict;
SELECT '{}'::json::reddict, '{}'::jsonb::reddict;
SELECT '{"": 0}'::json::reddict, '{"": 0}'::jsonb::reddict;
-- the last of a repeated key wins
SELECT '{"a": 1, "a": 2, "b": 3, "a": 4}'::json::reddict, '{"a": 1, "a": 2, "b": 3, "a": 4}'::jsonb::reddict;
-- jsonb keeps keys by length, reddict by bytes
SELECT '{"aa": 1, "b": 2, "B": 3}'::jsonb, '{"aa": 1, "b": 2, "B": 3}'::jsonb::reddict;
-- escapes
SELECT '{"q\"": 1, "b\\": 2, "n\n": 3, "\u0041": 4}'::json::reddict, '{"q\"": 1, "b\\": 2, "n\n": 3, "\u0041": 4}'::jsonb::reddict;
-- the three strings
SELECT '{"a": "NaN", "b": "Infinity", "c": "-Infinity"}'::json::reddict,
	'{"a": "NaN", "b": "Infinity", "c": "-Infinity"}'::jsonb::reddict;
-- json has -0, jsonb has not
SELECT '{"a": -0, "b": -0.0}'::json::reddict, '{"a": -0, "b": -0.0}'::jsonb::reddict;
-- more digits than a double has
SELECT '{"a": 9007199254740993, "b": 0.1000000000000000055511151231257827}'::json::reddict,
	'{"a": 9007199254740993, "b": 0.1000000000000000055511151231257827}'::jsonb::reddict;
-- as a function
SELECT reddict('{"a": 1}'::json), reddict('{"a": 1}'::jsonb), reddict('{"a": 1}');
SELECT reddict(NULL::json) IS NULL, reddict(NULL::jsonb) IS NULL;

-- errors name the key
SELECT pg_temp.full_outcome(format('SELECT %L::json::reddict', input)),
	pg_temp.full_outcome(format('SELECT %L::jsonb::reddict', input)) FROM (VALUES
	(1, '{"a": 1, "the key": null}'),
	(2, '{"a": 1, "the key": true}'),
	(3, '{"a": 1, "the key": "1"}'),
	(4, '{"a": 1, "the key": "nan"}'),
	(5, '{"a": 1, "the key": [1]}'),
	(6, '{"a": 1, "the key": []}'),
	(7, '{"a": 1, "the key": {"b": 1}}'),
	(8, '{"a": 1, "the key": {}}'),
	(9, '{"a": 1, "the key": 1e400}'),
	(10, '{"a": 1, "the key": -1e400}'),
	(11, '{"a": 1, "the key": 1e-400}'),
	(12, 'null'),
	(13, 'false'),
	(14, '1'),
	(15, '"NaN"'),
	(16, '[]'),
	(17, '[1]'),
	(18, '[{"a": 1}]')
) AS v(id, input) ORDER BY id;
SELECT pg_temp.full_outcome(format('SELECT %L::json::reddict', '{"' || repeat('k', 65536) || '": 1}')),
	pg_temp.full_outcome(format('SELECT %L::jsonb::reddict', '{"' || repeat('k', 65536) || '": 1}'));
SELECT pg_temp.full_outcome($$SELECT '{"a\u0000": 1}'::json::reddict$$);

-- in assignments, not in expressions; text is not assigned
CREATE TEMP TABLE assigned (id int, m reddict);
INSERT INTO assigned VALUES (1, '{"a": 1}'::jsonb), (2, '{"a": 2}'::json), (3, NULL::jsonb), (4, '{"a": 4}');
UPDATE assigned SET m = '{"a": 5}'::jsonb WHERE id = 4;
INSERT INTO assigned SELECT 6, jsonb_build_object('a', 6);
SELECT * FROM assigned ORDER BY id;
INSERT INTO assigned VALUES (7, '{"a": true}'::jsonb);
\set VERBOSITY terse
INSERT INTO assigned SELECT 8, '{"a": 1}'::text;
\echo :LAST_ERROR_SQLSTATE
SELECT '{"a": 1}'::jsonb + '{"a": 1}'::reddict;
\echo :LAST_ERROR_SQLSTATE
\set VERBOSITY default
SELECT '{"a": 1}'::text::reddict, ('{"a": 1}'::reddict)::text, ('{"a": 1}'::reddict)::varchar(4);

-- reddict to json and jsonb

SELECT '{"b": 1, "a": 2.5, "c": 1e21, "d": 1e-7}'::reddict::json, '{"b": 1, "a": 2.5, "c": 1e21, "d": 1e-7}'::reddict::jsonb;
SELECT '{}'::reddict::json, '{}'::reddict::jsonb, '{"": 1}'::reddict::json, '{"": 1}'::reddict::jsonb;
SELECT '{"a": "NaN", "b": "Infinity", "c": "-Infinity"}'::reddict::json,
	'{"a": "NaN", "b": "Infinity", "c": "-Infinity"}'::reddict::jsonb;
-- -0 becomes 0 in jsonb
SELECT '{"a": -0}'::reddict::json, '{"a": -0}'::reddict::jsonb;
-- shortest digits, not core's 15
SELECT '{"a": 0.1, "b": 0.30000000000000004}'::reddict::jsonb, to_jsonb(0.30000000000000004::float8::numeric);
-- around 2^53, up to which all integers are doubles, and around 10^22, up to
-- which all powers of ten are: 1e23 is not, and core prints it as it is here
SELECT '{"a": 9007199254740991, "b": 9007199254740992, "c": -9007199254740991, "d": -9007199254740992, "e": 9007199254740994, "f": 1e15, "g": 1e16, "h": 1e22, "i": 1e23, "j": 123456789012345680000}'::reddict::jsonb, 1e23::float8;
SET extra_float_digits = -15;
SELECT '{"a": 0.1, "b": 0.30000000000000004}'::reddict::json, '{"a": 0.1, "b": 0.30000000000000004}'::reddict::jsonb;
RESET extra_float_digits;
SELECT NULL::reddict::json IS NULL, NULL::reddict::jsonb IS NULL;
SELECT jsonb_typeof(m), jsonb_typeof(m -> 'a'), jsonb_typeof(m -> 'b')
FROM (SELECT '{"a": 1.5, "b": "NaN"}'::reddict::jsonb AS m) AS s;

-- embedded, a map is an object
SELECT to_json(m), to_jsonb(m), row_to_json(r), to_jsonb(r), json_build_object('m', m), jsonb_build_object('m', m),
	json_build_array(m), array_to_json(ARRAY[m])
FROM (VALUES ('{"b": 1.5, "a": "NaN"}'::reddict)) AS r(m);
SELECT json_agg(m ORDER BY id), jsonb_agg(m ORDER BY id) FROM assigned;
-- and is taken from one
SELECT m, pg_typeof(m) FROM jsonb_populate_record(NULL::assigned, '{"id": 1, "m": {"a": 1}}');
SELECT m, pg_typeof(m) FROM json_to_recordset('[{"m": {"a": 1}}, {"m": {}}, {"m": null}]') AS r(m reddict);

-- arrays and pairs

SELECT reddict(ARRAY['b', 'a'], ARRAY[1, 2.5]);
SELECT reddict('{}', '{}'::float8[]), reddict(ARRAY['', 'a'], '{NaN,-Infinity}');
SELECT reddict(ARRAY['a', 'b', 'a', 'a'], ARRAY[1, 2, 3, 4]);
SELECT reddict('[5:6]={a,b}', '[0:1]={1,2}'::float8[]);
SELECT reddict(NULL::text[], '{}') IS NULL, reddict('{}'::text[], NULL) IS NULL;
SELECT reddict(rd_keys(m), rd_values(m)) FROM (VALUES ('{"b": 1, "a": "NaN", "": -0}'::reddict)) AS v(m);
SELECT reddict(ARRAY['a', NULL, 'c'], ARRAY[1, 2, 3]);
\echo :LAST_ERROR_SQLSTATE
SELECT reddict(ARRAY['a', 'the key', 'c'], ARRAY[1, NULL, 3]);
\echo :LAST_ERROR_SQLSTATE
SELECT reddict(ARRAY['a', 'b'], ARRAY[1]::float8[]);
\echo :LAST_ERROR_SQLSTATE
SELECT reddict('{}', ARRAY[1]::float8[]);
\echo :LAST_ERROR_SQLSTATE
SELECT reddict(ARRAY[['a', 'b'], ['c', 'd']], ARRAY[1, 2, 3, 4]);
\echo :LAST_ERROR_SQLSTATE
SELECT reddict(ARRAY['a', 'b'], ARRAY[[1], [2]]);
\echo :LAST_ERROR_SQLSTATE
SELECT reddict(ARRAY[repeat('k', 65536)], ARRAY[1]);
\echo :LAST_ERROR_SQLSTATE
SELECT reddict('clicks', 3), reddict('', 'NaN'::float8), reddict('a'::text, 'NaN'), reddict('a', 1.5::real), reddict('a', 2::bigint), reddict('a', 0.1::numeric);
SELECT reddict(NULL::text, 1) IS NULL, reddict('a', NULL::float8) IS NULL;
-- two bare literals may be a pair or two arrays
\set VERBOSITY terse
SELECT reddict('a', '1');
\echo :LAST_ERROR_SQLSTATE
\set VERBOSITY default
SELECT reddict(repeat('k', 65536), 1);
\echo :LAST_ERROR_SQLSTATE

-- lossless: 20000 doubles from about 1e-300 to 1e300, 2000 whole numbers on
-- both sides of 2^53, and the ends of the range, there and back bit for bit.
CREATE TEMP TABLE doubles AS
	SELECT 'key ' || row_number() OVER () AS key, value FROM (
		SELECT ((i * 7919) % 104729 - 52364)::float8 / 104729 * 10.0::float8 ^ (i % 600 - 300)
		FROM generate_series(1, 20000) AS i
		UNION ALL
		SELECT s * (9007199254740992::float8 + i) FROM generate_series(-500, 499) AS i, (VALUES (1), (-1)) AS v(s)
		UNION ALL
		SELECT unnest(ARRAY[0, 1, -1, 4.9e-324, -4.9e-324, 2.225073858507201e-308, 2.2250738585072014e-308,
							1.7976931348623157e308, -1.7976931348623157e308, 'NaN', 'Infinity', '-Infinity'])
	) AS s(value);
-- core's cast to numeric would lose most of them
SELECT count(*), count(*) FILTER (WHERE value <> value::numeric::float8) > 15000
FROM doubles WHERE abs(value) < 1e308;
CREATE TEMP TABLE dict AS SELECT reddict(array_agg(key), array_agg(value)) AS m FROM doubles;
SELECT path, count(*), count(*) FILTER (WHERE float8send(d.value) = float8send(e.value))
FROM (SELECT 'json' AS path, m::json::reddict AS copy FROM dict
	  UNION ALL SELECT 'jsonb', m::jsonb::reddict FROM dict
	  UNION ALL SELECT 'text', m::text::reddict FROM dict
	  UNION ALL SELECT 'json, jsonb', m::json::jsonb::reddict FROM dict
	  UNION ALL SELECT 'jsonb, json', m::jsonb::text::json::reddict FROM dict
	  UNION ALL SELECT 'arrays', reddict(rd_keys(m), rd_values(m)) FROM dict) AS s,
	doubles AS d FULL JOIN LATERAL rd_each(copy) AS e USING (key)
GROUP BY path ORDER BY path COLLATE "C";
-- what core reads from the JSON is the same number; no rows: right
SELECT d.key, d.value, j.value FROM dict, doubles AS d FULL JOIN LATERAL jsonb_each_text(m::jsonb) AS j USING (key)
WHERE d.value IS DISTINCT FROM j.value::float8;
SELECT d.key, d.value, j.value FROM dict, doubles AS d FULL JOIN LATERAL json_each_text(m::json) AS j USING (key)
WHERE float8send(d.value) IS DISTINCT FROM float8send(j.value::float8);
-- and what core prints is read as the number core reads
SELECT count(*), count(*) FILTER (WHERE float8send(e.value) = float8send(j.value::text::float8))
FROM (SELECT jsonb_object_agg('key ' || i, ((i * 7919) % 104729)::numeric / 104729 * 10.0::numeric ^ (i % 60 - 30)) AS doc
	  FROM generate_series(1, 2000) AS i) AS s,
	jsonb_each(doc) AS j FULL JOIN LATERAL rd_each(doc::reddict) AS e USING (key);
