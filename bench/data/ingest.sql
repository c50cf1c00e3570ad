-- Two million pairs as 200,000 rows of 10 keys and as 2,000 rows of 1,000 keys:
-- the tables ingest_TYPE_KEYS, not compressed; files of them, in the server's
-- directory, with the same names and .text or .binary; and tables to copy
-- them into, copied_TYPE_KEYS, copied_packed_KEYS. The keys are shared: the
-- tables ingest_packed_KEYS are packed and narrow, ingest_packed_plain_KEYS
-- packed and not narrow.

\ir ten_keys.sql
SELECT to_regclass('ingest_reddict_10') IS NULL AS absent \gset
\if :absent

SELECT format('CREATE TABLE %1$s_%2$s_%3$s (id bigint, m %2$s)', prefix, type, keys),
	format('ALTER TABLE %s_%s_%s ALTER m SET STORAGE external', prefix, type, keys)
FROM unnest(ARRAY['ingest', 'copied']) AS prefix, unnest(ARRAY['reddict', 'jsonb']) AS type, unnest(ARRAY[10, 1000]) AS keys
\gexec

INSERT INTO ingest_reddict_10 SELECT id, m FROM ten_reddict ORDER BY id LIMIT (200000 * :size)::int;

SELECT setseed(0.6) \g /dev/null
INSERT INTO ingest_reddict_1000
SELECT id, reddict(array_agg('metric_' || to_char(i, 'FM0000')), array_agg(floor(random() * 40000) / 4))
FROM generate_series(1, (2000 * :size)::int) AS id, generate_series(1, 1000) AS i
GROUP BY id;

SELECT format('CREATE TABLE copied_packed_%s (LIKE copied_reddict_%1$s INCLUDING STORAGE)', keys),
	format('SELECT rd_share_keys_of(m) FROM ingest_reddict_%s LIMIT 1', keys)
FROM unnest(ARRAY[10, 1000]) AS keys
\gexec

SELECT format('CREATE TABLE ingest_packed_%s (LIKE ingest_reddict_%1$s INCLUDING STORAGE)', keys),
	format('CREATE TABLE ingest_packed_plain_%s (LIKE ingest_reddict_%1$s INCLUDING STORAGE)', keys),
	format('INSERT INTO ingest_packed_%s SELECT id, rd_pack(m) FROM ingest_reddict_%1$s', keys),
	'SET redbear.narrow = off',
	format('INSERT INTO ingest_packed_plain_%s SELECT id, rd_pack(rd_unpack(m)) FROM ingest_reddict_%1$s', keys),
	'RESET redbear.narrow'
FROM unnest(ARRAY[10, 1000]) AS keys
\gexec

INSERT INTO ingest_jsonb_10 SELECT id, m::jsonb FROM ingest_reddict_10;
INSERT INTO ingest_jsonb_1000 SELECT id, m::jsonb FROM ingest_reddict_1000;

SELECT format('COPY %s TO %L (FORMAT %s)', name, format('%s/%s.%s', current_setting('data_directory'), name, format), format)
FROM unnest(ARRAY['ingest_reddict_10', 'ingest_reddict_1000', 'ingest_jsonb_10', 'ingest_jsonb_1000']) AS name,
	unnest(ARRAY['text', 'binary']) AS format
\gexec

\endif
