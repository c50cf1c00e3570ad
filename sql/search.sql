\pset format unaligned
\pset tuples_only on
\getenv abs_srcdir PG_ABS_SRCDIR
\set helpers :abs_srcdir '/sql/include/helpers.sql'
\i :helpers
-- The GIN operator classes, and what the planner knows of keys.
SELECT opcname, opcdefault, opckeytype::regtype, amvalidate(o.oid) FROM pg_opclass o JOIN pg_am a ON a.oid = opcmethod
WHERE opcintype = 'reddict'::regtype AND amname = 'gin' ORDER BY opcname;
-- core prices an index by its operators, so @> is only of the class that knows pairs
SELECT opfname, amopopr::regoperator FROM pg_amop JOIN pg_opfamily f ON f.oid = amopfamily JOIN pg_am a ON a.oid = opfmethod
WHERE amoplefttype = 'reddict'::regtype AND amname = 'gin' ORDER BY opfname, amopstrategy;

-- Keys k1 to k1000, as skewed as can be: k<n> in every n-th row.  Every tenth
-- map is NULL.  More rows than the default statistics target samples.
CREATE TABLE searched AS
	SELECT id, CASE WHEN id % 10 <> 9 THEN reddict(array_agg('k' || k), array_agg(id::float8)) END AS m
	FROM generate_series(1, 1000) k, generate_series(k, 100000, k) id
	GROUP BY id;
ANALYZE searched;

-- Rows that the planner expects of a query
CREATE FUNCTION pg_temp.expected(query text) RETURNS float8 LANGUAGE plpgsql AS
$$
DECLARE
	plan json;
BEGIN
	EXECUTE 'EXPLAIN (FORMAT JSON) ' || query INTO plan;
	RETURN plan -> 0 -> 'Plan' ->> 'Plan Rows';
END
$$;
-- By what factor that is wrong
CREATE FUNCTION pg_temp.factor(query text) RETURNS float8 LANGUAGE plpgsql AS
$$
DECLARE
	truth float8;
	guess float8 := greatest(pg_temp.expected(query), 1);
BEGIN
	EXECUTE 'SELECT greatest(count(*), 1) FROM (' || query || ') q' INTO truth;
	RETURN greatest(truth / guess, guess / truth);
END
$$;

-- Every key that a thousandth of the rows have: how many there are, and those
-- whose estimate is off by more than a factor of 2 (none)
CREATE TEMP TABLE truth AS
	SELECT key, count(*) AS n FROM searched, rd_each(m) GROUP BY key;
CREATE FUNCTION pg_temp.wrong(fraction float8) RETURNS TABLE (checked int8, violators text) LANGUAGE sql AS
$$
	SELECT count(*), string_agg(format('%s: %s rows, expected %s', key, n, guess), E'\n')
		FILTER (WHERE guess NOT BETWEEN n / 2.0 AND n * 2.0)
	FROM (SELECT key, n, pg_temp.expected(format('SELECT FROM searched WHERE m ? %L', key)) AS guess
		FROM truth WHERE n >= fraction * (SELECT count(*) FROM searched)) k
$$;
SELECT * FROM pg_temp.wrong(0.001);
-- a tenth of the statistics target, keys that are ten times as frequent
ALTER TABLE searched ALTER m SET STATISTICS 10;
ANALYZE searched;
SELECT * FROM pg_temp.wrong(0.01);
ALTER TABLE searched ALTER m SET STATISTICS -1;
ANALYZE searched;

-- The other operators.  k2 and k3 are independent; k2 and k4 are not, which
-- nobody knows.
SELECT query, pg_temp.factor('SELECT FROM searched WHERE ' || query) < 2
FROM (VALUES
	('m ? ''absent'''),
	('m ?| ''{k2,k3}'''),
	('m ?| ''{k2,k3,k2,NULL,absent}'''),
	('m ?| ''{k500,k501,k502}'''),
	('m ?| ''{}'''),
	('m ?& ''{k2,k3}'''),
	('m ?& ''{k2,k3,k2,NULL}'''),
	('m ?& ''{k2,absent}'''),
	('m ?& ''{}'''),
	('m ?& ''{NULL}'''),
	('m @> ''{}'''),
	('''{}'' <@ m'),
	('m ? NULL'),
	('m ?| NULL')
) q(query);
-- a guess for each value: a tenth
SELECT pg_temp.expected('SELECT FROM searched WHERE m @> ''{"k2": 7}''') BETWEEN 3000 AND 6000;
SELECT pg_temp.expected('SELECT FROM searched WHERE ''{"k2": 7, "k3": 7}'' <@ m') BETWEEN 75 AND 300;
-- contsel's guess: no column, two columns, no statistics
SELECT pg_temp.expected('SELECT FROM searched WHERE ''{"a": 1}''::reddict ? id::text');
SELECT pg_temp.expected('SELECT FROM searched WHERE m ? id::text');
CREATE TABLE unknown WITH (autovacuum_enabled = off) AS SELECT id, '{}'::reddict AS m FROM generate_series(1, 10000) id;
SELECT pg_temp.expected('SELECT FROM unknown WHERE m ? ''a''') / pg_temp.expected('SELECT FROM unknown') BETWEEN 0.0009 AND 0.0011,
	pg_temp.expected('SELECT FROM unknown WHERE m @> ''{"a": 1}''') / pg_temp.expected('SELECT FROM unknown') BETWEEN 0.0009 AND 0.0011;
-- a key that is not known yet is asked for as often as it is there
SET plan_cache_mode = force_generic_plan;
PREPARE any_key(text) AS SELECT FROM searched WHERE m ? $1;
PREPARE any_keys(text[]) AS SELECT FROM searched WHERE m ?& $1;
PREPARE any_pairs(reddict) AS SELECT FROM searched WHERE m @> $1;
PREPARE no_statistics(text) AS SELECT FROM unknown WHERE m ? $1;
SELECT pg_temp.expected('EXECUTE any_key(NULL)') / truth BETWEEN 0.9 AND 1.1 AS key,
	pg_temp.expected('EXECUTE any_keys(NULL)') / truth BETWEEN 0.9 AND 1.1 AS keys,
	pg_temp.expected('EXECUTE any_pairs(NULL)') AS pairs,
	pg_temp.expected('EXECUTE no_statistics(NULL)') / pg_temp.expected('SELECT FROM unknown') BETWEEN 0.0009 AND 0.0011 AS guess
FROM (SELECT sum(n * n) / sum(n) AS truth FROM truth) t;
RESET plan_cache_mode;
-- the functions have their operators' estimates
SELECT by_operator, pg_temp.expected('SELECT FROM searched WHERE ' || by_operator) = pg_temp.expected('SELECT FROM searched WHERE ' || by_function) AS same
FROM (VALUES
	('m ? ''k2''', 'rd_exists(m, ''k2'')'),
	('NOT m ? ''k2''', 'NOT rd_exists(m, ''k2'')'),
	('m ?| ''{k2,k3}''', 'rd_exists_any(m, ''{k2,k3}'')'),
	('m ?& ''{k2,k3}''', 'rd_exists_all(m, ''{k2,k3}'')'),
	('m @> ''{"k2": 7}''', 'rd_contains(m, ''{"k2": 7}'')'),
	('''{"k2": 7}'' <@ m', 'rd_contained(''{"k2": 7}'', m)'),
	('m <@ ''{"k2": 7}''', 'rd_contained(m, ''{"k2": 7}'')'),
	('''{"k2": 7}'' @> m', 'rd_contains(''{"k2": 7}'', m)'),
	('m ? id::text', 'rd_exists(m, id::text)'),
	('m @> NULL', 'rd_contains(m, NULL)')
) q(by_operator, by_function);
-- in joins, too
SELECT pg_temp.expected('SELECT FROM searched s, unknown u WHERE s.m ? u.id::text') = pg_temp.expected('SELECT FROM searched s, unknown u WHERE rd_exists(s.m, u.id::text)');
-- those of other functions are core's
SELECT pg_temp.expected('SELECT FROM searched WHERE reddict_gt(m, ''{}'')') / pg_temp.expected('SELECT FROM searched') BETWEEN 0.33 AND 0.34;
-- an operator of another type is none of its business
CREATE FUNCTION pg_temp.yes(int4, int4) RETURNS bool LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN true; END $$;
CREATE OPERATOR pg_temp.@@@@ (LEFTARG = int4, RIGHTARG = int4, FUNCTION = pg_temp.yes, RESTRICT = rd_keysel);
SELECT pg_temp.expected('SELECT FROM searched WHERE id OPERATOR(pg_temp.@@@@) 1');

-- Maps that are common as wholes
CREATE TABLE few AS
	SELECT reddict(array['status', 'size'], array[(id % 4)::float8, -(id % 4)]) AS m FROM generate_series(1, 1000) id;
ANALYZE few;
SELECT pg_temp.expected('SELECT FROM few WHERE m @> ''{"status": 1}''') AS contains,
	pg_temp.expected('SELECT FROM few WHERE m @> ''{"status": 1, "size": 1}''') AS contains_not,
	pg_temp.expected('SELECT FROM few WHERE m <@ ''{"status": 1, "size": -1, "more": 1}''') AS contained;

SELECT pg_temp.expected('SELECT FROM few WHERE rd_contains(m, ''{"status": 1}'')') AS contains,
	pg_temp.expected('SELECT FROM few WHERE rd_contained(m, ''{"status": 1, "size": -1, "more": 1}'')') AS contained;
-- Common values are not told to a role that may not see all rows, as by core's
-- functions that are not leakproof: contsel's guess is left.
CREATE ROLE regress_redbear_reader;
CREATE VIEW part_of_it WITH (security_barrier) AS SELECT m FROM few WHERE m ? 'status';
GRANT SELECT ON part_of_it TO regress_redbear_reader;
SET ROLE regress_redbear_reader;
SELECT pg_temp.expected('SELECT FROM part_of_it WHERE m @> ''{"status": 1}''') AS contains,
	pg_temp.expected('SELECT FROM part_of_it WHERE rd_contains(m, ''{"status": 1}'')') AS contains;
RESET ROLE;
ALTER VIEW part_of_it RESET (security_barrier);
SELECT pg_temp.expected('SELECT FROM part_of_it WHERE m @> ''{"status": 1}''') AS contains,
	pg_temp.expected('SELECT FROM part_of_it WHERE rd_contains(m, ''{"status": 1}'')') AS contains;
DROP VIEW part_of_it;
DROP ROLE regress_redbear_reader;

-- What is stored; the last map is too wide to be counted
CREATE DOMAIN counters AS reddict;
CREATE TABLE stored (m counters);
SET redbear.pack = off;
INSERT INTO stored VALUES ('{"a": 1, "b": 2}'), ('{"a": "NaN", "ä": 3}'), ('{}'), (NULL),
	(reddict('a' || repeat('y', 60000), 1)), (reddict('a' || repeat('y', 65534), 1));
RESET redbear.pack;
ANALYZE stored;
SELECT most_common_elems, most_common_elem_freqs, elem_count_histogram
FROM (SELECT ARRAY(SELECT CASE WHEN length(e) > 125 THEN left(e, 3) || '...' || length(e) ELSE e END
		FROM unnest(most_common_elems::text::text[]) e) AS most_common_elems,
		most_common_elem_freqs, elem_count_histogram
	FROM pg_stats WHERE tablename = 'stored') s;
SELECT pg_temp.expected('SELECT FROM stored WHERE m ? ''a'''),
	pg_temp.expected('SELECT FROM stored WHERE NOT m ? ''a'''),
	pg_temp.expected('SELECT FROM stored WHERE m ? (''a'' || repeat(''y'', 60000))');
-- nothing to count
CREATE TABLE nothing AS SELECT NULL::reddict AS a, '{}'::reddict AS b,
	reddict(array_agg('key' || k), array_agg(sqrt(k + 0.5))) AS c FROM generate_series(1, 10000) k;
ANALYZE nothing;
SELECT attname, null_frac, most_common_elems, elem_count_histogram FROM pg_stats WHERE tablename = 'nothing' ORDER BY attname;
-- more different keys than are counted at a time: the one that is in each row is found
CREATE TABLE many AS
	SELECT reddict(array_agg('k' || i || ' ' || j) || 'often'::text, array_agg(j::float8) || 1::float8) AS m
	FROM generate_series(1, 300) AS i, generate_series(1, 20) AS j GROUP BY i;
ALTER TABLE many ALTER m SET STATISTICS 1;
ANALYZE many;
SELECT most_common_elems, most_common_elem_freqs[1] FROM pg_stats WHERE tablename = 'many';
DROP TABLE many;

-- Rows of rd_each()
SELECT pg_temp.expected('SELECT FROM rd_each(''{"a": 1, "b": 2, "c": 3}'')'),
	pg_temp.expected('SELECT rd_each(''{"a": 1, "b": 2, "c": 3}''::reddict + ''{"d": 1}'')'),
	pg_temp.expected('SELECT FROM rd_each(NULL)');
SELECT pg_temp.factor('SELECT FROM searched, rd_each(m)') < 1.1,
	pg_temp.factor('SELECT rd_each(m) FROM searched') < 1.1;
-- not known: ROWS
SELECT pg_temp.expected('SELECT FROM unknown, rd_each(m)') / pg_temp.expected('SELECT FROM unknown');
-- rd_keys() gives one array, so core says how many rows unnest() makes of it
SELECT pg_temp.expected('SELECT FROM unnest(rd_keys(''{"a": 1, "b": 2, "c": 3}''))');

-- The index of keys
CREATE INDEX searched_keys ON searched USING gin (m);
SET max_parallel_workers_per_gather = 0;
SET jit = off;
EXPLAIN (COSTS OFF) SELECT id FROM searched WHERE m ? 'k997';
EXPLAIN (COSTS OFF) SELECT id FROM searched WHERE m ?| '{k991,k997}';
EXPLAIN (COSTS OFF) SELECT id FROM searched WHERE m ?& '{k25,k26}';
-- finds the rows with the keys
EXPLAIN (COSTS OFF) SELECT id FROM searched WHERE m @> '{"k997": 1994}';
EXPLAIN (COSTS OFF) SELECT id FROM searched WHERE '{"k997": 1994, "k991": 1}' <@ m;
-- where most rows have the key it does not pay
EXPLAIN (COSTS OFF) SELECT id FROM searched WHERE m ? 'k1';
EXPLAIN (COSTS OFF) SELECT id FROM searched WHERE m @> '{"k1": 7}';
EXPLAIN (COSTS OFF) SELECT id FROM searched WHERE m @> '{"k2": 7}';
-- the functions
EXPLAIN (COSTS OFF) SELECT id FROM searched WHERE rd_exists(m, 'k997');
EXPLAIN (COSTS OFF) SELECT id FROM searched WHERE rd_exists_any(m, '{k991,k997}');
EXPLAIN (COSTS OFF) SELECT id FROM searched WHERE rd_exists_all(m, '{k25,k26}');
EXPLAIN (COSTS OFF) SELECT id FROM searched WHERE rd_contains(m, '{"k997": 1994}');
EXPLAIN (COSTS OFF) SELECT id FROM searched WHERE rd_contained('{"k997": 1994}', m);
EXPLAIN (COSTS OFF) SELECT id FROM searched WHERE rd_exists(m, 'k997') OR rd_contains(m, '{"k991": 1994}');
-- parameters, of a generic plan and of a join
SET plan_cache_mode = force_generic_plan;
PREPARE with_key(text) AS SELECT id FROM searched WHERE rd_exists(m, $1);
PREPARE with_pairs(reddict) AS SELECT id FROM searched WHERE m @> $1;
SET enable_seqscan = off;
EXPLAIN (COSTS OFF) EXECUTE with_key('k997');
EXPLAIN (COSTS OFF) EXECUTE with_pairs('{"k997": 1994}');
EXECUTE with_pairs('{"k997": 1994, "k2": 1994}');
EXECUTE with_pairs('{"k997": 1993}');
RESET enable_seqscan;
RESET plan_cache_mode;
CREATE TABLE wanted AS SELECT key, reddict(key, value) AS pair FROM (VALUES ('k997', 1994), ('k983', 983), ('k977', 1)) v(key, value);
EXPLAIN (COSTS OFF) SELECT key, id FROM wanted JOIN searched ON rd_contained(pair, m);
SELECT key, id FROM wanted JOIN searched ON rd_contained(pair, m) ORDER BY 1;
EXPLAIN (COSTS OFF) SELECT FROM wanted JOIN searched ON rd_exists(m, key);
SELECT key, count(*) FROM wanted JOIN searched ON rd_exists(m, key) GROUP BY key ORDER BY key;
-- no constant for the index: volatile, of the same table; and what no index can tell
SET enable_seqscan = off;
SELECT pg_temp.plan($$SELECT id FROM searched WHERE rd_exists(m, random()::text)$$);
SELECT pg_temp.plan($$SELECT id FROM searched WHERE rd_exists(m, id::text)$$);
SELECT pg_temp.plan($$SELECT id FROM searched WHERE rd_contained(m, '{"k997": 1994}')$$);
-- many maps in one array: not by the keys
SELECT pg_temp.plan($$SELECT id FROM searched WHERE m @> ANY ('{"{\"k997\": 1994}","{\"k991\": 991}"}')$$);
RESET enable_seqscan;
-- Neither operators nor functions are leakproof, so no condition on an index
-- follows that would be looked at before that of a security barrier.
CREATE VIEW part_of_it WITH (security_barrier) AS SELECT id, m FROM searched WHERE m -> 'k2' > 50000;
EXPLAIN (COSTS OFF) SELECT id FROM part_of_it WHERE m ? 'k997';
EXPLAIN (COSTS OFF) SELECT id FROM part_of_it WHERE rd_exists(m, 'k997');
DROP VIEW part_of_it;
-- Partial indexes
CREATE INDEX searched_some ON searched USING gin (m) WHERE id > 50000 AND rd_exists(m, 'k5');
EXPLAIN (COSTS OFF) SELECT id FROM searched WHERE rd_exists_all(m, '{k199}') AND rd_exists(m, 'k5') AND id > 60000;
SELECT array_agg(id ORDER BY id) FROM searched WHERE rd_exists_all(m, '{k199}') AND rd_exists(m, 'k5') AND id > 98000;
DROP INDEX searched_some;

-- Do the index and the table give the same rows?  Their number; an error if
-- not, or if the index is not used.
CREATE FUNCTION pg_temp.found(condition text, index text DEFAULT 'searched_keys') RETURNS int LANGUAGE plpgsql AS
$$
DECLARE
	query text := 'SELECT coalesce(array_agg(id ORDER BY id), ''{}'') FROM searched WHERE ' || condition;
	line text;
	plan text := '';
	by_index int[];
	by_table int[];
BEGIN
	SET LOCAL enable_seqscan = off;
	FOR line IN EXECUTE 'EXPLAIN ' || query LOOP
		plan := plan || line;
	END LOOP;
	IF plan NOT LIKE '%Bitmap Index Scan on ' || index || '%' THEN
		RAISE EXCEPTION 'index not used: %', plan;
	END IF;
	EXECUTE query INTO by_index;
	SET LOCAL enable_seqscan = on;
	SET LOCAL enable_bitmapscan = off;
	EXECUTE query INTO by_table;
	SET LOCAL enable_bitmapscan = on;
	IF by_index <> by_table THEN
		RAISE EXCEPTION 'not the same: %', condition;
	END IF;
	RETURN cardinality(by_index);
END
$$;
-- the first of these stay in the list of pending entries for a while
INSERT INTO searched VALUES
	(-1, '{}'), (-2, '{}'), (-3, NULL),
	(-4, '{"nan": "NaN", "zero": -0, "inf": "Infinity"}'),
	(-5, '{"nan": 1, "zero": 0}'),
	(-6, '{"": 1, "clé": 2, "ключ": 3, "鍵": 4, "🔑": 5}'),
	(-7, reddict(repeat('x', 125), 1)),
	(-8, reddict(repeat('x', 126), 1)),
	(-9, reddict(repeat('x', 65535), 1)),
	(-10, reddict(repeat('x', 65534) || 'y', 1)),
	(-11, reddict(array[repeat('鍵', 21845), repeat('鍵', 21844), 'short'], array[1, 2, 3]));
CREATE TEMP TABLE conditions (n serial, condition text);
INSERT INTO conditions (condition) VALUES
	('m ? ''k7'''), ('m ? ''absent'''), ('m ? '''''), ('m ? ''clé'''), ('m ? ''鍵'''), ('m ? ''🔑'''), ('m ? ''cle'''),
	('m ? repeat(''x'', 124)'), ('m ? repeat(''x'', 125)'), ('m ? repeat(''x'', 126)'),
	('m ? repeat(''x'', 65535)'), ('m ? repeat(''x'', 65536)'), ('m ? (repeat(''x'', 65534) || ''y'')'),
	('m ? repeat(''鍵'', 21845)'), ('m ? repeat(''鍵'', 41)'), ('m ? (SELECT NULL)'),
	-- what the index holds for a long key is no key
	('m ? (repeat(''x'', 125) || ''#'' || to_hex(hashtextextended(repeat(''x'', 126) COLLATE "C", 0)))'),
	('m ?| ''{}'''), ('m ?| ''{NULL}'''), ('m ?| ''{k7,NULL,k11,k7}'''), ('m ?| ''{{k7,k11},{absent,k13}}'''),
	('m ?| array[''absent'', repeat(''x'', 126)]'), ('m ?| array[''k7'', repeat(''x'', 65535)]'),
	('m ?& ''{}'''), ('m ?& ''{NULL}'''), ('m ?& ''{k7,NULL,k11,k7}'''), ('m ?& ''{k7,absent}'''),
	('m ?& array[repeat(''鍵'', 21845), repeat(''鍵'', 21844), ''short'']'), ('m ?& array[''k7'', repeat(''x'', 65536)]'),
	('m @> ''{"k7": 77}'''), ('m @> ''{"k7": 78}'''), ('m @> ''{"k7": 77, "k11": 77}'''),
	('''{"k7": 77}'' <@ m'), ('m @> ''{"k7": 77, "absent": 77}'''),
	('m @> ''{"nan": "NaN"}'''), ('m @> ''{"zero": 0}'''), ('m @> ''{"zero": -0}'''), ('m @> ''{"inf": "Infinity"}'''),
	('m @> reddict(repeat(''x'', 65535), 1)'), ('m @> reddict(repeat(''x'', 65535), 2)'),
	('rd_exists(m, ''k7'')'), ('rd_exists(m, repeat(''x'', 65535))'), ('rd_exists_any(m, ''{k7,NULL,k11,k7}'')'), ('rd_exists_any(m, ''{}'')'),
	('rd_exists_all(m, ''{k7,NULL,k11,k7}'')'), ('rd_exists_all(m, ''{}'')'),
	('rd_contains(m, ''{"k7": 77, "k11": 77}'')'), ('rd_contained(''{"k7": 77, "k11": 77}'', m)'), ('rd_contains(m, ''{"zero": -0}'')'),
	('m @> ''{"": 1, "🔑": 5}'''), ('m ? ''k7'' AND m ? ''k11'' AND m @> ''{"k1": 77}'''), ('m ? ''k997'' OR m ?| ''{鍵}''');
SELECT condition, pg_temp.found(condition) FROM conditions ORDER BY n;
VACUUM searched;
SELECT condition FROM (SELECT condition, pg_temp.found(condition) FROM conditions ORDER BY n) c WHERE found < 0;

-- The table is looked at where the index does not know: in how many rows in vain?
CREATE FUNCTION pg_temp.vain(condition text) RETURNS int LANGUAGE plpgsql AS
$$
DECLARE
	plan json;
BEGIN
	EXECUTE 'EXPLAIN (ANALYZE, FORMAT JSON) SELECT FROM searched WHERE ' || condition INTO plan;
	RETURN plan -> 0 -> 'Plan' ->> 'Rows Removed by Index Recheck';
END
$$;
SET enable_seqscan = off;
SELECT pg_temp.vain('m ?& ''{k997,k7}'''), pg_temp.vain('m ?| ''{k997,k991}''');
-- several columns, and a map built by an expression
CREATE INDEX ON searched USING gin (m, (m * 2));
DROP INDEX searched_keys;
SELECT count(*) FROM searched WHERE m ? 'k997' AND m * 2 @> '{"k997": 3988}';
DROP INDEX searched_m_expr_idx;

-- The index of pairs
CREATE INDEX searched_pairs ON searched USING gin (m reddict_pair_ops);
EXPLAIN (COSTS OFF) SELECT id FROM searched WHERE m @> '{"k2": 77}';
EXPLAIN (COSTS OFF) SELECT id FROM searched WHERE '{"k2": 77}' <@ m;
EXPLAIN (COSTS OFF) SELECT id FROM searched WHERE rd_contains(m, '{"k2": 77}');
EXPLAIN (COSTS OFF) SELECT id FROM searched WHERE rd_contained('{"k2": 77}', m);
SELECT pg_temp.plan($$SELECT id FROM searched WHERE m @> ANY ('{"{\"k997\": 1994}","{\"k991\": 991}"}')$$);
SELECT array_agg(id ORDER BY id) FROM searched WHERE m @> ANY ('{"{\"k997\": 1994}","{\"k991\": 991}"}');
SELECT pg_temp.plan($$SELECT key, id FROM wanted JOIN searched ON m @> pair$$);
SELECT key, id FROM wanted JOIN searched ON m @> pair ORDER BY 1;
-- knows no keys
SELECT pg_temp.plan($$SELECT id FROM searched WHERE m ? 'k997'$$);
RESET enable_seqscan;
-- what is not in the list of pending entries, and what is
INSERT INTO searched SELECT id - 100, m FROM searched WHERE id < 0;
INSERT INTO conditions (condition) VALUES
	('m @> ''{}'''), ('rd_contains(m, ''{}'')'), ('m @> ''{"k1": 77}'''), ('m @> ''{"k1": 77, "k2": 77}'''),
	('m @> ''{"nan": "NaN", "zero": 0, "inf": "Infinity"}'''), ('m @> ''{"inf": "-Infinity"}''');
SELECT condition, pg_temp.found(condition, 'searched_pairs') FROM conditions
WHERE condition ~ '@>|<@|rd_contain' AND condition !~ '[?]' ORDER BY n;
VACUUM searched;
SELECT count(*), sum(pg_temp.found(condition, 'searched_pairs')) FROM conditions
WHERE condition ~ '@>|<@|rd_contain' AND condition !~ '[?]';
-- only what has the pairs is looked at
SET enable_seqscan = off;
SELECT pg_temp.vain('m @> ''{"k1": 77, "k2": 78}'''), pg_temp.vain('m @> ''{"k1": 78, "k2": 78}''');
-- rows that change and go
UPDATE searched SET m = m + '{"k1": 0.5}' WHERE id = 77;
DELETE FROM searched WHERE id = 78;
SELECT id FROM searched WHERE m @> '{"k1": 77}';
SELECT id FROM searched WHERE m @> '{"k1": 77.5}';
SELECT id FROM searched WHERE m @> '{"k1": 78}';
VACUUM searched;
SELECT id FROM searched WHERE m @> '{"k1": 77}';
SELECT id FROM searched WHERE m @> '{"k1": 77.5}';
-- equality is not asked of it, and the same with it
SELECT id FROM searched WHERE m = '{"nan": "NaN", "zero": 0, "inf": "Infinity"}' ORDER BY id;
-- keys and pairs in one index, each for what it knows
DROP INDEX searched_pairs;
CREATE INDEX searched_both ON searched USING gin (m, m reddict_pair_ops) WHERE id < 2000;
EXPLAIN (COSTS OFF) SELECT id FROM searched WHERE id < 2000 AND m ? 'k97' AND m @> '{"k2": 970}';
SELECT id FROM searched WHERE id < 2000 AND m ? 'k97' AND m @> '{"k2": 970}';
SELECT count(*) FROM searched WHERE id < 2000 AND rd_exists_any(m, '{k997,nan}');
DROP INDEX searched_both;
RESET enable_seqscan;

-- What the index holds for a pair is frozen: the low half of the hash of the
-- key with the bits of the value for a seed.  It is in the index's file, whose
-- machine has one of two byte orders.
CREATE TABLE frozen (id int, m reddict);
INSERT INTO frozen VALUES (1, '{"clicks": 3}'), (2, '{"": 0.1}'), (3, '{"ключ": -0}'), (4, reddict(repeat('x', 300), -1e300)), (5, '{"inf": "Infinity"}');
CREATE INDEX frozen_pairs ON frozen USING gin (m reddict_pair_ops) WITH (fastupdate = off);
CHECKPOINT;
SELECT id, position(term IN file) > 0 OR position(reversed IN file) > 0 AS held
FROM frozen, rd_each(m),
	pg_read_binary_file(pg_relation_filepath('frozen_pairs')) file,
	float8send(value + 0.0) bits,
	int8send(hashtextextended(key COLLATE "C", ('x' || encode(bits, 'hex'))::bit(64)::int8)) hash,
	substr(hash, 5) term,
	LATERAL (SELECT substr(term, 4, 1) || substr(term, 3, 1) || substr(term, 2, 1) || substr(term, 1, 1)) r(reversed)
ORDER BY id;
DROP TABLE frozen;

-- Indexes on the value of a key
CREATE INDEX searched_k7 ON searched ((m -> 'k7'));
ANALYZE searched;
SET enable_bitmapscan = off;
EXPLAIN (COSTS OFF) SELECT id FROM searched WHERE m -> 'k7' = 77;
SELECT id FROM searched WHERE m -> 'k7' = 77;
EXPLAIN (COSTS OFF) SELECT id FROM searched WHERE m -> 'k7' BETWEEN 70 AND 140 ORDER BY m -> 'k7';
SELECT id FROM searched WHERE m -> 'k7' BETWEEN 70 AND 140 ORDER BY m -> 'k7';
RESET enable_bitmapscan;
SELECT pg_temp.factor('SELECT FROM searched WHERE m -> ''k7'' < 20000') < 2;

DROP TABLE searched, wanted, unknown, few, stored, nothing;
DROP DOMAIN counters;
