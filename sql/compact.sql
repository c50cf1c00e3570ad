--
-- The compact form of states of aggregates, that nodes of a cluster send to each
-- other (src/compact.h).  Where the output function is the final function of an
-- aggregate, its context is what Citus gives it.
--

\pset format unaligned
\pset tuples_only on

CREATE AGGREGATE pg_temp.sent_sum(reddict) (SFUNC = reddict_sum_trans, STYPE = reddict, FINALFUNC = reddict_out);
CREATE AGGREGATE pg_temp.sent_stats(reddict) (SFUNC = redstats_trans, STYPE = redstats, FINALFUNC = redstats_out);
CREATE AGGREGATE pg_temp.sent_exact(reddict) (SFUNC = redsum_trans, STYPE = redsum, FINALFUNC = redsum_out);
CREATE AGGREGATE pg_temp.sent_hist(reddict) (SFUNC = redhist_trans, STYPE = redhist, FINALFUNC = redhist_out);
CREATE AGGREGATE pg_temp.sent_pivot(text, float8) (SFUNC = reddict_agg_trans, STYPE = reddict, FINALFUNC = reddict_out);

-- by hand: ~, and in base64: version 1, kind 0, 3 keys in 6 bytes, the body in 5;
-- "a"; "ab", which begins with 1 byte of it; "b"; and narrow numbers of scale 1 in a
-- byte each, 10, 25, -30
SELECT encode(decode(substr(pg_temp.sent_sum(m)::text, 2), 'base64'), 'hex')
	= replace('01 00 03 06 05  01 61  11 62  01 62  01 21 0a 19 e2', ' ', '')
FROM (VALUES ('{"a": 1, "ab": 2.5, "b": -3}'::reddict)) AS v(m);

-- It is nowhere else: not in text, arrays, strings, JSON, COPY, nor in windows.
SELECT m::text, ARRAY[m]::text, format('%s', m), to_json(m), reddict_out(m), s::text, x::text
FROM (SELECT sum(m) AS m, redstats(m) AS s, redsum(m) AS x FROM (VALUES ('{"a": 1}'::reddict)) AS v(m)) AS q;
SELECT array_agg(m), string_agg(m::text, ','), json_agg(m), jsonb_agg(m), count(DISTINCT m::text) FROM (VALUES ('{"a": 1}'::reddict), ('{"a": 2}')) AS v(m);
COPY (SELECT sum(m), redstats(m), redsum(m) FROM (VALUES ('{"a": 1}'::reddict)) AS v(m)) TO STDOUT;
SELECT pg_temp.sent_sum(m) OVER () FROM (VALUES ('{"a": 1}'::reddict)) AS v(m);
-- nor is it for no keys
SELECT pg_temp.sent_sum(m), pg_temp.sent_stats(m), pg_temp.sent_exact(m) FROM (VALUES ('{}'::reddict)) AS v(m);
SELECT num_nulls(pg_temp.sent_sum(m), pg_temp.sent_stats(m), pg_temp.sent_exact(m)) FROM (VALUES (NULL::reddict)) AS v(m);
-- nor if it is not wanted
SET redbear.partial_states = text;
SELECT pg_temp.sent_sum(m), pg_temp.sent_stats(m), pg_temp.sent_exact(m) FROM (VALUES ('{"a": 1}'::reddict), ('{"b": 2}')) AS v(m);
RESET redbear.partial_states;

-- Rows of many kinds, in groups: numbers that are narrow or not, of one scale
-- or several, all the same; keys that share much, nothing, or 300 bytes
CREATE TEMP TABLE sendable AS
	SELECT name, m FROM (
		SELECT 'integers', reddict(array_agg('metric_' || lpad(k::text, 4, '0')), array_agg(i * k * 7919 % 100003)) FROM generate_series(1, 5) AS i, generate_series(1, 300) AS k GROUP BY i
		UNION ALL SELECT 'large integers', reddict(array_agg('k' || k), array_agg(i * k * 7919.0 * 1000003)) FROM generate_series(1, 5) AS i, generate_series(1, 40) AS k GROUP BY i
		UNION ALL SELECT 'amounts', reddict(array_agg('metric_' || k), array_agg(i * k * 7919 % 100003 / 100.0)) FROM generate_series(1, 200) AS i, generate_series(1, 70) AS k GROUP BY i
		UNION ALL SELECT 'negative', reddict(array_agg('k' || k), array_agg(-i * k * 7919 % 100003 / 1000.0)) FROM generate_series(1, 50) AS i, generate_series(1, 10) AS k GROUP BY i
		UNION ALL SELECT 'mixed', reddict(array_agg(k || 'th'), array_agg(CASE k % 4 WHEN 0 THEN i WHEN 1 THEN i * k * 7919 % 100003 / 100.0 WHEN 2 THEN i / 3::float8 ELSE 1e150 / i END)) FROM generate_series(1, 5) AS i, generate_series(1, 70) AS k GROUP BY i
		UNION ALL SELECT 'thirds', reddict(array_agg('k' || k), array_agg(i * k / 3::float8)) FROM generate_series(1, 5) AS i, generate_series(1, 70) AS k GROUP BY i
		UNION ALL SELECT 'same', reddict(array_agg('k' || k), array_agg(i / 3::float8)) FROM generate_series(1, 5) AS i, generate_series(1, 70) AS k GROUP BY i
		UNION ALL SELECT 'one key', reddict('k', i) FROM generate_series(1, 5) AS i
		UNION ALL SELECT 'special', '{"": 1, "-0": -0, "inf": "Infinity", "minf": "-Infinity", "nan": "NaN", "tiny": 5e-324, "huge": 1e308, "2^53": 9007199254740992, "2^53+2": 9007199254740994}'
		UNION ALL SELECT 'zeros', '{"a": -0, "b": 0, "c": -0}' FROM generate_series(1, 1)
		UNION ALL SELECT 'unicode', reddict('{é,è,éé,☃,☄,😀,"",e,"\"","\\"," "}'::text[], ARRAY[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, i]) FROM generate_series(1, 3) AS i
		UNION ALL SELECT 'long keys', reddict(array_agg(repeat('x', k * 17) || k % 3), array_agg(k * i)) FROM generate_series(1, 5) AS i, generate_series(1, 40) AS k GROUP BY i
		UNION ALL SELECT 'differing', reddict(ARRAY['k' || i, 'k' || i + 1], ARRAY[i, 0.1]) FROM generate_series(1, 90) AS i
	) AS s(name, m);
-- what is read is what was written: to the bit, as the texts say
CREATE FUNCTION pg_temp.differences(OUT name text, OUT what text) RETURNS SETOF record LANGUAGE sql AS $$
	SELECT name, what FROM (
		SELECT name, sum(m)::text AS s, pg_temp.sent_sum(m)::text::reddict::text AS s_sent,
			redstats(m)::text AS t, pg_temp.sent_stats(m)::text::redstats::text AS t_sent,
			redsum(m)::text AS x, pg_temp.sent_exact(m)::text::redsum::text AS x_sent,
			redhist(m)::text AS h, pg_temp.sent_hist(m)::text::redhist::text AS h_sent
		FROM sendable GROUP BY name) AS q,
		LATERAL (VALUES ('sum', s = s_sent), ('statistics', t = t_sent), ('exact sum', x = x_sent), ('histogram', h = h_sent)) AS v(what, same)
	WHERE NOT same
$$;
SELECT * FROM pg_temp.differences();
-- so do states of every form
SELECT name, pg_temp.sent_sum(m)::text ~ '^~[A-Za-z0-9+/]+=*$', pg_temp.sent_stats(m)::text ~ '^~', pg_temp.sent_exact(m)::text ~ '^~', pg_temp.sent_hist(m)::text ~ '^~'
FROM sendable GROUP BY name HAVING NOT (pg_temp.sent_sum(m)::text ~ '^~[A-Za-z0-9+/]+=*$' AND pg_temp.sent_stats(m)::text ~ '^~' AND pg_temp.sent_exact(m)::text ~ '^~'
	AND pg_temp.sent_hist(m)::text ~ '^~');
SELECT pg_temp.sent_pivot(key, value)::text::reddict = reddict_agg(key, value) FROM sendable, rd_each(m) WHERE name = 'amounts';
-- it is as canonical as any other: a value is the same however it came
SELECT count(*) FROM (SELECT sum(m) AS m, pg_temp.sent_sum(m)::text::reddict AS sent FROM sendable GROUP BY name) AS q
WHERE rd_unpack(m)::text::reddict IS DISTINCT FROM sent OR rd_check(sent) IS NOT NULL OR pg_column_size(m::text::reddict) <> pg_column_size(sent);

-- Sizes, of text today: what is asked of 1,000 keys, with integers and with two
-- decimals; a sum of many of these has rounding errors.
CREATE TEMP TABLE wide AS
	SELECT kind, reddict(array_agg('metric_' || lpad(k::text, 4, '0')), array_agg(CASE kind WHEN 'integers' THEN 1 ELSE 0.01 END * (i * k * 7919 % 1000003))) AS m
	FROM unnest('{integers,"two decimals"}'::text[]) AS kind, generate_series(1, 20) AS i, generate_series(1, 1000) AS k GROUP BY kind, i;
CREATE FUNCTION pg_temp.ratios(OUT kind text, OUT of_sum numeric, OUT of_avg numeric) RETURNS SETOF record LANGUAGE sql AS $$
	SELECT kind, length(pg_temp.sent_sum(m)::text)::numeric / length(sum(m)::text), length(pg_temp.sent_stats(m)::text)::numeric / length(redstats(m)::text)
	FROM wide GROUP BY kind ORDER BY kind
$$;
SELECT kind, of_sum <= 0.5, of_avg <= 0.5 FROM pg_temp.ratios();
SELECT rd_share_keys_of(m) IS NULL FROM wide LIMIT 1;
SET redbear.partial_states = keyless;
SELECT kind, of_sum <= 0.25, of_avg <= 0.6 FROM pg_temp.ratios();

-- Keys that are registered are left out, and found again.
SELECT rd_share_keys_of(max(m)) IS NULL FROM sendable WHERE name IN ('integers', 'unicode', 'special') GROUP BY name;
SELECT * FROM pg_temp.differences();
SELECT length(pg_temp.sent_sum(m)::text) < 300 FROM sendable WHERE name = 'unicode';
CREATE TEMP TABLE keyless AS SELECT pg_temp.sent_sum(m)::text AS state FROM sendable WHERE name = 'special';
RESET redbear.partial_states;
SELECT rd_is_packed(state::reddict) FROM keyless;
-- where they are not, it is an error: of another hash; of other keys with that hash
CREATE FUNCTION pg_temp.with_byte(state text, place int, value int) RETURNS text LANGUAGE sql
	RETURN '~' || translate(encode(set_byte(decode(substr(state, 2), 'base64'), place, value), 'base64'), E'\n', '');
CREATE FUNCTION pg_temp.byte_of(state text, place int) RETURNS int LANGUAGE sql
	RETURN get_byte(decode(substr(state, 2), 'base64'), place);
CREATE FUNCTION pg_temp.says(type regtype, state text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE result text; detail text; hint text;
BEGIN
	EXECUTE format('SELECT %L::%s', state, type) INTO result;
	RETURN result;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN concat_ws('|', SQLSTATE, regexp_replace(SQLERRM, '-?\d{10,}', 'N'), detail, hint);
END $$;
SELECT pg_temp.says('reddict', pg_temp.with_byte(state, 6, (pg_temp.byte_of(state, 6) + 1) % 256)) FROM keyless;
SELECT pg_temp.says('reddict', pg_temp.with_byte(state, 13, (pg_temp.byte_of(state, 13) + 1) % 256)) FROM keyless;
-- and of another number of keys
SELECT pg_temp.says('reddict', pg_temp.with_byte(state, 2, 8)) FROM keyless;

-- Errors, by hand
CREATE FUNCTION pg_temp.state(hex text) RETURNS text LANGUAGE sql RETURN '~' || encode(decode(replace(hex, ' ', ''), 'hex'), 'base64');
SELECT what, pg_temp.says('reddict', pg_temp.state(hex)) FROM (VALUES
	(1, 'a byte more', '01 00 02 04 05 0161 0162 01 20 07 09 00'),
	(2, 'right', '01 00 02 04 04 0161 0162 01 20 07 09'),
	(3, 'version', '02 00 02 04 04 0161 0162 01 20 07 09'),
	(4, 'byte order', '21 00 02 04 04 0161 0162 01 20 07 09'),
	(5, 'flags', '41 00 02 04 04 0161 0162 01 20 07 09'),
	(6, 'kind', '01 01 02 04 04 0161 0162 01 20 07 09'),
	(7, 'no keys', '01 00 00 00 00'),
	(8, 'more keys', '01 00 03 04 04 0161 0162 01 20 07 09'),
	(9, 'fewer keys', '01 00 01 04 04 0161 0162 01 20 07 09'),
	(10, 'too many keys', '01 00 81808008 04 04 0161 0162 01 20 07 09'),
	(11, 'keys not in order', '01 00 02 04 04 0162 0161 01 20 07 09'),
	(12, 'a key twice', '01 00 02 04 04 0161 0161 01 20 07 09'),
	(13, 'shares less than it could', '01 00 02 05 04 0161 026162 01 20 07 09'),
	(14, 'shares more than there is', '01 00 02 04 04 0161 2162 01 20 07 09'),
	(15, 'length written too long', '01 00 02 05 04 0f800061 01 20 07 09'),
	(16, 'a zero byte in a key', '01 00 02 04 04 0100 0162 01 20 07 09'),
	(17, 'invalid UTF-8 in a key', '01 00 02 04 04 0161 01ff 01 20 07 09'),
	(18, 'longer keys than there is', '01 00 02 14 04 0161 0162 01 20 07 09'),
	(19, 'form of numbers', '01 00 02 04 04 0161 0162 05 20 07 09'),
	(20, 'too few doubles', '01 00 02 04 09 0161 0162 00 0000000000000000'),
	(21, 'too few for all', '01 00 02 04 02 0161 0162 02 00'),
	(22, 'narrow width', '01 00 02 04 04 0161 0162 01 60 07 09'),
	(23, 'decimals: no width', '01 00 02 04 05 0161 0162 03 00 00 07 09'),
	(24, 'decimals', '01 00 02 04 05 0161 0162 03 01 01 07 09'),
	(25, 'decimals with steps', '01 00 02 04 07 0161 0162 03 01 09 07 09 00 01'),
	(26, 'decimals: scale', '01 00 02 04 05 0161 0162 03 10 01 07 09'),
	(27, 'decimals: beyond 2^53', '01 00 02 04 11 0161 0162 03 00 07 00000000000020 01000000000020'),
	(28, 'decimals: 2^53', '01 00 02 04 11 0161 0162 03 00 07 00000000000020 000000000000e0'),
	(29, 'decimals: too few', '01 00 02 04 04 0161 0162 03 01 01 07'),
	(30, 'nothing', ''),
	(31, 'keyless: too short', '11 00 02 04 04 0161 0162 01 20 07 09'),
	(32, 'no numbers', '01 00 02 04 00 0161 0162'),
	(33, 'decimals: nothing', '01 00 02 04 02 0161 0162 03 00'),
	(34, 'varint without end', '01 00 ffffffffff 04 04 0161 0162 01 20 07 09')
) AS v(id, what, hex) ORDER BY id;
SELECT pg_temp.says('reddict', s) FROM unnest('{~,~~,~=,~a,"~AQ=","~AQAC*","~{}"}'::text[]) AS s;
-- statistics that none can be: counts of 0, for one key of two
SELECT pg_temp.says('redstats', pg_temp.state('01 01 02 04 12 0161 0162 01200102 01200103 01200000 01200101 01200102')),
	pg_temp.says('redstats', pg_temp.state('01 01 02 04 14 0161 0162 01200102 01200103 01200000 01200101 01200102'));
SELECT pg_temp.says('redstats', pg_temp.state('01 01 02 04 14 0161 0162 01200002 01200103 01200000 01200101 01200102'));
-- exact sums: a count of 1 and the sum 0, and what can't be
SELECT hex, pg_temp.says('redsum', pg_temp.state('01 02 01 02 ' || hex)) FROM unnest('{
	02 0161 01 00, 02 0161 00 00, 02 0161 01 ff, 03 0161 01 00 00, 01 0161 01, 02 0161 80 80, 03 0161 01 02 00, 05 0161 01 02 02 00 00, 05 0161 01 02 01 00 00, 04 0161 01 04 32 04}'::text[]) AS hex;
SELECT pg_temp.says('reddict', pg_temp.state('01 02 01 02 02 0161 01 00'));
SELECT pg_temp.says('redhist', pg_temp.state('01 03 01 02 02 0161 01 00'));

-- Any byte may be any other: what is read then is a sound value, or it is an error
-- of the kind.
CREATE FUNCTION pg_temp.damage(type regtype, state text, OUT place int, OUT value int, OUT wrong text) RETURNS SETOF record LANGUAGE plpgsql AS $$
DECLARE read text; problem text;
BEGIN
	FOR place IN 0 .. length(decode(substr(state, 2), 'base64')) - 1 LOOP
		FOREACH value IN ARRAY ARRAY[0, 1, 127, 128, 255, (pg_temp.byte_of(state, place) + 1) % 256, pg_temp.byte_of(state, place) # 16] LOOP
			BEGIN
				EXECUTE format('SELECT v::text, %s FROM (SELECT %L::%s AS v) AS s', CASE WHEN type <> 'redhist'::regtype THEN 'rd_check(v)' ELSE 'NULL' END,
					pg_temp.with_byte(state, place, value), type) INTO read, problem;
				EXECUTE format('SELECT %L::%s::text', read, type) INTO wrong;
				-- that of a redhist need not tell 0 from -0
				IF (wrong IS DISTINCT FROM read AND type <> 'redhist'::regtype) OR problem IS NOT NULL THEN
					RETURN NEXT;
				END IF;
			EXCEPTION WHEN invalid_text_representation OR object_not_in_prerequisite_state OR data_corrupted THEN
			END;
		END LOOP;
	END LOOP;
	-- nor is a part of it anything
	FOR place IN 1 .. length(state) - 1 LOOP
		BEGIN
			EXECUTE format('SELECT %L::%s::text', left(state, place), type) INTO wrong;
			RETURN NEXT;
		EXCEPTION WHEN invalid_text_representation OR data_corrupted THEN
		END;
	END LOOP;
END $$;
SELECT d.* FROM (SELECT name, pg_temp.sent_sum(m)::text AS state FROM sendable WHERE name IN ('unicode', 'special', 'negative', 'one key', 'same') GROUP BY name) AS s, pg_temp.damage('reddict', state) AS d;
SELECT d.* FROM (SELECT name, pg_temp.sent_stats(m)::text AS state FROM sendable WHERE name IN ('unicode', 'one key') GROUP BY name) AS s, pg_temp.damage('redstats', state) AS d;
SELECT d.* FROM (SELECT name, pg_temp.sent_exact(m)::text AS state FROM sendable WHERE name IN ('unicode', 'special', 'negative') GROUP BY name) AS s, pg_temp.damage('redsum', state) AS d;
SELECT d.* FROM (SELECT name, pg_temp.sent_hist(m)::text AS state FROM sendable WHERE name IN ('unicode', 'special', 'one key') GROUP BY name) AS s, pg_temp.damage('redhist', state) AS d;
SELECT d.* FROM keyless, pg_temp.damage('reddict', state) AS d;
