-- Maps of :keys keys, metric_0001 and so on, in :rows rows: the tables
-- TYPE_KEYS_VALUES_STORAGE, with TYPE one of reddict, packed (the same with its
-- keys shared), jsonb, array (the values alone), vector (the same, where the
-- server has it); STORAGE one of external (not compressed), pglz, lz4 (where the
-- server has it); and VALUES, as :values says:
--
--		integers	0 to 9,999
--		decimals	0.00 to 99.99
--		doubles		random digits all the way

\set infix :keys _ :values
\set source array_ :infix _external
SELECT to_regclass(:'source') IS NULL AS absent,
	:'values' = 'integers' AS integers, :'values' = 'decimals' AS decimals \gset
\if :absent

\set value random()
\if :integers
	\set value floor(random()*10000)
\elif :decimals
	\set value floor(random()*10000)/100
\endif

CREATE TABLE :source (id bigint, m float8[]);
ALTER TABLE :source ALTER m SET STORAGE external;
SELECT setseed(0.2) \g /dev/null
INSERT INTO :source
SELECT id, v
FROM generate_series(1, (:rows * :size)::int) AS id,
	LATERAL (SELECT array_agg(:value) AS v FROM generate_series(1, :keys + 0 * id)) AS row;

SELECT rd_share_keys(array_agg('metric_' || to_char(i, 'FM0000'))) FROM generate_series(1, :keys) AS i \g /dev/null

-- What compresses a value is settled as the value is stored. (A column of its
-- own choice, SET COMPRESSION, has come with PostgreSQL 14.)
WITH types (name, type, expression) AS (
	VALUES ('array', 'float8[]', 'm'), ('reddict', 'reddict', 'reddict(k, m)'),
		('packed', 'reddict', 'rd_pack(reddict(k, m))'), ('jsonb', 'jsonb', 'reddict(k, m)::jsonb')
	UNION ALL
	SELECT 'vector', 'vector', 'm::vector' FROM pg_proc WHERE proname = 'sum' AND format_type(proargtypes[0], NULL) = 'vector'
), storages (storage, choice, method) AS (
	VALUES ('external', 'external', NULL), ('pglz', 'extended', 'pglz')
	UNION ALL
	SELECT 'lz4', 'extended', 'lz4'
	FROM pg_settings WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals)
), tables AS (
	SELECT *, format('%s_%s_%s', name, :'infix', storage) AS table_name
	FROM types, storages
)
SELECT statement
FROM tables, LATERAL (VALUES
	(1, format('CREATE TABLE %I (id bigint, m %s)', table_name, type)),
	(2, format('ALTER TABLE %I ALTER m SET STORAGE %s', table_name, choice)),
	(3, CASE WHEN EXISTS (SELECT FROM pg_settings WHERE name = 'default_toast_compression')
		THEN format('SET default_toast_compression = %s', coalesce(method, 'default')) END),
	(4, format('WITH names AS (SELECT array_agg(''metric_'' || to_char(i, ''FM0000'') ORDER BY i) AS k FROM generate_series(1, %s) AS i)
		INSERT INTO %I SELECT id, %s FROM %I, names', :keys, table_name, expression, :'source'))) AS s (step, statement)
WHERE table_name <> :'source' AND statement IS NOT NULL
ORDER BY table_name, step
\gexec

\endif
