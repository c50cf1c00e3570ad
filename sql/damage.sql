--
-- Stored values that are damaged, or written by something else
--
-- What reddict_view_flat() promises: a value whose version, type or size can't
-- be is refused by every reader, with data_corrupted.  The rest is the
-- builder's promise.
--
\pset format unaligned
\pset tuples_only on

-- It is values with their keys, and not narrow, that are damaged here.
SET redbear.pack = off;
SET redbear.narrow = off;

-- Bytes as a value, unchecked, and the other way round
CREATE CAST (bytea AS reddict) WITHOUT FUNCTION;
CREATE CAST (bytea AS redstats) WITHOUT FUNCTION;
CREATE CAST (bytea AS redsum) WITHOUT FUNCTION;
CREATE CAST (bytea AS redhist) WITHOUT FUNCTION;
CREATE CAST (reddict AS bytea) WITHOUT FUNCTION;
CREATE CAST (redstats AS bytea) WITHOUT FUNCTION;
CREATE CAST (redsum AS bytea) WITHOUT FUNCTION;
CREATE CAST (redhist AS bytea) WITHOUT FUNCTION;

-- The bytes of a value with another head; bytes are in this machine's order.
CREATE FUNCTION pg_temp.head(bytes bytea) RETURNS int8 LANGUAGE sql AS $$
	SELECT sum(get_byte(bytes, CASE WHEN get_byte('{}'::reddict::bytea, 0) = 8 THEN 3 - i ELSE i END)::int8 << 8 * i)
	FROM generate_series(0, 3) i
$$;
CREATE FUNCTION pg_temp.with_head(bytes bytea, head int8) RETURNS bytea LANGUAGE plpgsql AS $$
BEGIN
	FOR i IN 0..3 LOOP
		bytes := set_byte(bytes, CASE WHEN get_byte('{}'::reddict::bytea, 0) = 8 THEN 3 - i ELSE i END,
			((head >> 8 * i) & 255)::int);
	END LOOP;
	RETURN bytes;
END $$;
SELECT to_hex(pg_temp.head('{}'::reddict::bytea)), to_hex(pg_temp.head('{"a": 1}'::reddict::bytea)),
	to_hex(pg_temp.head(reddict(repeat('a', 256), 1)::bytea)), to_hex(pg_temp.head('{"a": [1, 2, 0, 2, 2]}'::redstats::bytea)),
	pg_temp.with_head('{"a": 1}'::reddict::bytea, pg_temp.head('{"a": 1}'::reddict::bytea)) = '{"a": 1}'::reddict::bytea;

-- Good values: of no key, of two, of more than a stride of lengths, of wide
-- lengths; and one that is compressed.  "front" is what may not be cut off.
CREATE TABLE good AS
	SELECT type, bytes, 12 + 8 * planes * n + n * CASE WHEN wide THEN 2 ELSE 1 END + 4 * (greatest(n - 1, 0) / 32) AS front
	FROM (
		SELECT 'reddict' AS type, m::bytea AS bytes, rd_length(m) AS n, 1 AS planes, m::bytea::text ~ repeat('61', 256) AS wide
		FROM (
			SELECT unnest(ARRAY['{}', '{"a": 1, "b": 2}', reddict(ARRAY['a', repeat('a', 256)], '{1,2}')]::reddict[])
			UNION ALL
			SELECT reddict(array_agg('k' || i), array_agg(i)) FROM unnest('{40, 1000}'::int[]) n, generate_series(1, n) i GROUP BY n
		) AS maps(m)
		UNION ALL
		SELECT 'redstats', s::bytea, rd_length(rs_count(s)), 5, false
		FROM (VALUES ('{}'::redstats), ('{"a": [1, 2, 0, 2, 2]}')) AS stats(s)
	) AS values
	UNION ALL
	SELECT 'redsum', x::bytea, length(x::bytea) - rd_length(rx_count(x)) FROM (VALUES ('{}'::redsum), ('{"a": 1.5, "b": -2}'::reddict::redsum)) AS sums(x)
	UNION ALL
	SELECT 'redhist', h::bytea, length(h::bytea) - rd_length(rh_count(h)) FROM (VALUES ('{}'::redhist), ('{"a": 1.5, "b": -2}'::reddict::redhist)) AS histograms(h);
SELECT type, length(bytes), front, to_hex(pg_temp.head(bytes)) FROM good ORDER BY 1, 2;

-- Damaged ones, each in the column of its type
CREATE FUNCTION pg_temp.col(type text) RETURNS text LANGUAGE sql AS $$ SELECT CASE type WHEN 'reddict' THEN 'm' WHEN 'redstats' THEN 's' WHEN 'redsum' THEN 'x' ELSE 'h' END $$;
CREATE TABLE damaged (id int GENERATED ALWAYS AS IDENTITY, damage text, type text, bytes bytea, m reddict, s redstats, x redsum, h redhist);
INSERT INTO damaged (damage, type, bytes)
	SELECT 'cut off', type, substr(bytes, 1, size) FROM good, generate_series(0, front - 1) size
	WHERE size = front - 1 OR (size IN (0, 3, 4, 11) AND length(bytes) < 60)
	UNION ALL
	SELECT 'version', type, pg_temp.with_head(bytes, (pg_temp.head(bytes) & ~(7::int8 << 27)) | (version << 27))
	FROM good, unnest('{0, 3, 7}'::int8[]) version
	UNION ALL
	SELECT 'packed, with keys', type, pg_temp.with_head(bytes, pg_temp.head(bytes) | (1::int8 << 31)) FROM good
	UNION ALL
	SELECT 'other type', type, pg_temp.with_head(bytes, pg_temp.head(bytes) # (kind << 24))
	FROM good, unnest('{1, 2, 6}'::int8[]) kind
	UNION ALL
	SELECT 'too many keys', type, pg_temp.with_head(bytes, pg_temp.head(bytes) & ~((1::int8 << 24) - 1) | n | wide)
	FROM good, unnest(ARRAY[(length(bytes) - 12) / CASE type WHEN 'reddict' THEN 9 WHEN 'redstats' THEN 41 ELSE 1 END + 1, 8388608, 16777215]) n, unnest(ARRAY[0, 1::int8 << 30]) wide
	UNION ALL
	SELECT 'all of zeros', type, decode(repeat('00', length(bytes)), 'hex') FROM good
	UNION ALL
	SELECT 'all of ones', type, decode(repeat('ff', length(bytes)), 'hex') FROM good;
UPDATE damaged SET m = CASE type WHEN 'reddict' THEN bytes::reddict END, s = CASE type WHEN 'redstats' THEN bytes::redstats END,
	x = CASE type WHEN 'redsum' THEN bytes::redsum END, h = CASE type WHEN 'redhist' THEN bytes::redhist END;
SELECT damage, count(*) > 5 FROM damaged GROUP BY damage ORDER BY damage;

-- The errors
CREATE FUNCTION pg_temp.refusal(query text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE query;
	RETURN 'none';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ': ' || SQLERRM;
END $$;
SELECT DISTINCT ON (type, damage) type, damage, pg_temp.refusal(format('SELECT %s::text FROM damaged WHERE id = %s', pg_temp.col(type), id))
FROM damaged ORDER BY type, damage, id DESC;
-- of all kinds and versions that a head can have, each type reads one
SELECT type, kind, version
FROM good, generate_series(0::int8, 7) kind, generate_series(0::int8, 7) version
WHERE length(bytes) = 12 AND pg_temp.refusal(format('SELECT %L::bytea::%s::text', pg_temp.with_head(bytes, (kind << 24) | (version << 27)), type)) = 'none'
ORDER BY type;

-- rd_check() says of a damaged value what readers say, of a sound one nothing,
SELECT damage, rd_check(m), rd_check(s), rd_check(x), rd_check(h) FROM damaged
WHERE 'XX001: ' || coalesce(rd_check(m), rd_check(s), rd_check(x), rd_check(h)) IS DISTINCT FROM pg_temp.refusal(format('SELECT %s::text FROM damaged WHERE id = %s', pg_temp.col(type), id));
SELECT type, problem FROM good, LATERAL (SELECT coalesce(rd_check(CASE type WHEN 'reddict' THEN bytes::reddict END), rd_check(CASE type WHEN 'redstats' THEN bytes::redstats END),
	rd_check(CASE type WHEN 'redsum' THEN bytes::redsum END), rd_check(CASE type WHEN 'redhist' THEN bytes::redhist END)) AS problem) AS checks WHERE problem IS NOT NULL;
SELECT rd_check(NULL::reddict) IS NULL, rd_check(NULL::redstats) IS NULL, rd_check(NULL::redsum) IS NULL, rd_check(NULL::redhist) IS NULL;
-- wherever it is: short, compressed, out of line, expanded
CREATE TEMP TABLE sound AS SELECT bytes::reddict AS m FROM good WHERE type = 'reddict';
ALTER TABLE sound ALTER m SET STORAGE EXTERNAL;
INSERT INTO sound SELECT rd_unpack(m) || '{"a": 1}' FROM sound;
SELECT count(*), count(rd_check(m)), rd_check(sum(m)), rd_check(redstats(m)), rd_check(redsum(m)), rd_check(redhist(m)) FROM sound;
SELECT rd_check(sum(reddict(ARRAY['k' || i, 'k' || i + 1, 'k' || i * 2], '{1,2,3}'))) FROM generate_series(1, 1000) AS i;
-- and more than readers see: where the bytes of {"a": 1, "b": 2} are damaged
-- (head 4, hash 8, values 16, lengths 2, keys 2), of 40 keys, of statistics
CREATE TEMP TABLE worse AS
	SELECT what, bytes::reddict AS m, NULL::redstats AS s, NULL::redsum AS x, NULL::redhist AS h FROM (
		SELECT '{"a": 1, "b": 2}'::reddict::bytea AS ab, (SELECT bytes FROM good WHERE length(bytes) = 487) AS forty) AS values, LATERAL (VALUES
		('order of keys', overlay(ab PLACING 'ba' FROM 31)),
		('a key twice', overlay(ab PLACING 'aa' FROM 31)),
		('another key', overlay(ab PLACING 'ac' FROM 31)),
		('hash', set_byte(ab, 4, 255 - get_byte(ab, 4))),
		('lengths, other keys', overlay(ab PLACING '\x0200' FROM 29)),
		('lengths, too long', overlay(ab PLACING '\x02' FROM 29)),
		('lengths, very long', overlay(ab PLACING '\xffff' FROM 29)),
		('lengths, too short', overlay(ab PLACING '\x00' FROM 30)),
		('slack', ab || '\x00'),
		('cut off', substr(ab, 1, 31)),
		('offset', set_byte(forty, 12 + 8 * 40 + 40, 255 - get_byte(forty, 12 + 8 * 40 + 40))),
		('width', pg_temp.with_head('{}'::reddict::bytea, pg_temp.head('{}'::reddict::bytea) | (1::int8 << 30))),
		('keys that nobody registered', pg_temp.with_head(overlay(substr(ab, 1, 28) PLACING '\x1111111111111111' FROM 5), pg_temp.head(ab) | (1::int8 << 31)))) AS v(what, bytes)
	UNION ALL
	SELECT what, NULL, bytes::redstats, NULL, NULL FROM (SELECT '{"a": [1, 2, 0, 2, 2]}'::redstats::bytea AS a) AS values, LATERAL (VALUES
		('statistics of no number', overlay(a PLACING '\x0000000000000000' FROM 13)),
		('statistics, slack', a || '\x00'),
		('statistics that nobody registered', pg_temp.with_head(overlay(substr(a, 1, 52) PLACING '\x1111111111111111' FROM 5), pg_temp.head(a) | (1::int8 << 31)))) AS v(what, bytes)
	UNION ALL
	-- (head 4, hash 8, size 4, then of each key: count 1, shape 1, position 2, digits 1)
	SELECT what, NULL, NULL, bytes::redsum, NULL FROM (SELECT '{"a": 1.5, "b": -2}'::reddict::redsum::bytea AS ab) AS values, LATERAL (VALUES
		('sums, another key', overlay(ab PLACING 'ac' FROM 29)),
		('sums, slack', ab || '\x00'),
		('sums of no row', set_byte(ab, 16, 0)),
		('sums that never end', overlay(ab PLACING decode(repeat('ff', 10), 'hex') FROM 17)),
		('sums, more bytes', overlay(set_byte(ab, CASE WHEN get_byte('{}'::reddict::bytea, 0) = 8 THEN 15 ELSE 12 END, 11) PLACING '\x00' FROM 27 FOR 0)),
		('sums, more digits', set_byte(ab, 22, 40)),
		('sums, digits beyond all', set_byte(ab, 17, 252)),
		('sums that nobody registered', pg_temp.with_head(overlay(substr(ab, 1, 26) PLACING '\x1111111111111111' FROM 5), pg_temp.head(ab) | (1::int8 << 31)))) AS v(what, bytes)
	UNION ALL
	-- (head 4, hash 8, size 4, then of a: flags 1, zeros 1, sum, minimum and maximum 24, scale 1, first bucket 1,
	-- buckets 1, size 1, codes 1, width 1, counts 8)
	SELECT what, NULL, NULL, NULL, bytes::redhist FROM (SELECT '{"a": {"count": 300, "sum": 300, "scale": 0, "positive": {"offset": 0, "bucketCounts": [100, 200]}, "min": 1, "max": 2}, "b": {}}'::redhist::bytea AS ab) AS values, LATERAL (VALUES
		('histograms, another key', overlay(ab PLACING 'ac' FROM length(ab) - 1)),
		('histograms, slack', ab || '\x00'),
		('histograms, flags', set_byte(ab, 16, 255)),
		('histograms, zeros that never end', overlay(ab PLACING decode(repeat('ff', 10), 'hex') FROM 18)),
		('histograms, scale too fine', set_byte(ab, 42, 7)),
		('histograms, scale too coarse', set_byte(ab, 42, 245)),
		('histograms, first bucket', overlay(ab PLACING '\xffff7f' FROM 44)),
		('histograms, more buckets', set_byte(ab, 44, 127)),
		('histograms, no buckets', set_byte(ab, 44, 0)),
		('histograms, size of buckets', set_byte(ab, 45, 127)),
		('histograms, counts below none', set_byte(ab, 46, 2)),
		('histograms, counts too wide', set_byte(ab, 47, 55)),
		('histograms, counts wider than there are', set_byte(ab, 47, 20)),
		('histograms, minimum', overlay(ab PLACING '\x7f7f7f7f7f7f7f7f' FROM 27)),
		('histograms, minimum elsewhere', overlay(ab PLACING '\x3e3e3e3e3e3e3e3e' FROM 27)),
		('histograms, sum of no numbers', overlay(ab PLACING '\x3e3e3e3e3e3e3e3e' FROM 59)),
		('histograms that nobody registered', pg_temp.with_head(overlay(substr(ab, 1, length(ab) - 4) PLACING '\x1111111111111111' FROM 5), pg_temp.head(ab) | (1::int8 << 31)))) AS v(what, bytes);
SELECT what, coalesce(rd_check(m), rd_check(s), rd_check(x), rd_check(h)) FROM worse ORDER BY what COLLATE "C";

-- the state of an aggregate, which may be stored: where the elements of a and b
-- lie, and how many have more, which is in the tail, of 24 bytes and those
CREATE AGGREGATE pg_temp.state(reddict) (SFUNC = redsum_trans, STYPE = redsum);
SELECT what, rd_check(bytes::redsum), pg_temp.refusal(format('SELECT %L::bytea::redsum::text', bytes)) LIKE 'XX001%',
	pg_temp.refusal(format('SELECT rx_merge(v::redsum) FROM (VALUES (%L::bytea)) AS t(v)', bytes)) LIKE 'XX001%'
FROM (SELECT pg_temp.state(m)::bytea AS state FROM (VALUES ('{"a": 1e300, "b": 1}'::reddict), ('{"a": 1}')) AS t(m)) AS values, LATERAL (VALUES
	(1, 'sound', state),
	(2, 'base', overlay(state PLACING '\xffff' FROM 13 + 8 * 8)),
	(3, 'more than there are', overlay(state PLACING '\x02020202' FROM 13 + 8 * 8 + 4)),
	(4, 'fewer than none', overlay(state PLACING '\xffffffff' FROM 13 + 8 * 9 + 4)),
	(5, 'as many as there is no room for', overlay(state PLACING '\xffffffff' FROM length(state) - 4 - 568 - 3)),
	(6, 'tail', overlay(state PLACING '\xffffff7f' FROM length(state) - 3)),
	(7, 'no tail', substr(state, 1, length(state) - 4 - 568 - 24))) AS v(i, what, bytes)
ORDER BY i;

-- likewise of histograms: 13 words of a and b, the shape the ninth (scale, its limit,
-- flags, live, buckets), a's array in the next two; a tail of 12 bytes, arrays, its size
CREATE AGGREGATE pg_temp.histogram_state(reddict) (SFUNC = redhist_trans, STYPE = redhist);
SELECT what, rd_check(bytes::redhist), pg_temp.refusal(format('SELECT %L::bytea::redhist::text', bytes)) LIKE 'XX001%',
	pg_temp.refusal(format('SELECT rh_merge(v::redhist) FROM (VALUES (%L::bytea)) AS t(v)', bytes)) LIKE 'XX001%'
FROM (SELECT pg_temp.histogram_state(m)::bytea AS state FROM (VALUES ('{"a": 1e300, "b": 1}'::reddict), ('{"a": 1}')) AS t(m)) AS values, LATERAL (VALUES
	(1, 'sound', state),
	(2, 'scale', set_byte(state, 12 + 16 * 8, 7)),
	(3, 'limit of the scale', set_byte(state, 12 + 16 * 8 + 1, 21)),
	(4, 'flags', set_byte(state, 12 + 16 * 8 + 2, 8)),
	(5, 'live', set_byte(state, 12 + 16 * 8 + 3, 2)),
	(6, 'limit of buckets', overlay(state PLACING '\x00000000' FROM 13 + 16 * 8 + 4)),
	(7, 'first bucket', overlay(state PLACING '\xffffff7f' FROM 13 + 16 * 9)),
	(8, 'buckets', overlay(state PLACING '\xffffff7f' FROM 13 + 16 * 9 + 4)),
	(9, 'start of an array', overlay(state PLACING '\xffffff7f' FROM 13 + 16 * 10)),
	(10, 'width', overlay(state PLACING '\x04040404' FROM 13 + 16 * 10 + 4)),
	(11, 'bytes of arrays', overlay(state PLACING '\xffffff7f' FROM 13 + 16 * 13 + 4 + 8)),
	(12, 'limits of new keys', overlay(state PLACING '\x00000000' FROM 13 + 16 * 13 + 4)),
	(13, 'tail', overlay(state PLACING '\xffffff7f' FROM length(state) - 3))) AS v(i, what, bytes)
ORDER BY i;

-- narrow numbers: of 3 keys in 12 bytes before the scale and width, of 65 with
-- codes behind that, for each two keys a byte, and the offset of the last number
SET redbear.narrow = on;
CREATE TEMP TABLE narrow_ones AS SELECT i, what, bytes FROM (
	SELECT '{"a": 1, "b": 2, "c": 3}'::reddict::bytea AS three,
		(SELECT reddict(array_agg('k' || i), array_agg(CASE i WHEN 1 THEN 1e300 ELSE i END))::bytea FROM generate_series(1, 65) AS i) AS many) AS values, LATERAL (VALUES
	(1, 'sound', three), (2, 'sound', many),
	(3, 'scale', set_byte(three, 12, get_byte(three, 12) | 31)),
	(4, 'width', set_byte(three, 12, 3 << 5)),
	(5, 'cut off', substr(three, 1, 14)),
	(6, 'slack', three || '\x00'),
	(7, 'code', set_byte(many, 13, get_byte(many, 13) | 8)),
	(8, 'code of none', set_byte(many, 13 + 32, get_byte(many, 13 + 32) | 128)),
	(9, 'offset', set_byte(many, 13 + 33, 255 - get_byte(many, 13 + 33)))) AS v(i, what, bytes);
SELECT what, CASE what WHEN 'offset' THEN (rd_check(bytes::reddict) IS NOT NULL)::text ELSE rd_check(bytes::reddict) END FROM narrow_ones ORDER BY i;
-- read as a whole, and one number of them
SELECT what, left(pg_temp.refusal(format('SELECT %L::bytea::reddict::text', bytes)), 5), left(pg_temp.refusal(format('SELECT %L::bytea::reddict -> %L', bytes, CASE WHEN length(bytes) < 30 THEN 'c' ELSE 'k9' END)), 5)
FROM narrow_ones ORDER BY i;
SET redbear.narrow = off;

-- Every function that takes a value, with a damaged one as each of its
-- arguments; every aggregate, with one as its first and as its second row.
-- Those that only an aggregate may call are reached through that.
CREATE TYPE population AS (a float8);
CREATE FUNCTION pg_temp.argument(type text, name text) RETURNS text LANGUAGE sql AS $$
	SELECT CASE type
		WHEN 'reddict' THEN '''{"a": 3, "c": 4}''::reddict'
		WHEN 'redstats' THEN '''{"a": [1, 3, 0, 3, 3]}''::redstats'
		WHEN 'text' THEN CASE name WHEN 'on_zero' THEN '''skip''::text' WHEN 'flags' THEN '''i''::text'
			ELSE '''left''::text' END	-- which keys; elsewhere just a key
		WHEN 'redsum' THEN '''{"a": 3, "c": 4}''::reddict::redsum'
		WHEN 'text[]' THEN '''{a}''::text[]'
		WHEN 'double precision[]' THEN '''{0.5}''::float8[]'
		WHEN 'redhist' THEN '''{"a": 3, "c": 4}''::reddict::redhist'
		WHEN 'anyelement' THEN 'NULL::population'
		WHEN 'integer' THEN '5'
		ELSE '1::' || type
		END
$$;
CREATE TABLE calls AS
	SELECT name, type, CASE prokind
		WHEN 'f' THEN format('SELECT * FROM %s(%s)', name, (
			SELECT string_agg(CASE WHEN j = i THEN '%s' ELSE pg_temp.argument(format_type(proargtypes[j], NULL), proargnames[j + 1]) END, ', ' ORDER BY j)
			FROM generate_series(0, pronargs - 1) j))
		ELSE format('SELECT %s(v%s) FROM (VALUES (%s), (%s)) AS t(v)', name,
			(SELECT string_agg(', ' || pg_temp.argument(format_type(proargtypes[j], NULL), NULL), '' ORDER BY j) FROM generate_series(1, pronargs - 1) j),
			CASE row WHEN 0 THEN '%s' ELSE pg_temp.argument(type, NULL) END, CASE row WHEN 1 THEN '%s' ELSE pg_temp.argument(type, NULL) END)
		END AS query
	FROM (
		SELECT proname AS name, prokind, proargtypes, proargnames, pronargs, i, format_type(proargtypes[i], NULL) AS type
		FROM pg_depend JOIN pg_extension e ON refclassid = 'pg_extension'::regclass AND refobjid = e.oid
			JOIN pg_proc p ON classid = 'pg_proc'::regclass AND objid = p.oid, generate_series(0, pronargs - 1) i
		WHERE extname = 'redbear' AND 'internal'::regtype <> ALL (proargtypes::oid[])
	) AS arguments, generate_series(0, CASE prokind WHEN 'a' THEN 1 ELSE 0 END) row
	WHERE (prokind = 'f' OR i = 0) AND type IN ('reddict', 'redstats', 'redsum', 'redhist') AND name !~ '_(trans|combine)(_inv)?$' AND name NOT IN ('rd_share_keys_of', 'rd_check');
INSERT INTO calls VALUES ('subscript', 'reddict', 'SELECT (v)[''a''] FROM (VALUES (%s)) AS t(v)');
SELECT count(DISTINCT name) > 90, count(*) > 120 FROM calls;
SELECT name, query FROM calls
WHERE pg_temp.refusal(format(query, pg_temp.argument(type, NULL))) <> 'none';
-- as they are in memory, and as they are in a row: no rows
SELECT query, damage, refusal FROM (
	SELECT query, damage, pg_temp.refusal(format(query, value)) AS refusal
	FROM calls JOIN damaged USING (type), LATERAL (VALUES
		(format('%L::bytea::%s', bytes, type)),
		(format('(SELECT %s FROM damaged WHERE id = %s)', pg_temp.col(type), id))) AS forms(value)
) AS refusals
WHERE refusal NOT LIKE 'XX001: %';

-- Readers of tables
CREATE TABLE one (m reddict);
CREATE TABLE queries (query text);
INSERT INTO queries VALUES
	('CREATE INDEX ON one (m)'), ('CREATE INDEX ON one USING hash (m)'), ('CREATE INDEX ON one USING gin (m)'), ('ANALYZE one'),
	('SELECT m FROM one ORDER BY m'), ('SELECT DISTINCT m FROM one'), ('SELECT max(m), avg(m) FROM one GROUP BY m ? ''a'''),
	('UPDATE one SET m[''a''] = 1'), ('SELECT sum(m) OVER (ROWS 1 PRECEDING) FROM one'), ('SELECT count(*) FROM one a JOIN one b USING (m)'),
	('DO $d$ DECLARE x reddict := ''{"a": 1}''; BEGIN FOR i IN 1..2 LOOP SELECT x + m INTO x FROM one LIMIT 1; x := x + (SELECT m FROM one LIMIT 1); END LOOP; END $d$');
CREATE FUNCTION pg_temp.table_refusal(damaged reddict, query text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	DROP TABLE one;
	CREATE TABLE one (m reddict);
	INSERT INTO one VALUES (damaged), ('{"a": 1}'), ('{"a": 2, "b": 1}');
	RETURN pg_temp.refusal(query);
END $$;
SELECT query, pg_temp.table_refusal('{"a": 3, "c": 1}', query) FROM queries WHERE pg_temp.table_refusal('{"a": 3, "c": 1}', query) <> 'none';
SELECT query, damage, refusal FROM (
	SELECT query, damage, pg_temp.table_refusal(m, query) AS refusal FROM queries, damaged WHERE m IS NOT NULL
) AS refusals
WHERE refusal NOT LIKE 'XX001: %';

DROP CAST (bytea AS reddict);
DROP CAST (bytea AS redstats);
DROP CAST (bytea AS redsum);
DROP CAST (bytea AS redhist);
DROP CAST (reddict AS bytea);
DROP CAST (redstats AS bytea);
DROP CAST (redsum AS bytea);
DROP CAST (redhist AS bytea);
