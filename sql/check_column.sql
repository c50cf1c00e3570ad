--
-- What would become of a column of JSON as maps
--

-- bytes are of narrow maps, whatever the session has
SET redbear.narrow = on;
\pset format unaligned
\pset tuples_only on
\pset null NULL

-- sizes are those of values with their keys
SET redbear.pack = off;

CREATE TABLE documents (id int, j json, b jsonb);
INSERT INTO documents SELECT id, j, j::jsonb FROM (VALUES
	(1, '{"a": 1, "b": 0.1}'::json),
	(2, NULL),
	(3, '[{"a": 1}]'),
	(4, ' "a" '),
	(5, '{"a": "x", "b": "2.5", "c": true, "d": null}'),
	(6, '{"a": {"b": 1}, "l": [1, 2]}'),
	(7, '{"a": {"b": 1}, "a.b": 2}'),
	(8, '{"big": 12345678901234567890, "fits": 1234567890123456, "e": 1e20, "digits": 0.1234567890123456789, "zeros": 1.50000000000000000000}'),
	(9, '{"big": 9007199254740993, "huge": 1e400, "tiny": 1e-400}'),
	(10, ' {} '),
	(11, '{"a": "a string that is longer than what one wants to see of an example, ż\u0105\u0105\u0105ą"}')
) AS v(id, j);

-- all of it, by hand
SELECT * FROM rd_check_column('documents', 'b');
SELECT * FROM rd_check_column('documents', 'j', 'flatten,arrays,strings,booleans,nulls');
SELECT * FROM rd_check_column('documents', 'j', 'skip') WHERE finding LIKE 'rows%';
SELECT * FROM rd_check_column(tab => 'documents', col => 'b', on_other => 'flatten,skip', separator => '/') WHERE key IS NULL OR key ~ '/' OR finding ~ 'key';
-- that is what happens: each row converts, or not
CREATE FUNCTION pg_temp.converts(j jsonb, choices text) RETURNS bool LANGUAGE plpgsql AS $$
BEGIN
	PERFORM rd_from_jsonb(j, choices);
	RETURN j IS NOT NULL;
EXCEPTION WHEN OTHERS THEN
	RETURN false;
END $$;
SELECT choices FROM unnest(ARRAY['error', 'skip', 'flatten', 'arrays', 'strings', 'booleans', 'nulls', 'flatten,skip', 'flatten,arrays', 'strings,nulls,booleans', 'flatten,arrays,strings,booleans,nulls']) AS choices
WHERE (SELECT n FROM rd_check_column('documents', 'b', choices) WHERE finding = 'rows that convert') IS DISTINCT FROM
	(SELECT count(*) FROM documents WHERE pg_temp.converts(b, choices));
-- of json the bytes are its own
SELECT n = (SELECT sum(pg_column_size(j)) FROM documents WHERE id IN (1, 8, 10)) FROM rd_check_column('documents', 'j') WHERE finding = 'bytes of these rows now';

-- a large table: a sample; and what is no table
CREATE TABLE large AS SELECT i AS id, jsonb_build_object('clicks', i, 'views', i * 0.25, 'note', CASE WHEN i % 10 = 0 THEN to_jsonb('x'::text) ELSE to_jsonb(i) END) AS j FROM generate_series(1, 100000) AS i;
ANALYZE large;
SELECT bool_and(n BETWEEN 15000 AND 60000) FROM rd_check_column('large', 'j') WHERE finding = 'rows looked at';
SELECT max(n) FILTER (WHERE finding = 'rows that convert') + max(n) FILTER (WHERE key = 'note') = max(n) FILTER (WHERE finding = 'rows looked at'),
	round(max(n) FILTER (WHERE finding ~ 'now') / max(n) FILTER (WHERE finding ~ 'convert')::numeric, -1) = (SELECT round(avg(pg_column_size(j)), -1) FROM large),
	round(max(n) FILTER (WHERE finding ~ 'reddict') / max(n) FILTER (WHERE finding ~ 'convert')::numeric, -1) = (SELECT round(avg(pg_column_size(j::reddict)) - 3, -1) FROM large WHERE id % 10 <> 0)
FROM rd_check_column('large', 'j');
CREATE VIEW part AS SELECT j FROM large WHERE id <= 2500;
SELECT n, (SELECT count(*) FROM part WHERE j ->> 'note' <> 'x') FROM rd_check_column('part', 'j') WHERE finding = 'rows that convert';
-- a large value counts as TOAST keeps it
CREATE TABLE wide (j jsonb, m reddict);
INSERT INTO wide SELECT jsonb_object_agg('metric ' || i, i), reddict_agg('metric ' || i, i) FROM generate_series(1, 1000) AS i;
SELECT finding, n - CASE WHEN finding ~ 'now' THEN pg_column_size(j) ELSE pg_column_size(m) END BETWEEN 0 AND 4 FROM wide, rd_check_column('wide', 'j') WHERE finding ~ 'bytes' ORDER BY 1;
-- quoted names; a domain
CREATE DOMAIN doc AS jsonb CHECK (jsonb_typeof(VALUE) = 'object');
CREATE SCHEMA "Odd one";
CREATE TABLE "Odd one"."my ""table" ("the column" doc);
INSERT INTO "Odd one"."my ""table" VALUES ('{"a": 1}');
SELECT * FROM rd_check_column('"Odd one"."my ""table"', 'the column');
SELECT * FROM rd_check_column('documents', NULL);
-- errors
SELECT * FROM rd_check_column('documents', 'nothing');
SELECT * FROM rd_check_column('documents', 'ctid');
SELECT * FROM rd_check_column('documents', 'id');
SELECT * FROM rd_check_column(0, 'id');
SELECT * FROM rd_check_column('documents', 'b', 'most');
CREATE ROLE regress_redbear_nobody;
SET ROLE regress_redbear_nobody;
SELECT * FROM rd_check_column('documents', 'b');
RESET ROLE;
DROP ROLE regress_redbear_nobody;

DROP VIEW part;
DROP TABLE documents, large, wide, "Odd one"."my ""table";
DROP SCHEMA "Odd one";
DROP DOMAIN doc;
