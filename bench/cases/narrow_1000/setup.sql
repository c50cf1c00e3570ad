-- Wide maps, narrow, in their row and out of it: KEYS amounts from 0.00 to 9,999.99
-- Tables wide_TYPE_VARIANT: narrow and plain (packed), jsonb, array, vector; and
-- narrow_row and plain_row, with toast_tuple_target = 8160, in the row as far as
-- they fit a page.  The others' values are out of line, not compressed.
SELECT setseed(0.4) \g /dev/null
CREATE TEMP TABLE widths (keys int, rows int);
INSERT INTO widths VALUES (100, 20000), (300, 20000), (1000, 10000), (2000, 5000);
SELECT rd_share_keys(array_agg('metric_' || to_char(i, 'FM0000'))) FROM widths, generate_series(1, keys) AS i GROUP BY keys \g /dev/null
SELECT statement FROM widths, LATERAL (VALUES
	(1, format('CREATE TABLE wide_array_%s (id bigint, m float8[])', keys)),
	(2, format('ALTER TABLE wide_array_%s ALTER m SET STORAGE external', keys)),
	(3, format('INSERT INTO wide_array_%1$s SELECT id, (SELECT array_agg(floor(random() * 1000000) / 100) FROM generate_series(1, %1$s + 0 * id)) FROM generate_series(1, %2$s) AS id', keys, (rows * :size)::int)),
	(4, (SELECT string_agg(format('CREATE TABLE wide_%s_%s (id bigint, m %s)', name, keys, type), ';')
		FROM (VALUES ('narrow', 'reddict'), ('plain', 'reddict'), ('narrow_row', 'reddict'), ('plain_row', 'reddict'), ('jsonb', 'jsonb')) AS t(name, type))),
	(5, (SELECT string_agg(format('ALTER TABLE wide_%s_%s ALTER m SET STORAGE external', name, keys), ';')
		FROM unnest('{narrow,plain,narrow_row,plain_row,jsonb}'::text[]) AS name)),
	(6, format('ALTER TABLE wide_narrow_row_%s SET (toast_tuple_target = 8160); ALTER TABLE wide_plain_row_%1$s SET (toast_tuple_target = 8160)', keys)),
	(7, format('WITH names AS (SELECT array_agg(''metric_'' || to_char(i, ''FM0000'') ORDER BY i) AS k FROM generate_series(1, %s) AS i)
		INSERT INTO wide_narrow_%1$s SELECT id, rd_pack(reddict(k, m)) FROM wide_array_%1$s, names', keys)),
	(8, format('INSERT INTO wide_narrow_row_%s SELECT id, rd_pack(m) FROM wide_narrow_%1$s', keys)),
	(9, format('INSERT INTO wide_jsonb_%s SELECT id, m::jsonb FROM wide_narrow_%1$s', keys)),
	(10, 'SET redbear.narrow = off'),
	(11, format('INSERT INTO wide_plain_%s SELECT id, rd_pack(rd_unpack(m)) FROM wide_narrow_%1$s', keys)),
	(12, format('INSERT INTO wide_plain_row_%s SELECT id, rd_pack(rd_unpack(m)) FROM wide_narrow_%1$s', keys)),
	(13, 'RESET redbear.narrow'),
	(14, (SELECT format('CREATE TABLE wide_vector_%s AS SELECT id, m::vector FROM wide_array_%1$s', keys)
		FROM pg_proc WHERE proname = 'sum' AND format_type(proargtypes[0], NULL) = 'vector'))
) AS s (step, statement) WHERE statement IS NOT NULL ORDER BY keys, step
\gexec
