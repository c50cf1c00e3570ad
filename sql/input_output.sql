--
-- Text and binary input and output
--

-- Errors as one line each: SQLSTATE: message / detail / hint.
CREATE FUNCTION pg_temp.refusal(input text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	message text;
	detail text;
	hint text;
BEGIN
	RETURN 'accepted: ' || input::reddict::text;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS message = MESSAGE_TEXT,
		detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	-- what core's parser says in detail differs between versions
	IF message LIKE 'invalid input syntax for type json%' THEN
		RETURN SQLSTATE || ': ' || message;
	END IF;
	RETURN concat_ws(' / ', SQLSTATE || ': ' || message,
					 nullif(detail, ''), nullif(hint, ''));
END $$;

-- The text of a map, by core alone
CREATE FUNCTION pg_temp.text_of(keys text[], vals float8[]) RETURNS text
LANGUAGE sql AS $$
	SELECT '{' || coalesce(string_agg(
		to_json(key)::text || ': ' ||
		CASE WHEN value IN ('NaN', 'Infinity', '-Infinity')
			 THEN '"' || value || '"'
			 WHEN abs(value) <= 9007199254740992 AND value = trunc(value) AND value::text <> '-0'
			 THEN value::bigint::text ELSE value::text END,
		', ' ORDER BY key COLLATE "C"), '') || '}'
	FROM unnest(keys, vals) AS u(key, value)
$$;

\pset format unaligned
\pset tuples_only on

-- text

SELECT '{}'::reddict;
SELECT ' {  } '::reddict;
SELECT '{"clicks":3,"views":10.50}'::reddict;
SELECT E'\n{\t"a" : 1 ,\r\n "b" : -2e0 }\n'::reddict;
-- the last of a repeated key wins
SELECT '{"a": 1, "b": 2, "a": 3, "a": 4, "b": 5}'::reddict;
-- the empty string is a key
SELECT '{"": 1}'::reddict;
-- byte order: not by length, upper case before lower, a prefix first
SELECT '{"b": 1, "aa": 2, "B": 3, "a": 4, "ab": 5, "a ": 6, "": 7, "_": 8, "10": 9, "9": 10}'::reddict;
-- escapes
SELECT '{"q\"": 1, "b\\": 2, "n\n": 3, "t\t": 4, "\u0001": 5, "s\/": 6, "\u0041": 7}'::reddict;
-- non-finite values are strings
SELECT '{"a": "NaN", "b": "Infinity", "c": "-Infinity"}'::reddict;

-- numbers
SELECT '{"a": 0, "b": -0, "c": 0.0, "d": -0.0, "e": 1e0, "f": 1E+2, "g": 1e-2, "h": 1.5e3}'::reddict;
SELECT '{"a": 0.1, "b": 0.30000000000000004, "c": 100000000000000000000, "d": 1e21, "e": 1e-7, "f": 123456789.125}'::reddict;
-- 2^53 - 1, 2^53, 2^53 + 1 (which is no double: ties go to even), 2^53 + 2
SELECT '{"a": 9007199254740991, "b": 9007199254740992, "c": 9007199254740993, "d": 9007199254740994}'::reddict;
-- integers up to 2^53 have no exponent, so clients read them as integers
SELECT '{"a": 1234567890123456, "b": 1e15, "c": -1e15, "d": 999999999999999, "e": -9007199254740992, "f": 1e16, "g": 1234567890123456.5}'::reddict,
	('{"c": 1234567890123456}'::reddict::json ->> 'c')::bigint;
-- the largest double, the smallest normal, the largest subnormal, the smallest
SELECT '{"a": 1.7976931348623157e308, "b": 2.2250738585072014e-308, "c": 2.225073858507201e-308, "d": 4.9e-324}'::reddict;
-- digits beyond a double's
SELECT '{"a": 0.1000000000000000055511151231257827021181583404541015625, "b": 179769313486231580793728971405301e276}'::reddict;

-- the digits do not depend on extra_float_digits, as core's do
SET extra_float_digits = -15;
SELECT '{"a": 0.1, "b": 0.30000000000000004, "c": 1.7976931348623157e308, "d": 12345.678}'::reddict,
	0.30000000000000004::float8;
SET extra_float_digits = 3;
SELECT '{"a": 0.1, "b": 0.30000000000000004, "c": 1.7976931348623157e308, "d": 12345.678}'::reddict,
	0.1::float8 <> 0.1::real;
RESET extra_float_digits;

-- Unicode, where the server has it.  In UTF-8 U+FFFF is before U+1F600, in
-- UTF-16 it is not.  No rows: right.
SELECT getdatabaseencoding() = 'UTF8' AS utf8 \gset
\if :utf8
SELECT input::reddict, wanted FROM (VALUES
	('{"\u00e9": 1, "z": 2}', '{"z": 2, "' || chr(233) || '": 1}'),
	('{"' || chr(233) || '": 1, "\u00e9": 2}', '{"' || chr(233) || '": 2}'),
	('{"\ud83d\ude00": 1, "\uffff": 2, "e\u0301": 3, "\u00e9": 4}',
	 '{"e' || chr(769) || '": 3, "' || chr(233) || '": 4, "' || chr(65535) || '": 2, "' || chr(128512) || '": 1}')
) AS v(input, wanted)
WHERE input::reddict::text IS DISTINCT FROM wanted;
SELECT input, pg_temp.refusal(input) FROM (VALUES
	('{"\ud83d": 1}'), ('{"\ude00": 1}'), ('{"\u12": 1}')
) AS v(input)
WHERE pg_temp.refusal(input) <> '22P02: invalid input syntax for type json';
-- a key in a message is clipped to whole characters
SELECT pg_temp.refusal('{"' || repeat(chr(233), 33) || '": null}')
WHERE pg_temp.refusal('{"' || repeat(chr(233), 33) || '": null}')
	NOT LIKE '%"' || repeat(chr(233), 32) || '..."%';
\endif

-- without quotes, as Python and pandas write them
SELECT '{"a": NaN, "b": Infinity, "c": -Infinity}'::reddict;
SELECT E'\n{ "x" : 1.5, "NaN" :\tNaN , "Infinity":-Infinity,"a\\u0062": Infinity\r, "NaN": 2 }\n'::reddict;
-- core's parser fails at the first one, so what is wrong behind it is found by
-- the second reading; without NaN core refuses all these too.  No rows: right.
SELECT input, pg_temp.refusal(input), pg_temp.refusal(replace(input, 'NaN', '0')) FROM (VALUES
	('{"a": NaN'), ('{"a": NaN,'), ('{"a": NaN,}'), ('{"a": NaN "b": 1}'), ('{"a": NaN, "b"}'), ('{"a": NaN, "b" 1}'), ('{"a": NaN, "b":'),
	('{"a": NaN, "b":}'), ('{"a": NaN, 1: 1}'), ('{"a": NaN, b: 1}'), ('{"a": NaN, "b": x}'), ('{"a": NaN, "b": 01}'), ('{"a": NaN} x'), ('{"a": NaN}}'),
	('{"a": NaN}{}'), ('{"a": NaN, {}}'), ('{"a": NaN]'), ('{"a": NaN, "\x": 1}'), ('{"a": NaN, "b": +1}'), ('{"a": NaN, "b'),
	('{"a": NaN, "\u0000": 1}'), ('{"a": NaN, "b": "\u0000"}'), ('{"a": NaN, "b": 1e400}'), ('{"a": NaN, "b": null}'), ('{"a": NaN, "b": true}'),
	('{"a": NaN, "b": "x"}'), ('{"a": NaN, "b": []}'), ('{"a": NaN, "b": {}}'), ('{"a": NaN, "b": {"c": 1}}')
) AS v(input)
WHERE pg_temp.refusal(input) NOT LIKE '22%' OR pg_temp.refusal(input) <> pg_temp.refusal(replace(input, 'NaN', '0'));
-- where one is no value
SELECT pg_temp.refusal(input) FROM (VALUES
	(1, '{NaN: 1}'), (2, '{"a": 1, NaN: 1}'), (3, '{"a": NaN NaN}'), (4, '{"a": NaN, NaN}'), (5, '{"a" NaN}'), (6, '{"a": NaN, "b" NaN: 1}'), (7, '{"a": 1} NaN'),
	(8, '{"a": NaN} NaN'), (9, '{"a": NaN} Infinity'), (10, '{"a": [NaN]}'), (11, '{"a": {"b": NaN}}'), (12, '[NaN]'), (13, '{"a": 1NaN}'), (14, '{"a": -NaN}'),
	(15, '{"a": +Infinity}'), (16, '{"a": NaNs}'), (17, '{"a": NaN, "b": infinity}')
) AS v(id, input) ORDER BY id;
-- and says where: core's words
SELECT E'{"a": NaN,\n "b": Infinity,\n "c": x}'::reddict;
SELECT '{"a": NaN'::reddict;

-- what is no number
SELECT pg_temp.refusal(input) FROM (VALUES
	(1, '{"a": 1, "the key": null}'),
	(2, '{"a": 1, "the key": true}'),
	(3, '{"a": 1, "the key": false}'),
	(4, '{"a": 1, "the key": "x"}'),
	(5, '{"a": 1, "the key": ""}'),
	(6, '{"a": 1, "the key": "1"}'),
	(7, '{"a": 1, "the key": "nan"}'),
	(8, '{"a": 1, "the key": "inf"}'),
	(9, '{"a": 1, "the key": "+Infinity"}'),
	(10, '{"a": 1, "the key": "NaN "}'),
	(11, '{"a": 1, "the key": []}'),
	(12, '{"a": 1, "the key": [1, 2]}'),
	(13, '{"a": 1, "the key": {}}'),
	(14, '{"a": 1, "the key": {"b": 2}}'),
	-- even if a later value of the key would win
	(15, '{"the key": null, "the key": 1}'),
	(16, '{"": null}')
) AS v(id, input) ORDER BY id;
-- a long key is clipped
SELECT pg_temp.refusal('{"' || repeat('x', 64) || '": null}');
SELECT pg_temp.refusal('{"' || repeat('x', 65) || '": null}');
-- what is no object
SELECT pg_temp.refusal(input) FROM (VALUES
	(1, 'null'),
	(2, 'true'),
	(3, '1'),
	(4, '-0.5e3'),
	(5, '"a"'),
	(6, '"NaN"'),
	(7, '[]'),
	(8, '[1]'),
	(9, '[{"a": 1}]')
) AS v(id, input) ORDER BY id;
-- what is no object but would be something else in jsonb or hstore, or for a
-- number or array, without a cast
SELECT pg_temp.refusal(input) FROM (VALUES
	(1, '2'), (2, ' -1.5 '), (3, '.5'), (4, 'Infinity'), (5, 'NaN'), (6, '1 000'),
	(7, 'clicks'), (8, 'two words'), (9, 'cpu.user'), (10, 'null'), (11, '"quoted"'), (12, chr(233)),
	(13, '{a,b}'), (14, '{"a b", c}'), (15, ' {a} '),
	(16, '"a"=>"1"'), (17, 'a=>1'), (18, '{a=>1}'), (19, ''), (20, repeat('k', 100))
) AS v(id, input) ORDER BY id;
SELECT m * '2' FROM (VALUES ('{"a": 1}'::reddict)) AS v(m);
PREPARE times AS SELECT '{"a": 1}'::reddict * $1;
EXECUTE times(2);
DEALLOCATE times;
SELECT m - 'a' FROM (VALUES ('{"a": 1}'::reddict)) AS v(m);
SELECT m -> 'a' / m -> 'b' FROM (VALUES ('{"a": 1, "b": 2}'::reddict)) AS v(m);

-- what is no JSON: core's errors
SELECT input, pg_temp.refusal(input) FROM (VALUES
	(1, ''),
	(2, ' '),
	(3, '{'),
	(4, '}'),
	(5, '{"a"'),
	(6, '{"a"}'),
	(7, '{"a":'),
	(8, '{"a": 1'),
	(9, '{"a": 1,'),
	(10, '{"a": 1,}'),
	(11, '{, "a": 1}'),
	(12, '{"a": 1 "b": 2}'),
	(13, '{"a": 1} x'),
	(14, '{"a": 1}}'),
	(15, '{"a": 1}{}'),
	(16, '{"a": 1}, {"b": 2}'),
	(17, '{a: 1}'),
	(18, '{''a'': 1}'),
	(19, '{1: 1}'),
	(20, '{"a": NAN}'),
	(21, '{"a": infinity}'),
	(22, '{"a": -Inf}'),
	(23, '{"a": nan}'),
	(24, '{"a": .5}'),
	(25, '{"a": 5.}'),
	(26, '{"a": +1}'),
	(27, '{"a": 01}'),
	(28, '{"a": 0x10}'),
	(29, '{"a": 1e}'),
	(30, '{"a": 1_000}'),
	(31, '{"a": - 1}'),
	(32, '{"a": 1 000}'),
	(33, '{"a => 1}'),
	(34, '{"\x": 1}'),
	(35, 'NaN'),
	(36, '"a"=>"1"')
) AS v(id, input) ORDER BY id;
SELECT pg_temp.refusal(E'{"a\n": 1}');
-- \u0000, in a key and in a value
SELECT pg_temp.refusal('{"a\u0000b": 1}');
SELECT pg_temp.refusal('{"a": "\u0000"}');
-- out of range: too large, and too small for even a subnormal
SELECT pg_temp.refusal(input) FROM (VALUES
	(1, '{"a": 1, "the key": 1e309}'),
	(2, '{"a": 1, "the key": -1e309}'),
	(3, '{"a": 1, "the key": 1.7976931348623159e308}'),
	(4, '{"a": 1, "the key": 1e-400}'),
	(5, '{"a": 1, "the key": -1e-400}'),
	(6, '{"a": 1, "the key": 2e-324}'),
	(7, '{"a": 1, "the key": 1' || repeat('0', 400) || '}'),
	-- no error: it is zero
	(8, '{"a": 0e400, "b": 0.0e-400}')
) AS v(id, input) ORDER BY id;
-- a key of 65535 bytes, and one of 65536
SELECT rd_length(m), length((rd_keys(m))[1]), rd_values(m)
FROM (SELECT ('{"' || repeat('k', 65535) || '": 1.5}')::reddict AS m) AS s;
SELECT pg_temp.refusal('{"a": 1, "' || repeat('k', 65536) || '": 1.5}');

-- as psql shows it
SELECT '{"a": 1, "b": null}'::reddict;
\echo :LAST_ERROR_SQLSTATE

-- From PostgreSQL 16 on all of these are soft errors.  No rows: right.
SELECT current_setting('server_version_num')::int >= 160000 AS soft \gset
\if :soft
SELECT input FROM (VALUES
	('{"a": null}'), ('{"a": true}'), ('{"a": "x"}'), ('{"a": []}'), ('{"a": {}}'),
	('null'), ('1'), ('"a"'), ('[]'),
	(''), ('{'), ('{"a": 1} x'), ('{"a": NaN, "b": x}'), ('{"a": NaN, "b": null}'), ('{"a": NaN, "b": {}}'),
	('{"a": NaN'), ('{NaN: 1}'), ('{a,b}'), ('word'), ('{"\u0000": 1}'),
	('{"a": 1e400}'), ('{"a": 1e-400}'),
	('{"' || repeat('k', 65536) || '": 1}')
) AS v(input)
WHERE pg_input_is_valid(input, 'reddict');
SELECT input FROM (VALUES ('{}'), ('{"a": 1}'), ('{"a": "NaN"}'), ('{"a": -Infinity, "b": NaN}')) AS v(input)
WHERE NOT pg_input_is_valid(input, 'reddict');
SELECT i.* FROM pg_input_error_info('{"a": 1, "b": null}', 'reddict') AS i
WHERE (message, detail, sql_error_code) IS DISTINCT FROM
	('invalid input syntax for type reddict', 'The value of key "b" is null.', '22P02');
SELECT i.* FROM pg_input_error_info('{"a": 1, "b": 1e400}', 'reddict') AS i
WHERE (message, detail, sql_error_code) IS DISTINCT FROM
	('"1e400" is out of range for type double precision', 'It is the value of key "b".', '22003');
\endif

-- binary

-- version, number of keys; length, key and value of each, in byte order
SELECT reddict_send('{}');
SELECT reddict_send('{"b": 1, "aa": -2.5, "": "Infinity"}');
-- any NaN is sent in its canonical form, -0 as it is
SELECT reddict_send(reddict('a', 'Infinity'::float8 - 'Infinity'::float8));
SELECT reddict_send('{"a": -0}');

-- round trips

CREATE TEMP TABLE original (id int PRIMARY KEY, keys text[], vals float8[], m reddict);
INSERT INTO original (id, keys, vals) VALUES
	(1, '{}', '{}'),
	(2, '{a}', '{0.1}'),
	(3, '{subnormal,subnormals,normal,large,inf,minusinf,nan,zero,minuszero,"2^53-1","2^53","2^53+2","1/3"}',
		ARRAY[4.9e-324, 2.225073858507201e-308, 2.2250738585072014e-308, 1.7976931348623157e308,
			  'Infinity', '-Infinity', 'NaN', 0, '-0', 9007199254740991, 9007199254740992,
			  9007199254740994, 1.0::float8 / 3]),
	(4, ARRAY['"', '\', '', ' ', E'\t', E'\n', E'\x01', E'\x1f', E'\x7f', '/', '{}', 'null'],
		ARRAY[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
	(5, ARRAY[repeat('k', 255), repeat('k', 256), repeat('k', 65535), 'k'], ARRAY[1, 2, 3, 4]);
INSERT INTO original (id, keys, vals)
	SELECT 5 + n, array_agg('key ' || i), array_agg((i - n / 2)::float8 / 7 * 10.0::float8 ^ (i % 600 - 300))
	FROM (VALUES (10), (32), (33), (64), (65), (100000)) AS v(n), generate_series(1, n) AS i
	GROUP BY n;
-- a NaN of the machine's own making
INSERT INTO original (id, keys, vals)
	VALUES (99, '{nan}', ARRAY['Infinity'::float8 - 'Infinity'::float8]);
UPDATE original SET m = reddict(keys, vals);
SELECT count(*), sum(rd_length(m)) FROM original;

-- keys and values are in the map, in byte order; no rows: right
SELECT id FROM original
WHERE rd_keys(m) IS DISTINCT FROM (SELECT coalesce(array_agg(k ORDER BY k COLLATE "C"), '{}') FROM unnest(keys) AS k)
   OR rd_length(m) <> cardinality(keys)
   OR m::text IS DISTINCT FROM pg_temp.text_of(keys, vals);
-- the text is JSON, and reads back to the same; NaN apart, bit for bit
SELECT id FROM original
WHERE json_typeof(m::text::json) IS DISTINCT FROM 'object'
   OR reddict_send(m::text::reddict) IS DISTINCT FROM reddict_send(m);
SELECT count(*), count(*) FILTER (WHERE float8send(o.value) = float8send(e.value))
FROM original, unnest(keys, vals) AS o(key, value)
	FULL JOIN LATERAL rd_each(m::text::reddict) AS e USING (key)
WHERE id <> 99;

-- through binary COPY, in files beside pg_regress's own results
\getenv abs_builddir PG_ABS_BUILDDIR
\cd :abs_builddir
\copy (SELECT id, m FROM original) TO 'results/reddict.data' (FORMAT binary)
CREATE TEMP TABLE copied (id int, m reddict);
\copy copied FROM 'results/reddict.data' (FORMAT binary)
SELECT count(*) FROM copied;
SELECT id FROM original FULL JOIN copied USING (id)
WHERE reddict_send(original.m) IS DISTINCT FROM reddict_send(copied.m)
   OR original.m::text IS DISTINCT FROM copied.m::text
   OR original.m IS DISTINCT FROM copied.m
   OR reddict_hash(original.m) IS DISTINCT FROM reddict_hash(copied.m);

-- What a client may send: the same bytes as a bytea column, read as reddict.
CREATE TEMP TABLE wire (id int, bytes bytea);
CREATE TEMP TABLE received (id int, m reddict);
INSERT INTO wire VALUES
	-- keys in any order
	(1, '\x01 00000002  00000001 62 3ff0000000000000  00000001 61 4000000000000000'),
	-- any NaN: it arrives in its canonical form
	(2, '\x01 00000001  00000001 61 fff8000000000001'),
	-- -0, of the empty key
	(3, '\x01 00000001  00000000 8000000000000000');
\copy (SELECT * FROM wire ORDER BY id) TO 'results/reddict.data' (FORMAT binary)
\copy received FROM 'results/reddict.data' (FORMAT binary)
SELECT id, m, (SELECT float8send(value) FROM rd_each(m) LIMIT 1) FROM received ORDER BY id;
-- what is refused: message, then SQLSTATE
\set write '\\copy (SELECT 1, bytes FROM wire LIMIT 1) TO \'results/reddict.data\' (FORMAT binary)'
\set read '\\set VERBOSITY default \\\\ \\copy received FROM \'results/reddict.data\' (FORMAT binary)'
\set sqlstate '\\set VERBOSITY sqlstate \\\\ \\copy received FROM \'results/reddict.data\' (FORMAT binary)'
-- no bytes
UPDATE wire SET bytes = '\x';
:write
:read
:sqlstate
-- unknown versions
UPDATE wire SET bytes = '\x00 00000000';
:write
:read
:sqlstate
UPDATE wire SET bytes = '\x02 00000000';
:write
:read
:sqlstate
-- more keys than there are bytes for, fewer than none
UPDATE wire SET bytes = '\x01 00000002  00000001 61 3ff0000000000000';
:write
:read
:sqlstate
UPDATE wire SET bytes = '\x01 7fffffff  00000001 61 3ff0000000000000';
:write
:read
:sqlstate
UPDATE wire SET bytes = '\x01 ffffffff  00000001 61 3ff0000000000000';
:write
:read
:sqlstate
-- a key longer than what is left, of fewer than no bytes, of too many
UPDATE wire SET bytes = '\x01 00000001  0000000a 61 3ff0000000000000';
:write
:read
:sqlstate
UPDATE wire SET bytes = '\x01 00000001  ffffffff 61 3ff0000000000000';
:write
:read
:sqlstate
UPDATE wire SET bytes = ('\x01 00000001  00010000' || repeat('6b', 65536) || '3ff0000000000000')::bytea;
:write
:read
:sqlstate
-- half a value
UPDATE wire SET bytes = '\x01 00000001  00000006 616161616161 3ff00000';
:write
:read
:sqlstate
-- bytes left over
UPDATE wire SET bytes = '\x01 00000000 00';
:write
:read
:sqlstate
-- a key twice
UPDATE wire SET bytes = '\x01 00000002  00000001 61 3ff0000000000000  00000001 61 3ff0000000000000';
:write
:read
:sqlstate
-- a zero byte in a key (the message names the server's encoding)
UPDATE wire SET bytes = '\x01 00000001  00000001 00 3ff0000000000000';
:write
:sqlstate
\set VERBOSITY default
SELECT count(*) FROM received;

-- size

SET redbear.pack = off;
SET redbear.narrow = off;
-- 16 bytes; 8 a key; its length in 1 byte, or 2 if any is longer than 255; an
-- offset of 4 for each 32 keys but the first; the keys
SELECT pg_column_size(m), wanted FROM (VALUES
	('{}'::reddict, 16),
	('{"": 1}', 16 + 8 + 1),
	('{"a": 1}', 16 + 8 + 1 + 1),
	('{"a": 1, "bcd": 2}', 16 + 2 * 8 + 2 + 4),
	(reddict(repeat('k', 255), 1), 16 + 8 + 1 + 255),
	(reddict(repeat('k', 256), 1), 16 + 8 + 2 + 256),
	(reddict('a', 1) || reddict(repeat('k', 300), 1), 16 + 2 * 8 + 2 * 2 + 301)
) AS v(m, wanted);
SELECT n, pg_column_size(reddict(array_agg(lpad(i::text, 3, '0')), array_agg(i::float8))),
	16 + n * (8 + 1 + 3) + (n - 1) / 32 * 4 AS wanted
FROM (VALUES (31), (32), (33), (64), (65), (97)) AS v(n), generate_series(1, n) AS i
GROUP BY n ORDER BY n;
-- computed values are as large as the equivalent literal: no slack
SELECT pg_column_size(m), pg_column_size(m::text::reddict), left(m::text, 30) FROM (VALUES
	('{"a": 1, "b": 2}'::reddict + '{"b": 3, "c": 4}'),
	('{"a": 1, "b": 2}'::reddict * '{"b": 3, "c": 4}'),
	('{"a": 1}'::reddict / '{"b": 3}'),
	('{"a": 1, "b": 2}'::reddict * 3),
	('{"a": 1, "a": 2}'),
	-- the wide key goes, and comes
	((reddict(repeat('k', 300), 2) || '{"a": 1}') * '{"a": 5}'),
	('{"z": 5}'::reddict - reddict(repeat('k', 300), 2))
) AS v(m);
SELECT count(*) FROM generate_series(0, 100) AS n,
	LATERAL (SELECT reddict(coalesce(array_agg('a' || i), '{}'), coalesce(array_agg(i::float8), '{}')),
					reddict(coalesce(array_agg('a' || i * 3), '{}'), coalesce(array_agg(i::float8), '{}'))
			 FROM generate_series(1, n) AS i) AS s(x, y)
WHERE pg_column_size(x + y) = pg_column_size((x + y)::text::reddict)
  AND pg_column_size(x * y) = pg_column_size((x * y)::text::reddict);

-- as stored: with a 1-byte header, plain, compressed, out of line
CREATE TEMP TABLE stored (id int, m reddict, plain reddict, main reddict, external reddict, extended reddict);
ALTER TABLE stored
	ALTER COLUMN plain SET STORAGE PLAIN,
	ALTER COLUMN main SET STORAGE MAIN,
	ALTER COLUMN external SET STORAGE EXTERNAL,
	ALTER COLUMN extended SET STORAGE EXTENDED;
INSERT INTO stored SELECT 1, m, m, m, m, m FROM (VALUES ('{"a": 1}'::reddict)) AS v(m);
INSERT INTO stored
	SELECT 2, m, m, m, NULL, NULL
	FROM (SELECT reddict(array_agg('key ' || i), array_agg(i::float8)) AS m FROM generate_series(1, 100) AS i) AS s;
INSERT INTO stored
	SELECT 3, m, NULL, NULL, m, m
	FROM (SELECT reddict(array_agg('key ' || i), array_agg(i::float8)) AS m FROM generate_series(1, 3000) AS i) AS s;
RESET redbear.pack;
-- {"a": 1} has 26 bytes, 23 with the short header
SELECT pg_column_size(m), pg_column_size(plain), pg_column_size(main), pg_column_size(external)
FROM stored WHERE id = 1;
SELECT id FROM stored
WHERE m::text <> plain::text OR m::text <> main::text OR m::text <> external::text OR m::text <> extended::text
   OR m <> plain OR m <> main OR m <> external OR m <> extended
   OR external + m <> m * 2 OR plain + main <> m * 2 OR reddict_send(extended) <> reddict_send(m);
-- id 3 takes 16 + 3000 * (8 + 1) + 4 * 93 + 22893 = 50281 bytes as computed
SELECT pg_column_size(m || '{}'), pg_column_size(external), pg_column_size(extended) < 50277
FROM stored WHERE id = 3;
RESET redbear.narrow;

-- The keys of one input are remembered for the next, in their order.  Runs of
-- the same keys, in the same order and in others, of keys that begin alike, of
-- repeated keys and of none, against jsonb.  No rows: right.
CREATE TEMP TABLE run AS
	SELECT r, kind, '{' || coalesce(string_agg(to_json(key) || ': ' || value, ', ' ORDER BY place), '') || '}' AS json
	FROM generate_series(1, 4000) AS r, LATERAL (SELECT (ARRAY[0, 0, 0, 1, 1, 2, 3, 3, 3, 4, 5, 6])[1 + r / 5 * 7 % 12] AS kind OFFSET 0) AS k
		LEFT JOIN LATERAL (SELECT CASE kind WHEN 1 THEN 'key' || 9 - i WHEN 2 THEN 'key' || i % 4 WHEN 4 THEN 'k' || repeat('e', i) ELSE 'key' || i END AS key,
			r * 10 + i AS value, CASE kind WHEN 3 THEN -i WHEN 5 THEN (i * r) % 11 ELSE i END AS place
			FROM generate_series(1, CASE kind WHEN 6 THEN 0 WHEN 1 THEN 8 ELSE 7 + r / 100 % 2 END) AS i) AS m ON true
	GROUP BY r, kind;
SELECT kind, count(*) FROM run GROUP BY kind ORDER BY kind;
SELECT r, kind FROM (SELECT *, json::reddict AS m FROM run ORDER BY r) AS s WHERE m::jsonb <> json::jsonb OR m <> json::jsonb::reddict;
SELECT r, kind FROM (SELECT *, json::jsonb::reddict AS m FROM run ORDER BY r) AS s
WHERE m <> (SELECT coalesce(reddict(array_agg(key), array_agg(value::float8)), '{}') FROM jsonb_each_text(json::jsonb));
SELECT r, kind FROM (
	SELECT r, kind, json, reddict(array_agg(key ORDER BY n), array_agg(value::text::float8 ORDER BY n)) AS m
	FROM (SELECT * FROM run WHERE kind <> 6 ORDER BY r OFFSET 0) AS run, json_each(json::json) WITH ORDINALITY AS e(key, value, n)
	GROUP BY r, kind, json ORDER BY r) AS s
WHERE m::jsonb <> json::jsonb;

-- The text before each number is remembered, too.  No rows: right.
SELECT r, kind, m FROM (SELECT *, rd_rename(json::reddict, ARRAY['key3', 'kee'], ARRAY[E'"\n\\', 'żółw']) AS m FROM run ORDER BY r OFFSET 0) AS s
WHERE m::text <> (SELECT '{' || coalesce(string_agg(to_json(key) || ': ' || value, ', ' ORDER BY key COLLATE "C"), '') || '}' FROM rd_each(m))
	OR rd_to_json(m)::text <> m::text OR m::text::reddict <> m;
SELECT r, kind, s FROM (SELECT r, kind, redstats(json::reddict) AS s FROM run GROUP BY r, kind ORDER BY r OFFSET 0) AS s
WHERE s::text <> (SELECT '{' || coalesce(string_agg(to_json(key) || ': [1, ' || value || ', 0, ' || value || ', ' || value || ']', ', ' ORDER BY key COLLATE "C"), '') || '}'
	FROM rd_each(rs_sum(s)));
