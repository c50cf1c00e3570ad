\pset format unaligned
\pset tuples_only on
\pset null NULL
--
-- Ways that values move: COPY as text and CSV, prepared statements, cursors,
-- temporary tables, rewrites, PL/pgSQL, foreign keys, partitions and generated
-- columns.  Bits are compared, in which -0 is not 0.
--

CREATE TABLE original (id int PRIMARY KEY, m reddict, s redstats);
INSERT INTO original VALUES
	(1, '{}'), (2, NULL), (3, '{"": -0}'),
	(4, '{"min": 5e-324, "subnormal": -2.225073858507201e-308, "max": 1.7976931348623157e308, "inf": "Infinity", "-inf": "-Infinity", "nan": "NaN", "third": 0.3333333333333333, "1e23": 1e23}'),
	(5, '{"é": 1, "e\u0301": 2, "日本": 3, "😀": 4, "\"\\": 5, " ": 6, "\t\n\r": 7, "\\N": 8, "\\.": 9, "a,b;c|d": 10, "''": 11, "NULL": 12, "\b\f\u000b\u0001": 13}'),
	(6, reddict(ARRAY[repeat('k', 255), repeat('k', 256), repeat('é', 20000)], ARRAY[1, 2, 3]));
-- one compressed in the row, one out of it
SET redbear.pack = off;
INSERT INTO original SELECT 10 + n / 1000, reddict(array_agg('key ' || i), array_agg(CASE WHEN n > 1000 THEN sqrt(i) ELSE 0 END))
	FROM unnest(ARRAY[300, 3000]) AS n, generate_series(1, n) AS i GROUP BY n;
RESET redbear.pack;
UPDATE original SET s = (SELECT redstats(v.m) FROM (VALUES (m), ('{"more": 0.1}')) AS v(m));
SELECT bool_and(pg_column_compression(m) IS NOT NULL), min(pg_column_size(m)) < 2000, max(pg_column_size(m)) > 10000 FROM original WHERE id >= 10;
-- how many rows of a table are as they were, and how many not
CREATE FUNCTION pg_temp.same(relation regclass) RETURNS TABLE (same int8, other int8) LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY EXECUTE format('
		SELECT count(*) FILTER (WHERE same), count(*) FILTER (WHERE NOT same)
		FROM (SELECT (o.id = r.id) IS TRUE AND (reddict_send(o.m), redstats_send(o.s)) IS NOT DISTINCT FROM (reddict_send(r.m), redstats_send(r.s))
			FROM original AS o FULL JOIN %s AS r USING (id)) AS c (same)', relation);
END $$;
-- what comes of a statement that fails
CREATE FUNCTION pg_temp.outcome(query text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE query;
	RETURN 'done';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ': ' || SQLERRM;
END $$;

-- COPY

CREATE TABLE copied (LIKE original);
\copy original TO 'results/movement.data'
\copy copied FROM 'results/movement.data'
SELECT * FROM pg_temp.same('copied');
TRUNCATE copied;
\copy original TO 'results/movement.data' (DELIMITER ',', NULL '{}\N')
\copy copied FROM 'results/movement.data' (DELIMITER ',', NULL '{}\N')
SELECT * FROM pg_temp.same('copied');
TRUNCATE copied;
\copy original TO 'results/movement.data' (FORMAT csv, HEADER)
\copy copied FROM 'results/movement.data' (FORMAT csv, HEADER)
SELECT * FROM pg_temp.same('copied');
TRUNCATE copied;
\copy original TO 'results/movement.data' (FORMAT csv, DELIMITER ':', QUOTE '''', ESCAPE '\', NULL 'nothing', FORCE_QUOTE *)
\copy copied FROM 'results/movement.data' (FORMAT csv, DELIMITER ':', QUOTE '''', ESCAPE '\', NULL 'nothing')
SELECT * FROM pg_temp.same('copied');
TRUNCATE copied;
\copy original TO 'results/movement.data' (FORMAT binary)
\copy copied FROM 'results/movement.data' (FORMAT binary)
SELECT * FROM pg_temp.same('copied');
-- the lines themselves
COPY (SELECT m, m FROM original WHERE id < 4 ORDER BY id) TO STDOUT;
COPY (SELECT m, m FROM original WHERE id < 4 ORDER BY id) TO STDOUT (FORMAT csv);
-- only some rows
TRUNCATE copied;
\copy original TO 'results/movement.data' (FORMAT csv)
\copy copied FROM 'results/movement.data' (FORMAT csv) WHERE m ? 'nan' OR rd_length(m) > 1000
SELECT id FROM copied ORDER BY id;

-- tables that are rewritten, and rows made of others

TRUNCATE copied;
INSERT INTO copied SELECT * FROM original;
CREATE INDEX copied_m ON copied (m) WHERE rd_length(m) BETWEEN 1 AND 2;
VACUUM FULL copied;
SELECT * FROM pg_temp.same('copied');
ALTER TABLE copied ALTER m SET STORAGE EXTERNAL, ALTER id TYPE int8;
SELECT * FROM pg_temp.same('copied');
UPDATE copied SET m = m || '{}';
SELECT max(pg_column_size(m)), count(pg_column_compression(m)) FROM copied;
ALTER TABLE copied SET UNLOGGED;
DROP INDEX copied_m;
ALTER TABLE copied ALTER m TYPE text, ALTER s TYPE json;
ALTER TABLE copied ALTER m TYPE reddict USING m::reddict, ALTER s TYPE redstats;
SELECT * FROM pg_temp.same('copied');
CREATE INDEX copied_length ON copied (rd_length(m));
CLUSTER copied USING copied_length;
SELECT * FROM pg_temp.same('copied');
-- a default for rows that are there already is stored once
ALTER TABLE copied ADD d reddict NOT NULL DEFAULT '{"": -0, "n": "NaN"}', ADD e redstats DEFAULT '{"a": [1, 0.1, 0, 0.1, 0.1]}';
SELECT count(*), d, reddict_send(d) = reddict_send('{"": -0, "n": "NaN"}'), e FROM copied GROUP BY d, e, reddict_send(d);
UPDATE copied SET d[''] = 1 WHERE id = 1;
VACUUM FULL copied;
SELECT count(*), d FROM copied GROUP BY d ORDER BY d;
MERGE INTO copied USING original AS o ON copied.id = o.id + 1
	WHEN MATCHED AND o.id = 3 THEN UPDATE SET m = copied.m + o.m, d['merged'] = 1
	WHEN MATCHED THEN DO NOTHING
	WHEN NOT MATCHED AND o.id = 6 THEN INSERT (id, m) VALUES (7, o.m);
SELECT id, m ? '' AS merged, d -> 'merged' AS d, rd_length(m) FROM copied WHERE id IN (4, 7) ORDER BY id;
DROP TABLE copied;

-- prepared statements, whose plans know their parameters or not

CREATE TABLE searched AS SELECT id, reddict(ARRAY['all', 'k' || id % 50], ARRAY[id, 1]) AS m FROM generate_series(1, 5000) AS id;
CREATE INDEX searched_m ON searched USING gin (m);
ANALYZE searched;
PREPARE compute(reddict, float8, text, text[]) AS
	SELECT $1 + $1, $1 * $2, $1 -> $3, $1[$3], $1 ? $3, $1 ?& $4, rd_slice($1, $4), rd_get($1, $3, $2), sum($1), redstats($1) FROM generate_series(1, 2);
PREPARE search(text) AS SELECT count(*), sum(m) FROM searched WHERE m ? $1;
PREPARE several(text[]) AS SELECT count(*) FROM searched WHERE m ?| $1;
PREPARE pairs(reddict) AS SELECT count(*), min(id) FROM searched WHERE m @> $1;
PREPARE change(int, text, float8) AS UPDATE searched SET m[$2] = $3 WHERE id = $1 RETURNING m;
SET plan_cache_mode = force_generic_plan;
EXPLAIN (COSTS OFF) EXECUTE search('k7');
EXECUTE compute('{"a": 1, "b": 2}', 10, 'b', '{a,c}');
-- the parameter is the same the second time
EXECUTE compute('{"a": 1, "b": 2}', 10, 'b', '{a,c}');
EXECUTE compute('{"c": "NaN"}', -1, 'b', '{c}');
EXECUTE compute(NULL, 1, 'b', '{a}');
EXECUTE search('k7');
EXECUTE search('nowhere');
EXECUTE search(NULL);
EXECUTE several('{k7,k8,NULL,nowhere}');
EXECUTE several('{}');
EXECUTE pairs('{"k7": 1, "all": 57}');
EXECUTE pairs('{}');
EXECUTE change(7, 'k7', 5);
EXECUTE change(7, 'new', -0.5);
-- another index, another plan, the same rows
DROP INDEX searched_m;
EXECUTE several('{k7,new}');
SELECT name, generic_plans > 0, custom_plans FROM pg_prepared_statements ORDER BY name COLLATE "C";
SET plan_cache_mode = force_custom_plan;
EXECUTE compute('{"a": 1, "b": 2}', 10, 'b', '{a,c}');
EXECUTE several('{k7,k8,NULL,nowhere}');
EXECUTE pairs('{"k7": 5, "all": 7}');
RESET plan_cache_mode;
DEALLOCATE ALL;

-- cursors

BEGIN;
DECLARE sums SCROLL CURSOR FOR SELECT id, sum(m) OVER (ORDER BY id), m['all'] FROM searched WHERE id % 50 IN (0, 1) AND id < 110 ORDER BY id;
FETCH 2 FROM sums;
FETCH LAST FROM sums;
FETCH BACKWARD 2 FROM sums;
FETCH ABSOLUTE 1 FROM sums;
FETCH RELATIVE -1 FROM sums;
FETCH FIRST FROM sums;
CLOSE sums;
-- the row that a cursor is at
DECLARE rows CURSOR FOR SELECT m FROM searched WHERE id = 9 FOR UPDATE;
FETCH rows;
UPDATE searched SET m['all'] = 0, m['here'] = 1 WHERE CURRENT OF rows RETURNING m;
-- one that is held outlives the transaction and the rows, those out of line too
CREATE TEMP TABLE gone AS SELECT * FROM original;
DECLARE held SCROLL CURSOR WITH HOLD FOR SELECT * FROM gone ORDER BY id;
DECLARE total CURSOR WITH HOLD FOR SELECT sum(m) FROM gone WHERE id > 6;
COMMIT;
TRUNCATE gone;
CREATE FUNCTION pg_temp.fetched() RETURNS SETOF gone LANGUAGE plpgsql AS $$
DECLARE
	held refcursor := 'held';
	total refcursor := 'total';
	row gone;
	sum reddict;
BEGIN
	MOVE LAST FROM held;
	MOVE NEXT FROM held;
	LOOP
		FETCH PRIOR FROM held INTO row;
		EXIT WHEN NOT FOUND;
		RETURN NEXT row;
	END LOOP;
	FETCH total INTO sum;
	RAISE NOTICE 'the sum is %', CASE WHEN sum = (SELECT sum(m) FROM original WHERE id > 6) THEN 'right' ELSE 'wrong' END;
END $$;
INSERT INTO gone SELECT * FROM pg_temp.fetched();
CLOSE ALL;
SELECT * FROM pg_temp.same('gone');

-- temporary tables

BEGIN;
CREATE TEMP TABLE kept ON COMMIT PRESERVE ROWS AS SELECT * FROM original;
CREATE TEMP TABLE emptied ON COMMIT DELETE ROWS AS SELECT * FROM original;
CREATE TEMP TABLE dropped ON COMMIT DROP AS SELECT * FROM original;
SAVEPOINT s;
UPDATE kept SET m = m + m || '{"more": 1}', s = NULL WHERE id <> 4;
SELECT same, other FROM pg_temp.same('kept');
ROLLBACK TO s;
SELECT 'dropped', * FROM pg_temp.same('dropped');
COMMIT;
SELECT 'kept', * FROM pg_temp.same('kept') UNION ALL SELECT 'emptied', * FROM pg_temp.same('emptied');
SELECT to_regclass('dropped');

-- PL/pgSQL: variables outlive the rows that they were read from, and what
-- happens to one happens to no other

CREATE PROCEDURE pg_temp.outlive() LANGUAGE plpgsql AS $$
DECLARE
	one reddict;
	row record;
	rows gone[];
BEGIN
	SELECT m INTO one FROM gone WHERE id = 13;
	SELECT * INTO row FROM gone WHERE id = 13;
	rows := ARRAY(SELECT g FROM gone AS g ORDER BY id);
	DELETE FROM gone;
	COMMIT;
	TRUNCATE gone;
	COMMIT;
	INSERT INTO gone SELECT * FROM unnest(rows);
	RAISE NOTICE '%', (SELECT (one = m, row.m = m, row.s = s) FROM original WHERE id = 13);
END $$;
CALL pg_temp.outlive();
SELECT * FROM pg_temp.same('gone');
CREATE FUNCTION pg_temp.variables(INOUT m reddict, OUT before reddict, OUT kept reddict[], OUT failed text) LANGUAGE plpgsql AS $$
DECLARE
	factor CONSTANT reddict NOT NULL := '{"a": 2, "b": 0.5}';
	each reddict;
BEGIN
	before := m;
	FOREACH each IN ARRAY ARRAY[m, NULL, '{}', factor] LOOP
		kept := kept || each;
		m := rd_multiply(m, coalesce(each, factor));
	END LOOP;
	kept[2] := m;
	m['a'] := 7;
	BEGIN
		m := m + '{"b": 1}';
		m['b'] := 1 / (m['b'] - m['b']);
	EXCEPTION WHEN division_by_zero THEN
		failed := SQLERRM;
	END;
	EXECUTE 'SELECT $1 - $2' INTO m USING m, kept[2];
END $$;
-- {"a": 1·1·2·2, "b": 3·3·0.5·0.5} is kept; an exception does not undo an assignment: {"a": 7, "b": 2.25 + 1}
SELECT * FROM pg_temp.variables('{"a": 1, "b": 3}');
CREATE FUNCTION pg_temp.running(since int) RETURNS TABLE (id int, total reddict) LANGUAGE plpgsql AS $$
DECLARE
	row searched;
	sofar reddict := '{}';
BEGIN
	FOR row IN SELECT * FROM searched AS s WHERE s.id BETWEEN since AND since + 100 ORDER BY s.id LOOP
		sofar := sofar + row.m;
		id := row.id;
		total := sofar;
		RETURN NEXT;
	END LOOP;
END $$;
SELECT count(*), count(*) FILTER (WHERE total <> wanted), max(rd_length(total))
FROM pg_temp.running(1000) JOIN (SELECT id, sum(m) OVER (ORDER BY id) AS wanted FROM searched WHERE id >= 1000) AS w USING (id);
-- triggers: old rows, new rows, and all at once
CREATE TABLE total (m reddict NOT NULL);
INSERT INTO total VALUES ('{}');
CREATE FUNCTION pg_temp.totals() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	UPDATE total SET m = total.m + coalesce((SELECT sum(n.m) FROM new_rows AS n), '{}') - coalesce((SELECT sum(o.m) FROM old_rows AS o), '{}');
	RETURN NULL;
END $$;
CREATE TRIGGER totals AFTER UPDATE ON searched REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION pg_temp.totals();
CREATE FUNCTION pg_temp.count_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	NEW.m['changes'] := rd_get(OLD.m, 'changes', 0) + 1;
	RETURN NEW;
END $$;
CREATE TRIGGER count_changes BEFORE UPDATE ON searched FOR EACH ROW EXECUTE FUNCTION pg_temp.count_changes();
UPDATE searched SET m = m + '{"all": 0.5}' WHERE id > 4900;
UPDATE searched SET m = m * 2 WHERE id > 4950;
-- 100 · 0.5 and the sum of 4951.5 ... 5000.5, 100 changes and 50, and each of k0 ... k49 once more
SELECT rd_slice(m, '{all,changes}'), rd_length(m), m -> 'k3', 50 + 50 * 4976 FROM total;

-- foreign keys

CREATE TABLE parent (m reddict PRIMARY KEY, n int);
CREATE TABLE child (id int, m reddict REFERENCES parent ON UPDATE CASCADE ON DELETE SET NULL);
CREATE TABLE strict (id int, m reddict REFERENCES parent);
INSERT INTO parent VALUES ('{}', 1), ('{"a": 0}', 2), ('{"a": "NaN"}', 3), ('{"\u00e9": 1, "b": 2}', 4), ('{"only": 1}', 5);
-- equal is equal, whatever the bits
INSERT INTO child VALUES (1, '{}'), (2, '{"a": -0}'), (3, reddict('a', 'Infinity'::float8 - 'Infinity')), (4, '{"b": 2.0, "é": 1}'), (5, NULL);
INSERT INTO strict VALUES (2, '{"a": -0}'), (4, '{"b": 2.0, "é": 1}');
SELECT pg_temp.outcome(q) FROM unnest(ARRAY[
	'INSERT INTO child VALUES (6, ''{"a": 5e-324}'')', 'UPDATE child SET m = m + ''{"c": 0}'' WHERE id = 1',
	'DELETE FROM parent WHERE n = 2', 'UPDATE parent SET m[''c''] = 1 WHERE n = 4', 'INSERT INTO parent VALUES (''{"a": -0}'')']) AS q;
-- not a change that strict minds, but one that cascades
UPDATE parent SET m = '{"a": -0}' WHERE n = 2;
UPDATE child SET m = '{"a": 0}' WHERE id = 2;
UPDATE parent SET m['more'] = 1 WHERE n IN (1, 3);
DELETE FROM parent WHERE n = 1;
SELECT * FROM child ORDER BY id;
SELECT c.id, p.n FROM child AS c LEFT JOIN parent AS p USING (m) ORDER BY id;
-- checked at the end, and against rows that are there
ALTER TABLE strict ADD FOREIGN KEY (m) REFERENCES parent DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE strict DROP CONSTRAINT strict_m_fkey;
BEGIN;
UPDATE parent SET m['c'] = 1 WHERE n = 4;
UPDATE strict SET m = m + '{"c": 1}' WHERE id = 4;
COMMIT;
SELECT pg_temp.outcome('DELETE FROM parent WHERE n = 5; SET CONSTRAINTS ALL IMMEDIATE'), pg_temp.outcome('DELETE FROM parent WHERE n = 2; SET CONSTRAINTS ALL IMMEDIATE');
DROP TABLE child, strict, parent;

-- partitions by range and list, and rows that move between them

CREATE TABLE ranged (m reddict, n int, UNIQUE (m)) PARTITION BY RANGE (m);
CREATE TABLE ranged_none PARTITION OF ranged FOR VALUES FROM (MINVALUE) TO ('{"a": "-Infinity"}');
CREATE TABLE ranged_a PARTITION OF ranged FOR VALUES FROM ('{"a": "-Infinity"}') TO ('{"a": "NaN"}');
CREATE TABLE ranged_rest PARTITION OF ranged DEFAULT;
INSERT INTO ranged VALUES ('{}', 1), ('{"a": "-Infinity"}', 2), ('{"a": -0}', 3), ('{"a": 7e7}', 4), ('{"a": "NaN"}', 5), ('{"a": "-Infinity", "b": -1}', 6), ('{"a": 1, "b": 1}', 7);
SELECT tableoid::regclass, m FROM ranged ORDER BY m;
SET enable_indexscan = off;
SET enable_indexonlyscan = off;
SET enable_bitmapscan = off;
EXPLAIN (COSTS OFF) SELECT FROM ranged WHERE m > '{"a": 1}' AND m < '{"a": 3}';
UPDATE ranged SET m = m || '{"a": 1}' WHERE n IN (1, 6);
SELECT tableoid::regclass, m FROM ranged WHERE n IN (1, 6) ORDER BY n;
SELECT pg_temp.outcome('INSERT INTO ranged VALUES (''{"a": 0}'')');
INSERT INTO ranged VALUES ('{"a": 0}', 10) ON CONFLICT (m) DO UPDATE SET m = ranged.m + '{"a": 0.5}', n = EXCLUDED.n RETURNING tableoid::regclass, *;
CREATE TABLE listed (m reddict, n int) PARTITION BY LIST (m);
CREATE TABLE listed_zero PARTITION OF listed FOR VALUES IN ('{"a": 0}', '{}', NULL);
CREATE TABLE listed_nan PARTITION OF listed FOR VALUES IN ('{"a": "NaN"}');
INSERT INTO listed VALUES ('{"a": -0}', 1), (NULL, 2), ('{}', 3), (reddict('a', 'Infinity'::float8 - 'Infinity'), 4);
SELECT tableoid::regclass, m FROM listed ORDER BY n;
SELECT pg_temp.outcome(q) FROM unnest(ARRAY[
	'INSERT INTO listed VALUES (''{"a": 1}'')', 'UPDATE listed SET m = m * 2 + ''{"b": 1}'' WHERE n = 1',
	'CREATE TABLE listed_more PARTITION OF listed FOR VALUES IN (''{"a": -0}'')']) AS q;
CREATE TABLE later (m reddict, n int);
INSERT INTO later VALUES ('{"a": 1.0}', 5), ('{"b": 1}', 6);
SELECT pg_temp.outcome('ALTER TABLE listed ATTACH PARTITION later FOR VALUES IN (''{"a": 1}'')'),
	pg_temp.outcome('ALTER TABLE listed ATTACH PARTITION later FOR VALUES IN (''{"a": 1}'', ''{"b": 1}'')');
UPDATE listed SET m = m + '{"a": 1}' WHERE n = 1 RETURNING tableoid::regclass, m;
EXPLAIN (COSTS OFF) SELECT FROM listed WHERE m IN ('{"a": 1}', '{"a": -0}');

-- columns that are generated

CREATE TABLE generated (
	page text,
	clicks float8,
	views float8,
	m reddict GENERATED ALWAYS AS (reddict(ARRAY['clicks', 'views'], ARRAY[clicks, views])) STORED,
	share reddict,
	rounded reddict GENERATED ALWAYS AS (rd_round(share, 1)) STORED,
	n int GENERATED ALWAYS AS (rd_length(share)) STORED UNIQUE);
SELECT pg_temp.outcome('ALTER TABLE generated ADD r reddict GENERATED ALWAYS AS (rd_from_record(ROW(clicks))) STORED'),
	pg_temp.outcome('INSERT INTO generated (m) VALUES (''{}'')');
INSERT INTO generated (page, clicks, views, share) VALUES ('/', 1, 10, '{"a": 0.25}'), ('/a', 2, '-0', '{}');
COPY generated (page, clicks, views, share) FROM STDIN;
/b	NaN	5e-324	{"x": 0.05, "y": -0.04}
\.
INSERT INTO generated (page, clicks, views, share) VALUES ('/a', 5, 6, '{}')
	ON CONFLICT (n) DO UPDATE SET clicks = generated.clicks + EXCLUDED.clicks, share = EXCLUDED.m / 4 || '{"c": 1}';
UPDATE generated SET views = 11, share['a'] = 0.75 WHERE page = '/';
SELECT * FROM generated ORDER BY page;
DROP TABLE generated, later, listed, ranged, total, searched, original;
