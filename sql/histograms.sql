--
-- Exponential histograms: redhist, rh_merge, rh_percentile and so on
--
-- The oracle of buckets is core's numeric, which is exact: of 2^n x, squared n
-- times over, it tells between which powers of 2 it is. Percentiles are computed
-- by hand, at scale 0, where the bounds are 1, 2, 4, 8, ...
--

SET max_parallel_workers_per_gather = 0;

\getenv abs_srcdir PG_ABS_SRCDIR
\set helpers :abs_srcdir '/sql/include/helpers.sql'
\i :helpers

\pset format unaligned
\pset tuples_only on
\pset null NULL

--
-- Text
--

SELECT '{}'::redhist, ' { } '::redhist;
SELECT '{"a": {"count": 3, "sum": 5, "scale": 0, "positive": {"offset": -1, "bucketCounts": [1, 2]}, "min": 1, "max": 2}}'::redhist;
-- as a collector may write it: numbers as strings, members in any order, zeros around the buckets, members that
-- say nothing here, null; what is missing is 0, but for sum, min and max
SELECT '{"b": {"startTimeUnixNano": "1700000000000000000", "attributes": [{"key": "host", "value": {"stringValue": "a"}}], "min": "-3", "flags": 0, "exemplars": [],
	"negative": {"bucketCounts": ["0", "2", "0"], "offset": 0, "bounds": [[1, 2], {"offset": 7}]}, "positive": {"offset": -3, "bucketCounts": [0, 0, 1.0, "1e0", 0]}, "zeroCount": "1", "count": "5", "scale": 0, "max": null},
	"a": {"count": 0, "scale": 20}, "": {"count": 1, "zeroCount": 1, "sum": -0, "min": -0, "max": 0, "zeroThreshold": 1e-3}}'::redhist;
-- buckets as a number of them, none with a count; both sides empty; of no numbers the sum is 0, and none is the least
SELECT '{"a": {"count": 0, "sum": 0, "min": 0, "max": -0, "scale": -3, "positive": {}, "negative": {"offset": 5, "bucketCounts": [0, 0]}}}'::redhist;
-- what is redbear's own: limits, NaN and infinities; a limit that is not given is one that the histogram keeps
SELECT '{"a": {"count": 2, "sum": "Infinity", "scale": 3, "positive": {"offset": 8, "bucketCounts": [2]}, "maxBuckets": 160, "maxScale": 3, "nanCount": 1, "infinityCount": "2", "minusInfinityCount": 3}}'::redhist;
SELECT '{"a": {"count": 1, "sum": "NaN", "scale": 11, "positive": {"offset": 0, "bucketCounts": [1]}}}'::redhist;
SELECT h -> 'a' -> 'maxBuckets', jsonb_array_length(h -> 'a' -> 'positive' -> 'bucketCounts') FROM (SELECT ('{"a": {"count": 2, "scale": 6, "positive": {"offset": 0, "bucketCounts": [1' || repeat(', 0', 2998) || ', 1]}}}')::redhist::jsonb AS h) AS t;
-- the last of a repeated key, member or list wins
SELECT '{"a": {"count": 1, "zeroCount": 1}, "a": {"count": 7, "count": 2, "positive": {"offset": 9, "bucketCounts": [1, 1], "bucketCounts": [2]}, "positive": {"bucketCounts": [3], "bucketCounts": [2]}}}'::redhist;
-- others compute indexes with logarithms, and may be off by one: (4, 8] with 4 and 8.1, a zero threshold of 0.5, in
-- (0.25, 0.5], with 1; or take subnormal numbers for the least normal one, 2^-1022, or for zero
SELECT '{"a": {"count": 1, "positive": {"offset": 2, "bucketCounts": [1]}, "min": 4, "max": 8.1}, "b": {"count": 2, "zeroCount": 2, "min": -1, "max": 1, "zeroThreshold": 0.5}, "c": {"count": 1, "positive": {"offset": -1022, "bucketCounts": [1]}, "min": 5e-324}, "d": {"count": 1, "zeroCount": 1, "min": -5e-324, "max": 5e-324}}'::redhist;
-- such ones are read again after merges: any two, of scales that differ, and a third one with a zero threshold
CREATE TEMP TABLE beside AS
	SELECT format('{"a": {"count": 1, "scale": %s, "%s": {"offset": %s, "bucketCounts": [1]}, "min": %s, "max": %s, "maxBuckets": 3}}', scale, side, i, sign * x, sign * x)::redhist AS h
	FROM unnest('{-2, 0, 1}'::int[]) AS scale, generate_series(-2, 2) AS i, generate_series(-1, 1) AS off, (VALUES ('positive', 1), ('negative', -1)) AS s(side, sign), LATERAL (SELECT 2.0::float8 ^ ((i + off + 0.5) * 2.0::float8 ^ -scale) AS x) AS number
	UNION ALL
	SELECT format('{"a": {"count": 1, "zeroCount": 1, "zeroThreshold": %s, "min": %s, "max": %s}}', threshold, sign * x, sign * x)::redhist
	FROM (VALUES (0, 0), (0, 5e-324), (0.5, 0.5), (0.5, 1), (0.6, 1.9), (1, 0.1), (2, 4)) AS v(threshold, x), unnest('{1, -1}'::int[]) AS sign
	UNION ALL SELECT format('{"a": {"count": 1, "%s": {"offset": %s, "bucketCounts": [1]}, "min": %s5e-324}}', side, i, sign)::redhist FROM (VALUES ('positive', ''), ('negative', '-')) AS s(side, sign), (VALUES (-1022), (-1074)) AS w(i);
SELECT count(*), count(*) FILTER (WHERE merged::text::redhist <> merged OR merged::text::redhist::text <> merged::text OR rd_check(merged) IS NOT NULL) AS wrong
FROM beside AS a, beside AS b, (VALUES ('{}'::redhist), ('{"a": {"zeroThreshold": 0.5}}'), ('{"a": {"zeroThreshold": 1.5}}')) AS c(h), LATERAL (SELECT a.h + b.h + c.h AS merged) AS sum;
-- the outermost buckets that a double is in, at several scales
SELECT '{"a": {"count": 2, "scale": 0, "positive": {"offset": -1075, "bucketCounts": [2]}}, "b": {"count": 2, "scale": 20, "negative": {"offset": 1073741823, "bucketCounts": [2]}}, "c": {"count": 3, "scale": -10, "positive": {"offset": -2, "bucketCounts": [1, 1, 1]}}}'::redhist;

SELECT id, pg_temp.outcome(format('SELECT %L::redhist', input)) FROM (VALUES
	(1, '{"the key": 1}'),
	(2, '{"the key": "NaN"}'),
	(3, '{"the key": null}'),
	(4, '{"the key": true}'),
	(5, '{"the key": []}'),
	(6, '{"the key": {"count": []}}'),
	(7, '{"the key": {"count": {}}}'),
	(8, '{"the key": {"count": true}}'),
	(9, '{"the key": {"count": "many"}}'),
	(10, '{"the key": {"count": -1}}'),
	(11, '{"the key": {"count": 1.5}}'),
	(12, '{"the key": {"count": "0x10"}}'),
	(13, '{"the key": {"count": 9007199254740993}}'),
	(14, '{"the key": {"sum": "much"}}'),
	(15, '{"the key": {"sum": 1e400}}'),
	(16, '{"the key": {"scale": 0.5}}'),
	(17, '{"the key": {"positive": 1}}'),
	(18, '{"the key": {"positive": []}}'),
	(19, '{"the key": {"positive": {"bucketCounts": 1}}}'),
	(20, '{"the key": {"positive": {"bucketCounts": {}}}}'),
	(21, '{"the key": {"positive": {"bucketCounts": [1, [2]]}}}'),
	(22, '{"the key": {"positive": {"bucketCounts": [1, {}]}}}'),
	(23, '{"the key": {"positive": {"bucketCounts": [1, null]}}}'),
	(24, '{"the key": {"positive": {"bucketCounts": [-1]}}}'),
	(25, '{"the key": {"negative": {"offset": [1]}}}'),
	(26, '{"the key": {"negative": {"offset": 1.5}}}'),
	-- they contradict themselves: count and buckets
	(30, '{"the key": {"count": 1}}'),
	(31, '{"the key": {"zeroCount": 1}}'),
	(32, '{"the key": {"count": 3, "zeroCount": 1, "positive": {"bucketCounts": [1, 2]}}}'),
	(33, '{"the key": {"count": 3, "positive": {"bucket_counts": [3]}}}'),
	-- scale
	(34, '{"the key": {"scale": 21}}'),
	(35, '{"the key": {"scale": -11}}'),
	(36, '{"the key": {"scale": 7, "maxScale": 6}}'),
	-- indexes
	(37, '{"the key": {"count": 1, "positive": {"offset": 2147483648, "bucketCounts": [1]}}}'),
	(38, '{"the key": {"count": 1, "scale": 20, "positive": {"offset": 2147483647, "bucketCounts": [0, 1]}}}'),
	(39, '{"the key": {"count": 1, "scale": 20, "negative": {"offset": -2147483649, "bucketCounts": [1]}}}'),
	(40, '{"the key": {"count": 1, "positive": {"offset": 1024, "bucketCounts": [1]}}}'),
	(41, '{"the key": {"count": 1, "negative": {"offset": -1076, "bucketCounts": [1]}}}'),
	(42, '{"the key": {"count": 1, "scale": 20, "negative": {"offset": 1073741824, "bucketCounts": [1]}}}'),
	(43, '{"the key": {"count": 1, "scale": -10, "positive": {"offset": 1, "bucketCounts": [1]}}}'),
	-- limits
	(44, '{"the key": {"count": 4, "maxBuckets": 3, "positive": {"bucketCounts": [1, 1, 1, 1]}}}'),
	(45, '{"the key": {"maxBuckets": 2}}'),
	(46, '{"the key": {"maxBuckets": 0}}'),
	(47, '{"the key": {"maxBuckets": 65537}}'),
	(48, '{"the key": {"maxScale": 21}}'),
	(49, '{"the key": {"count": 2, "scale": 12, "positive": {"bucketCounts": [1' || repeat(', 0', 65535) || ', 1]}}}'),
	-- counts that add up to more than 2^53
	(50, '{"the key": {"count": 9007199254740992, "positive": {"bucketCounts": [9007199254740992, 1]}}}'),
	(51, '{"the key": {"nanCount": 9007199254740993}}'),
	-- least and greatest, zero threshold
	(52, '{"the key": {"count": 1, "zeroCount": 1, "min": 1, "max": 0}}'),
	(53, '{"the key": {"count": 1, "zeroCount": 1, "min": "-Infinity", "max": 0}}'),
	(54, '{"the key": {"count": 1, "zeroCount": 1, "max": "NaN"}}'),
	(55, '{"the key": {"zeroThreshold": -1}}'),
	(56, '{"the key": {"zeroThreshold": "Infinity"}}'),
	-- 2,048 counts of 2^53, which are 2^64
	(57, '{"the key": {"count": 0, "positive": {"offset": -1050, "bucketCounts": [9007199254740992' || repeat(', 9007199254740992', 2047) || ']}}}'),
	-- least and greatest that are not in the outermost buckets, (32, 64] and (64, 128]
	(80, '{"the key": {"count": 3, "scale": 0, "positive": {"offset": 5, "bucketCounts": [1, 2]}, "min": 1.5, "max": 1.6}}'),
	(81, '{"the key": {"count": 3, "scale": 0, "positive": {"offset": 5, "bucketCounts": [1, 2]}, "max": 1.6}}'),
	-- (1, 2] and (8, 16]; (4, 8]: two buckets off; the other side, [-2, -1)
	(82, '{"the key": {"count": 2, "positive": {"offset": 0, "bucketCounts": [1, 0, 0, 1]}, "min": 1.5, "max": 4}}'),
	(83, '{"the key": {"count": 1, "positive": {"offset": 2, "bucketCounts": [1]}, "min": 2, "max": 5}}'),
	(84, '{"the key": {"count": 1, "positive": {"offset": 2, "bucketCounts": [1]}, "max": 16.5}}'),
	(85, '{"the key": {"count": 1, "negative": {"bucketCounts": [1]}, "min": 1.5}}'),
	(86, '{"the key": {"count": 1, "negative": {"bucketCounts": [1]}, "max": 0}}'),
	(87, '{"the key": {"count": 2, "zeroCount": 1, "negative": {"bucketCounts": [1]}, "min": -9, "max": 0}}'),
	-- zero
	(88, '{"the key": {"count": 3, "zeroCount": 3, "min": 1, "max": 2}}'),
	(89, '{"the key": {"count": 3, "zeroCount": 3, "zeroThreshold": 0.5, "min": -0.5, "max": 1.01}}'),
	(90, '{"the key": {"count": 2, "zeroCount": 1, "positive": {"bucketCounts": [1]}, "min": 1.5, "max": 1.5}}'),
	-- of no numbers
	(91, '{"the key": {"count": 0, "sum": 4}}'),
	(92, '{"the key": {"count": 0, "min": 1, "max": 2, "sum": 0}}'),
	(93, '{"the key": {"nanCount": 1, "sum": "NaN"}}'),
	(94, '{"the key": {"max": "NaN"}}'),
	(60, '[]'), (61, '1'), (62, '"a"'), (63, 'null'), (64, 'true'), (65, '[{}]'),
	(66, ''), (67, '{'), (68, '{"a": {"count": 0}'), (69, '{"a": {"count": 0,}}'), (70, '{"a": {"sum": NaN}}'), (71, '{"a": {}} x'),
	(72, '{"a\u0000": {}}'), (73, '{"a": {"b\u0000": 1}}')
) AS v(id, input) ORDER BY id;
SELECT pg_temp.outcome(format('SELECT %L::redhist', '{"' || repeat('k', 65536) || '": {}}'));
-- as psql shows them
SELECT '{"a": 1}'::redhist;
SELECT '[]'::redhist;
SELECT '{"a": {"count": "many"}}'::redhist;
SELECT '{"a": {"count": 1}}'::redhist;
-- From PostgreSQL 16 on all of these are soft errors.  No rows: right.
SELECT current_setting('server_version_num')::int >= 160000 AS soft \gset
\if :soft
SELECT input FROM (VALUES ('{"a": 1}'), ('{"a": {"count": 1}}'), ('{"a": {"count": "x"}}'), ('{"a": {"sum": 1e400}}'), ('{"a": {"scale": 99}}'), ('{"a": {"maxBuckets": 1}}'),
	('{"a": {"count": 1, "positive": {"offset": 2147483648, "bucketCounts": [1]}}}'), ('{"a": {"count": 2, "scale": 12, "positive": {"bucketCounts": [1' || repeat(', 0', 65535) || ', 1]}}}'),
	('1'), (''), ('{"\u0000": {}}'), ('{"' || repeat('k', 65536) || '": {}}')) AS v(input) WHERE pg_input_is_valid(input, 'redhist');
\endif
-- the types are not mistaken for one another
SELECT split_part(pg_temp.outcome($$SELECT rh_sum('{"a": 1}'::reddict)$$), ' / ', 1);
SELECT split_part(pg_temp.outcome($$SELECT rx_sum('{}'::redhist)$$), ' / ', 1);

--
-- Which number is in which bucket
--

-- what a double is, as in exact.sql
CREATE FUNCTION pg_temp.exact(value float8) RETURNS numeric
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	bits bigint := ('x' || encode(float8send(value), 'hex'))::bit(64)::bigint;
	exponent int := (bits >> 52) & 2047;
	mantissa numeric := bits & ((1::bigint << 52) - 1);
	power int := greatest(exponent, 1) - 1075;
BEGIN
	IF exponent > 0 THEN
		mantissa := mantissa + (1::bigint << 52);
	END IF;
	RETURN CASE WHEN power >= 0 THEN mantissa * 2::numeric ^ power ELSE mantissa * 5::numeric ^ - power * ('1e' || power)::numeric END;
END $$;
-- The index of the bucket of a positive double: of x * 2^-e, between 1 and 2, x^(2^scale) is between which powers of 2?
CREATE FUNCTION pg_temp.bucket(value float8, scale int) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	bits bigint := ('x' || encode(float8send(value), 'hex'))::bit(64)::bigint;
	exponent int := (bits >> 52) & 2047;
	mantissa bigint := bits & ((1::bigint << 52) - 1);
	x numeric;
	i bigint := 0;
BEGIN
	IF exponent = 0 THEN
		exponent := 1;
	ELSE
		mantissa := mantissa | (1::bigint << 52);
	END IF;
	WHILE mantissa < 1::bigint << 52 LOOP
		mantissa := mantissa * 2;
		exponent := exponent - 1;
	END LOOP;
	x := pg_temp.exact(mantissa / 2.0::float8 ^ 52);
	FOR n IN 1 .. greatest(scale, 0) LOOP
		x := x * x;
	END LOOP;
	WHILE x > 2::numeric ^ i LOOP
		i := i + 1;
	END LOOP;
	i := i - 1 + (exponent - 1023) * (1::bigint << greatest(scale, 0));
	RETURN CASE WHEN scale < 0 THEN i >> - scale ELSE i END;
END $$;
SELECT pg_temp.bucket(1, 0), pg_temp.bucket(2, 0), pg_temp.bucket(2.5, 0), pg_temp.bucket(5e-324, 0), pg_temp.bucket(5e-324, -10), pg_temp.bucket(1.5, 6), pg_temp.bucket(1.4142135623730951, 1), pg_temp.bucket(1.414213562373095, 1);
-- powers of 2 and the doubles beside them, those beside other bounds, any numbers, subnormals
CREATE TEMP TABLE numbers AS
	SELECT x FROM (
		SELECT 2.0::float8 ^ e * (1 + d * 2.0::float8 ^ -52) AS x FROM generate_series(-1022, 1023, 31) AS e, generate_series(0, 1) AS d
		UNION ALL SELECT 2.0::float8 ^ e * (1 - 2.0::float8 ^ -53) FROM generate_series(-1021, 1023, 31) AS e
		UNION ALL SELECT 2.0::float8 ^ (k / 64.0::float8) * (1 + d * 2.0::float8 ^ -52) FROM generate_series(1, 63) AS k, generate_series(-2, 2) AS d
		UNION ALL SELECT i * 5e-324::float8 FROM (VALUES (1), (2), (3), (4), (7), (8), (9), (4194304), (4194305)) AS v(i)
		UNION ALL SELECT ('x' || substr(md5(i::text), 1, 8))::bit(32)::bigint * 1e-3 + 3e6 FROM generate_series(1, 100) AS i
		UNION ALL SELECT unnest('{2.2250738585072014e-308, 2.225073858507201e-308, 1.7976931348623157e308, 1.1125369292536007e-308}'::float8[])) AS t;
SELECT count(*) > 600 FROM numbers;
-- no rows: right
SELECT x, scale FROM numbers, unnest('{-10, -5, -1, 0, 1, 3, 5, 6}'::int[]) AS scale, LATERAL (SELECT redhist(reddict('a', sign * x), 2048, scale)::jsonb -> 'a' AS h, sign FROM unnest('{1, -1}'::int[]) AS sign GROUP BY sign) AS t
WHERE (h -> CASE sign WHEN 1 THEN 'positive' ELSE 'negative' END)::text <> format('{"offset": %s, "bucketCounts": [1]}', pg_temp.bucket(x, scale));
-- finer scales: a few numbers, for it takes numeric long; the first bits of the logarithm are those of a coarser scale
SELECT x, scale FROM (SELECT x FROM numbers WHERE x BETWEEN 1 AND 1e300 ORDER BY md5(x::text) LIMIT 12) AS chosen, unnest('{7, 8}'::int[]) AS scale
GROUP BY x, scale HAVING (redhist(reddict('a', x), 2048, scale)::jsonb -> 'a' -> 'positive' ->> 'offset')::bigint <> pg_temp.bucket(x, scale);
SELECT x, scale FROM numbers, generate_series(7, 20) AS scale
GROUP BY x, scale HAVING (redhist(reddict('a', x), 2048, scale)::jsonb -> 'a' -> 'positive' ->> 'offset')::bigint >> (scale - 6) <> (redhist(reddict('a', x))::jsonb -> 'a' -> 'positive' ->> 'offset')::bigint;

--
-- What can be had of them
--

-- 1 | 2 | 3, 4 | 8: buckets from 0.5, 1, 2, 4; the first and the last stand for themselves, 2 for 2*1*2 / 3, 3 and 4
-- for 2*2*4 / 6
CREATE TEMP TABLE few AS SELECT redhist(reddict('a', x), 2048, 0) AS h FROM unnest('{3, 1, 8, 2, 4}'::float8[]) AS x;
SELECT h, rh_count(h), rh_sum(h), rh_avg(h), rh_min(h), rh_max(h) FROM few;
SELECT fraction, rh_percentile(h, fraction) FROM few, unnest('{0, 0.125, 0.25, 0.5, 0.625, 0.75, 0.875, 1}'::float8[]) AS fraction;
-- both signs, zero, NaN and infinities, where float8 sorts them: -inf -4 -1 0 0 2 inf NaN
SELECT fraction, rh_percentile(h, fraction), rh_count(h), rh_sum(h), rh_min(h), rh_max(h)
FROM (SELECT redhist(reddict('a', x), 2048, 0) AS h FROM unnest('{0, NaN, 2, -1, Infinity, -4, -0, -Infinity}'::float8[]) AS x) AS t, unnest('{0, 1, 2, 3, 4, 5, 6, 7}'::float8[]) AS place, LATERAL (SELECT place / 7 AS fraction) AS f;
-- clamped to the least and the greatest; of one number, that is it; without them, middles
SELECT rh_percentile(redhist(reddict('a', x)), 0.5) FROM unnest('{7, 7, 7}'::float8[]) AS x;
SELECT rh_percentile('{"a": 0.3, "b": -1e-320, "c": 1.7976931348623157e308, "d": 5e-324}'::reddict::redhist, 0.9);
SELECT rh_percentile('{"a": {"count": 3, "positive": {"bucketCounts": [3]}}, "b": {"count": 3, "positive": {"bucketCounts": [3]}, "min": 1.75}, "c": {"count": 3, "positive": {"bucketCounts": [3]}, "max": 1.25}}', f) FROM unnest('{0, 0.5, 1}'::float8[]) AS f;
-- what there is nothing of is left out
SELECT rh_count(h), rh_sum(h), rh_avg(h), rh_min(h), rh_max(h), rh_percentile(h, 0.5) FROM (VALUES
	(1, '{}'::redhist), (2, '{"none": {}, "nan": {"nanCount": 1}, "unknown": {"count": 2, "zeroCount": 2}}'), (3, NULL)) AS v(id, h) ORDER BY id;
-- several at once: an array of the same shape
SELECT rh_percentiles(h, '{0, 0.25, 1}'), rh_percentiles(h, '{{0.5, NULL}, {1, 0}}'), rh_percentiles(h, '{}'), rh_percentiles(h, '{NULL}') FROM few;
SELECT rh_percentiles('{"none": {}, "a": {"nanCount": 1}}', '{0.5, 0.1}'), rh_percentiles('{}', '{0.5}'), rh_percentiles('{}', NULL), rh_percentiles(NULL, '{0.5}');
-- what is at or below: (0.5, 1] begins and ends at 1, the minimum; of (2, 4], 2 numbers, a quarter is below 2.5; (4, 8]
-- has one number, the maximum, 8
SELECT x, rh_fraction_below(h, reddict('a', x)) FROM few, unnest('{-Infinity, 0.99, 1, 1.5, 2, 2.5, 4, 6, 8, 8.1, Infinity, NaN}'::float8[]) AS x;
-- of both signs: -4 in [-4, -2), -1 in [-1, -0.5), two zeros, 2 in (1, 2]; one of each of NaN and the infinities
SELECT x, rh_fraction_below(h, reddict('a', x)) -> 'a' AS fraction FROM (SELECT redhist(reddict('a', x), 2048, 0) AS h FROM unnest('{0, NaN, 2, -1, Infinity, -4, -0, -Infinity}'::float8[]) AS x) AS t,
	unnest('{-Infinity, -5, -4, -3, -2, -1, -0.75, -0.1, 0, 0.1, 1.5, 2, 3, Infinity, NaN}'::float8[]) AS x;
-- minimum and maximum unknown: by the bounds; one number; zero threshold; bounds that are far apart
SELECT rh_fraction_below('{"a": {"count": 4, "positive": {"bucketCounts": [4]}}, "one": {"count": 1, "scale": 6, "positive": {"offset": -1, "bucketCounts": [1]}, "min": 1, "max": 1}, "zero": {"count": 2, "zeroCount": 2, "zeroThreshold": 1}, "none": {}, "far": {"count": 1, "scale": -10, "negative": {"offset": 0, "bucketCounts": [1]}}}', m)
FROM (VALUES ('{"a": 1.25, "one": 1, "zero": 0, "far": -1e308, "none": 1, "other": 2}'::reddict), ('{"a": 2, "one": 1.5, "zero": 0.5}'), ('{"a": 1}'), ('{}')) AS v(m);
-- at, as well as below: constants; 29 of 100 numbers below 30, and 71 of them; upper bounds
SELECT rh_fraction_below(redhist('{"s": 5, "t": -5}'::reddict), m) FROM generate_series(1, 10), (VALUES ('{"s": 5, "t": -5}'::reddict), ('{"s": 4.9, "t": -5.1}'), ('{"s": 5.1, "t": -4.9}')) AS v(m) GROUP BY m ORDER BY m;
SELECT x, rh_fraction_below(redhist(reddict('s', least(30, i))), reddict('s', x)) FROM generate_series(1, 100) AS i, unnest('{0.9, 29.9, 30}'::float8[]) AS x GROUP BY x ORDER BY x;
SELECT x, rh_fraction_below(redhist(reddict('s', i), 2048, 0), reddict('s', x)) FROM generate_series(1, 100) AS i, unnest('{1, 2, 4, 32, 64}'::float8[]) AS x GROUP BY x ORDER BY x;
-- of 4 numbers in a bucket one is the minimum and one the maximum
SELECT x, rh_fraction_below('{"a": {"count": 4, "positive": {"bucketCounts": [4]}, "min": 1.25, "max": 1.75}, "min": {"count": 4, "positive": {"bucketCounts": [4]}, "min": 1.5}}', reddict('{a, min}', ARRAY[x, x])) FROM unnest('{1.2, 1.25, 1.5, 1.6875, 1.75}'::float8[]) AS x;
-- the buckets that have a count
SELECT b.* FROM few, rh_buckets(h, 'a') AS b;
SELECT b.* FROM (SELECT redhist(reddict('a', x), 2048, 0) AS h FROM unnest('{0, NaN, 2, -1, Infinity, -4, -3, -0, -Infinity}'::float8[]) AS x) AS t, rh_buckets(h, 'a') AS b;
SELECT b.* FROM rh_buckets('{"a": {"count": 4, "scale": -10, "zeroCount": 1, "zeroThreshold": 0.5, "positive": {"offset": -2, "bucketCounts": [0, 1, 1]}, "negative": {"offset": -2, "bucketCounts": [1]}}}', 'a') AS b;
SELECT b.* FROM rh_buckets('{"a": {"count": 1, "zeroCount": 1}}', 'b') AS b;
SELECT b.* FROM rh_buckets(NULL, 'a') AS b;
-- bounds are the doubles next to those of the buckets, at any scale; no rows: right
CREATE FUNCTION pg_temp.index_of(x float8, scale int) RETURNS bigint
LANGUAGE sql AS $$ SELECT (redhist(m, 2048, scale)::jsonb -> 'a' -> 'positive' ->> 'offset')::bigint FROM (VALUES (reddict('a', x))) AS v(m) $$;
SELECT scale, i, lower, upper FROM generate_series(-10, 20) AS scale, unnest('{0, 1, 31, 32, 63}'::int[]) AS k,
	LATERAL (SELECT CASE WHEN scale < 0 THEN 0 ELSE k * 16411 % (1 << scale) END AS i) AS t,
	rh_buckets(format('{"a": {"count": 1, "scale": %s, "positive": {"offset": %s, "bucketCounts": [1]}}}', scale, i)::redhist, 'a')
WHERE (pg_temp.index_of(lower, scale), pg_temp.index_of(lower * (1 + 2.0::float8 ^ -52), scale), pg_temp.index_of(upper, scale), pg_temp.index_of(upper * (1 + 2.0::float8 ^ -52), scale))
	IS DISTINCT FROM (i - 1::bigint, i::bigint, i::bigint, i + 1::bigint) AND scale <> -10;
-- some keys
SELECT rh_slice(h, '{a, c, NULL, c, x}'), rh_slice(h, '{}'), rh_delete(h, 'a'), rh_delete(h, 'x') = h, rh_delete(h, '{a, c, x}'::text[]), rh_delete(h, repeat('k', 70000)) = h
FROM (VALUES ('{"a": {"count": 1, "zeroCount": 1}, "b": {"maxScale": 3}, "c": {"nanCount": 1}}'::redhist)) AS v(h);
-- NULL, and fractions as core has them
SELECT rh_percentile('{}', NULL), rh_percentile(NULL, 0.5);
SELECT id, pg_temp.outcome('SELECT ' || statement) FROM (VALUES
	(1, $$rh_percentile('{}', 1.5)$$), (2, $$rh_percentile('{}', -0.1)$$), (3, $$rh_percentile('{}', 'NaN')$$), (4, $$percentile_cont(1.5) WITHIN GROUP (ORDER BY x) FROM (VALUES (1)) AS v(x)$$),
	-- a sum beyond DBL_MAX is an error when it is read, and only then
	(5, $$rh_sum(redhist(m)) FROM (VALUES ('{"a": 1, "b": 1e308}'::reddict), ('{"a": 1, "b": 1e308}')) AS v(m)$$),
	(6, $$rh_avg(redhist(m)) FROM (VALUES ('{"a": 1, "b": 1e308}'::reddict), ('{"a": 1, "b": 1e308}')) AS v(m)$$),
	(7, $$rh_percentile(redhist(m), 0.5) FROM (VALUES ('{"a": 1, "b": 1e308}'::reddict), ('{"a": 1, "b": 1e308}')) AS v(m)$$)
) AS v(id, statement) ORDER BY id;

--
-- One map, and adding
--

SELECT rh_of('{}'), rh_of('{"a": 1, "b": "NaN", "c": "-Infinity", "d": "Infinity", "e": -0, "f": -3}');
CREATE TEMP TABLE totals (id int PRIMARY KEY, h redhist NOT NULL);
INSERT INTO totals VALUES (1, '{"a": 1, "b": 0.5}'::reddict);
INSERT INTO totals VALUES (1, '{"a": 2, "c": 0.25}'::reddict) ON CONFLICT (id) DO UPDATE SET h = totals.h + EXCLUDED.h;
UPDATE totals SET h = h + '{"c": 1, "d": "NaN"}'::reddict;
SELECT rh_count(h), rh_sum(h), rh_min(h), rh_max(h), h = (SELECT redhist(m) FROM (VALUES ('{"a": 2, "c": 1}'::reddict), ('{"b": 0.5, "c": 0.25}'), ('{"a": 1, "d": "NaN"}')) AS v(m)) FROM totals;
SELECT h + h <> h, h + '{}'::redhist = h, '{}'::redhist + h = h, h + '{}'::reddict = h FROM totals;

--
-- Limits: the scale goes down
--

-- 1 to 1024 at scale 0 are the buckets from -1 to 9: two in one, and two in one again
SELECT n, redhist(m, n, 0) FROM (VALUES ('{"a": 1}'::reddict), ('{"a": 1024}'), ('{"a": 3}')) AS v(m), (VALUES (11), (10), (6), (5), (3)) AS w(n) GROUP BY n ORDER BY n DESC;
-- at the lowest scale all doubles are in three buckets
SELECT redhist(reddict('a', x) || reddict('b', -x), 3, 20) FROM unnest('{5e-324, 2.2250738585072014e-308, 1, 1.5, 1.7976931348623157e308}'::float8[]) AS x;
SELECT redhist(m, NULL, NULL) = redhist(m), redhist(m, 2048, 6) = redhist(m) FROM (VALUES ('{"a": 1}'::reddict), ('{"a": 1024, "b": 3}')) AS v(m);
-- the smaller limits win, key by key; new keys have the least there is, or the default ones
SELECT h + '{"a": {"count": 1, "scale": 4, "positive": {"offset": 0, "bucketCounts": [1]}, "maxBuckets": 100, "maxScale": 8}}'::redhist, h + '{"b": 2}'::reddict, '{}'::redhist + '{"b": 2}'::reddict
FROM (VALUES ('{"a": {"count": 1, "scale": 5, "positive": {"offset": 7, "bucketCounts": [1]}, "maxBuckets": 200, "maxScale": 5}, "c": {"maxBuckets": 300, "maxScale": 6}}'::redhist)) AS v(h);
SELECT id, pg_temp.outcome('SELECT ' || statement) FROM (VALUES
	(1, $$redhist('{"a": 1}'::reddict, 2, 6)$$), (2, $$redhist('{"a": 1}'::reddict, 65537, 6)$$), (3, $$redhist('{"a": 1}'::reddict, 160, 21)$$), (4, $$redhist('{"a": 1}'::reddict, 160, -11)$$),
	(5, $$redhist(m, i, 6) FROM (VALUES (160, '{"a": 1}'::reddict), (161, '{"a": 1}')) AS v(i, m)$$), (6, $$redhist(m, 160, i) FROM (VALUES (5, '{"a": 1}'::reddict), (4, '{"a": 1}')) AS v(i, m)$$),
	(7, $$redhist(NULL::reddict, 1, 6)$$), (8, $$redhist('{}'::reddict, 65536, 20)$$), (9, $$redhist('{"a": 1}'::reddict, 3, -10)$$)
) AS v(id, statement) ORDER BY id;

--
-- Zero threshold: the data model's rules
--

-- what is no further from zero is counted with it
SELECT h + '{"a": 0.5}'::reddict, h + '{"a": -0.75}'::reddict, h + '{"a": 0.76}'::reddict FROM (VALUES ('{"a": {"count": 1, "zeroCount": 1, "zeroThreshold": 0.75}}'::redhist)) AS v(h);
-- the larger one wins; within a bucket that has a count it becomes that one's upper bound:
-- (0.25, 0.5], (0.5, 1], (1, 2] and (2, 4]
SELECT h + h0, h + h0 = h0 + h FROM (VALUES ('{"a": {"count": 10, "sum": 1, "positive": {"offset": -2, "bucketCounts": [1, 2, 3]}, "negative": {"offset": 1, "bucketCounts": [4]}, "min": -4, "max": 2}}'::redhist)) AS v(h),
	(VALUES ('{"a": {"count": 1, "sum": 0, "zeroCount": 1, "zeroThreshold": 0.5, "min": 0, "max": 0}}'::redhist), ('{"a": {"count": 1, "sum": 0, "zeroCount": 1, "zeroThreshold": 0.51, "min": 0, "max": 0}}'), ('{"a": {"count": 0, "zeroThreshold": 3}}')) AS w(h0);

--
-- Aggregates
--

CREATE TEMP TABLE small (grp text COLLATE "C", id int, m reddict);
INSERT INTO small VALUES
	('come and go', 1, '{"a": 1, "b": 10}'), ('come and go', 2, NULL), ('come and go', 3, '{"b": 5, "c": -2}'), ('come and go', 4, '{}'), ('come and go', 5, '{"a": 0.5}'),
	('empty', 6, '{}'), ('empty', 7, '{}'), ('NULL', 10, NULL), ('NULL', 11, NULL), ('NULL first', 12, NULL), ('NULL first', 13, '{"a": 1}'), ('NULL first', 14, '{"a": 3}');
SELECT grp, redhist(m, 2048, 0), redhist(m) IS NULL FROM small GROUP BY grp ORDER BY grp;
SELECT redhist(m), redhist(m, 160, 3), rh_merge(m::redhist) FROM small WHERE false;
SELECT rh_count(redhist(m)), rh_count(redhist(m) FILTER (WHERE id > 2)) FROM small;
SELECT rh_merge(h), rh_merge(h) FILTER (WHERE false) FROM (VALUES (NULL::redhist), (NULL)) AS v(h);
SELECT rh_merge(h) FROM (VALUES ('{"a": {"count": 1, "sum": 1, "scale": 0, "positive": {"offset": -1, "bucketCounts": [1]}, "min": 1, "max": 1}}'::redhist)) AS v(h);
-- what one side lacks the result lacks: sum, least, greatest; of nothing there is none to lack
SELECT rh_merge(h) FROM (VALUES ('{"a": {"count": 1, "sum": 1, "positive": {"bucketCounts": [1]}, "min": 2, "max": 2}, "b": {"count": 1, "sum": 1, "positive": {"bucketCounts": [1]}, "min": 2, "max": 2}}'::redhist),
	('{"a": {"count": 2, "positive": {"bucketCounts": [2]}}, "b": {}}'), ('{"b": {"count": 1, "sum": 4, "zeroCount": 1, "min": 0}}')) AS v(h);
-- only aggregates may call these: they modify their argument
SELECT id, pg_temp.outcome('SELECT ' || statement) FROM (VALUES
	(1, $$redhist_trans('{}', '{"a": 1}')$$), (2, $$redhist_trans(NULL, NULL)$$), (3, $$redhist_limited_trans('{}', '{"a": 1}', 160, 6)$$), (4, $$redhist_combine('{}', '{}')$$), (5, $$redhist_combine(NULL, '{}')$$),
	-- too many numbers, in a bucket, in all, of zero, of NaN; sum, least and greatest may be anything
	(6, $$rh_merge(h) FROM (VALUES ('{"a": {"count": 9007199254740992, "positive": {"bucketCounts": [9007199254740992]}}}'::redhist), ('{"a": {"count": 1, "positive": {"bucketCounts": [1]}}}')) AS v(h)$$),
	(7, $$rh_merge(h) FROM (VALUES ('{"a": {"count": 9007199254740992, "positive": {"bucketCounts": [9007199254740992]}}}'::redhist), ('{"a": {"count": 1, "negative": {"bucketCounts": [1]}}}'), ('{"b": {}}')) AS v(h)$$),
	(8, $$rh_merge(h) FROM (VALUES ('{"a": {"count": 9007199254740992, "zeroCount": 9007199254740992}}'::redhist), ('{"a": {"count": 1, "zeroCount": 1}}')) AS v(h)$$),
	(9, $$rh_merge(h) FROM (VALUES ('{"a": {"nanCount": 9007199254740992}}'::redhist), ('{"a": {"nanCount": 1}}')) AS v(h)$$)
) AS v(id, statement) ORDER BY id;

-- Random numbers of all kinds, in groups, each against the oracle: counts of buckets, and all else.
CREATE TEMP TABLE drawn AS
	SELECT i, i % 12 AS grp, 'key ' || i % 7 AS key, CASE i % 12 % 6
		WHEN 0 THEN (('x' || substr(md5(i::text), 1, 8))::bit(32)::int % 1000000) / 100.0::float8
		WHEN 1 THEN ('x' || substr(md5(i::text), 1, 8))::bit(32)::int % 10
		WHEN 2 THEN ('x' || substr(md5(i::text), 1, 16))::bit(64)::bigint / 2.0::float8 ^ 63
		WHEN 3 THEN 2.0::float8 ^ (i % 31 - 15) * CASE WHEN i % 3 = 0 THEN -1 ELSE 1 END
		WHEN 4 THEN 1 + i % 100 / 100.0::float8
		ELSE (ARRAY[0, -0, 'NaN', 'Infinity', '-Infinity', 1, -1e-320]::float8[])[i / 12 % 7 + 1] END AS x
	FROM generate_series(1, 3000) AS i;
CREATE TEMP TABLE maps AS SELECT i, grp, reddict(key, x) AS m FROM drawn;
INSERT INTO maps SELECT min(i), grp, reddict(array_agg(key ORDER BY i), array_agg(x ORDER BY i)) FROM drawn WHERE i <= 1500 GROUP BY grp, i / 200;
CREATE TEMP TABLE made AS SELECT grp, redhist(m ORDER BY i) AS h FROM maps GROUP BY grp;
CREATE TEMP TABLE expected_buckets AS
	SELECT grp, key, CASE WHEN value > 0 THEN 'positive' ELSE 'negative' END AS side, pg_temp.bucket(abs(value), 6) AS i, count(*) AS n
	FROM maps, rd_each(m) WHERE value <> 0 AND abs(value) < 'Infinity' GROUP BY 1, 2, 3, 4;
SELECT count(*) > 900, max(n) > 20 FROM expected_buckets;
-- no rows: right
SELECT grp, key, side, i, expected_buckets.n, made.n FROM expected_buckets FULL JOIN (
		SELECT grp, key, side, (j -> side ->> 'offset')::bigint + place - 1 AS i, b.n::bigint
		FROM made, jsonb_each(h::jsonb) AS e(key, j), unnest('{positive, negative}'::text[]) AS side, jsonb_array_elements_text(j -> side -> 'bucketCounts') WITH ORDINALITY AS b(n, place)
		WHERE b.n <> '0') AS made USING (grp, key, side, i)
WHERE expected_buckets.n IS DISTINCT FROM made.n;
SELECT grp, key FROM (
		SELECT grp, key, count(value) FILTER (WHERE abs(value) < 'Infinity') AS n, sum(value ORDER BY i) FILTER (WHERE abs(value) < 'Infinity') AS sum, min(value) FILTER (WHERE abs(value) < 'Infinity') AS least, max(value) FILTER (WHERE abs(value) < 'Infinity') AS greatest,
			count(*) FILTER (WHERE value = 0) AS zero, count(*) FILTER (WHERE value = 'NaN') AS nan, count(*) FILTER (WHERE value = 'Infinity') AS plus, count(*) FILTER (WHERE value = '-Infinity') AS minus
		FROM maps, rd_each(m) GROUP BY grp, key) AS expected
	FULL JOIN (SELECT grp, h, key, j FROM made, jsonb_each(h::jsonb) AS e(key, j)) AS made USING (grp, key)
WHERE ((j ->> 'count')::bigint, (rh_count(h) -> key)::bigint, coalesce(abs((rh_sum(h) -> key) - sum) <= 1e-9, (rh_sum(h) -> key) IS NULL AND sum IS NULL), rh_min(h) -> key, rh_max(h) -> key, coalesce((j ->> 'zeroCount')::bigint, 0), coalesce((j ->> 'nanCount')::bigint, 0), coalesce((j ->> 'infinityCount')::bigint, 0), coalesce((j ->> 'minusInfinityCount')::bigint, 0))
	IS DISTINCT FROM (n, n, true, least, greatest, zero, nan, plus, minus);
-- percentiles are as near to exact ones as the scale says: that is 0.542 % of the numbers they are between
CREATE TEMP TABLE fractions AS SELECT unnest('{0, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 1}'::float8[]) AS f;
SELECT grp, key, f, exact, estimated FROM (
		SELECT grp, key, f, exact, greatest(abs(sorted[floor(f * (n - 1)) + 1]), abs(sorted[ceil(f * (n - 1)) + 1])) AS far
		FROM (SELECT grp, key, f, percentile_cont(f) WITHIN GROUP (ORDER BY value) AS exact, array_agg(value ORDER BY value) AS sorted, count(*) AS n FROM maps, rd_each(m), fractions GROUP BY grp, key, f) AS s) AS e
	FULL JOIN (SELECT grp, f, key, value AS estimated FROM made, fractions, rd_each(rh_percentile(h, f))) AS h USING (grp, key, f)
WHERE NOT coalesce(exact = estimated OR abs(exact - estimated) <= 0.00542 * far, false);
SELECT count(*) > 500 FROM made, fractions, rd_each(rh_percentile(h, f));

--
-- Any order, any plan: the same bytes, but for sums
--

CREATE FUNCTION pg_temp.same(a redhist, b redhist) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$ SELECT a = b AND redhist_hash(a) = redhist_hash(b) AND redhist_hash_extended(a, 7) = redhist_hash_extended(b, 7) AND redhist_cmp(a, b) = 0
	AND regexp_replace(a::text, '"sum": [^,]*', '', 'g') = regexp_replace(b::text, '"sum": [^,]*', '', 'g') $$;
-- in parts, of any size and in any order; parts of parts; at limits that make scales differ
CREATE TEMP TABLE parts AS SELECT grp, i % 100 AS part, redhist(m) AS h, redhist(m, 60, 5) AS limited FROM maps GROUP BY 1, 2;
-- no rows: right
SELECT grp FROM made AS a
	JOIN (SELECT grp, rh_merge(h ORDER BY md5(part::text)) AS h, rh_merge(h ORDER BY part DESC) AS reversed FROM parts GROUP BY grp) AS b USING (grp)
	JOIN (SELECT grp, rh_merge(h) AS h FROM (SELECT grp, part % 10 AS p, rh_merge(h) AS h FROM parts GROUP BY 1, 2) AS c GROUP BY grp) AS d USING (grp)
	JOIN (SELECT grp, rh_merge(m::redhist) AS h FROM maps GROUP BY grp) AS e USING (grp)
WHERE NOT (pg_temp.same(a.h, b.h) AND pg_temp.same(a.h, b.reversed) AND pg_temp.same(a.h, d.h) AND pg_temp.same(a.h, e.h));
SELECT count(DISTINCT j ->> 'scale') > 3 FROM parts, jsonb_each(limited::jsonb) AS e(key, j);
SELECT grp FROM (SELECT grp, redhist(m, 60, 5) AS h FROM maps GROUP BY grp) AS a
	JOIN (SELECT grp, rh_merge(limited ORDER BY md5(part::text)) AS h, rh_merge(limited ORDER BY part DESC) AS reversed FROM parts GROUP BY grp) AS b USING (grp)
	JOIN (SELECT grp, rh_merge(h) AS h FROM (SELECT grp, part % 10 AS p, rh_merge(CASE WHEN part % 3 = 0 THEN h ELSE limited END) AS h FROM parts GROUP BY 1, 2) AS c GROUP BY grp) AS d USING (grp)
WHERE NOT (pg_temp.same(a.h, b.h) AND pg_temp.same(a.h, b.reversed) AND pg_temp.same(a.h, d.h));

-- A state as it is: what aggregates keep can be stored, and everything reads it as what it stands for.
CREATE AGGREGATE pg_temp.state(reddict) (SFUNC = redhist_trans, STYPE = redhist, COMBINEFUNC = redhist_combine, PARALLEL = SAFE);
CREATE TEMP TABLE states AS SELECT grp, i % 3 AS part, pg_temp.state(m) AS h FROM maps GROUP BY 1, 2;
ALTER TABLE states ALTER h SET STORAGE external;
INSERT INTO states SELECT 1000, 0, pg_temp.state(reddict('key ' || i, i)) FROM generate_series(1, 3000) AS i;
INSERT INTO states SELECT 1001, 0, pg_temp.state('{}');
SELECT count(*), max(pg_column_size(h)) > 100000, min(pg_column_size(h)) < 100 FROM states;
SELECT grp FROM states JOIN (SELECT grp, part, redhist(m) AS h FROM (SELECT grp, i % 3 AS part, m FROM maps
		UNION ALL SELECT 1000, 0, reddict('key ' || i, i) FROM generate_series(1, 3000) AS i UNION ALL SELECT 1001, 0, '{}') AS m GROUP BY 1, 2) AS f USING (grp, part)
WHERE NOT (pg_temp.same(states.h, f.h) AND states.h::text = f.h::text AND states.h::json::text = f.h::text AND redhist_send(states.h) = redhist_send(f.h)
	AND rh_percentile(states.h, 0.4) = rh_percentile(f.h, 0.4) AND rh_count(states.h) = rh_count(f.h)
	AND pg_temp.same(states.h + f.h, f.h + f.h) AND pg_temp.same(states.h + '{"b": 1}'::reddict, f.h + '{"b": 1}'::reddict));
SELECT grp FROM (SELECT grp, rh_merge(h) AS h FROM states GROUP BY grp) AS a JOIN made AS b USING (grp) WHERE NOT pg_temp.same(a.h, b.h);

-- keys that vary: many, a few, then all at once; a state that is expanded, and merges of these
CREATE TEMP TABLE vary AS
	SELECT i, reddict('key ' || i % 1500, i / 7.0::float8) || reddict('key ' || i % 11, 1e200 / i) AS m FROM generate_series(1, 6000) AS i
	UNION ALL SELECT 6000 + i, (SELECT reddict(array_agg('key ' || k), array_agg(k / 3.0::float8)) FROM generate_series(0, 1499) AS k) FROM generate_series(1, 3) AS i
	UNION ALL SELECT 7000 + i, reddict('other ' || i, i) FROM generate_series(1, 500) AS i;
SELECT rd_length(rh_count(h)), rh_count(h) = counted, rh_min(h) = least, rh_max(h) = greatest, pg_temp.same(h, merged), pg_temp.same(h, ones) FROM
	(SELECT redhist(m) AS h, rd_count_agg(m) AS counted, min(m) AS least, max(m) AS greatest, rh_merge(m::redhist) AS ones FROM vary) AS a,
	(SELECT rh_merge(h) AS merged FROM (SELECT pg_temp.state(m) AS h FROM vary GROUP BY i % 7) AS t) AS b;

-- counts that outgrow 1, 2 and 4 bytes, number by number and merged
SELECT rh_count(redhist(m)), redhist(m)::jsonb -> 'a' -> 'positive' -> 'bucketCounts' FROM (SELECT '{"a": 1}'::reddict AS m FROM generate_series(1, 70000)) AS t;
SELECT n, rh_count(rh_merge(h))::jsonb FROM (SELECT ('{"a": {"count": ' || n || ', "positive": {"offset": 0, "bucketCounts": [' || n - 1 || ', 0, 0, 0, 0, 0, 0, 0, 0, 1]}}}')::redhist AS h, n FROM unnest('{2, 200, 256, 40000, 65536, 3000000000, 4294967296, 4503599627370496}'::bigint[]) AS n, generate_series(1, 2)) AS t GROUP BY n ORDER BY n;
-- 400 times the same, of counts that grow through 1, 2, 4 and 8 bytes at different times, among others that are 0
SELECT factor, j -> 'a' -> 'positive' -> 'bucketCounts' = (SELECT jsonb_agg(400 * factor * (k * k % 190)) FROM generate_series(1, 100) AS k)
FROM unnest('{1, 600, 90000, 20000000}'::bigint[]) AS factor, LATERAL (SELECT rh_merge(h)::jsonb AS j FROM (SELECT jsonb_build_object('a', jsonb_build_object('count', factor * sum(k * k % 190), 'positive', jsonb_build_object('offset', -50, 'bucketCounts', jsonb_agg(factor * (k * k % 190)))))::redhist AS h FROM generate_series(1, 100) AS k) AS one, generate_series(1, 400)) AS t;

-- an error leaves a state as it was: PL/pgSQL catches it, in an aggregate that goes on
CREATE FUNCTION pg_temp.try(state redhist, h redhist) RETURNS redhist
LANGUAGE plpgsql AS $$
BEGIN
	RETURN state + h;
EXCEPTION WHEN numeric_value_out_of_range THEN
	RETURN state;
END $$;
CREATE AGGREGATE pg_temp.tried(redhist) (SFUNC = pg_temp.try, STYPE = redhist, INITCOND = '{}');
SELECT pg_temp.tried(h ORDER BY id) FROM (VALUES (1, '{"a": {"count": 1, "sum": 1, "positive": {"bucketCounts": [1]}}, "b": {"count": 9007199254740992, "zeroCount": 9007199254740992}}'::redhist),
	(2, '{"a": {"count": 2, "sum": 1, "scale": -2, "positive": {"bucketCounts": [1, 1]}}, "b": {"count": 1, "zeroCount": 1}, "c": {}}'), (3, '{"a": {"count": 1, "sum": 1, "positive": {"bucketCounts": [1]}}}')) AS v(id, h);

--
-- Parallel plans, groups that are spilled
--

CREATE TABLE histogram_rows AS SELECT i, i % 10 AS grp, m FROM maps;
ANALYZE histogram_rows;
CREATE TEMP TABLE serial AS SELECT grp, redhist(m) AS h, redhist(m, 100, 4) AS limited FROM histogram_rows GROUP BY grp;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SELECT pg_temp.plan_has('Partial', 'SELECT grp, redhist(m) FROM histogram_rows GROUP BY grp') FROM set_config('max_parallel_workers_per_gather', '2', false);
-- no rows: right
SELECT p.grp FROM (SELECT grp, redhist(m) AS h, redhist(m, 100, 4) AS limited FROM histogram_rows GROUP BY grp) AS p JOIN serial USING (grp)
WHERE NOT (pg_temp.same(p.h, serial.h) AND pg_temp.same(p.limited, serial.limited));
SELECT pg_temp.same(rh_merge(h), (SELECT redhist(m) FROM histogram_rows)) FROM serial;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
DROP TABLE histogram_rows;
SET max_parallel_workers_per_gather = 0;
SET enable_sort = off;
SET work_mem = '64kB';
SET hash_mem_multiplier = 1;
SELECT count(*) > 1400, count(*) FILTER (WHERE NOT pg_temp.same(h, expected)) FROM (SELECT i / 2 AS g, redhist(m) AS h FROM maps GROUP BY 1) AS a JOIN (SELECT g, rh_merge(h) AS expected FROM (SELECT i / 2 AS g, m::redhist AS h FROM maps) AS t GROUP BY g) AS b USING (g);
RESET enable_sort;
RESET work_mem;
RESET hash_mem_multiplier;

--
-- Binary, JSON, copies
--

-- version, keys; length, key, scale, limit, what there is, limit; sum, minimum, maximum, threshold, counts; sides
SELECT redhist_send('{}'), redhist_send('{"b": {"count": 130, "sum": 5, "scale": -1, "positive": {"offset": -1, "bucketCounts": [1, 0, 129]}, "max": 2, "zeroThreshold": 0.5, "maxBuckets": 160, "nanCount": 1}}');
CREATE TEMP TABLE original (id int, h redhist);
INSERT INTO original VALUES (1, '{}'), (2, '{"none": {}, "": {"count": 1, "sum": "Infinity", "zeroCount": 1}, "é\n": {"count": 4503599627370496, "scale": 20, "negative": {"offset": 7, "bucketCounts": [4503599627370496]}, "min": -1.000005, "minusInfinityCount": 9007199254740992}}'), (3, NULL);
INSERT INTO original SELECT 10 + grp, h FROM made;
INSERT INTO original SELECT 50 + grp, h FROM states WHERE part = 0;
-- no rows: right
SELECT id FROM original WHERE h::text::redhist <> h OR redhist_send(h::text::redhist) <> redhist_send(h) OR h::jsonb::redhist <> h OR h::json::redhist <> h OR to_jsonb(h)::text::redhist <> h OR to_json(h)::text <> h::text;
\getenv abs_builddir PG_ABS_BUILDDIR
\cd :abs_builddir
\copy (SELECT * FROM original) TO 'results/redhist.data' (FORMAT binary)
CREATE TEMP TABLE copied (id int, h redhist);
\copy copied FROM 'results/redhist.data' (FORMAT binary)
SELECT count(*), count(h) FROM copied;
SELECT id FROM original FULL JOIN copied USING (id) WHERE redhist_send(original.h) IS DISTINCT FROM redhist_send(copied.h) OR original.h::text IS DISTINCT FROM copied.h::text;
-- what a client may send: the same bytes as a bytea column, read as redhist
CREATE TEMP TABLE wire (id int, bytes bytea);
CREATE TEMP TABLE received (id int, h redhist);
CREATE FUNCTION pg_temp.member(key text, scale text DEFAULT '00', has text DEFAULT '07', max_buckets int DEFAULT 160, sum float8 DEFAULT 0, low float8 DEFAULT 0, high float8 DEFAULT 0, threshold float8 DEFAULT 0, zero bigint DEFAULT 0, nan bigint DEFAULT 0, max_scale text DEFAULT '06',
	first int DEFAULT 0, n int DEFAULT 0, counts text DEFAULT '', rest text DEFAULT '0000000000000000') RETURNS text
LANGUAGE sql AS $$ SELECT encode(int4send(octet_length(key)) || convert_to(key, 'UTF8') || decode(scale || max_scale || has, 'hex') || int4send(max_buckets) || float8send(sum) || float8send(low) || float8send(high) || float8send(threshold) || int8send(zero) || int8send(nan) || int8send(0) || int8send(0) || int4send(first) || int4send(n) || decode(counts || rest, 'hex'), 'hex') $$;
CREATE FUNCTION pg_temp.wire(variadic members text[]) RETURNS bytea LANGUAGE sql AS $$ SELECT '\x01'::bytea || int4send(cardinality(members)) || decode(array_to_string(members, ''), 'hex') $$;
-- keys in any order; zeros around the counts, numbers in more bytes than they need, -0
INSERT INTO wire VALUES (1, pg_temp.wire(pg_temp.member('b', n => 4, counts => '00810001' || '00', low => 3, high => 4, sum => 7), pg_temp.member('a', zero => 1, low => -0.0, high => 0)));
\copy (SELECT * FROM wire ORDER BY id) TO 'results/redhist.data' (FORMAT binary)
\copy received FROM 'results/redhist.data' (FORMAT binary)
SELECT h FROM received;
TRUNCATE received;
-- what is refused, with the error of all of these
CREATE TEMP TABLE refused (id int, bytes bytea);
INSERT INTO refused VALUES
	(1, pg_temp.wire(pg_temp.member('a', scale => '15', max_scale => '15'))), (2, pg_temp.wire(pg_temp.member('a', scale => '07'))), (3, pg_temp.wire(pg_temp.member('a', scale => 'f5'))),
	(4, pg_temp.wire(pg_temp.member('a', has => '08'))), (5, pg_temp.wire(pg_temp.member('a', max_buckets => 2))), (6, pg_temp.wire(pg_temp.member('a', max_buckets => 65537))),
	(7, pg_temp.wire(pg_temp.member('a', has => '06'))), (8, pg_temp.wire(pg_temp.member('a', sum => 1))), (9, pg_temp.wire(pg_temp.member('a', zero => -1))), (10, pg_temp.wire(pg_temp.member('a', nan => -1))),
	(11, pg_temp.wire(pg_temp.member('a', zero => 1, low => 2, high => 1))), (12, pg_temp.wire(pg_temp.member('a', zero => 1, low => '-Infinity'))), (13, pg_temp.wire(pg_temp.member('a', threshold => 'NaN'))),
	(14, pg_temp.wire(pg_temp.member('a', n => 2, first => 1023, counts => '0101'))), (15, pg_temp.wire(pg_temp.member('a', n => 1, first => 2147483647, counts => '01'))), (16, pg_temp.wire(pg_temp.member('a', n => -1))),
	(17, pg_temp.wire(pg_temp.member('a', n => 65537, counts => repeat('00', 65537)))), (18, pg_temp.wire(pg_temp.member('a', n => 100))), (19, pg_temp.wire(pg_temp.member('a', n => 1, counts => '818080808080808001'))),
	(20, pg_temp.wire(pg_temp.member('a', n => 4, max_buckets => 3, counts => '01010101'))), (21, pg_temp.wire(pg_temp.member('a', zero => 1, high => 1))), (22, pg_temp.wire(pg_temp.member('a', low => 1)));
\set read '\\set VERBOSITY terse \\\\ \\copy received FROM \'results/redhist.data\' (FORMAT binary)'
\copy (SELECT id, bytes FROM refused WHERE id = 1) TO 'results/redhist.data' (FORMAT binary)
:read
\copy (SELECT id, bytes FROM refused WHERE id = 2) TO 'results/redhist.data' (FORMAT binary)
:read
\copy (SELECT id, bytes FROM refused WHERE id = 3) TO 'results/redhist.data' (FORMAT binary)
:read
\copy (SELECT id, bytes FROM refused WHERE id = 4) TO 'results/redhist.data' (FORMAT binary)
:read
\copy (SELECT id, bytes FROM refused WHERE id = 5) TO 'results/redhist.data' (FORMAT binary)
:read
\copy (SELECT id, bytes FROM refused WHERE id = 6) TO 'results/redhist.data' (FORMAT binary)
:read
\copy (SELECT id, bytes FROM refused WHERE id = 7) TO 'results/redhist.data' (FORMAT binary)
:read
\copy (SELECT id, bytes FROM refused WHERE id = 8) TO 'results/redhist.data' (FORMAT binary)
:read
\copy (SELECT id, bytes FROM refused WHERE id = 9) TO 'results/redhist.data' (FORMAT binary)
:read
\copy (SELECT id, bytes FROM refused WHERE id = 10) TO 'results/redhist.data' (FORMAT binary)
:read
\copy (SELECT id, bytes FROM refused WHERE id = 11) TO 'results/redhist.data' (FORMAT binary)
:read
\copy (SELECT id, bytes FROM refused WHERE id = 12) TO 'results/redhist.data' (FORMAT binary)
:read
\copy (SELECT id, bytes FROM refused WHERE id = 13) TO 'results/redhist.data' (FORMAT binary)
:read
\copy (SELECT id, bytes FROM refused WHERE id = 14) TO 'results/redhist.data' (FORMAT binary)
:read
\copy (SELECT id, bytes FROM refused WHERE id = 15) TO 'results/redhist.data' (FORMAT binary)
:read
\copy (SELECT id, bytes FROM refused WHERE id = 16) TO 'results/redhist.data' (FORMAT binary)
:read
\copy (SELECT id, bytes FROM refused WHERE id = 17) TO 'results/redhist.data' (FORMAT binary)
:read
\copy (SELECT id, bytes FROM refused WHERE id = 18) TO 'results/redhist.data' (FORMAT binary)
:read
\copy (SELECT id, bytes FROM refused WHERE id = 19) TO 'results/redhist.data' (FORMAT binary)
:read
\copy (SELECT id, bytes FROM refused WHERE id = 20) TO 'results/redhist.data' (FORMAT binary)
:read
\copy (SELECT id, bytes FROM refused WHERE id = 21) TO 'results/redhist.data' (FORMAT binary)
:read
\copy (SELECT id, bytes FROM refused WHERE id = 22) TO 'results/redhist.data' (FORMAT binary)
:read
-- a key twice, bytes left over
\copy (SELECT 1, pg_temp.wire(pg_temp.member('a'), pg_temp.member('a'))) TO 'results/redhist.data' (FORMAT binary)
:read
\copy (SELECT 1, pg_temp.wire(pg_temp.member('a')) || '\x00') TO 'results/redhist.data' (FORMAT binary)
:read
\set VERBOSITY default
SELECT count(*) FROM received;
