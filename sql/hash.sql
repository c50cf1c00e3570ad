\pset format unaligned
\pset tuples_only on
-- The hash of a key index is stored in every value, so it must never change,
-- nor may the hash of a value, on which hash-partitioned tables rely:
-- comparison.sql has frozen ones.  Here the same is computed with core's
-- functions: hashtextextended() over the keys' lengths and bytes, then
-- macaddr8 (8 bytes) and uuid (16 bytes) as carriers of the index hash and of
-- one or two doubles.  No rows: right, on machines whose bytes are in this
-- order.
SELECT hashtextextended('abc' COLLATE "C", 0) = -6747756470228489321 AS little_endian \gset
\if :little_endian
CREATE FUNCTION pg_temp.little_endian(hex text) RETURNS text LANGUAGE sql AS
$$ SELECT string_agg(substr(hex, i, 2), '' ORDER BY i DESC) FROM generate_series(1, length(hex), 2) i $$;
CREATE FUNCTION pg_temp.index_hash(lens text, keys text) RETURNS int8 LANGUAGE sql AS
$$ SELECT hashtextextended(keys COLLATE "C", hashtextextended(lens COLLATE "C", 8243105066742018560)) $$;
CREATE FUNCTION pg_temp.value_hash(lens text, keys text, vals float8[], seed int8) RETURNS int8 LANGUAGE sql AS
$$
	SELECT CASE cardinality(vals)
		WHEN 0 THEN h
		WHEN 1 THEN hashmacaddr8extended(v::macaddr8, h)
		WHEN 2 THEN uuid_hash_extended(v::uuid, h)
		END
	FROM (SELECT hashmacaddr8extended(pg_temp.little_endian(lpad(to_hex(pg_temp.index_hash(lens, keys)), 16, '0'))::macaddr8, seed) AS h) a,
		(SELECT coalesce(string_agg(pg_temp.little_endian(encode(float8send(x), 'hex')), '' ORDER BY i), '') AS v
		 FROM unnest(vals) WITH ORDINALITY u(x, i)) b
$$;
-- the seed is "redbear" and a zero byte
SELECT 'wrong' WHERE ('x' || encode('redbear\000'::bytea, 'hex'))::bit(64)::int8 <> 8243105066742018560;
SELECT m, reddict_hash_extended(m::reddict, seed), pg_temp.value_hash(lens, keys, vals, seed)
FROM (VALUES
	('{}', '', '', '{}'::float8[], 0),
	('{"a": 1}', chr(1), 'a', '{1}', 0),
	('{"a": 1, "bc": 2}', chr(1) || chr(2), 'abc', '{1,2}', 0),
	('{"ab": 1, "c": 2}', chr(2) || chr(1), 'abc', '{1,2}', 0),
	('{"ab": 1, "c": 2}', chr(2) || chr(1), 'abc', '{1,2}', 4711),
	('{"clicks": 3, "views": 10.5}', chr(6) || chr(5), 'clicksviews', '{3,10.5}', 0),
	('{"x": "NaN"}', chr(1), 'x', '{NaN}', 0),
	('{"x": -0}', chr(1), 'x', '{0}', 0)
) v(m, lens, keys, vals, seed)
WHERE reddict_hash_extended(m::reddict, seed) IS DISTINCT FROM pg_temp.value_hash(lens, keys, vals, seed);
\endif
