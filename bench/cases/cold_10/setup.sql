-- Sum of ten mixed counters and amounts, 2,000,000 rows that neither shared_buffers (8 MB) nor the file cache has
-- Tables cold_TYPE: narrow and plain (packed maps, narrow and not), columns
-- (float8), smallest (of the smallest types that fit).
SELECT setseed(0.3) \g /dev/null
SELECT rd_share_keys(ARRAY['clicks', 'views', 'revenue', 'sessions', 'bounces', 'signups', 'orders', 'refunds', 'latency', 'errors']) \g /dev/null
CREATE TABLE cold_columns AS
	SELECT id::bigint, floor(random() * 1000) AS a, floor(random() * 100000) AS b, floor(random() * 40000) / 4 AS c, floor(random() * 5000) AS d, floor(random() * 100) AS e,
		floor(random() * 10) AS f, floor(random() * 50) AS g, floor(random() * 400) / 4 AS h, floor(random() * 2000) / 4 AS i, floor(random() * 3) AS j
	FROM generate_series(1, (2000000 * :size)::int) AS id;
CREATE TABLE cold_smallest AS SELECT id, b::int, c, h, i, a::smallint, d::smallint, e::smallint, f::smallint, g::smallint, j::smallint FROM cold_columns;
CREATE TABLE cold_narrow AS
	SELECT id, rd_pack(reddict(ARRAY['clicks', 'views', 'revenue', 'sessions', 'bounces', 'signups', 'orders', 'refunds', 'latency', 'errors'], ARRAY[a, b, c, d, e, f, g, h, i, j])) AS m
	FROM cold_columns;
SET redbear.narrow = off;
CREATE TABLE cold_plain AS SELECT id, rd_pack(rd_unpack(m)) AS m FROM cold_narrow;

-- Writes what a table's files have, and has the operating system forget them.
-- The server does that, since its files are its own.
CREATE TABLE cold_nothing (nothing text);
CREATE FUNCTION cold_forget(tab regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('COPY cold_nothing FROM PROGRAM %L',
		format('cd %s && for file in %s %2$s.[0-9]*; do [ ! -f $file ] || dd of=$file oflag=nocache conv=notrunc,fdatasync count=0 status=none; done',
			current_setting('data_directory'), pg_relation_filepath(tab)));
END $$;
