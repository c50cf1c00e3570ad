-- The hash of a key index is stored in every value, so it must never change,
-- nor may the hash of a value, on which hash-partitioned tables rely.  The
-- first column below is frozen.  The second computes the same with core's
-- functions: hashtextextended() over the keys' lengths and bytes, then
-- macaddr8 (8 bytes) and uuid (16 bytes) as carriers of the index hash and of
-- one or two doubles.
CREATE FUNCTION little_endian(hex text) RETURNS text LANGUAGE sql AS
$$ SELECT string_agg(substr(hex, i, 2), '' ORDER BY i DESC) FROM generate_series(1, length(hex), 2) i $$;
CREATE FUNCTION index_hash(lens text, keys text) RETURNS int8 LANGUAGE sql AS
$$ SELECT hashtextextended(keys COLLATE "C", hashtextextended(lens COLLATE "C", 8243105066742018560)) $$;
CREATE FUNCTION value_hash(lens text, keys text, vals float8[], seed int8) RETURNS int8 LANGUAGE sql AS
$$
	SELECT CASE cardinality(vals)
		WHEN 0 THEN h
		WHEN 1 THEN hashmacaddr8extended(v::macaddr8, h)
		WHEN 2 THEN uuid_hash_extended(v::uuid, h)
		END
	FROM (SELECT hashmacaddr8extended(little_endian(lpad(to_hex(index_hash(lens, keys)), 16, '0'))::macaddr8, seed) AS h) a,
		(SELECT coalesce(string_agg(little_endian(encode(float8send(x), 'hex')), '' ORDER BY i), '') AS v
		 FROM unnest(vals) WITH ORDINALITY u(x, i)) b
$$;
-- the seed is "redbear" and a zero byte
SELECT ('x' || encode('redbear\000'::bytea, 'hex'))::bit(64)::int8 = 8243105066742018560 AS seed;
SELECT m, reddict_hash_extended(m::reddict, seed) AS frozen,
	reddict_hash_extended(m::reddict, seed) = value_hash(lens, keys, vals, seed) AS same
FROM (VALUES
	('{}', '', '', '{}'::float8[], 0),
	('{"a": 1}', chr(1), 'a', '{1}', 0),
	('{"a": 1, "bc": 2}', chr(1) || chr(2), 'abc', '{1,2}', 0),
	('{"ab": 1, "c": 2}', chr(2) || chr(1), 'abc', '{1,2}', 0),
	('{"ab": 1, "c": 2}', chr(2) || chr(1), 'abc', '{1,2}', 4711),
	('{"clicks": 3, "views": 10.5}', chr(6) || chr(5), 'clicksviews', '{3,10.5}', 0),
	('{"x": "NaN"}', chr(1), 'x', '{NaN}', 0),
	('{"x": -0}', chr(1), 'x', '{0}', 0)
) v(m, lens, keys, vals, seed);
DROP FUNCTION value_hash, index_hash, little_endian;
