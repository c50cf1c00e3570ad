--
-- Statistics across rows: redstats, avg, variance and its like; rd_concat_agg
--
-- The oracle is core's aggregates over one row for each key, in the same order,
-- and float8_accum() and float8_combine() themselves.  Values are compared bit
-- by bit; NaNs are taken as one.
--

SET max_parallel_workers_per_gather = 0;
SET default_toast_compression = pglz;

\getenv abs_srcdir PG_ABS_SRCDIR
\set helpers :abs_srcdir '/sql/include/helpers.sql'
\i :helpers

-- What an input is read as, or why it is refused: SQLSTATE: message / detail.
CREATE FUNCTION pg_temp.refusal(input text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	message text;
	detail text;
BEGIN
	RETURN 'accepted: ' || input::redstats::text;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
	-- what core's parser says in detail differs between versions
	IF message LIKE 'invalid input syntax for type json%' THEN
		RETURN SQLSTATE || ': ' || message;
	END IF;
	RETURN concat_ws(' / ', SQLSTATE || ': ' || message, nullif(detail, ''));
END $$;

\pset format unaligned
\pset tuples_only on
\pset null NULL

--
-- Text
--

SELECT '{}'::redstats, ' { } '::redstats, '{"a":[2,4,2,1,3]}'::redstats, E'{\n"b":[1,-0,0,-0,-0],\t"a" : [ 3 , 1.50 , 0.5e0 , 0 , 1 ] }'::redstats;
-- byte order; the last of a repeated key wins; any key
SELECT '{"b": [1, 1, 0, 1, 1], "aa": [1, 2, 0, 2, 2], "B": [1, 3, 0, 3, 3], "": [1, 4, 0, 4, 4], "b": [2, 5, 0.5, 2, 3], "\"\\": [1, 5, 0, 5, 5], "é": [1, 6, 0, 6, 6]}'::redstats;
SELECT '{"a": [3, "NaN", "NaN", "-Infinity", "NaN"], "b": [2, "Infinity", "NaN", 1, "Infinity"], "c": [1, 5e-324, 0, 5e-324, 5e-324], "d": [9007199254740992, 1.7976931348623157e308, 0.30000000000000004, -1e308, 1e308]}'::redstats;

SELECT input, pg_temp.refusal(input) FROM (VALUES
	-- what is no array of five numbers
	(1, '{"a": [1, 2, 0, 2, 2], "the key": 1}'),
	(2, '{"the key": "NaN"}'),
	(3, '{"the key": "x"}'),
	(4, '{"the key": null}'),
	(5, '{"the key": true}'),
	(6, '{"the key": {}}'),
	(7, '{"the key": {"b": [1, 2, 0, 2, 2]}}'),
	(8, '{"the key": []}'),
	(9, '{"the key": [1]}'),
	(10, '{"the key": [1, 2, 0, 2]}'),
	(11, '{"the key": [1, 2, 0, 2, 2, 2]}'),
	(12, '{"the key": [[1, 2, 0, 2, 2]]}'),
	(13, '{"the key": [1, [2], 0, 2, 2]}'),
	(14, '{"the key": [1, 2, 0, 2, [2]]}'),
	(15, '{"the key": [1, 2, 0, 2, {"a": 2}]}'),
	(16, '{"the key": [1, 2, 0, null, 2]}'),
	(17, '{"the key": [1, 2, 0, 2, false]}'),
	(18, '{"the key": [1, "2", 0, 2, 2]}'),
	(19, '{"the key": [1, "inf", 0, 2, 2]}'),
	(20, '{"the key": [1, 2, 0, 2, 2, "NaN"]}'),
	-- what are no statistics: a count of no numbers, or not of numbers; a negative Sxx; a minimum above the maximum
	(21, '{"the key": [0, 0, 0, 0, 0]}'),
	(22, '{"the key": [-0, 0, 0, 0, 0]}'),
	(23, '{"the key": [-1, 2, 0, 2, 2]}'),
	(24, '{"the key": [1.5, 2, 0, 2, 2]}'),
	(25, '{"the key": ["NaN", 2, 0, 2, 2]}'),
	(26, '{"the key": ["Infinity", 2, 0, 2, 2]}'),
	(27, '{"the key": [2, 2, -1e-300, 1, 1]}'),
	(28, '{"the key": [2, 2, "-Infinity", 1, 1]}'),
	(29, '{"the key": [2, 4, 2, 3, 1]}'),
	(30, '{"the key": [2, "NaN", "NaN", "NaN", 1]}'),
	-- what a single number cannot give
	(49, '{"the key": [1, 2, 0, 2, 3]}'),
	(50, '{"the key": [1, 2, 0, 1, 2]}'),
	(51, '{"the key": [1, 2, 1, 2, 2]}'),
	-- even if a later value of the key would win
	(31, '{"the key": 1, "the key": [1, 2, 0, 2, 2]}'),
	(32, '{"the key": [0, 2, 0, 2, 2], "the key": [1, 2, 0, 2, 2]}'),
	-- what is no object
	(33, 'null'),
	(34, '1'),
	(35, '"a"'),
	(36, 'true'),
	(37, '[]'),
	(38, '[1, 2, 0, 2, 2]'),
	(39, '[{"a": [1, 2, 0, 2, 2]}]'),
	-- what is no JSON
	(40, ''),
	(41, '{'),
	(42, '{"a": [1, 2, 0, 2, 2}'),
	(43, '{"a": [1, 2, 0, 2, 2]'),
	(44, '{"a": [1, 2, 0, 2, 2,]}'),
	(45, '{"a": [1, 2, 0, 2, nan]}'),
	(46, '{"a": [1, 2, 0, 2, 2]} x'),
	-- out of range
	(47, '{"the key": [1, 1e400, 0, 2, 2]}'),
	(48, '{"the key": [1, 1, 0, -1e-400, 2]}')
) AS v(id, input) ORDER BY id;
-- without quotes; what is wrong behind one is found, too
SELECT '{"a": [3, NaN, NaN, -Infinity, NaN], "b": [2, Infinity, "NaN", 1, Infinity]}'::redstats;
SELECT input, pg_temp.refusal(input) FROM (VALUES
	(1, '{"a": [1, NaN, NaN, NaN, NaN], "the key": [1, 2, 0, 2]}'),
	(2, '{"a": [1, NaN, NaN, NaN, NaN], "the key": NaN}'),
	(3, '{"the key": [1, NaN, NaN, NaN, NaN, NaN]}'),
	(4, '{"the key": [NaN, NaN, NaN, NaN, NaN]}'),
	(5, '{"the key": [1, NaN, [NaN]]}'),
	(6, '{"the key": [1, NaN, {"a": NaN}]}'),
	(7, '{"the key": [1, NaN,]}'),
	(8, '{"the key": [1, NaN'),
	(9, '{"the key": [1, NaN}'),
	(10, '{"the key": [1, NaN NaN]}'),
	(11, '{"a": [1, NaN, NaN, NaN, NaN], "the key": 1}'),
	(12, 'NaN'),
	(13, '[NaN]'),
	(14, 'word')
) AS v(id, input) ORDER BY id;
-- as psql shows them
SELECT '{"a": 1}'::redstats;
SELECT '[]'::redstats;
SELECT pg_temp.refusal('{"a\u0000": [1, 2, 0, 2, 2]}');
SELECT pg_temp.refusal('{"' || repeat('k', 65536) || '": [1, 2, 0, 2, 2]}');
SELECT length(input::redstats::text), input::redstats::text = input FROM (VALUES ('{"' || repeat('k', 65535) || '": [1, 2, 0, 2, 2]}')) AS v(input);
-- From PostgreSQL 16 on all of these are soft errors.  No rows: right.
SELECT current_setting('server_version_num')::int >= 160000 AS soft \gset
\if :soft
SELECT input FROM (VALUES ('{"a": 1}'), ('{"a": null}'), ('{"a": "x"}'), ('{"a": []}'), ('{"a": {}}'), ('{"a": [[]]}'), ('{"a": [1, 2, 0, 2]}'), ('{"a": [1, 2, 0, 2, 2, 2]}'),
	('{"a": [0, 0, 0, 0, 0]}'), ('{"a": [1, 2, -1, 2, 2]}'), ('{"a": [1, 2, 0, 3, 2]}'), ('{"a": [1, null, 0, 2, 2]}'), ('{"a": [1, 1e400, 0, 2, 2]}'), ('1'), ('[]'), ('null'), (''), ('{"a": [1'), ('{"\u0000": 1}'),
	('{"' || repeat('k', 65536) || '": [1, 2, 0, 2, 2]}')) AS v(input)
WHERE pg_input_is_valid(input, 'redstats');
SELECT input FROM (VALUES ('{}'), ('{"a": [1, 2, 0, 2, 2]}'), ('{"a": [1, "NaN", "NaN", "NaN", "NaN"]}')) AS v(input) WHERE NOT pg_input_is_valid(input, 'redstats');
SELECT i.* FROM pg_input_error_info('{"a": [1, 2, 0, 2, 2], "b": [1, 2]}', 'redstats') AS i
WHERE (message, detail, sql_error_code) IS DISTINCT FROM ('invalid input syntax for type redstats', 'The value of key "b" is no valid statistics.', '22P02');
\endif
-- the two types are not mistaken for one another
-- (19 adds a detail)
SELECT split_part(pg_temp.outcome($$SELECT '{"a": [1, 1, 0, 1, 1]}'::redstats::reddict$$), ' / ', 1);
SELECT split_part(pg_temp.outcome($$SELECT rs_sum('{"a": 1}'::reddict)$$), ' / ', 1);
SELECT split_part(pg_temp.outcome($$SELECT '{"a": [1, 2, 0, 2, 2]}'::redstats -> 'a'$$), ' / ', 1);

--
-- What statistics give
--

-- 1, 3: N 2, Sx 4, Sxx 1 + 1
SELECT rs_count(s), rs_sum(s), rs_avg(s), rs_min(s), rs_max(s), rs_var_pop(s), rs_var_samp(s), rs_stddev_pop(s), rs_stddev_samp(s) FROM (VALUES
	(1, '{"a": [2, 4, 2, 1, 3]}'::redstats),
	-- a single value has no variance of a sample
	(2, '{"a": [1, 5, 0, 5, 5], "b": [5, 20, 16, 1, 7]}'),
	(3, '{"a": [1, 5, 0, 5, 5]}'),
	(4, '{"a": [2, "Infinity", "NaN", 1, "Infinity"], "b": [1, "NaN", "NaN", "NaN", "NaN"]}'),
	(5, '{}'),
	(6, NULL)
) AS v(id, s) ORDER BY id;

CREATE TEMP TABLE small (grp text COLLATE "C", id int, m reddict);
INSERT INTO small VALUES
	('come and go', 1, '{"a": 1, "b": 10}'), ('come and go', 2, NULL), ('come and go', 3, '{"b": 5, "c": -2}'), ('come and go', 4, '{}'), ('come and go', 5, '{"a": 0.5}'),
	('empty', 6, '{}'), ('empty', 7, '{}'), ('empty first', 8, '{}'), ('empty first', 9, '{"a": 1}'), ('NULL', 10, NULL), ('NULL', 11, NULL),
	('NULL first', 12, NULL), ('NULL first', 13, '{"a": 1}'), ('NULL first', 14, '{"a": 3}'), ('one', 15, '{"a": 1, "": 2}'),
	('same', 16, '{"a": 1, "b": 6}'), ('same', 17, '{"a": 3, "b": 4}'), ('same', 18, '{"a": 2, "b": 5}');
-- NULL rows are skipped; of no others there is NULL; the denominator is the number of rows that have the key
SELECT grp, redstats(m ORDER BY id) FROM small GROUP BY grp ORDER BY grp;
SELECT grp, avg(m), var_pop(m), var_samp(m), variance(m), stddev_pop(m ORDER BY id), stddev_samp(m), stddev(m) FROM small GROUP BY grp ORDER BY grp;
SELECT grp, rs_count(redstats(m)), rs_sum(redstats(m)), rs_min(redstats(m)), rs_max(redstats(m)) FROM small GROUP BY grp ORDER BY grp;
SELECT redstats(m), avg(m), variance(m), var_pop(m), var_samp(m), stddev(m), stddev_pop(m), stddev_samp(m), rd_concat_agg(m) FROM small WHERE false;
SELECT avg(m) / 2, sum(m) / count(m), avg(m) FILTER (WHERE id > 16), redstats(DISTINCT m) FROM (SELECT * FROM small WHERE grp = 'same' UNION ALL SELECT * FROM small WHERE id = 16) AS s;
SELECT rs_merge(s) FROM (VALUES ('{"a": [2, 4, 2, 1, 3]}'::redstats), (NULL), ('{}'), ('{"a": [1, 5, 0, 5, 5], "b": [1, 1, 0, 1, 1]}')) AS v(s);
SELECT rs_merge(s), rs_merge(s) FILTER (WHERE false) FROM (VALUES (NULL::redstats), (NULL)) AS v(s);
SELECT rs_merge(s) FROM (VALUES ('{"a": [2, 4, 2, 1, 3]}'::redstats)) AS v(s);
-- one transition for them all: what they are told apart by is the final function
SELECT count(*), count(DISTINCT (aggtransfn, aggtranstype, aggcombinefn, agginitval)), bool_and(aggfinalmodify = 'r' AND aggkind = 'n') FROM pg_aggregate WHERE aggtransfn = 'redstats_trans'::regproc;

-- only aggregates may call these: they modify their argument
SELECT statement, pg_temp.outcome('SELECT ' || statement) FROM (VALUES
	(1, $$redstats_trans('{}', '{"a": 1}')$$),
	(2, $$redstats_trans(NULL, '{"a": 1}')$$),
	(3, $$redstats_trans(NULL, NULL)$$),
	(4, $$redstats_combine('{}', '{}')$$),
	(5, $$redstats_combine(NULL, '{}')$$),
	(6, $$reddict_concat_trans('{}', '{}')$$),
	-- overflow, with the key: of the same keys, of others, of some that go through a merge
	(7, $$avg(m) FROM (VALUES ('{"a": 1, "b": 1e308}'::reddict), ('{"a": 1, "b": 1e308}')) AS v(m)$$),
	(8, $$redstats(m) FROM (VALUES ('{"a": 1, "b": 1e200}'::reddict), ('{"b": -1e200, "c": 1}')) AS v(m)$$),
	(9, $$stddev(m) FROM (SELECT reddict(array_agg('k' || i), array_agg(1)) FROM generate_series(1, 100) AS i UNION ALL VALUES ('{"b": 1e308}'::reddict), ('{"b": 1e308, "z": 1}')) AS v(m)$$),
	(10, $$rs_merge(s) FROM (VALUES ('{"a": [1, 1, 0, 1, 1], "b": [1, 1e308, 0, 1e308, 1e308]}'::redstats), ('{"b": [1, 1e308, 0, 1e308, 1e308]}')) AS v(s)$$),
	(11, $$rs_merge(s) FROM (VALUES ('{"b": [1, 1e200, 0, 1e200, 1e200]}'::redstats), ('{"b": [1, -1e200, 0, -1e200, -1e200]}')) AS v(s)$$),
	-- no count is infinite: it could not be read back
	(12, $$rs_merge(s) FROM (VALUES ('{"b": [1e308, 1, 1, 0, 1]}'::redstats), ('{"b": [1e308, 1, 1, 0, 1]}')) AS v(s)$$)
) AS v(id, statement) ORDER BY id;

--
-- Binary
--

-- version, number of keys; length, key and five numbers of each
SELECT redstats_send('{}'), redstats_send('{"b": [2, 4, 2, 1, 3], "": [1, -0, 0, -0, -0]}');
CREATE TEMP TABLE original (id int, s redstats);
INSERT INTO original VALUES (1, '{}'), (2, '{"a": [2, 4, 2, 1, 3]}'), (3, '{"": [1, "NaN", "NaN", "NaN", "NaN"], "é\n": [3, "-Infinity", "NaN", "-Infinity", 1e308], "z": [2, -0, 0, -0, 5e-324]}'), (4, NULL);
INSERT INTO original SELECT 4 + n, redstats(reddict(lpad(i::text, CASE WHEN i = 7 THEN 300 ELSE 4 END, '0'), i::float8 / 7)) FROM (VALUES (10), (64), (1000)) AS v(n), generate_series(1, n) AS i GROUP BY n;
INSERT INTO original SELECT 2000, redstats(reddict('a', 'Infinity'::float8 - 'Infinity'::float8));
-- no rows: right
SELECT id FROM original WHERE redstats_send(s::text::redstats) <> redstats_send(s) OR s::text::redstats::text <> s::text;
-- through binary COPY, in files beside pg_regress's own results
\getenv abs_builddir PG_ABS_BUILDDIR
\cd :abs_builddir
\copy (SELECT * FROM original) TO 'results/redstats.data' (FORMAT binary)
CREATE TEMP TABLE copied (id int, s redstats);
\copy copied FROM 'results/redstats.data' (FORMAT binary)
SELECT count(*), count(s), max(octet_length(redstats_send(s))) FROM copied;
SELECT id FROM original FULL JOIN copied USING (id) WHERE redstats_send(original.s) IS DISTINCT FROM redstats_send(copied.s) OR original.s::text IS DISTINCT FROM copied.s::text;

-- What a client may send: the same bytes as a bytea column, read as redstats.
CREATE TEMP TABLE wire (id int, bytes bytea);
CREATE TEMP TABLE received (id int, s redstats);
CREATE FUNCTION pg_temp.numbers(variadic numbers float8[]) RETURNS text LANGUAGE sql AS $$ SELECT string_agg(encode(float8send(n), 'hex'), '' ORDER BY i) FROM unnest(numbers) WITH ORDINALITY AS u(n, i) $$;
INSERT INTO wire VALUES
	-- keys in any order
	(1, ('\x01 00000002  00000001 62' || pg_temp.numbers(2, 4, 2, 1, 3) || '00000001 61' || pg_temp.numbers(1, 5, 0, 5, 5))::bytea),
	-- any NaN: it arrives in its canonical form
	(2, '\x01 00000001  00000001 61 3ff0000000000000 fff8000000000001 7ff8000000000002 7ff8000000000000 fff8000000000000');
\copy (SELECT * FROM wire ORDER BY id) TO 'results/redstats.data' (FORMAT binary)
\copy received FROM 'results/redstats.data' (FORMAT binary)
SELECT id, s, CASE id WHEN 2 THEN redstats_send(s) END FROM received ORDER BY id;
-- what is refused: message, then SQLSTATE
\set write '\\copy (SELECT 1, bytes FROM wire LIMIT 1) TO \'results/redstats.data\' (FORMAT binary)'
\set read '\\set VERBOSITY default \\\\ \\copy received FROM \'results/redstats.data\' (FORMAT binary)'
\set sqlstate '\\set VERBOSITY sqlstate \\\\ \\copy received FROM \'results/redstats.data\' (FORMAT binary)'
-- an unknown version; more keys than there are bytes for; a map
UPDATE wire SET bytes = '\x02 00000000';
:write
:read
:sqlstate
UPDATE wire SET bytes = ('\x01 00000002 00000001 61' || pg_temp.numbers(1, 5, 0, 5, 5))::bytea;
:write
:read
:sqlstate
UPDATE wire SET bytes = reddict_send('{"a": 1, "b": 2}');
:write
:read
:sqlstate
-- bytes left over; a key twice; a key of fewer than no bytes
UPDATE wire SET bytes = '\x01 00000000 00';
:write
:read
:sqlstate
UPDATE wire SET bytes = ('\x01 00000002 00000001 61' || pg_temp.numbers(1, 5, 0, 5, 5) || '00000001 61' || pg_temp.numbers(1, 5, 0, 5, 5))::bytea;
:write
:read
:sqlstate
UPDATE wire SET bytes = ('\x01 00000001 ffffffff 61' || pg_temp.numbers(1, 5, 0, 5, 5))::bytea;
:write
:read
:sqlstate
-- no statistics: no numbers, half a number, a negative Sxx, a minimum above the maximum
UPDATE wire SET bytes = ('\x01 00000001 00000001 61' || pg_temp.numbers(0, 0, 0, 0, 0))::bytea;
:write
:read
:sqlstate
UPDATE wire SET bytes = ('\x01 00000001 00000001 61' || pg_temp.numbers(1.5, 0, 0, 0, 0))::bytea;
:write
:read
UPDATE wire SET bytes = ('\x01 00000001 00000001 61' || pg_temp.numbers(2, 0, -1, 0, 0))::bytea;
:write
:read
UPDATE wire SET bytes = ('\x01 00000001 00000001 61' || pg_temp.numbers(2, 0, 1, 1, 0))::bytea;
:write
:read
\set VERBOSITY default
SELECT count(*) FROM received;
SET redbear.pack = off;
-- size: 16 bytes; 40 a key; its length in 1 byte; the keys
SELECT pg_column_size('{}'::redstats), pg_column_size('{"a": [2, 4, 2, 1, 3], "bcd": [1, 5, 0, 5, 5]}'::redstats);
RESET redbear.pack;

-- json and jsonb, both ways; to_jsonb() and rows
SELECT s::json, s::jsonb, to_jsonb(s), to_json(s), s::json::redstats = s, s::jsonb::redstats = s FROM (VALUES ('{"a": [2, 4, 2, 1, 3]}'::redstats)) AS v(s);
--
-- Comparison: by number of keys, hash of the keys, then counts, sums, ... as
-- float8 orders them.  Equal ones have the same rank.
--
CREATE TEMP TABLE ranked (rank int, s redstats);
INSERT INTO ranked VALUES
	(1, '{}'), (2, '{"a": [1, 5, 0, 5, 5]}'), (2, '{"a": [1, 5.0, -0, 5, 5]}'), (3, '{"a": [2, 4, 1, 1, 3]}'), (4, '{"a": [2, 4, 2, 1, 3]}'),
	(5, '{"a": [2, 4, 2, 1, 4]}'), (6, '{"a": [3, "NaN", "NaN", 1, "NaN"]}'), (6, redstats_in('{"a": [3, "NaN", "NaN", 1.0, "NaN"]}')), (7, '{"a": [1, 9, 0, 9, 9], "b": [1, 1, 0, 1, 1]}'),
	(8, '{"a": [1, 1, 0, 1, 1], "b": [2, 2, 0, 1, 1]}');
-- 10 * 10 pairs
SELECT count(*), count(*) FILTER (WHERE (a.s = b.s) = (a.rank = b.rank)), count(*) FILTER (WHERE (a.s <> b.s) = (a.rank <> b.rank)), count(*) FILTER (WHERE (a.s < b.s) = (a.rank < b.rank)),
	count(*) FILTER (WHERE (a.s <= b.s) = (a.rank <= b.rank)), count(*) FILTER (WHERE (a.s > b.s) = (a.rank > b.rank)), count(*) FILTER (WHERE (a.s >= b.s) = (a.rank >= b.rank)),
	count(*) FILTER (WHERE sign(redstats_cmp(a.s, b.s)) = sign(a.rank - b.rank)), count(*) FILTER (WHERE (redstats_hash(a.s) = redstats_hash(b.s)) = (a.rank = b.rank)),
	count(*) FILTER (WHERE (redstats_hash_extended(a.s, 42) = redstats_hash_extended(b.s, 42)) = (a.rank = b.rank))
FROM ranked AS a, ranked AS b;
SELECT count(DISTINCT s), array_agg(rank ORDER BY s, rank) = array_agg(rank ORDER BY rank) FROM ranked;
SELECT count(*) FROM (SELECT s FROM ranked UNION SELECT s FROM ranked) AS u;
--
-- Against core: many shapes of input.  "pair" has what the maps of "input" hold;
-- core's aggregates run over the one, by key, and redbear's over the other.
--

CREATE TEMP TABLE line AS
	SELECT shape COLLATE "C" AS shape, grp, id FROM (VALUES ('64 keys', 2, 40), ('65 keys', 2, 40), ('constant', 4, 200), ('few at random', 20, 30), ('grow', 1, 100), ('many at random', 2, 500),
		('2000', 1, 8), ('one row', 3, 1), ('one row each', 1, 80), ('wide late', 2, 60), ('special', 20, 30)) AS v(shape, groups, lines),
		generate_series(1, groups) AS grp, generate_series(1, lines) AS id;
CREATE TEMP TABLE pair AS
	SELECT shape, grp, id, key COLLATE "C" AS key, (pg_temp.noise(id, grp, j) - 5000) / 7.0::float8 * 10.0::float8 ^ (id % 17) AS value
	FROM line, generate_series(1, 100) AS j, LATERAL (SELECT CASE shape
		WHEN 'constant' THEN CASE WHEN j <= 5 THEN 'key ' || j END
		WHEN 'one row' THEN CASE WHEN j <= 3 THEN 'key ' || j END
		-- every key in a single row
		WHEN 'one row each' THEN CASE WHEN j <= 2 THEN 'key ' || id * 2 + j END
		-- up to 10, and 5 of 2,000 keys
		WHEN 'few at random' THEN CASE WHEN j <= 5 AND (id + j + grp) % 3 > 0 THEN 'key ' || j * 2 + (id * grp + j) % 2 END
		WHEN 'many at random' THEN CASE WHEN j <= 5 THEN 'key ' || j * 400 + pg_temp.noise(id, grp, j) % 400 END
		-- every row has one key more than the row before
		WHEN 'grow' THEN CASE WHEN j <= id THEN 'key ' || j END
		-- around the number of keys up to which a state stays flat: a later row has one more, the last have some
		WHEN '64 keys' THEN CASE WHEN j <= 64 + (id = 11)::int AND (id < 15 OR (id + j) % 5 = 0) THEN 'key ' || j END
		WHEN '65 keys' THEN CASE WHEN j <= 65 + (id = 11)::int AND (id < 15 OR (id + j) % 5 = 0) THEN 'key ' || j END
		-- lengths become wide
		WHEN 'wide late' THEN CASE WHEN j <= 10 THEN repeat(chr(96 + j), CASE WHEN id > 30 THEN 250 + (id * j) % 60 ELSE j END) END END) AS k(key)
	WHERE key IS NOT NULL AND id % 23 <> 0
	UNION ALL
	SELECT shape, grp, id, 'key ' || j, (pg_temp.noise(id, grp, j) - 5000) / 7.0::float8 FROM line, generate_series(1, 2000) AS j WHERE shape = '2000' AND id <> 5
	UNION ALL
	-- key j takes the first j of these values; in every other group there are 70 keys besides
	SELECT shape, grp, id, chr(96 + j), ('{-0, 0, NaN, 5e-324, 1, 0.1, Infinity, -Infinity, 1e150, -1e150}'::float8[])[1 + pg_temp.noise(id, grp, j) % j]
	FROM line, generate_series(1, 10) AS j WHERE shape = 'special' AND pg_temp.noise(id, j) % 4 > 0 AND id % 23 <> 0
	UNION ALL
	SELECT shape, grp, id, 'key ' || j, ('{-0, 0, 1e-200}'::float8[])[1 + j % 3] FROM line, generate_series(1, 70) AS j WHERE shape = 'special' AND grp % 2 = 0 AND (id + j) % 5 = 0 AND id % 23 <> 0;
-- rows that have nothing are {} or NULL
CREATE TEMP TABLE input AS
	SELECT shape, grp, id, CASE WHEN count(key) > 0 THEN reddict(array_agg(key), array_agg(value)) WHEN grp % 2 = 0 THEN '{}' END AS m
	FROM line LEFT JOIN pair USING (shape, grp, id) GROUP BY shape, grp, id;
ANALYZE input, pair;
SELECT count(*), count(*) - count(m) AS nulls, count(*) FILTER (WHERE m = '{}') AS empty, sum(rd_length(m)) = (SELECT count(*) FROM pair) AS complete FROM input;

-- What core makes of it: float8_accum() itself, which gives N, Sx and Sxx, and its aggregates
CREATE AGGREGATE pg_temp.accum(float8) (SFUNC = float8_accum, STYPE = float8[], INITCOND = '{0,0,0}');
CREATE TEMP TABLE wanted AS
	SELECT shape, grp, key, name, value FROM (
		SELECT shape, grp, key, pg_temp.accum(value ORDER BY id), count(*), min(value ORDER BY id), max(value ORDER BY id), avg(value ORDER BY id), variance(value ORDER BY id), var_pop(value ORDER BY id),
			var_samp(value ORDER BY id), stddev(value ORDER BY id), stddev_pop(value ORDER BY id), stddev_samp(value ORDER BY id), sum(value ORDER BY id)
		FROM pair GROUP BY shape, grp, key
	) AS s, LATERAL (VALUES ('N', count), ('Sx', accum[2]), ('Sxx', accum[3]), ('min', min), ('max', max), ('rs_count', accum[1]), ('rs_sum', accum[2]), ('rs_min', min), ('rs_max', max),
		('avg', avg), ('variance', variance), ('var_pop', var_pop), ('var_samp', var_samp), ('stddev', stddev), ('stddev_pop', stddev_pop), ('stddev_samp', stddev_samp),
		('rs_avg', avg), ('rs_var_pop', var_pop), ('rs_var_samp', var_samp), ('rs_stddev_pop', stddev_pop), ('rs_stddev_samp', stddev_samp)) AS v(name, value)
	-- of a single value core's var_samp() is NULL: here the key is absent
	WHERE value IS NOT NULL;

-- Rows come in the order of id; a key's values are in "got" by name.
CREATE TEMP VIEW ordered AS SELECT * FROM input ORDER BY shape, grp, id;
CREATE TEMP TABLE results AS
	SELECT shape, grp, redstats(m) AS s, avg(m), variance(m), var_pop(m), var_samp(m), stddev(m), stddev_pop(m), stddev_samp(m), sum(m),
		-- an aggregate's result is an expanded value from PostgreSQL 16 on, if keys vary and are more than 64
		rs_count(redstats(m)) AS rs_count, rs_sum(redstats(m)) AS rs_sum, rs_min(redstats(m)) AS rs_min, rs_max(redstats(m)) AS rs_max, rs_avg(redstats(m)) AS rs_avg, rs_var_pop(redstats(m)) AS rs_var_pop,
		rs_var_samp(redstats(m)) AS rs_var_samp, rs_stddev_pop(redstats(m)) AS rs_stddev_pop, rs_stddev_samp(redstats(m)) AS rs_stddev_samp, redstats_send(redstats(m)) AS sent, redstats(m)::text AS text
	FROM ordered GROUP BY shape, grp;
CREATE TEMP TABLE got AS
	SELECT shape, grp, name, key COLLATE "C" AS key, value FROM results, LATERAL (VALUES
		('avg', avg), ('variance', variance), ('var_pop', var_pop), ('var_samp', var_samp), ('stddev', stddev), ('stddev_pop', stddev_pop), ('stddev_samp', stddev_samp),
		('rs_count', rs_count), ('rs_sum', rs_sum), ('rs_min', rs_min), ('rs_max', rs_max), ('rs_avg', rs_avg), ('rs_var_pop', rs_var_pop), ('rs_var_samp', rs_var_samp),
		('rs_stddev_pop', rs_stddev_pop), ('rs_stddev_samp', rs_stddev_samp)) AS v(name, m), rd_each(m)
	UNION ALL
	SELECT shape, grp, ('{N,Sx,Sxx,min,max}'::text[])[n], key COLLATE "C", number::float8 FROM results, json_each(s::text::json), json_array_elements_text(value) WITH ORDINALITY AS u(number, n);
CREATE TEMP VIEW wrong AS
	SELECT shape, count(wanted.value) FILTER (WHERE name = 'N') AS members, count(*) FILTER (WHERE differs) AS wrong,
		count(wanted.value) FILTER (WHERE name = 'N') - count(wanted.value) FILTER (WHERE name = 'var_samp') AS single, count(DISTINCT name) AS names
	FROM wanted FULL JOIN got USING (shape, grp, name, key), LATERAL (VALUES (pg_temp.bits(wanted.value) IS DISTINCT FROM pg_temp.bits(got.value))) AS d(differs)
	GROUP BY shape;
SELECT * FROM wrong ORDER BY shape;
-- that a wrong result would show: a row more, a row less, a bit more
UPDATE wanted SET value = value * 1.0000000000000002 WHERE shape = 'constant' AND grp = 2 AND key = 'key 3' AND name IN ('avg', 'Sxx');
DELETE FROM got WHERE shape = '64 keys' AND grp = 1 AND key = 'key 64' AND name = 'var_pop';
SELECT shape, wrong FROM wrong WHERE wrong > 0 ORDER BY shape;
-- sum(m) is the sum, what is stored is what was computed, and takes no byte more than the literal
SELECT shape, grp FROM results WHERE rs_sum(s) IS DISTINCT FROM sum OR sent IS DISTINCT FROM redstats_send(s) OR text IS DISTINCT FROM s::text;
SELECT shape FROM (SELECT shape, grp, redstats(m) AS s FROM ordered GROUP BY shape, grp OFFSET 0) AS r WHERE pg_column_size(s) <> pg_column_size(s::text::redstats);

-- hashed, sorted, in one group, in grouping sets: the same
CREATE TEMP TABLE sets AS SELECT shape, grp, redstats(m)::text AS s, avg(m)::text, var_samp(m)::text FROM ordered GROUP BY GROUPING SETS ((shape, grp), (shape), ());
SELECT count(*), count(*) FILTER (WHERE (sets.s, sets.avg, sets.var_samp) IS DISTINCT FROM (r.s::text, r.avg::text, r.var_samp::text)) FROM sets FULL JOIN results AS r USING (shape, grp) WHERE grp IS NOT NULL;
SELECT sets.shape FROM sets JOIN (SELECT shape, redstats(m)::text AS s FROM ordered GROUP BY shape UNION ALL SELECT NULL, redstats(m)::text FROM ordered) AS w ON w.shape IS NOT DISTINCT FROM sets.shape
WHERE grp IS NULL AND sets.s IS DISTINCT FROM w.s;
SELECT count(*) FROM sets WHERE grp IS NULL;
SET enable_hashagg = off;
SELECT pg_temp.plan_has('GroupAggregate', 'SELECT shape, grp, redstats(m ORDER BY id) FROM input GROUP BY shape, grp');
SELECT shape, grp FROM (SELECT shape, grp, redstats(m ORDER BY id), avg(m ORDER BY id) FROM input GROUP BY shape, grp) AS g JOIN results AS r USING (shape, grp) WHERE redstats::text IS DISTINCT FROM s::text OR g.avg IS DISTINCT FROM r.avg;
RESET enable_hashagg;
SET enable_sort = off;
SELECT pg_temp.plan_has('HashAggregate', 'SELECT grp, redstats(m) FROM input GROUP BY grp');
RESET enable_sort;

-- window frames: what has left is forgotten; a final function leaves the state unharmed
CREATE TEMP TABLE framed AS
	SELECT shape, id, name, value AS m FROM (
		SELECT shape, id, avg(m) OVER running AS avg, stddev_samp(m) OVER running AS stddev, var_pop(m) OVER sliding AS sliding, rs_max(redstats(m) OVER sliding) AS max, avg(m) OVER ahead AS ahead
		FROM input WHERE grp = 1 AND shape IN ('constant', '65 keys', 'few at random', 'grow', 'wide late')
		WINDOW running AS (PARTITION BY shape ORDER BY id), sliding AS (PARTITION BY shape ORDER BY id ROWS 7 PRECEDING), ahead AS (PARTITION BY shape ORDER BY id ROWS BETWEEN 2 FOLLOWING AND 9 FOLLOWING)
	) AS s, LATERAL (VALUES ('avg', avg), ('stddev', stddev), ('sliding', sliding), ('max', max), ('ahead', ahead)) AS v(name, value);
CREATE TEMP TABLE framed_wanted AS
	SELECT shape, line.id, key, name, CASE name WHEN 'stddev' THEN stddev_samp(value ORDER BY pair.id) WHEN 'sliding' THEN var_pop(value ORDER BY pair.id) WHEN 'max' THEN max(value ORDER BY pair.id) ELSE avg(value ORDER BY pair.id) END AS value
	FROM line JOIN (VALUES ('avg', -1000, 0), ('stddev', -1000, 0), ('sliding', -7, 0), ('max', -7, 0), ('ahead', 2, 9)) AS f(name, low, high) ON true JOIN pair USING (shape, grp)
	WHERE grp = 1 AND shape IN ('constant', '65 keys', 'few at random', 'grow', 'wide late') AND pair.id BETWEEN line.id + low AND line.id + high AND (line.id % 5 = 0 OR shape <> 'grow')
	GROUP BY shape, line.id, key, name;
SELECT name, count(w.value), count(*) FILTER (WHERE pg_temp.bits(w.value) IS DISTINCT FROM pg_temp.bits(f.value)) AS wrong
FROM (SELECT * FROM framed_wanted WHERE value IS NOT NULL) AS w FULL JOIN (SELECT shape, id, name, key COLLATE "C" AS key, value FROM framed, rd_each(m) WHERE id % 5 = 0 OR shape <> 'grow') AS f USING (shape, id, name, key)
GROUP BY name ORDER BY name COLLATE "C";

-- DISTINCT and FILTER
SELECT shape, grp FROM (SELECT shape, grp, avg(m) FILTER (WHERE id % 3 = 0), redstats(m) FILTER (WHERE id < 0) AS none, redstats(DISTINCT m) FROM (SELECT * FROM input UNION ALL SELECT * FROM input) AS twice GROUP BY shape, grp) AS g
	JOIN (SELECT shape, grp, redstats(m) AS s FROM (SELECT * FROM input ORDER BY shape, grp, m) AS s GROUP BY shape, grp) AS once USING (shape, grp)
	JOIN (SELECT shape, grp, avg(m) AS wanted FROM input WHERE id % 3 = 0 GROUP BY shape, grp) AS thirds USING (shape, grp)
WHERE shape <> 'special' AND (none IS NOT NULL OR rs_count(redstats) IS DISTINCT FROM rs_count(s) OR rs_min(redstats) IS DISTINCT FROM rs_min(s) OR rd_keys(avg) IS DISTINCT FROM rd_keys(wanted));

-- an aggregate of one's own: the initial state is no group's to modify
CREATE AGGREGATE pg_temp.total(reddict) (SFUNC = redstats_trans, STYPE = redstats, INITCOND = '{"a": [1, 100, 0, 100, 100]}');
SELECT grp, pg_temp.total(m ORDER BY id) FROM small GROUP BY grp ORDER BY grp;
CREATE AGGREGATE pg_temp.total_keys(reddict) (SFUNC = redstats_trans, STYPE = redstats, FINALFUNC = rs_count);
SELECT id, pg_temp.total_keys(m) OVER (ORDER BY id) FROM small WHERE grp = 'come and go' ORDER BY id;

--
-- What core raises, or does not: sequences of special values, of one key, in
-- every way that a state is kept
--
CREATE FUNCTION pg_temp.maps(vals float8[], way text) RETURNS TABLE (i bigint, m reddict) LANGUAGE sql AS $$
	SELECT n, CASE way WHEN 'same keys' THEN reddict('k', value) WHEN 'other keys' THEN reddict('k', value) || reddict('r' || n, 1)
		ELSE (SELECT reddict(array_agg('p' || p), array_agg(p)) FROM generate_series(1, 70) AS p WHERE n = 1 OR p = n) || reddict('k', value) END
	FROM unnest(vals) WITH ORDINALITY AS u(value, n)
$$;
CREATE TEMP TABLE sequence AS
	WITH special AS (SELECT value FROM unnest('{0,-0,NaN,Infinity,-Infinity,1,5e-324,1e153,1e200,-1e200,1e300,1e308,-1e308}'::float8[]) AS value)
	SELECT row_number() OVER () AS id, vals FROM (
		SELECT ARRAY[value] AS vals FROM special UNION ALL SELECT ARRAY[a.value, b.value] FROM special AS a, special AS b
		UNION ALL SELECT ARRAY[a.value, b.value, c.value] FROM special AS a, special AS b, unnest('{1,-1e200,1e308,-Infinity,NaN}'::float8[]) AS c(value)
	) AS s;
CREATE TEMP TABLE raised AS
	SELECT id, name, way, regexp_replace(pg_temp.outcome(format('SELECT pg_temp.bits(%s(m ORDER BY i) -> ''k'') FROM pg_temp.maps(%L, %L)', name, vals, way)), ' / The key is "k".', '') AS result,
		pg_temp.outcome(format('SELECT pg_temp.bits(%s(value ORDER BY i)) FROM unnest(%L::float8[]) WITH ORDINALITY AS u(value, i)', name, vals)) AS wanted
	FROM sequence, unnest('{avg,var_pop,stddev_samp}'::text[]) AS name, unnest('{same keys,other keys,many keys}'::text[]) AS way;
SELECT raised.*, vals FROM raised JOIN sequence USING (id) WHERE result IS DISTINCT FROM wanted;
-- 13 + 13 * 13 + 13 * 13 * 5 sequences, 9 of each
SELECT count(*), count(*) FILTER (WHERE wanted = '22003: value out of range: overflow') > 1000, count(*) FILTER (WHERE wanted = 'NaN') > 1000, count(*) FILTER (WHERE wanted IS NULL) FROM raised;

--
-- Merging
--

-- Against float8_combine(): the rows in parts, whose states are combined in order
CREATE AGGREGATE pg_temp.combine(float8[]) (SFUNC = float8_combine, STYPE = float8[], INITCOND = '{0,0,0}');
CREATE TEMP TABLE part_stats AS SELECT shape, grp, id % 7 AS part, redstats(m) AS s FROM (SELECT * FROM input ORDER BY shape, grp, id) AS s GROUP BY shape, grp, id % 7;
CREATE TEMP TABLE merged AS SELECT shape, grp, rs_merge(s ORDER BY part) AS s FROM part_stats GROUP BY shape, grp;
CREATE TEMP TABLE combined AS
	SELECT shape, grp, key, pg_temp.combine(accum ORDER BY part), min(min ORDER BY part), max(max ORDER BY part)
	FROM (SELECT shape, grp, id % 7 AS part, key, pg_temp.accum(value ORDER BY id), min(value ORDER BY id), max(value ORDER BY id) FROM pair GROUP BY shape, grp, id % 7, key) AS s GROUP BY shape, grp, key;
CREATE TEMP VIEW merged_numbers AS
	SELECT shape, grp, key COLLATE "C" AS key, array_agg(number::float8 ORDER BY n) AS numbers FROM merged, json_each(s::text::json), json_array_elements_text(value) WITH ORDINALITY AS u(number, n) GROUP BY shape, grp, key;
SELECT shape, count(combine), count(*) FILTER (WHERE pg_temp.bits(numbers[1]) IS DISTINCT FROM pg_temp.bits(combine[1]) OR pg_temp.bits(numbers[2]) IS DISTINCT FROM pg_temp.bits(combine[2])
	OR pg_temp.bits(numbers[3]) IS DISTINCT FROM pg_temp.bits(combine[3]) OR pg_temp.bits(numbers[4]) IS DISTINCT FROM pg_temp.bits(min) OR pg_temp.bits(numbers[5]) IS DISTINCT FROM pg_temp.bits(max)) AS wrong
FROM combined FULL JOIN merged_numbers USING (shape, grp, key) GROUP BY shape ORDER BY shape;
-- what is stored was not modified
SELECT shape, grp, part FROM part_stats JOIN (SELECT shape, grp, id % 7 AS part, redstats(m)::text AS s FROM (SELECT * FROM input ORDER BY shape, grp, id) AS s GROUP BY shape, grp, id % 7) AS again USING (shape, grp, part) WHERE part_stats.s::text IS DISTINCT FROM again.s;
-- in a window, and in any order for what does not depend on it
SELECT shape, grp, part FROM (SELECT shape, grp, part, rs_count(rs_merge(s) OVER w) AS count, rs_max(rs_merge(s) OVER w) AS max FROM part_stats WINDOW w AS (PARTITION BY shape, grp ORDER BY part)) AS s
	JOIN (SELECT shape, grp, p AS part, rs_count(redstats(m)) AS wanted, rs_max(redstats(m)) AS wanted_max FROM input, generate_series(0, 6) AS p WHERE id % 7 <= p GROUP BY shape, grp, p) AS w USING (shape, grp, part)
WHERE count IS DISTINCT FROM wanted OR max IS DISTINCT FROM wanted_max;
SELECT shape, grp FROM (SELECT shape, grp, rs_merge(s ORDER BY part DESC) AS s FROM part_stats GROUP BY shape, grp) AS back JOIN results AS r USING (shape, grp)
WHERE rs_count(back.s) IS DISTINCT FROM rs_count OR rs_min(back.s) IS DISTINCT FROM rs_min OR rs_max(back.s) IS DISTINCT FROM rs_max;

-- combined by the executor: each partition's rows, as they lie there, in the order of the partitions
CREATE TEMP TABLE parted (part int, id int, shape text, m reddict) PARTITION BY LIST (part);
CREATE TEMP TABLE parted_0 PARTITION OF parted FOR VALUES IN (0);
CREATE TEMP TABLE parted_1 PARTITION OF parted FOR VALUES IN (1);
CREATE TEMP TABLE parted_2 PARTITION OF parted FOR VALUES IN (2);
INSERT INTO parted SELECT id % 3, id, shape, m FROM input WHERE grp = 1 AND shape <> 'special' ORDER BY shape, id;
SET enable_partitionwise_aggregate = on;
SELECT pg_temp.plan_has('Finalize Aggregate', 'SELECT redstats(m), avg(m) FROM parted'), pg_temp.plan_has('Partial Aggregate', 'SELECT redstats(m), avg(m) FROM parted');
CREATE TEMP TABLE by_parts AS SELECT redstats(m) AS s, avg(m), stddev(m) FROM parted;
RESET enable_partitionwise_aggregate;
SELECT pg_temp.plan_has('Partial Aggregate', 'SELECT redstats(m), avg(m) FROM parted');
SELECT count(*), count(*) FILTER (WHERE pg_temp.bits(avg -> key) IS DISTINCT FROM pg_temp.bits(combine[2] / combine[1]) OR pg_temp.bits(rs_var_pop(s) -> key) IS DISTINCT FROM pg_temp.bits(combine[3] / combine[1])
	OR pg_temp.bits(stddev -> key) IS DISTINCT FROM pg_temp.bits(CASE WHEN combine[1] > 1 THEN sqrt(combine[3] / (combine[1] - 1)) END)) AS wrong, count(*) = max(rd_length(avg))
FROM by_parts, (SELECT key, pg_temp.combine(accum ORDER BY part) FROM (SELECT part, key COLLATE "C" AS key, pg_temp.accum(value ORDER BY parted.ctid) FROM parted, rd_each(m) GROUP BY part, key) AS s GROUP BY key) AS w;

--
-- Hours into days into months, against one pass over the rows
--

-- a row every 10 minutes of 61 days, and of some keys; whole numbers, and others
CREATE TEMP TABLE measured AS
	SELECT at, m, date_trunc('hour', at) AS hour, at::date AS day, date_trunc('month', at)::date AS month FROM (
		SELECT timestamp '2026-11-01' + i * interval '10 minutes' AS at,
			CASE WHEN i % 50 <> 3 THEN reddict(ARRAY['hits', 'load', 'page ' || i % 7, 'rare ' || i / 1000], ARRAY[i * 7919 % 1009, (i * 7919 % 1009 - 504)::float8 / 7, i % 13 - 6, i]) END
		FROM generate_series(0, 61 * 144 - 1) AS i) AS s(at, m);
CREATE TEMP TABLE hourly AS SELECT hour, day, month, redstats(m ORDER BY at) AS s FROM measured GROUP BY hour, day, month;
CREATE TEMP TABLE daily AS SELECT day, month, rs_merge(s ORDER BY hour) AS s FROM hourly GROUP BY day, month;
CREATE TEMP TABLE monthly AS SELECT month, rs_merge(s ORDER BY day) AS s FROM daily GROUP BY month;
CREATE TEMP TABLE before AS SELECT (SELECT md5(string_agg(s::text, '' ORDER BY hour)) FROM hourly) AS hours, (SELECT md5(string_agg(s::text, '' ORDER BY day)) FROM daily) AS days;
SELECT (SELECT count(*) FROM hourly), (SELECT count(*) FROM daily), (SELECT count(*) FROM monthly);
-- one pass, and core's own aggregates
CREATE TEMP TABLE one_pass AS SELECT month, redstats(m ORDER BY at) AS s, sum(m ORDER BY at), avg(m ORDER BY at), var_samp(m ORDER BY at) FROM measured GROUP BY month;
CREATE TEMP TABLE by_core AS
	SELECT month, key, count(*), sum(value ORDER BY at), min(value), max(value), avg(value ORDER BY at), var_samp(value ORDER BY at), bool_and(value = trunc(value)) AS whole
	FROM measured, rd_each(m) GROUP BY month, key;
CREATE TEMP VIEW rolled_wrong AS
	SELECT month, key FROM by_core AS c FULL JOIN (SELECT month, key, monthly.s, o.s AS passed FROM monthly JOIN one_pass AS o USING (month), unnest(rd_keys(rs_count(monthly.s))) AS key) AS r USING (month, key)
	WHERE (rs_count(s) -> key, rs_min(s) -> key, rs_max(s) -> key) IS DISTINCT FROM (count::float8, min, max)
	   OR NOT CASE WHEN whole THEN rs_sum(s) -> key = sum ELSE abs((rs_sum(s) -> key) - sum) <= 1e-9 * abs(sum) END
	   OR NOT CASE WHEN whole THEN rs_avg(s) -> key = avg ELSE abs((rs_avg(s) -> key) - avg) <= 1e-9 * abs(avg) END
	   OR NOT CASE WHEN count = 1 THEN rs_var_samp(s) -> key IS NULL ELSE abs((rs_var_samp(s) -> key) - var_samp) <= 1e-9 * var_samp END
	   OR (rs_count(passed) -> key, rs_sum(passed) -> key, rs_avg(passed) -> key, rs_var_samp(passed) -> key) IS DISTINCT FROM (count::float8, sum, avg, var_samp);
-- no rows: right
SELECT * FROM rolled_wrong;
SELECT month, count(*), sum(count), count(*) FILTER (WHERE whole) FROM by_core GROUP BY month ORDER BY month;
-- of hits, by hand: 30 * 144 and 31 * 144 rows, but for every 50th
SELECT month, rs_count(s) -> 'hits', rs_max(s) -> 'hits', rs_min(s) -> '{page 0,load}'::text[] FROM monthly ORDER BY month;
-- straight from the hours, in another order, which makes no difference to whole numbers
SELECT month FROM (SELECT month, rs_merge(s ORDER BY md5(hour::text)) AS s FROM hourly GROUP BY month) AS h JOIN monthly AS m USING (month)
WHERE rs_count(h.s) IS DISTINCT FROM rs_count(m.s) OR rd_delete(rs_sum(h.s), 'load') IS DISTINCT FROM rd_delete(rs_sum(m.s), 'load') OR rs_max(h.s) IS DISTINCT FROM rs_max(m.s);
-- hours and days are as they were
SELECT hours = (SELECT md5(string_agg(s::text, '' ORDER BY hour)) FROM hourly), days = (SELECT md5(string_agg(s::text, '' ORDER BY day)) FROM daily) FROM before;

-- Statistics of 1,000 keys, compressed and out of line: 4 of 5 hours have keys 1
-- to 1000, every fifth has 2, 4, ... 2000
CREATE TEMP TABLE long_pair AS SELECT hour, ('key ' || i * (CASE WHEN hour % 5 = 4 THEN 2 ELSE 1 END)) COLLATE "C" AS key, (i * hour % 17)::float8 AS value FROM generate_series(0, 19) AS hour, generate_series(1, 1000) AS i;
CREATE TEMP TABLE long (hour int, s redstats, external redstats);
ALTER TABLE long ALTER COLUMN external SET STORAGE EXTERNAL;
SET redbear.pack = off;
INSERT INTO long SELECT hour, s, s FROM (SELECT hour, redstats(reddict(key, value)) AS s FROM long_pair GROUP BY hour) AS s;
RESET redbear.pack;
-- 4 + 12 + 1000 * (40 + 1) + 31 * 4 bytes, and the keys, less the header that TOAST does without
SELECT bool_and(pg_column_size(s) < 20000), min(pg_column_size(external)), 12 + 1000 * 41 + 31 * 4 + (SELECT sum(length(key)) FROM long_pair WHERE hour = 0) FROM long;
CREATE TEMP TABLE long_before AS SELECT hour, md5(s::text) AS s, md5(external::text) AS external FROM long;
CREATE TEMP TABLE long_merged AS
	SELECT half, v.s FROM (
		SELECT hour / 10 AS half, rs_merge(s ORDER BY hour) AS s, rs_merge(external ORDER BY hour) AS external, rs_merge(CASE WHEN hour % 2 = 0 THEN s ELSE external END ORDER BY hour) AS mixed FROM long GROUP BY hour / 10
	) AS m, LATERAL (VALUES (s), (external), (mixed)) AS v(s);
SELECT half, key FROM (SELECT hour / 10 AS half, key, count(*), sum(value), min(value), max(value), var_pop(value) FROM long_pair GROUP BY hour / 10, key) AS w
	FULL JOIN (SELECT half, key COLLATE "C" AS key, value AS rs_count, rs_sum(s) AS rs_sum, rs_min(s) AS rs_min, rs_max(s) AS rs_max, rs_var_pop(s) AS rs_var_pop FROM long_merged, rd_each(rs_count(s))) AS g USING (half, key)
WHERE half = 0 AND ((rs_count, rs_sum -> key, rs_min -> key, rs_max -> key) IS DISTINCT FROM (count::float8, sum, min, max) OR NOT abs((rs_var_pop -> key) - var_pop) <= 1e-9 * var_pop);
SELECT count(*), count(DISTINCT s::text), min(rd_length(rs_count(s))), sum(rd_sum(rs_count(s))) FROM long_merged;
SELECT hour FROM long JOIN long_before AS b USING (hour) WHERE md5(long.s::text) <> b.s OR md5(long.external::text) <> b.external;
-- by the states that PL/pgSQL holds, and by arrays
DO $$
DECLARE
	total redstats;
	copy redstats;
	stats redstats[];
BEGIN
	FOR i IN 0..19 LOOP
		copy := total;
		SELECT rs_merge(v.s) INTO total FROM (SELECT total AS s UNION ALL SELECT s FROM long WHERE hour = i) AS v;
		IF i > 0 AND rd_sum(rs_count(copy)) <> i * 1000 THEN
			RAISE NOTICE 'hour %: % numbers', i, rd_sum(rs_count(copy));
		END IF;
	END LOOP;
	SELECT array_agg(s) INTO stats FROM long;
	RAISE NOTICE '% numbers of % keys; from an array the same: %', rd_sum(rs_count(total)), rd_length(rs_count(total)), (SELECT rs_count(rs_merge(s)) = rs_count(total) FROM unnest(stats) AS s);
END $$;

--
-- Parallel: partial states made, sent and combined.  Rows of core's own table,
-- since workers do not see temporary ones; whole numbers, which add up in any order.
--
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET parallel_leader_participation = off;
CREATE TEMP TABLE query AS SELECT name, q FROM (VALUES
	('all', $$SELECT 0 AS grp, redstats(m) AS s, avg(m) AS avg, var_samp(m) AS var_samp FROM (SELECT reddict(ARRAY['oid', 'k' || oid::int8 % 211, 'p ' || proname], ARRAY[oid::int8, pronargs, pronargs]) AS m FROM pg_proc) AS p$$),
	('groups', $$SELECT pronargs % 3 AS grp, redstats(m) AS s, avg(m) AS avg, var_samp(m) AS var_samp FROM (SELECT pronargs, reddict(ARRAY['oid', 'k' || oid::int8 % 211, 'p ' || proname], ARRAY[oid::int8, pronargs, pronargs]) AS m FROM pg_proc) AS p GROUP BY pronargs % 3$$),
	('one key', $$SELECT 0 AS grp, redstats(m) AS s, avg(m) AS avg, var_samp(m) AS var_samp FROM (SELECT reddict('oid', oid::int8) AS m FROM pg_proc) AS p$$)) AS v(name, q);
SELECT name, pg_temp.plan_has('Parallel Seq Scan', q), pg_temp.plan_has('Partial', q), pg_temp.plan_has('Finalize', q) FROM query ORDER BY name;
EXPLAIN (COSTS OFF) SELECT redstats(reddict(proname::text, pronargs)), stddev(reddict(proname::text, pronargs)) FROM pg_proc;
CREATE FUNCTION pg_temp.parallel_wrong(query text, OUT members bigint, OUT wrong bigint)
LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE 'CREATE TEMP TABLE serial (grp, s, avg, var_samp) AS ' || query;
	SELECT count(*), count(*) FILTER (WHERE (rs_count(s) -> key, rs_sum(s) -> key, rs_min(s) -> key, rs_max(s) -> key, g.avg -> key) IS DISTINCT FROM (w.count, w.sum, w.min, w.max, w.avg)
			OR NOT abs((g.var_samp -> key) - w.var_samp) <= 1e-9 * w.var_samp)
		INTO members, wrong
		FROM serial AS g FULL JOIN (
			SELECT CASE WHEN query LIKE '%GROUP BY%' THEN pronargs % 3 ELSE 0 END AS grp, key, count(*)::float8, sum(value), min(value), max(value), avg(value), var_samp(value)
			FROM pg_proc, LATERAL (SELECT 'oid', oid::int8::float8 UNION ALL SELECT k, pronargs FROM (VALUES ('k' || oid::int8 % 211), ('p ' || proname)) AS v(k) WHERE query NOT LIKE '%reddict(''oid''%') AS p(key, value)
			GROUP BY 1, key) AS w USING (grp);
	DROP TABLE serial;
END $$;
SELECT name, members > CASE name WHEN 'one key' THEN 0 ELSE 2000 END, wrong FROM query, pg_temp.parallel_wrong(q) ORDER BY name;
RESET parallel_leader_participation;
SELECT name, wrong FROM query, pg_temp.parallel_wrong(q) ORDER BY name;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
SET max_parallel_workers_per_gather = 0;

--
-- rd_concat_agg: the last row that has a key wins
--
SELECT grp, rd_concat_agg(m ORDER BY id), rd_concat_agg(m ORDER BY id DESC) FROM small GROUP BY grp ORDER BY grp;
SELECT rd_concat_agg(m ORDER BY i), rd_concat_agg(m ORDER BY i) FILTER (WHERE i <> 2), rd_concat_agg(m ORDER BY i) FILTER (WHERE i > 9) FROM (VALUES (1, '{"a": "NaN", "b": 1}'::reddict), (2, '{"a": -0, "b": "Infinity"}'), (3, '{"c": 1}')) AS v(i, m);
SELECT i, rd_concat_agg(m) OVER (ORDER BY i), rd_concat_agg(m) OVER (ORDER BY i ROWS 1 PRECEDING) FROM (VALUES (1, '{"a": 1, "b": 1}'::reddict), (2, '{"a": 2}'), (3, NULL), (4, '{"b": 4}')) AS v(i, m);
-- against DISTINCT ON, and || from row to row
SELECT shape, count(*), count(*) FILTER (WHERE pg_temp.bits(g.value) IS DISTINCT FROM pg_temp.bits(w.value)) AS wrong
FROM (SELECT shape, grp, e.key COLLATE "C" AS key, e.value FROM (SELECT shape, grp, rd_concat_agg(m ORDER BY id) AS m FROM input GROUP BY shape, grp) AS s, rd_each(m) AS e) AS g
	FULL JOIN (SELECT DISTINCT ON (shape, grp, key) shape, grp, key, value FROM pair ORDER BY shape, grp, key, id DESC) AS w USING (shape, grp, key)
GROUP BY shape ORDER BY shape;
SELECT shape, grp FROM (
		SELECT shape, grp, rd_concat_agg(m ORDER BY md5(id::text)) AS m, rd_concat_agg(m ORDER BY id) AS ordered FROM input WHERE shape IN ('few at random', '65 keys', 'wide late', 'special') GROUP BY shape, grp) AS s
WHERE rd_keys(m) <> rd_keys(ordered) OR m IS DISTINCT FROM (
	WITH RECURSIVE numbered AS (SELECT m, row_number() OVER (ORDER BY md5(id::text)) AS i FROM input WHERE (shape, grp) = (s.shape, s.grp) AND m IS NOT NULL),
		fold(i, m) AS (SELECT 1, m FROM numbered WHERE i = 1 UNION ALL SELECT fold.i + 1, fold.m || n.m FROM fold JOIN numbered AS n ON n.i = fold.i + 1)
	SELECT m FROM fold ORDER BY i DESC LIMIT 1);
