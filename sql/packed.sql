--
-- What shows the form of values itself: packed ones, whose keys are registered,
-- and others.  script/test runs it once; all other tests run in both forms.
--
\pset format unaligned
\pset tuples_only on
\pset null NULL
SET client_min_messages = warning;

-- The hash of a key index, by core's functions: see hash.sql.
CREATE FUNCTION index_hash(keys text[]) RETURNS int8 LANGUAGE sql AS $$
	SELECT hashtextextended(string_agg(k, '' ORDER BY k COLLATE "C") COLLATE "C",
		hashtextextended(string_agg(chr(octet_length(k)), '' ORDER BY k COLLATE "C") COLLATE "C", 8243105066742018560))
	FROM unnest(keys) AS k
$$;

-- Registering

SELECT rd_share_keys('{clicks,views}') = index_hash('{clicks,views}'),
	rd_share_keys('{views,clicks,views}') = index_hash('{clicks,views}'),
	rd_share_keys_of('{"views": 1, "clicks": 2}') = index_hash('{clicks,views}');
SELECT keys, registered_at BETWEEN now() - interval '1 minute' AND now(), registered_by = CURRENT_USER, hash = index_hash(keys) FROM rd_shared_indexes() WHERE hash = index_hash('{clicks,views}');
SELECT rd_index_hash('{"clicks": 1, "views": 2}') = index_hash('{clicks,views}'), rd_is_packed('{"clicks": 1, "views": 2}'), rd_is_packed('{"clicks": 1}'), rd_is_packed('{}'), rd_is_packed(NULL);

-- not against what this transaction has registered, whichever way that ends
BEGIN;
SELECT rd_share_keys('{of,transaction}') = index_hash('{of,transaction}'), rd_is_packed('{"of": 1, "transaction": 2}');
SAVEPOINT a;
SELECT rd_is_packed('{"of": 1, "transaction": 2}'), rd_share_keys('{rolled,back}') = index_hash('{rolled,back}');
ROLLBACK TO a;
SELECT rd_is_packed('{"rolled": 1, "back": 2}'), rd_is_packed('{"of": 1, "transaction": 2}');
SAVEPOINT b;
SELECT rd_share_keys('{of,savepoint}') = index_hash('{of,savepoint}');
RELEASE b;
SELECT rd_is_packed('{"of": 1, "savepoint": 2}');
COMMIT;
SELECT rd_is_packed('{"of": 1, "transaction": 2}'), rd_is_packed('{"of": 1, "savepoint": 2}'), rd_is_packed('{"rolled": 1, "back": 2}');
BEGIN;
SELECT rd_share_keys('{rolled,back}') = index_hash('{rolled,back}');
ROLLBACK;
SELECT rd_is_packed('{"rolled": 1, "back": 2}'), count(*) FROM rd_shared_indexes() WHERE keys = '{back,rolled}';

-- refused
SELECT rd_share_keys('{}');
SELECT rd_share_keys('{a,NULL}');
SELECT rd_share_keys(ARRAY[repeat('k', 65536)]);
SELECT rd_share_keys(NULL), rd_share_keys_of(NULL);
SELECT rd_share_keys_of('{}');
BEGIN READ ONLY;
SELECT rd_share_keys('{read,only}');
ROLLBACK;
-- rows are only ever added, whoever asks
UPDATE _redbear.key_indexes SET n = n;
DELETE FROM _redbear.key_indexes;
TRUNCATE _redbear.key_indexes;
SET session_replication_role = replica;
DELETE FROM _redbear.key_indexes;
TRUNCATE _redbear.key_indexes;
RESET session_replication_role;

-- Rows that arrive, by COPY or otherwise: what is not what it says is skipped,
-- with a warning, whether it is of another hash, order, number or kind
\set registration 'INSERT INTO _redbear.key_indexes (hash, part, parts, n, keys) VALUES'
:registration (1, 0, 1, 2, '["x", "y"]');
:registration (1, NULL, 1, 2, '["x", "y"]');
\set VERBOSITY terse
:registration (index_hash('{x,y}'), 0, 1, 2, '["y", "x"]');
:registration (index_hash('{x,y}'), 0, 1, 3, '["x", "y"]');
:registration (index_hash('{x,y}'), 0, 1, 2, '["x", 1]');
:registration (index_hash('{x,y}'), 0, 1, 2, '"x"');
:registration (index_hash('{x,y}'), 0, 1, 2, 'x');
:registration (index_hash('{x,y}'), 0, 1, 2, '["x", "é"]');
:registration (index_hash('{x,y}'), 0, 1, 2, NULL);
:registration (index_hash('{x,y}'), 1, 1, 2, '["x", "y"]');
:registration (index_hash('{x,y}'), -1, 1, 2, '["x", "y"]');
:registration (index_hash('{x,y}'), 0, 0, 2, '["x", "y"]');
:registration (index_hash('{x,y}'), 0, 1, 2, '["' || repeat('x', 8000) || '", "y"]');
INSERT INTO _redbear.key_indexes (hash, generation, part, parts, n, keys) VALUES (index_hash('{x,y}'), -1, 0, 1, 2, '["x", "y"]');
:registration (index_hash('{clicks,views}'), 0, 1, 2, '["clicks", "view"]');
SELECT count(*) FROM _redbear.key_indexes WHERE hash IN (1, index_hash('{x,y}'));
-- what is registered already is skipped, however it is written
:registration (index_hash('{clicks,views}'), 0, 1, 2, '["clicks", "views"]');
:registration (index_hash('{clicks,views}'), 0, 1, 2, '["clicks","v\u0069ews"]');
:registration (index_hash('{clicks,views}'), 0, 2, 2, '["clicks", ');
SELECT count(*) FROM _redbear.key_indexes WHERE hash = index_hash('{clicks,views}');
-- and a true one is as good as rd_share_keys()
:registration (index_hash('{é,z}'), 0, 1, 2, '["z","é"]');
SELECT rd_is_packed('{"é": 1, "z": 2}'), '{"é": 1, "z": 2}'::reddict;
-- in parts too: the one that would make a false whole is skipped
:registration (index_hash('{x,y}'), 0, 2, 2, '["x", ');
SELECT rd_is_packed('{"x": 1, "y": 2}');
:registration (index_hash('{x,y}'), 1, 2, 2, '"z"]');
:registration (index_hash('{x,y}'), 1, 2, 2, '"y"]');
SELECT rd_is_packed('{"x": 1, "y": 2}'), '{"x": 1, "y": 2}'::reddict;
-- whichever part comes last
:registration (index_hash('{p,q}'), 0, 3, 2, '["p"');
:registration (index_hash('{p,q}'), 2, 3, 2, '"q"]');
:registration (index_hash('{p,q}'), 1, 3, 2, ': ');
:registration (index_hash('{p,q}'), 1, 3, 2, ', ');
SELECT rd_is_packed('{"p": 1, "q": 2}');
-- and what was rolled back on the way
BEGIN;
:registration (index_hash('{r,s}'), 1, 2, 2, '"s"]');
SAVEPOINT a;
:registration (index_hash('{r,s}'), 0, 2, 2, '["r", ');
ROLLBACK TO a;
:registration (index_hash('{r,s}'), 0, 2, 2, '["q", ');
:registration (index_hash('{r,s}'), 0, 2, 2, '["r", ');
SELECT keys, rd_is_packed('{"r": 1, "s": 2}') FROM rd_shared_indexes() WHERE hash = index_hash('{r,s}');
COMMIT;
SELECT rd_is_packed('{"r": 1, "s": 2}');
-- Half a registration, or a false one, stands in nobody's way: a true one is a
-- generation of its own, whether it comes by rows or from rd_share_keys()
:registration (index_hash('{half,false}'), 0, 2, 2, '["x"'), (index_hash('{half,true}'), 0, 2, 2, '["x"'), (index_hash('{half,parts}'), 0, 2, 2, '["x"');
:registration (index_hash('{half,false}'), 0, 1, 2, '["false", "half"]');
SELECT rd_share_keys('{half,true}') = index_hash('{half,true}');
:registration (index_hash('{half,parts}'), 0, 2, 2, '["half", '), (index_hash('{half,parts}'), 1, 2, 2, '"parts"]');
SELECT rd_is_packed('{"half": 1, "false": 2}'), rd_is_packed('{"half": 1, "true": 2}'), rd_is_packed('{"half": 1, "parts": 2}');
SELECT generation, part, parts, keys FROM _redbear.key_indexes WHERE hash IN (index_hash('{half,false}'), index_hash('{half,true}'), index_hash('{half,parts}')) ORDER BY keys, generation;
-- also when it comes bit by bit, after one that has some of its parts
:registration (index_hash('{bit,bits}'), 0, 2, 2, '["x"');
:registration (index_hash('{bit,bits}'), 0, 2, 2, '["bit", ');
:registration (index_hash('{bit,bits}'), 1, 2, 2, '"bits"]');
SELECT rd_is_packed('{"bit": 1, "bits": 2}');
-- what nobody mends is reported, and in nobody's way either
:registration (79, 0, 2, 2, '["é", ');
:registration (79, 1, 2, 2, 'not json');
:registration (78, 1, 2, 5, 'x');
:registration (78, 0, 2, 2, '["v2"]');
SELECT * FROM rd_check_registry();
SELECT count(*) FROM rd_shared_indexes() WHERE hash IN (78, 79);
-- who registers is noted by the trigger, unless a superuser brings it
CREATE ROLE regress_redbear_keeper;
GRANT INSERT ON _redbear.key_indexes TO regress_redbear_keeper;
\set foreign 'INSERT INTO _redbear.key_indexes (hash, part, parts, n, keys, registered_at, registered_by) VALUES'
SET ROLE regress_redbear_keeper;
:foreign (index_hash('{by,keeper}'), 0, 1, 2, '["by", "keeper"]', '2001-01-01', 'somebody');
RESET ROLE;
:foreign (index_hash('{by,superuser}'), 0, 1, 2, '["by", "superuser"]', '2001-01-01', 'somebody');
:foreign (index_hash('{by,nobody}'), 0, 1, 2, '["by", "nobody"]', NULL, NULL);
SELECT keys[2], registered_at > '2001-01-02', registered_by = current_user, registered_by IN ('somebody', 'regress_redbear_keeper') FROM rd_shared_indexes() WHERE keys[1] = 'by' ORDER BY 1;
DROP OWNED BY regress_redbear_keeper;
DROP ROLE regress_redbear_keeper;
\set VERBOSITY default

-- Sizes: a header of 4 bytes, 12, and 8 a key, wherever the keys are

SET redbear.narrow = off;
SELECT pg_column_size('{"clicks": 1, "views": 2}'::reddict), 4 + 12 + 8 * 2,
	pg_column_size(rd_unpack('{"clicks": 1, "views": 2}')), 4 + 12 + 9 * 2 + 11, pg_column_size('{}'::reddict);
RESET redbear.narrow;
-- statistics: 40 a key
SELECT pg_column_size('{"clicks": [2, 4, 2, 1, 3], "views": [1, 5, 0, 5, 5]}'::redstats), 4 + 12 + 40 * 2;

-- Every way to make a map gives the packed form of a registered key set

SELECT rd_share_keys(k) = index_hash(k) FROM (VALUES ('{a}'::text[]), ('{a,b}'), ('{b}'), ('{a,b,c}'), ('{b,c}'), ('{min,max}'), ('{x.a,x.b}')) AS v(k);
CREATE TYPE two AS (a int, b float8);
CREATE TABLE made (id int GENERATED ALWAYS AS IDENTITY, how text, m reddict);
INSERT INTO made (how, m) VALUES
	('text', '{"a": 1, "b": 2}'), ('json', '{"a": 1, "b": 2}'::json), ('jsonb', '{"a": 1, "b": 2}'::jsonb),
	('arrays', reddict('{b,a}'::text[], '{2,1}'::float8[])), ('pair', reddict('a', 1)),
	('+', '{"a": 1}'::reddict + '{"b": 2}'), ('-', '{"a": 1}'::reddict - '{"b": -2}'), ('*', '{"a": 1, "b": 2}'::reddict * '{"b": 2, "c": 1}'),
	('/', '{"a": 1, "b": 2}'::reddict / '{"b": 2, "c": 1}'), ('||', '{"a": 1}'::reddict || '{"b": 2}'),
	('scalar', '{"a": 1, "b": 2}'::reddict * 2), ('scalar left', 2 - '{"a": 1, "b": 2}'::reddict), ('negated', - '{"a": 1, "b": 2}'::reddict),
	('rd_add', rd_add('{"a": 1}', '{"b": 2}', 1, 'either')), ('rd_multiply', rd_multiply('{"a": 1}', '{"b": 2}', 1, 'right')),
	('rd_greatest', rd_greatest('{"a": 1}', '{"b": 2}')), ('rd_least', rd_least('{"a": 1, "b": 0}', '{"b": 2}')),
	('rd_slice', rd_slice('{"a": 1, "b": 2, "c": 3}', '{a,b,x}')), ('rd_delete', rd_delete('{"a": 1, "b": 2, "c": 3}', 'c')),
	('rd_delete keys', rd_delete('{"a": 1, "b": 2, "c": 3}', '{a}'::text[])), ('rd_prefix', rd_prefix('{"a": 1, "bx": 2}', 'a')),
	('rd_between', rd_between('{"a": 1, "b": 2}', 2, 3)), ('rd_compact', rd_compact('{"a": 1, "b": 2, "x": 0}')),
	('rd_rename', rd_rename('{"a": 1, "x": 2}', '{x}', '{b}')), ('rd_reindex', rd_reindex('{"x": 1}', '{a,b}')),
	('rd_top', rd_top('{"a": 1, "b": 2, "x": 0}', 2)), ('rd_bottom', rd_bottom('{"a": 1, "b": 2, "x": 3}', 2)),
	('rd_abs', rd_abs('{"a": -1, "b": 2}')), ('rd_round', rd_round('{"a": -1, "b": 2}', 2)), ('rd_clamp', rd_clamp('{"a": -1, "b": 2}', 0, 1)),
	('rd_normalize', rd_normalize('{"a": -1, "b": 2}')), ('rd_reset', rd_reset('{"a": -1, "b": 2}', 0)),
	('rd_from_record', rd_from_record((1, 2)::two)), ('rd_from_jsonb', rd_from_jsonb('{"x": {"a": 1, "b": 2}}', 'flatten')),
	('rd_from_json', rd_from_json('{"x": {"a": 1, "b": "2"}}', 'flatten,strings')),
	('rd_like', rd_like('{"a": 1, "b": 2, "xy": 3}', '_')), ('rd_not_regexp', rd_not_regexp('{"a": 1, "b": 2, "xy": 3}', 'y')), ('rd_above', rd_above('{"a": 1, "b": 2}', '{"a": 0, "b": 0}')),
	('rd_group_keys', rd_group_keys('{"a.x": 1, "b": 2}')), ('-', '{"a": 1, "b": 2, "x": 3}'::reddict - ARRAY['x']), ('%', '{"a": 1, "b": 2}'::reddict % 2), ('^', '{"a": 1, "b": 2}'::reddict ^ 2),
	('rd_cumsum', rd_cumsum('{"a": 1, "b": 2}')), ('rd_divide', rd_divide('{"a": 1, "b": 2, "x": 3}', '{"x": 0}', on_zero => 'skip')), ('rd_increase', rd_increase('{"a": 1, "b": 2}', '{"a": 0, "x": 3}')), ('rs_cv', rs_cv('{"a": [2, 4, 2, 1, 3], "b": [2, 5, 0, 5, 5]}')),
	('rs_sum', rs_sum('{"a": [2, 4, 2, 1, 3], "b": [1, 5, 0, 5, 5]}')), ('rs_var_samp', rs_var_samp('{"a": [2, 4, 2, 1, 3], "x": [1, 5, 0, 5, 5]}'));
INSERT INTO made (how, m)
	SELECT u.* FROM (SELECT sum(m) AS s, min(m) AS n, max(m) AS x, avg(m) AS a, var_pop(m) AS v, rd_concat_agg(m) AS c, rs_avg(redstats(m)) AS r
		FROM (VALUES ('{"a": 1}'::reddict), ('{"b": 2}')) AS v(m)) AS g,
	LATERAL (VALUES ('sum', s), ('min', n), ('max', x), ('avg', a), ('var_pop', v), ('rd_concat_agg', c), ('rs_avg', r)) AS u(how, m);
INSERT INTO made (how, m) SELECT 'reddict_agg', reddict_agg(k, 1) FROM unnest('{a,b}'::text[]) AS k;
INSERT INTO made (how, m) SELECT 'window', m FROM (SELECT sum(m) OVER (ORDER BY i) AS m FROM (VALUES (1, '{"a": 1}'::reddict), (2, '{"b": 2}'), (3, '{"b": 2}')) AS v(i, m)) AS w;
-- subscripts, of a table and of a variable
INSERT INTO made (how, m) VALUES ('subscript', '{"a": 1}'), ('subscript of NULL', NULL);
UPDATE made SET m['b'] = 2 WHERE how = 'subscript';
UPDATE made SET m['a'] = 2 WHERE how = 'subscript of NULL';
DO $$ DECLARE m reddict := '{}'; BEGIN m['b'] := 2; m['a'] := 1; m := m + 1; INSERT INTO made (how, m) VALUES ('variable', m); END $$;
-- as text and binary by COPY
\copy made (how, m) TO 'results/packed.text'
\copy made (how, m) TO 'results/packed.binary' (FORMAT binary)
\copy made (how, m) FROM 'results/packed.text'
\copy made (how, m) FROM 'results/packed.binary' (FORMAT binary)
SELECT count(*), count(DISTINCT how), count(*) FILTER (WHERE rd_is_packed(m)), bool_and(m = m::text::reddict) FROM made;
SELECT how, m FROM made WHERE NOT rd_is_packed(m);
-- and with the setting off, none does
SET redbear.pack = off;
SELECT rd_is_packed('{"a": 1}'), rd_is_packed(reddict('a', 1)), rd_is_packed(rd_pack('{"a": 1}')), rd_is_packed(rd_pack('{"zz": 1}'));
-- but a result with an operand's keys has its form
SELECT how, count(*) FILTER (WHERE rd_is_packed(m)), count(*) FROM (
	SELECT how, p.m FROM (VALUES (rd_pack('{"a": 1, "b": 2}'))) AS v(m),
	LATERAL (VALUES ('packed', m + 1), ('packed', m + m), ('packed', -m), ('packed', m || '{"a": 3}'), ('packed', rd_abs(m)), ('packed', rd_slice(m, '{a,b}')), ('unpacked', rd_unpack(m) + 1), ('unpacked', rd_slice(m, '{a}')), ('unpacked', m + '{"c": 1}')) AS p(how, m)
) AS r GROUP BY how ORDER BY how;
RESET redbear.pack;

-- A table of both forms: each map once with its keys and once packed; indexes
-- that were made before

CREATE TABLE both_forms (id int, m reddict);
INSERT INTO both_forms SELECT i, reddict(ARRAY['p', 'q', 'é', repeat('k', 300 * (i % 2))], ARRAY[i % 7, -i, 'NaN', 0]::float8[]) FROM generate_series(1, 300) AS i;
INSERT INTO both_forms VALUES (301, '{}'), (302, NULL), (303, '{"unregistered": 1}');
CREATE INDEX both_btree ON both_forms (m);
CREATE INDEX both_hash ON both_forms USING hash (m);
CREATE INDEX both_gin ON both_forms USING gin (m);
CREATE INDEX both_pairs ON both_forms USING gin (m reddict_pair_ops);
CREATE UNIQUE INDEX both_unique ON both_forms (m, (id > 1000));
SELECT n, action, "rows" FROM rd_share_column('both_forms', 'm', 100);
SELECT count(*) FILTER (WHERE rd_is_packed(m)) FROM both_forms;
INSERT INTO both_forms SELECT id + 1000, m::text::reddict FROM both_forms WHERE id <= 303;
SELECT id > 1000, rd_is_packed(m), count(*) FROM both_forms WHERE m IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2;
SELECT count(*), count(DISTINCT m), count(DISTINCT m::text) FROM both_forms;
-- equal in all ways that there are, and in the same place of any order
SELECT count(*), bool_and(a.m = b.m AND NOT a.m <> b.m AND a.m <= b.m AND NOT a.m < b.m AND a.m @> b.m AND a.m <@ b.m AND reddict_cmp(a.m, b.m) = 0
	AND reddict_hash(a.m) = reddict_hash(b.m) AND reddict_hash_extended(a.m, 1) = reddict_hash_extended(b.m, 1)
	AND reddict_send(a.m) = reddict_send(b.m) AND rd_index_hash(a.m) = rd_index_hash(b.m)
	AND a.m + b.m = b.m + a.m AND rd_keys(a.m) = rd_keys(b.m)),
	count(*) FILTER (WHERE rd_is_packed(a.m) <> rd_is_packed(b.m))
FROM both_forms AS a JOIN both_forms AS b ON b.id = a.id + 1000 WHERE a.m IS NOT NULL;
SELECT rank FROM (SELECT id % 1000 AS id, rank() OVER (ORDER BY m) AS rank FROM both_forms) AS r GROUP BY rank HAVING count(DISTINCT id) > 1;
SELECT count(*) FROM (SELECT m FROM both_forms WHERE id < 1000 INTERSECT SELECT m FROM both_forms WHERE id > 1000) AS i;
SELECT count(*), sum(n) FROM (SELECT count(*) AS n FROM both_forms GROUP BY m) AS g;
SET enable_hashagg = off;
SELECT count(*), sum(n) FROM (SELECT count(*) AS n FROM both_forms GROUP BY m) AS g;
RESET enable_hashagg;
-- a sum of both forms, in any order: -2 * (1 + 2 + ... + 300)
SELECT sum(m ORDER BY id) = sum(m ORDER BY id DESC), sum(m) -> 'q', rd_length(sum(m)) FROM both_forms;
-- joins and searches, by each way
CREATE FUNCTION pg_temp.found(query text, settings text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	line text;
	plan text := '';
	found int8;
BEGIN
	FOREACH line IN ARRAY '{hashjoin,mergejoin,nestloop,seqscan,indexscan,bitmapscan,indexonlyscan,sort,material,memoize}'::text[] LOOP
		PERFORM set_config('enable_' || line, CASE WHEN line = ANY (string_to_array(settings, ',')) THEN 'on' ELSE 'off' END, true);
	END LOOP;
	FOR line IN EXECUTE 'EXPLAIN (COSTS off) ' || query LOOP
		plan := plan || coalesce(substring(line FROM '((Hash Join|Merge Join|Nested Loop|Index Only Scan|Index Scan|Bitmap Index Scan|Seq Scan))') || ', ', '');
	END LOOP;
	EXECUTE query INTO found;
	RETURN plan || found;
END $$;
VACUUM ANALYZE both_forms;
-- amcheck, where it is installed
CREATE FUNCTION pg_temp.check_index(index regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	IF EXISTS (SELECT FROM pg_available_extensions WHERE name = 'amcheck') THEN
		CREATE EXTENSION IF NOT EXISTS amcheck;
		PERFORM bt_index_check(index, true);
	END IF;
END $$;
SELECT pg_temp.found('SELECT count(*) FROM both_forms AS a JOIN both_forms AS b USING (m)', 'hashjoin,seqscan');
SELECT pg_temp.found('SELECT count(*) FROM both_forms AS a JOIN both_forms AS b USING (m)', 'mergejoin,seqscan,sort');
SELECT pg_temp.found('SELECT count(*) FROM both_forms AS a JOIN both_forms AS b USING (m)', 'nestloop,seqscan');
CREATE TABLE way (id int, name text);
INSERT INTO way VALUES (1, 'seqscan'), (2, 'indexscan'), (3, 'bitmapscan'), (4, 'indexonlyscan');
-- that of id 2
\set second '{"": 0, "p": 2, "q": -2, "é": "NaN"}'
SELECT pg_temp.found(format('SELECT count(*) FROM both_forms WHERE m = %L', :'second'), name),
	pg_temp.found(format('SELECT count(*) FROM both_forms WHERE m = rd_unpack(%L)', :'second'), name)
FROM way ORDER BY id;
SELECT pg_temp.found('SELECT count(*) FROM both_forms WHERE m ? $$$$', name), pg_temp.found('SELECT count(*) FROM both_forms WHERE m @> $${"p": 2, "q": -2}$$', name)
FROM way WHERE id IN (1, 3) ORDER BY id;
DROP INDEX both_btree, both_unique;
SELECT pg_temp.found(format('SELECT count(*) FROM both_forms WHERE m = %L', :'second'), 'bitmapscan');
-- built of both forms, too
CREATE INDEX both_btree ON both_forms (m);
CREATE UNIQUE INDEX both_unique ON both_forms (m, (id > 1000));
\set VERBOSITY sqlstate
CREATE UNIQUE INDEX ON both_forms (m);
\set VERBOSITY default
-- and none can be entered again in the other form
INSERT INTO both_forms VALUES (5, :'second');
INSERT INTO both_forms VALUES (1005, rd_unpack(:'second'));
SELECT pg_temp.check_index('both_btree'), pg_temp.check_index('both_unique');
SELECT count(*) FROM both_forms WHERE m IS NOT NULL;

-- Rewriting a table: what can be packed is

CALL rd_pack_column('both_forms', 'm', 100000);
SELECT rd_is_packed(m), count(*) FROM both_forms WHERE m IS NOT NULL GROUP BY 1 ORDER BY 1;
SELECT pg_temp.check_index('both_btree'), pg_temp.check_index('both_unique'), pg_temp.found('SELECT count(*) FROM both_forms WHERE m ? $$$$', 'bitmapscan');
SELECT n, "rows", saved, action FROM rd_share_column('both_forms', 'm', 100);
-- quoted names, a domain, partitions of partitions, a generated column, a trigger
CREATE SCHEMA "s p";
CREATE DOMAIN "s p"."d m" AS reddict CHECK (VALUE ? 'a');
SET redbear.pack = off;
SET redbear.narrow = off;
CREATE TABLE "s p"."t ""b" ("c l" "s p"."d m", n int GENERATED ALWAYS AS (rd_length("c l")) STORED, part int) PARTITION BY LIST (part);
CREATE TABLE "s p"."p 1" PARTITION OF "s p"."t ""b" FOR VALUES IN (1);
CREATE TABLE "s p"."p 2" PARTITION OF "s p"."t ""b" FOR VALUES IN (2) PARTITION BY LIST (part);
CREATE TABLE "s p"."p 3" PARTITION OF "s p"."p 2" DEFAULT;
INSERT INTO "s p"."t ""b" ("c l", part) SELECT reddict(ARRAY['a', 'b'], ARRAY[i, i]), 1 + i % 2 FROM generate_series(1, 10) AS i;
RESET redbear.pack;
RESET redbear.narrow;
CREATE TABLE updates (old bool, new bool);
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO updates VALUES (rd_is_packed(OLD."c l"), rd_is_packed(NEW."c l")); RETURN NEW; END $$;
CREATE TRIGGER note BEFORE UPDATE ON "s p"."p 1" FOR EACH ROW EXECUTE FUNCTION note();
-- with a header of 1 byte, 1 + 12 + 2 * 9 + 2 bytes each, and packed and narrow 1 + 12 + 1 + 2
SELECT n, "rows", saved, action FROM rd_share_column('"s p"."t ""b"', 'c l', 10);
SELECT count(*) FROM rd_share_column('"s p"."t ""b"', 'c l', 11);
RESET client_min_messages;
CALL rd_pack_column('"s p"."t ""b"', 'c l');
SELECT tableoid::regclass, rd_is_packed("c l"), n, count(*) FROM "s p"."t ""b" GROUP BY 1, 2, 3 ORDER BY 1;
SELECT old, new, count(*) FROM updates GROUP BY 1, 2;
SET client_min_messages = warning;
-- nothing is left to do
CALL rd_pack_column('"s p"."t ""b"', 'c l');
SELECT count(*) FROM updates;

-- errors
CREATE VIEW of_maps AS SELECT m FROM both_forms;
CREATE FOREIGN DATA WRAPPER nothing;
CREATE SERVER nothing FOREIGN DATA WRAPPER nothing;
CREATE FOREIGN TABLE abroad (m reddict) SERVER nothing;
\set VERBOSITY terse
CALL rd_pack_column('of_maps', 'm');
CALL rd_pack_column('abroad', 'm');
CALL rd_pack_column('both_btree', 'm');
CREATE TABLE ruled AS SELECT rd_unpack('{"a": 1}') AS m;
CREATE RULE nothing AS ON UPDATE TO ruled DO INSTEAD NOTHING;
CALL rd_pack_column('ruled', 'm');
CALL rd_pack_column('both_forms', 'id');
CALL rd_pack_column('both_forms', 'x');
CALL rd_pack_column('both_forms', 'ctid');
CALL rd_pack_column('both_forms', 'm', 0);
CALL rd_pack_column('both_forms', NULL);
CALL rd_pack_column(0, 'm');
BEGIN;
CALL rd_pack_column('both_forms', 'm');
ROLLBACK;
DO $$ BEGIN CALL rd_pack_column('both_forms', 'm'); END $$;
SELECT * FROM rd_share_column('both_forms', 'id');
SELECT * FROM rd_share_column('both_forms', 'x');
SELECT * FROM rd_share_column('abroad', 'm');
SELECT * FROM rd_share_column(0, 'm');
SELECT * FROM rd_share_column(NULL, 'm');
SELECT * FROM rd_share_column('both_forms', 'm', 0);
SELECT count(*) FROM rd_share_column('of_maps', 'm', 100);
BEGIN READ ONLY;
SELECT * FROM rd_share_column('both_forms', 'm');
ROLLBACK;
\set VERBOSITY default

-- The planner compares a query's constants with those of indexes, predicates
-- and partition keys: they match, whether the keys were registered before or
-- after, and whether the setting is on

CREATE TABLE listed (id int, m reddict);
CREATE UNIQUE INDEX before_part ON listed (id) WHERE m @> '{"before": 1}';
CREATE INDEX before_dot ON listed (rd_dot(m, '{"before": 2}'));
CREATE INDEX before_sum ON listed (rd_sum(coalesce(m, '{"before": 3}')));
CREATE INDEX before_max ON listed (rd_max(m || '{"before": 4}'));
CREATE TABLE of_sums (x redsum);
CREATE INDEX before_sums ON of_sums ((x = '{"before": 3}'::reddict::redsum));
CREATE TABLE of_histograms (h redhist);
CREATE INDEX before_histograms ON of_histograms ((h = '{"before": 3}'::reddict::redhist));
CREATE INDEX before_in ON listed (id) WHERE m IN ('{"before": 5}', '{"before": 6}');
CREATE INDEX before_nested ON listed (rd_sum('{"before": 7}' * reddict('before', rd_dot(m || '{"before": 8}', '{"before": 9}'))));
CREATE TABLE before_parted (m reddict) PARTITION BY LIST ((m @> '{"before": 1}'));
CREATE TABLE before_yes PARTITION OF before_parted FOR VALUES IN (true);
CREATE TABLE before_no PARTITION OF before_parted FOR VALUES IN (false);
SELECT rd_share_keys('{before}') = index_hash('{before}'), rd_share_keys('{after}') = index_hash('{after}');
CREATE UNIQUE INDEX after_part ON listed (id) WHERE m @> '{"after": 1}';
CREATE INDEX after_dot ON listed (rd_dot(m, '{"after": 2}'));
CREATE INDEX after_sum ON listed (rd_sum(coalesce(m, '{"after": 3}')));
CREATE INDEX after_max ON listed (rd_max(m || '{"after": 4}'));
CREATE INDEX after_sums ON of_sums ((x = '{"after": 3}'::reddict::redsum));
CREATE INDEX after_histograms ON of_histograms ((h = '{"after": 3}'::reddict::redhist));
CREATE INDEX after_in ON listed (id) WHERE m IN ('{"after": 5}', '{"after": 6}');
CREATE INDEX after_nested ON listed (rd_sum('{"after": 7}' * reddict('after', rd_dot(m || '{"after": 8}', '{"after": 9}'))));
CREATE TABLE after_parted (m reddict) PARTITION BY LIST ((m @> '{"after": 1}'));
CREATE TABLE after_yes PARTITION OF after_parted FOR VALUES IN (true);
CREATE TABLE after_no PARTITION OF after_parted FOR VALUES IN (false);
CREATE FUNCTION scanned(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	line text;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
		RETURN QUERY SELECT (regexp_match(line, '(?:Scan using|Scan on) (\w+)'))[1];
	END LOOP;
END $$;
SET enable_seqscan = off;
SET enable_bitmapscan = off;
SELECT pack, key, query, (SELECT string_agg(scan, ',') FROM set_config('redbear.pack', pack, false), scanned(format(query, key)) AS scan)
FROM (VALUES ('on'), ('off')) AS s(pack), (VALUES ('before'), ('after')) AS k(key), (VALUES
	('SELECT FROM listed WHERE id = 7 AND m @> ''{"%s": 1}'''),
	('SELECT FROM listed WHERE rd_dot(m, ''{"%s": 2}'') = 4'),
	('SELECT FROM listed WHERE rd_sum(coalesce(m, ''{"%s": 3}'')) = 4'),
	('SELECT FROM listed WHERE rd_max(m || ''{"%s": 4}'') = 4'),
	('SELECT FROM of_sums WHERE x = ''{"%s": 3}''::reddict::redsum'),
	('SELECT FROM of_histograms WHERE h = ''{"%s": 3}''::reddict::redhist'),
	('SELECT FROM listed WHERE id = 7 AND m IN (''{"%1$s": 5}'', ''{"%1$s": 6}'')'),
	('SELECT FROM listed WHERE rd_sum(''{"%1$s": 7}'' * reddict(''%1$s'', rd_dot(m || ''{"%1$s": 8}'', ''{"%1$s": 9}''))) = 4'),
	('SELECT FROM %1$s_parted WHERE m @> ''{"%1$s": 1}''')) AS q(query)
ORDER BY pack COLLATE "C", key COLLATE "C", query COLLATE "C";
RESET redbear.pack;
INSERT INTO listed VALUES (1, '{"before": 1, "after": 1}') ON CONFLICT (id) WHERE m @> '{"before": 1}' DO NOTHING;
INSERT INTO listed VALUES (1, '{"before": 1}') ON CONFLICT (id) WHERE m @> '{"before": 1}' DO UPDATE SET m = listed.m + '{"before": 1}';
INSERT INTO listed VALUES (1, '{"after": 1}') ON CONFLICT (id) WHERE m @> '{"after": 1}' DO UPDATE SET m = listed.m + '{"after": 1}';
SELECT * FROM listed;
RESET enable_seqscan;
RESET enable_bitmapscan;
-- what comes of a constant is packed as the constant is, and of two forms, too
CREATE TABLE of_constants AS SELECT m || '{"before": 1}' AS a, '{"before": 1}' + m AS b, x * '{"before": 1}'::reddict AS c, rd_abs(x - '{"before": 1}'::reddict) AS d, rd_add('{"before": 1}', m) AS e
FROM (VALUES (1, '{}'::reddict), (2, '{"before": 2}')) AS v(x, m);
UPDATE of_constants SET a = a - '{"before": 1}', b = '{"before": 0}' || rd_delete(b, 'before');
SELECT rd_is_packed(a), rd_is_packed(b), rd_is_packed(c), rd_is_packed(d), rd_is_packed(e), a, b, c, d, e FROM of_constants;
SELECT rd_is_packed(m), rd_is_packed(m + '{"before": 1}'), rd_is_packed('{"before": 1}' + m), rd_is_packed(rd_unpack(m) + m), rd_is_packed('{"before": 1}' || m)
FROM (VALUES (1)) AS v(x), LATERAL reddict('before', x) AS m;

-- Keys of any kind and number; read back after more were opened than a backend
-- keeps, which is 16 MB

CREATE TABLE key_sets (id int PRIMARY KEY, keys text[]);
INSERT INTO key_sets VALUES
	(1, ARRAY[repeat('k', 255)]), (2, ARRAY[repeat('k', 256), 'b']), (3, ARRAY[repeat('l', 65535)]), (4, '{""}'),
	(5, ARRAY['é', 'ü', '日本', '😀', E'e\u0301', E'\t\n\r\b\f\x01', '"', '\', 'null', '{}', '[]', ',']),
	(6, ARRAY(SELECT 'key ' || i FROM generate_series(1, 100000) AS i)), (7, ARRAY(SELECT 'é' || repeat('日', i) FROM generate_series(1, 300) AS i));
INSERT INTO key_sets SELECT 10 + s, ARRAY(SELECT s || ' ' || repeat(md5(i::text), 30) FROM generate_series(1, 1000) AS i) FROM generate_series(1, 20) AS s;
SELECT sum(length(array_to_string(keys, ''))) > 18000000 FROM key_sets WHERE id > 10;
SELECT count(DISTINCT rd_share_keys(keys)) FROM key_sets;
CREATE TABLE kept AS SELECT id, keys, reddict(keys, ARRAY(SELECT i::float8 FROM generate_series(1, cardinality(keys)) AS i)) AS m FROM key_sets;
SELECT count(*), bool_and(rd_is_packed(m)), bool_and(pg_column_size(m) <= 16 + 8 * cardinality(keys)) FROM kept;
\c
SELECT count(*), bool_and(rd_keys(m) = ARRAY(SELECT k FROM unnest(keys) AS k ORDER BY k COLLATE "C")
	AND m = reddict(keys, ARRAY(SELECT i::float8 FROM generate_series(1, cardinality(keys)) AS i))
	AND rd_is_packed(m) AND rd_unpack(m) = m AND NOT rd_is_packed(rd_unpack(m)) AND m -> keys[cardinality(keys)] = cardinality(keys) AND m ?& keys)
FROM kept, generate_series(1, 2);
SELECT count(*), bool_and(rd_length(a.m + b.m) = rd_length(a.m) + rd_length(b.m)) FROM kept AS a JOIN kept AS b ON a.id <> b.id AND a.id <> 6 AND b.id <> 6;
SELECT rd_length(sum(m)) = (SELECT count(DISTINCT k) FROM kept, unnest(keys) AS k) FROM kept;
SELECT (SELECT array_agg(array_to_string(keys, '|') ORDER BY hash) FROM rd_shared_indexes() WHERE hash IN (SELECT rd_index_hash(m) FROM kept))
	= (SELECT array_agg(array_to_string(rd_keys(m), '|') ORDER BY rd_index_hash(m)) FROM kept);

-- A registration that is gone, which only a superuser's tampering can bring
-- about: readers of keys say so, and the rest goes on

SELECT rd_share_keys('{gone,lost}') AS gone \gset
CREATE TABLE orphans AS SELECT reddict(ARRAY['lost', 'gone'], ARRAY[i, 2 * i]) AS m FROM generate_series(1, 3) AS i;
SELECT bool_and(rd_is_packed(m)) FROM orphans;
ALTER TABLE _redbear.key_indexes DISABLE TRIGGER refuse_change;
DELETE FROM _redbear.key_indexes WHERE hash = :gone;
ALTER TABLE _redbear.key_indexes ENABLE ALWAYS TRIGGER refuse_change;
\c
SELECT m FROM orphans LIMIT 1;
\set VERBOSITY sqlstate
SELECT m FROM orphans LIMIT 1;
SELECT m -> 'lost' FROM orphans;
SELECT rd_keys(m) FROM orphans;
SELECT rd_unpack(m) FROM orphans;
SELECT m + '{"a": 1}' FROM orphans;
SELECT reddict_send(m) FROM orphans;
SELECT rd_share_column('orphans', 'm', 1);
\set VERBOSITY default
SELECT rd_is_packed(m), rd_index_hash(m) = :gone, rd_length(m), rd_values(m), rd_sum(m * 2), rd_values(m + m), rd_values(-m / m), m = m FROM orphans ORDER BY rd_sum(m);
SELECT rd_values(sum(m)), rd_values(max(m)), count(DISTINCT m) FROM orphans;
-- a new one of these keys is not packed; once they are registered again, all can be read
SELECT rd_is_packed('{"gone": 2, "lost": 1}');
SELECT rd_share_keys('{gone,lost}') = :gone;
SELECT m, m = '{"gone": 2, "lost": 1}' FROM orphans ORDER BY rd_sum(m);
