-- Ten numbers a row in as few bytes as they need: 500,000 rows
-- Variants: "mixed" has counters and amounts of different sizes, so that the
-- widths of the numbers vary from row to row; in "same" they are the same in
-- all rows; in "counters" all numbers are below 100.  Tables n10_TYPE_VARIANT:
-- columns (float8), smallest (of the smallest types that fit), narrow and plain
-- (packed maps, narrow and not), keys (narrow, with keys), array, jsonb, vector.
CREATE TEMP TABLE ten_variants (variant text, columns text, smallest text);
INSERT INTO ten_variants VALUES
	('mixed', 'floor(random() * 1000) AS a, floor(random() * 100000) AS b, floor(random() * 40000) / 4 AS c, floor(random() * 5000) AS d, floor(random() * 100) AS e, floor(random() * 10) AS f, floor(random() * 50) AS g, floor(random() * 400) / 4 AS h, floor(random() * 2000) / 4 AS i, floor(random() * 3) AS j',
		'b::int, c, h, i, a::smallint, d::smallint, e::smallint, f::smallint, g::smallint, j::smallint'),
	('same', '128 + floor(random() * 800) AS a, 40000 + floor(random() * 60000) AS b, 400.25 + floor(random() * 9000) AS c, 128 + floor(random() * 4000) AS d, floor(random() * 100) AS e, floor(random() * 10) AS f, floor(random() * 50) AS g, 2.25 + floor(random() * 97) AS h, 2.25 + floor(random() * 320) AS i, floor(random() * 3) AS j',
		'b::int, c, h, i, a::smallint, d::smallint, e::smallint, f::smallint, g::smallint, j::smallint'),
	('counters', 'floor(random() * 100) AS a, floor(random() * 100) AS b, floor(random() * 100) AS c, floor(random() * 100) AS d, floor(random() * 100) AS e, floor(random() * 100) AS f, floor(random() * 100) AS g, floor(random() * 100) AS h, floor(random() * 100) AS i, floor(random() * 100) AS j',
		'a::smallint, b::smallint, c::smallint, d::smallint, e::smallint, f::smallint, g::smallint, h::smallint, i::smallint, j::smallint');
SELECT setseed(0.3) \g /dev/null
SELECT rd_share_keys(ARRAY['clicks', 'views', 'revenue', 'sessions', 'bounces', 'signups', 'orders', 'refunds', 'latency', 'errors']) \g /dev/null
SELECT statement FROM ten_variants, LATERAL (VALUES
	(1, format('CREATE TABLE n10_columns_%s AS SELECT id::bigint, %s FROM generate_series(1, %s) AS id', variant, columns, (500000 * :size)::int)),
	(2, format('CREATE TABLE n10_smallest_%s AS SELECT id, %s FROM n10_columns_%1$s', variant, smallest)),
	(3, format('CREATE TABLE n10_array_%s AS SELECT id, ARRAY[a, b, c, d, e, f, g, h, i, j] AS m FROM n10_columns_%1$s', variant)),
	(4, format('CREATE TABLE n10_keys_%s AS SELECT id, reddict(ARRAY[''clicks'', ''views'', ''revenue'', ''sessions'', ''bounces'', ''signups'', ''orders'', ''refunds'', ''latency'', ''errors''], m) AS m FROM n10_array_%1$s', variant)),
	(5, format('CREATE TABLE n10_narrow_%s AS SELECT id, rd_pack(m) AS m FROM n10_keys_%1$s', variant)),
	(6, format('SET redbear.narrow = off')),
	(7, format('CREATE TABLE n10_plain_%s AS SELECT id, rd_pack(rd_unpack(m)) AS m FROM n10_keys_%1$s', variant)),
	(8, format('RESET redbear.narrow')),
	(9, format('CREATE TABLE n10_jsonb_%s AS SELECT id, m::jsonb FROM n10_keys_%1$s', variant)),
	(10, (SELECT format('CREATE TABLE n10_vector_%s AS SELECT id, m::vector FROM n10_array_%1$s', variant)
		FROM pg_proc WHERE proname = 'sum' AND format_type(proargtypes[0], NULL) = 'vector'))
) AS s (step, statement) WHERE statement IS NOT NULL ORDER BY variant, step
\gexec
