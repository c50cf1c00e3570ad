--
-- Expressions in one pass.  t/023_expressions.pl compares random ones with what
-- the single steps give; here is which ones are, and what stays as it was.
--

\getenv abs_srcdir PG_ABS_SRCDIR
\set helpers :abs_srcdir '/sql/include/helpers.sql'
\i :helpers

\pset format unaligned
\pset tuples_only on
\pset null NULL

CREATE TABLE expr (id int, a reddict, b reddict, c reddict, x float8, n int);
INSERT INTO expr VALUES
	(1, '{"k": 1, "l": 2}', '{"k": 10, "l": 20}', '{"k": 5, "l": 6}', 2, 1),
	(2, '{"k": 1, "l": 2}', '{"l": 20, "m": 30}', '{"k": 5, "l": 6}', 2, 1),
	(3, '{"k": 1}', '{"k": 10}', '{}', 0.5, 0),
	(4, '{}', '{}', '{}', 1, 0),
	(5, NULL, '{"k": 0}', '{"k": 5}', 1, 0);

-- What EXPLAIN shows of a query: its lines that match
CREATE FUNCTION pg_temp.shown(query text, pattern text) RETURNS SETOF text
LANGUAGE plpgsql AS $$
DECLARE
	line text;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (VERBOSE, COSTS off) ' || query LOOP
		IF line ~ pattern THEN
			RETURN NEXT btrim(regexp_replace(line, 'pg_temp_\d+\.', ''));
		END IF;
	END LOOP;
END $$;
-- Is an expression evaluated in one pass?
CREATE FUNCTION pg_temp.in_one_pass(expression text, source text DEFAULT 'expr') RETURNS bool
LANGUAGE sql AS $$
	SELECT EXISTS (SELECT FROM pg_temp.shown(format('SELECT %s FROM %s', expression, source), 'rd_evaluate'))
$$;
-- Is a query's answer the same in one pass and step by step, and is it in one pass?
CREATE FUNCTION pg_temp.same(query text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	steps text;
	one_pass text;
BEGIN
	query := format('SELECT string_agg(s::text, ''; '' ORDER BY s::text) FROM (%s) AS s', query);
	SET redbear.one_pass = off;
	steps := pg_temp.outcome(query);
	RESET redbear.one_pass;
	one_pass := pg_temp.outcome(query);
	RETURN CASE WHEN one_pass IS DISTINCT FROM steps THEN format('%s, but step by step %s', one_pass, steps)
		WHEN EXISTS (SELECT FROM pg_temp.shown(query, 'rd_evaluate')) THEN 'same'
		ELSE 'same, step by step' END;
END $$;

-- What there is

-- two steps or more; one is what it was
SELECT line FROM (VALUES
	('a + b'), ('(a + b) * c'), ('((a * 2 + b) - 4) / 3'), ('2 - (3 / a)'), ('- (- a)'), ('(a + b) * (a - b)'),
	('rd_abs(a - b)'), ('rd_round(a / 3, 2)'), ('rd_round(a / 3, n)'), ('rd_clamp(a - b, -1, x)'), ('(a ^ x) % 3'),
	('rd_greatest(a * 2, b)'), ('rd_reset(a + b, 0) + 1'), ('a * 1e300 * ''NaN''::float8 - ''-Infinity''::float8'),
	-- with constants for fill and keys
	('rd_add(a, b) * c'), ('rd_multiply(a, rd_subtract(b, c, 0.5, ''both''), 2, ''either'')'), ('rd_divide(a * 2, b, 1, ''right'', ''error'')'),
	-- what gives a number or a text, of one step or more
	('rd_sum(a * b)'), ('rd_sum(a)'), ('rd_argmax(a - b)'), ('rd_norm(a - b - c)'), ('a * rd_sum(b * c)'),
	-- operands that are other expressions
	('coalesce(a, b) * 2 + rd_slice(a, ''{k}'')'), ('(a || b) * 2 + 1'), ('a * 2 + b - ''{"k": 1}''')
) AS v (expression), pg_temp.shown(format('SELECT %s FROM expr', expression), 'Output') WITH ORDINALITY AS s (line, i)
WHERE i = 1;

-- by hand; where keys differ, and empty maps
SELECT id, (a * 2 + b - 4) / 3, rd_sum(a * b), rd_add(a, b, 1, 'both') * c, - (a - b) FROM expr ORDER BY id;
SELECT id, rd_argmax(a - b), rd_min(a + b), rd_avg(a * c), rd_stddev_samp(a * 2), rd_product(a + 1), rd_max(a - 1) FROM expr ORDER BY id;
-- the same from reductions of what is not computed
SELECT count(*) FROM expr WHERE (rd_sum(a - b), rd_product(a - b), rd_min(a - b), rd_max(a - b), rd_argmin(a - b), rd_argmax(a - b), rd_avg(a - b), rd_stddev_pop(a - b), rd_stddev_samp(a - b), rd_norm(a - b))
	IS DISTINCT FROM (SELECT (rd_sum(d), rd_product(d), rd_min(d), rd_max(d), rd_argmin(d), rd_argmax(d), rd_avg(d), rd_stddev_pop(d), rd_stddev_samp(d), rd_norm(d)) FROM (SELECT a - b AS d OFFSET 0) AS s);

-- many keys: several blocks
CREATE TABLE expr_large AS
	SELECT i AS id, reddict(array_agg('key ' || k), array_agg(k + i)) AS a, reddict(array_agg('key ' || k), array_agg(k * i)) AS b,
		reddict(array_agg('key ' || k), array_agg(CASE WHEN k = 999 THEN 1e308 ELSE 1 END)) AS late
	FROM generate_series(1, 3) AS i, generate_series(1, 2000) AS k GROUP BY i;
SELECT id, bool_and(v.value::float8 = ((k + id) * 2 + k * id - 4) / 8.0), count(*)
FROM expr_large, jsonb_each(((a * 2 + b - 4) / 8)::jsonb) AS v, LATERAL (SELECT substr(v.key, 5)::int AS k) AS s GROUP BY id ORDER BY id;
-- the sum of all (k + i) + k i for k from 1 to 2000: 2001000 (1 + i) + 2000 i
SELECT id, rd_sum(a + b) FROM expr_large ORDER BY id;
SELECT id, rd_sum(rd_abs(- a)), rd_max(rd_sqrt(a * a)) FROM expr_large ORDER BY id;

-- Errors: of the step that comes first, whatever the order of the keys

SELECT pg_temp.full_outcome(format('SELECT %s FROM expr_large WHERE id = 1', expression)) FROM (VALUES
	-- 'key 999' is the last, where the first step overflows; the second is wrong from 'key 1' on
	('(a * late) / (b - b)'), ('(b / (late - 1e308)) * 1e308 * 1e308'), ('rd_ln((a - 5) * late)'), ('rd_sum(a * late / (b - b))'),
	-- here it is the first that is wrong at 'key 1'
	('rd_ln(rd_sqrt(a - 5))'), ('rd_power(a - 5, 0.5) * late'),
	-- the product of 'key 1797'; and sums, in the order of the keys: 1, 10, 100, 1000, 1001...
	('rd_sum(a * 1e305)'), ('rd_sum(a * 1e304)'),
	('rd_clamp(a * late, 2, 1)'), ('rd_clamp(a * 1, 2, 1)')
) AS v (expression);
-- of no keys
SELECT pg_temp.outcome('SELECT rd_clamp(a * 1, 2, 1) FROM expr WHERE id = 4');
-- infinities that were there are none
SELECT ((m + 1) * 2 - 1) / 3 FROM (VALUES ('{"a": "Infinity", "b": "NaN", "c": 1}'::reddict), ('{"a": "-Infinity"}')) AS v (m);

-- NULL comes before an error
SELECT pg_temp.outcome('SELECT (a / 0) + c FROM (SELECT ''{"a": 1}''::reddict AS a, NULL::reddict AS c OFFSET 0) AS s');
SELECT pg_temp.outcome('SET redbear.one_pass = off; SELECT (a / 0) + c FROM (SELECT ''{"a": 1}''::reddict AS a, NULL::reddict AS c OFFSET 0) AS s');
RESET redbear.one_pass;

-- What is left alone

SELECT expression, pg_temp.in_one_pass(expression) FROM (VALUES
	('a * random() + b'), ('(a * 2 + b) * random()'), ('rd_sum(a * random())'),
	-- fill and keys that are no constants, or wrong; and what skips keys
	('rd_add(a * 2, b, x)'), ('rd_add(a, b, x) * 2'), ('rd_add(a * 2, b, 1, ''all'')'), ('rd_divide(a * 2, b, 1, ''left'', ''skip'')'),
	('rd_add(a * 2, b, x) * 2 + c'), ('rd_divide(a, b, 1, ''left'', ''skip'') * 2 + c'),
	('a * (SELECT random()) + b'), ('rd_sum(a * rd_sum(b * random()))'), ('a * rd_sum(b * 2) * 2'),
	('a || (b || c)'), ('(a || b) + c'), ('rd_slice(a + b, ''{k}'')')
) AS v (expression);
SELECT pg_temp.outcome('SELECT rd_add(a * 2, b, 1, ''all'') FROM expr WHERE id = 1');
-- a volatile function is called as often as it is written
CREATE SEQUENCE expr_calls;
CREATE FUNCTION pg_temp.called(m reddict) RETURNS reddict LANGUAGE plpgsql AS $$ BEGIN PERFORM nextval('expr_calls'); RETURN m; END $$;
SELECT (pg_temp.called(a) + 4) * pg_temp.called(a) FROM expr WHERE id = 1;
SELECT last_value FROM expr_calls;
-- as is one that is not
ALTER FUNCTION pg_temp.called(reddict) STABLE;
SELECT pg_temp.shown('SELECT (pg_temp.called(a) + 4) * pg_temp.called(a) FROM expr', 'Output');
SELECT (pg_temp.called(a) + 4) * pg_temp.called(a) FROM expr WHERE id = 1;
SELECT last_value FROM expr_calls;

-- more operands, steps or constants than a program has: more than one
SELECT count(*) FROM (SELECT regexp_matches(line, 'rd_evaluate\(', 'g')
	FROM (SELECT 'a' || string_agg(' * 1.5', '') FROM generate_series(1, 70)) AS e (long), pg_temp.shown('SELECT ' || long || ' FROM expr', 'Output') AS s (line)) AS m;
SELECT pg_temp.same('SELECT id, a' || string_agg(' * 1.5', '') || ' FROM expr') FROM generate_series(1, 70);
SELECT pg_temp.same('SELECT id, ' || repeat('(a + ', 70) || 'b' || repeat(')', 70) || ' FROM expr');
SELECT pg_temp.same('SELECT id, a' || string_agg(format(' + rd_slice(b, ''{%s}'')', chr(96 + i % 26)), '') || ' FROM expr') FROM generate_series(1, 70) AS i;
SELECT pg_temp.same('SELECT id, ' || string_agg('(a * b)', ' + ') || ' FROM expr') FROM generate_series(1, 40);
SELECT pg_temp.same('SELECT id, ' || string_agg('(a * b) + (', '') || 'c' || repeat(')', 40) || ' FROM expr') FROM generate_series(1, 40);

-- tables whose rows are elsewhere: Citus' here, others in t/006_fdw.pl
BEGIN;
SET LOCAL allow_system_table_mods = on;
CREATE TABLE pg_catalog.pg_dist_partition (logicalrelid regclass);
INSERT INTO pg_catalog.pg_dist_partition VALUES ('expr');
SELECT pg_temp.in_one_pass('a * 2 + b'), pg_temp.in_one_pass('rd_sum(a * 2)'), pg_temp.in_one_pass('a * 2 + b', 'expr_large');
ROLLBACK;

-- who may not execute an operator's function, may not so in one pass
BEGIN;
CREATE ROLE regress_redbear_expr;
GRANT SELECT ON expr TO regress_redbear_expr;
REVOKE EXECUTE ON FUNCTION reddict_mul(reddict, reddict) FROM public;
SET LOCAL ROLE regress_redbear_expr;
SELECT (a + b) * 2 FROM expr WHERE id = 1;
SAVEPOINT s;
SELECT a * b + 1 FROM expr WHERE id = 1;
ROLLBACK TO s;
SELECT (a + b) * b FROM expr WHERE id = 1;
ROLLBACK;
-- and where not everybody may run programs, there are none, so that all have the same expression of an index
BEGIN;
CREATE ROLE regress_redbear_expr;
GRANT SELECT ON expr TO regress_redbear_expr;
REVOKE EXECUTE ON FUNCTION rd_evaluate(rd_program, VARIADIC "any"), rd_evaluate_number(rd_program, VARIADIC "any") FROM public;
CREATE TEMP TABLE expr_owned AS SELECT id, a FROM expr WHERE id = 1;
CREATE UNIQUE INDEX ON expr_owned (rd_sum(a * 2 + 1));
INSERT INTO expr_owned SELECT 2, a FROM expr WHERE id = 1 ON CONFLICT (rd_sum(a * 2 + 1)) DO UPDATE SET id = EXCLUDED.id;
GRANT ALL ON expr_owned TO regress_redbear_expr;
SET LOCAL ROLE regress_redbear_expr;
SELECT (a + b) * 2, rd_sum(a + b) FROM expr WHERE id = 1;
INSERT INTO expr_owned SELECT 3, a FROM expr WHERE id = 1 ON CONFLICT (rd_sum(a * 2 + 1)) DO UPDATE SET id = EXCLUDED.id RETURNING id;
ROLLBACK;

-- Nobody makes programs but the planner

SELECT pg_temp.outcome($$SELECT '$1 + $2'::rd_program$$);
SELECT rd_evaluate(NULL, '{}'::reddict), rd_evaluate_number(NULL, 1), rd_evaluate_text(NULL, 'a', 1);
-- of what may be NULL only, but is no constant, nothing is made
CREATE TEMP TABLE expr_programs AS SELECT NULL::rd_program AS program;
SELECT rd_evaluate(program, a) * 2 + 1, rd_sum(a - rd_evaluate(program, a)), rd_evaluate_number(program, a) FROM expr, expr_programs WHERE id = 1;
PREPARE expr_program(rd_program) AS SELECT rd_evaluate($1, a) * 2 + a FROM expr WHERE id = 1;
SET plan_cache_mode = force_generic_plan;
EXECUTE expr_program(NULL);
RESET plan_cache_mode;
DEALLOCATE expr_program;

-- Where expressions are

-- grouped by: the sub-expression, too
SELECT (a + b) * 2, a + b, count(*) FROM expr GROUP BY a + b ORDER BY 2;
-- (from PostgreSQL 18 on the grouped map is a variable, so there is one step)
SELECT pg_temp.same('SELECT (a + b) * c, a + b, c, count(*) FROM expr GROUP BY a + b, c') LIKE 'same%';
SELECT pg_temp.same(query) FROM (VALUES
	('SELECT (a + b) * c FROM expr GROUP BY a + b, c HAVING rd_sum((a + b) * c) > 0'),
	('SELECT (a + b) * 2, sum(c * 2 + 1) FROM expr GROUP BY (a + b) * 2'),
	('SELECT sum(a * 2 + b) * 2 + sum(b), max(rd_sum(a - b)) FROM expr'),
	('SELECT DISTINCT (a + b) * 2, rd_sum(a + b) FROM expr'),
	('SELECT DISTINCT ON (a + b) (a + b) * 2, a + b FROM expr ORDER BY a + b, id'),
	('SELECT (a + b) * 2 AS s FROM expr ORDER BY a + b'),
	('SELECT id, sum(a * 2 + b) OVER (PARTITION BY (a + b) * 2 ORDER BY rd_sum(a + b)) FROM expr'),
	('SELECT rank() OVER (ORDER BY a + b), (a + b) * 2 + a FROM expr'),
	('SELECT (a + b) * 2, sum(sum(c) * 2 + 1) OVER (ORDER BY a + b) FROM expr GROUP BY a + b'),
	('SELECT a * 2 + b FROM expr UNION SELECT c * 2 + b FROM expr EXCEPT SELECT a * 2 - 1 FROM expr'),
	('SELECT s.d * 2, s.d FROM (SELECT a + b AS d FROM expr) AS s'),
	('SELECT s.d * 2, s.d FROM (SELECT a + b AS d FROM expr OFFSET 0) AS s'),
	('SELECT e.id, s.d * 2 + e.a FROM expr AS e LEFT JOIN (SELECT id, a + b AS d FROM expr WHERE n = 1) AS s USING (id)'),
	('SELECT e.id, s.d * 2 + 1 FROM expr AS e LEFT JOIN (SELECT id, coalesce(a + b, ''{"z": 1}'') - 1 AS d FROM expr WHERE n = 1) AS s USING (id)'),
	('SELECT e.id, (SELECT sum((e.a + f.a) * f.b) FROM expr AS f WHERE rd_sum((f.a + e.a) * 2) > 6) FROM expr AS e'),
	('SELECT a * 2 + (SELECT b) - ''{"k": 1}'' FROM expr'),
	('SELECT (VALUES ((a + b) * 2)) FROM expr'),
	('SELECT v.* FROM expr, LATERAL (VALUES ((a + b) * 2, rd_sum(a - b))) AS v')
) AS v (query);
-- grouping sets: a grouped map that is computed is NULL where it is not in the set
SELECT pg_temp.same(query) LIKE 'same%' FROM (VALUES
	('SELECT (a + b) * 2, a + b, (a + b) * c, grouping(a + b, c) FROM expr GROUP BY ROLLUP (a + b, c)'),
	('SELECT rd_sum((a + b) * 2), (a + b) * 2 + (a + b) FROM expr GROUP BY CUBE ((a + b) * 2, a + b)'),
	('SELECT s.d * 2 + 1, count(*) FROM (SELECT a + b AS d FROM expr) AS s GROUP BY GROUPING SETS ((s.d), ())'),
	('SELECT d * 2 + 1, count(*) FROM (SELECT id, a + b AS d FROM expr) AS s FULL JOIN (SELECT id, a * c AS d FROM expr) AS t USING (id, d) GROUP BY ROLLUP (d)'),
	('SELECT (a + b) * 2 + a, a, b FROM expr GROUP BY ROLLUP (a, b)'),
	('SELECT (SELECT string_agg(s::text, '';'') FROM (SELECT e.a * 2 + 1, count(*) FROM expr AS f GROUP BY ROLLUP (e.a, e.b)) AS s) FROM expr AS e')
) AS v (query);
SELECT (a + b) * 2, a + b, count(*) FROM expr WHERE id <= 2 GROUP BY ROLLUP (a + b) ORDER BY 2;
-- others do not stand in the way
SELECT line ~ 'rd_evaluate' FROM pg_temp.shown('SELECT id, sum(a * 2 + b) FROM expr GROUP BY ROLLUP (id)', 'Output|Group') AS s (line) WHERE line ~ 'sum';
SELECT (a + b) * 2, a, b, count(*) FROM expr WHERE id <= 2 GROUP BY ROLLUP (a, b) ORDER BY a, b;

-- indexes, made with either setting; from a new session on they are looked at anew
CREATE TABLE expr_index AS SELECT i AS id, reddict(ARRAY['k', 'l'], ARRAY[i, 1]) AS a, reddict(ARRAY['k', 'l'], ARRAY[1, i]) AS b FROM generate_series(1, 2000) AS i;
SET enable_seqscan = off;
CREATE INDEX expr_number ON expr_index (((a * 2 + b) -> 'k'));
CREATE INDEX expr_sum ON expr_index (rd_sum(a * b));
CREATE INDEX expr_map ON expr_index ((a * 2 + b));
CREATE INDEX expr_keys ON expr_index USING gin ((a - b - 1));
CREATE INDEX expr_part ON expr_index (id) WHERE rd_sum(b * 2 - a) > 1990;
CREATE UNIQUE INDEX expr_unique ON expr_index (id, rd_sum(a + b));
ANALYZE expr_index;
SELECT line FROM (VALUES
	(1, 'SELECT id FROM expr_index WHERE (a * 2 + b) -> ''k'' = 21'),
	(2, 'SELECT id FROM expr_index WHERE rd_sum(a * b) = 42'),
	(3, 'SELECT id FROM expr_index WHERE a * 2 + b = ''{"k": 5, "l": 4}'''),
	(4, 'SELECT id FROM expr_index WHERE a - b - 1 ? ''z'''),
	(5, 'SELECT id FROM expr_index WHERE rd_sum(b * 2 - a) > 1990 AND id > 3'),
	(6, 'SELECT id, count(*) FROM expr_index WHERE (a * 2 + b) -> ''k'' = 21 GROUP BY ROLLUP (id)')
) AS v (i, query), pg_temp.shown(query, 'Scan (using|on expr_)|Index Cond') WITH ORDINALITY AS s (line, n) ORDER BY v.i, n;
SELECT id FROM expr_index WHERE (a * 2 + b) -> 'k' = 21;
SELECT id FROM expr_index WHERE rd_sum(a * b) = 42;
SELECT id FROM expr_index WHERE a * 2 + b = '{"k": 5, "l": 4}';
SELECT count(*) FROM expr_index WHERE a - b - 1 ? 'k';
SELECT count(*) FROM expr_index WHERE rd_sum(b * 2 - a) > 1990 AND id > 3;
-- RETURNING, ON CONFLICT by an expression, SET of one, MERGE
INSERT INTO expr_index VALUES (7, '{"k": 7, "l": 1}', '{"k": 1, "l": 7}')
	ON CONFLICT (id, rd_sum(a + b)) DO UPDATE SET a = (expr_index.a + EXCLUDED.a) * 2 - expr_index.b RETURNING id, a, a * 2 + b;
UPDATE expr_index SET a = (a + b) * 2 WHERE id = 8 RETURNING a, rd_sum(a * b);
MERGE INTO expr_index AS t USING (SELECT 9 AS id, '{"k": 1}'::reddict AS m) AS s ON t.id = s.id
	WHEN MATCHED AND rd_sum(t.a * 2 + s.m) > 0 THEN UPDATE SET a = (t.a + s.m) * 2;
SELECT a FROM expr_index WHERE id = 9;
SELECT count(*) FROM expr_index WHERE (a * 2 + b) -> 'k' = 41;
REINDEX TABLE expr_index;
SELECT id FROM expr_index WHERE rd_sum(a * b) = 42;
RESET enable_seqscan;

-- generated columns, constraints, defaults, statistics, policies
CREATE TABLE expr_column (a reddict, b reddict DEFAULT ('{"k": 1}'::reddict * 2 + 1), g reddict GENERATED ALWAYS AS ((a + b) * 2) STORED,
	CHECK (rd_sum(a * b - 1) < 100));
INSERT INTO expr_column (a) VALUES ('{"k": 5}') RETURNING *;
SELECT pg_temp.outcome('INSERT INTO expr_column VALUES (''{"k": 5}'', ''{"k": 500}'')');
UPDATE expr_column SET a = '{"k": 6}' RETURNING g;
CREATE STATISTICS expr_statistics ON (rd_sum(a * b)), ((a + b) * 2) FROM expr_column;
ANALYZE expr_column;
SELECT count(*) FROM pg_stats_ext_exprs WHERE statistics_name = 'expr_statistics';
SELECT pg_get_statisticsobjdef_expressions(oid) FROM pg_statistic_ext WHERE stxname = 'expr_statistics';
SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = 'expr_column'::regclass ORDER BY adnum DESC;
SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'expr_column'::regclass AND contype = 'c';
SELECT pg_get_indexdef('expr_sum'::regclass), pg_get_indexdef('expr_part'::regclass);

-- partitions by an expression, and an index of theirs
CREATE TABLE expr_parted (id int, a reddict) PARTITION BY RANGE (rd_sum(a * 2 + 1));
CREATE TABLE expr_low PARTITION OF expr_parted FOR VALUES FROM (MINVALUE) TO (10);
CREATE TABLE expr_high PARTITION OF expr_parted FOR VALUES FROM (10) TO (MAXVALUE);
CREATE INDEX expr_parted_index ON expr_parted (rd_max(a * 2 - 1));
INSERT INTO expr_parted SELECT i, reddict('k', i) FROM generate_series(1, 10) AS i;
SELECT tableoid::regclass, count(*) FROM expr_parted GROUP BY 1 ORDER BY 1;
SELECT line FROM pg_temp.shown('SELECT id FROM expr_parted WHERE rd_sum(a * 2 + 1) = 15', 'Scan') AS s (line);
SELECT id FROM expr_parted WHERE rd_sum(a * 2 + 1) = 15;
CREATE TABLE expr_attached (id int, a reddict);
CREATE INDEX expr_attached_index ON expr_attached (rd_max(a * 2 - 1));
CREATE TABLE expr_parent (id int, a reddict) PARTITION BY LIST (id);
CREATE INDEX expr_parent_index ON expr_parent (rd_max(a * 2 - 1));
ALTER TABLE expr_parent ATTACH PARTITION expr_attached FOR VALUES IN (1);
-- the index that was there is the partition's
SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'expr_parent_index'::regclass;
SELECT pg_temp.same('SELECT a * 2 + 1 FROM expr_parted');

-- views keep the operators
CREATE VIEW expr_view AS SELECT (a * 2 + b) / 3 AS m, rd_sum(a - b) AS s FROM expr;
SELECT pg_get_viewdef('expr_view'::regclass) ~ 'rd_evaluate';
SELECT pg_temp.same('SELECT m * 2, s FROM expr_view');
CREATE MATERIALIZED VIEW expr_kept AS SELECT id, (a * 2 + b) / 3 AS m FROM expr;
SELECT pg_get_viewdef('expr_kept'::regclass) ~ 'rd_evaluate', (SELECT m FROM expr_kept WHERE id = 1);

-- functions: inlined, and not
CREATE FUNCTION expr_twice(m reddict) RETURNS reddict LANGUAGE sql IMMUTABLE AS 'SELECT m * 2 + 1';
SELECT pg_temp.shown('SELECT expr_twice(a) - b FROM expr', 'Output');
SELECT expr_twice(a) - b FROM expr WHERE id = 1;
DO $$
DECLARE
	m reddict := '{"k": 1}';
	s float8;
BEGIN
	FOR i IN 1..10 LOOP
		m := (m + i) * 2 - '{"l": 1}';
		s := rd_sum(m * m);
	END LOOP;
	RAISE NOTICE '% %', m, s;
END $$;

-- prepared statements, planned for their parameters and not
PREPARE expr_prepared (reddict, float8) AS SELECT ($1 * $2 + a) / 2, rd_sum($1 * b) FROM expr WHERE id = 1;
SET plan_cache_mode = force_custom_plan;
EXECUTE expr_prepared('{"k": 1, "l": 0}', 3);
EXECUTE expr_prepared(NULL, 3);
SET plan_cache_mode = force_generic_plan;
EXECUTE expr_prepared('{"k": 1, "l": 0}', 3);
EXECUTE expr_prepared(NULL, 3);
SELECT line FROM pg_temp.shown('EXECUTE expr_prepared(''{}'', 1)', 'Output') AS s (line);
RESET plan_cache_mode;

-- with JIT
SET jit = on;
SET jit_above_cost = 0;
SELECT id, (a * 2 + b - 4) / 3, rd_sum(a * b) FROM expr ORDER BY id;
RESET jit;
RESET jit_above_cost;

-- in parallel
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SELECT rd_sum(sum(a * 2 + b)), count(*) FROM expr_index WHERE rd_sum(a * b) > 0 AND id > 10;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;

-- costs: more than one step's, less than all of them
CREATE FUNCTION pg_temp.cost_of(expression text) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
	plan json;
BEGIN
	EXECUTE 'EXPLAIN (FORMAT json) SELECT ' || expression || ' FROM expr_index' INTO plan;
	RETURN (plan -> 0 -> 'Plan' ->> 'Total Cost')::float8;
END $$;
SELECT pg_temp.cost_of('a * 2') < pg_temp.cost_of('a * 2 + b'),
	pg_temp.cost_of('((a * 2 + b) - 4) / 3') - pg_temp.cost_of('a') < 4 * (pg_temp.cost_of('a * 2') - pg_temp.cost_of('a'));

-- narrow as the operands are
SET redbear.narrow = on;
SELECT pg_temp.same('SELECT rd_encoding(a * 2 + 1), rd_encoding((a + b) * c - 1), rd_encoding(rd_abs(a - b)), rd_encoding(- (a + 0.5)) FROM expr');
SELECT rd_encoding(m * 2 + 1) = rd_encoding('{"k": 3}') FROM (SELECT '{"k": 1}'::reddict AS m OFFSET 0) AS s;

-- and that when they are stored: wherever that is, and after whatever was done with them
CREATE TABLE expr_narrow AS SELECT i AS id, reddict(ARRAY['k', 'l'], ARRAY[i, i + 0.5]) AS m FROM generate_series(1, 3) AS i;
CREATE TABLE expr_stored AS SELECT id, m * 2 AS one, m * 2 + 1 AS two, rd_abs(m) AS element, rd_add(m, m) AS filled, - m AS negated,
	coalesce(m - 1, m) AS passed, (SELECT m + 1) AS selected, m + 1 - m AS zero, m / 3 AS thirds FROM expr_narrow;
SELECT string_agg(replace(rd_encoding(m), 'packed, ', ''), '; ' ORDER BY i)
FROM expr_stored, unnest(ARRAY[one, two, element, filled, negated, passed, selected, thirds]) WITH ORDINALITY AS u (m, i) WHERE id = 1;
SELECT one, two, filled, passed, zero, thirds FROM expr_stored WHERE id = 1;
SELECT pg_column_size(m * 2) - pg_column_size(one), (m * 2) -> 'l', (m * 2)['k'], m * 2 ? 'k', rd_length(m * 2), m * 2 = one, m * 2 < one,
	(m * 2)::jsonb, rd_keys(m * 2), rd_is_packable(m * 2), rd_check(m * 2)
FROM expr_narrow JOIN expr_stored USING (id) WHERE id = 1;
SELECT array_agg(m * 2 ORDER BY m * 2), sum(m * 2), max(m + 1), min(rd_abs(m)), rs_avg(redstats(m * 2)), rd_exact_sum_agg(m * 2), count(DISTINCT m * 0) FROM expr_narrow;
SELECT rd_encoding(a[1]) ~ '1 byte each', rd_encoding((r).m) ~ 'scale 1' FROM (SELECT array_agg(m * 2) AS a FROM expr_narrow) AS s,
	(SELECT r FROM (SELECT m + 1 AS m FROM expr_narrow WHERE id = 1 OFFSET 0) AS r) AS t;
SELECT m * 2, lag(m * 2) OVER (ORDER BY id), sum(m + 1) OVER (ORDER BY id ROWS 1 PRECEDING) FROM expr_narrow ORDER BY m * 2 DESC;
SELECT m * 2 FROM expr_narrow UNION SELECT one FROM expr_stored ORDER BY 1;
DO $$
DECLARE
	a reddict;
	b reddict;
BEGIN
	SELECT m * 2 INTO a FROM expr_narrow WHERE id = 1;
	b := a + 1;
	a := coalesce(b * 2, a);
	b['z'] := 1;
	RAISE NOTICE '% %', a, b;
END $$;
CREATE INDEX ON expr_narrow ((m * 2));
UPDATE expr_narrow SET m = m + 1 WHERE id = 2 RETURNING m, rd_encoding(m) ~ 'scale 1';
SELECT id FROM expr_narrow WHERE m * 2 = '{"k": 6, "l": 7}';
RESET redbear.narrow;

DROP TABLE expr_narrow, expr_stored;
DROP TABLE expr, expr_large, expr_index, expr_column, expr_parted, expr_parent CASCADE;
DROP FUNCTION expr_twice(reddict);
DROP SEQUENCE expr_calls;
