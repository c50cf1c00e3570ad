-- What script/cluster asks of Citus. To be run on the coordinator, with the ports
-- of the nodes in the variables "coordinator", "worker1" and "worker2". Ends with
-- an error where something is not as it should be.

\pset footer off
\pset pager off
SET client_min_messages = warning;
SET citus.shard_count = 8;

SELECT citus_set_coordinator_host(:'HOST', :coordinator), citus_add_node(:'HOST', :worker1) \g /dev/null
CREATE EXTENSION redbear;
SELECT extname, extversion FROM pg_extension WHERE extname IN ('citus', 'redbear') UNION SELECT 'postgresql', current_setting('server_version');

-- Whole numbers and quarters: their sums are exact, so they depend on no order.
CREATE TABLE here AS
SELECT i AS id, i % 7 AS grp, reddict('{clicks,views,revenue}'::text[] || ('only in ' || i % 3), ARRAY[i % 11, i % 100, i % 13 * 0.25, 1]) AS m
FROM generate_series(1, 3000) AS i;
INSERT INTO here VALUES (3001, 0, '{}'), (3002, 1, NULL), (3003, 7, NULL);
CREATE TABLE plain (id int, grp int, m reddict);
CREATE TABLE packed (id int, grp int, m reddict);
CREATE TABLE mixed (id int, grp int, m reddict);
SELECT create_distributed_table('plain', 'id'), create_distributed_table('packed', 'id'), create_distributed_table('mixed', 'id') \g /dev/null
INSERT INTO plain SELECT * FROM here;
INSERT INTO packed SELECT * FROM here;
INSERT INTO mixed SELECT * FROM here WHERE id % 2 = 0;

CREATE FUNCTION right(what text, holds bool) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	IF holds IS NOT TRUE THEN
		RAISE EXCEPTION 'not as it should be: %', what;
	END IF;
END $$;
-- what each node gives for an expression, in the order of the nodes
CREATE FUNCTION each_node(expression text) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(result, ' ' ORDER BY nodeid) FROM run_command_on_all_nodes('SELECT ' || expression) $$;

\echo
\echo 1. Key sets, on all nodes
\echo
SELECT n, rows, saved > 0 AS saves, action FROM rd_share_column('packed', 'm', 900);
SELECT right('three key sets on each of two nodes', each_node('count(*) FROM rd_shared_indexes()') = '3 3') \g /dev/null
CALL rd_pack_column('packed', 'm');
SELECT right('the maps of all rows, but {}, are packed', count(*) FILTER (WHERE rd_is_packed(m)) = 3000) FROM packed \g /dev/null
INSERT INTO mixed SELECT * FROM here WHERE id % 2 = 1;
SELECT right('some are packed', count(*) FILTER (WHERE rd_is_packed(m)) = 1500) FROM mixed \g /dev/null
SELECT right('none is packed', count(*) FILTER (WHERE rd_is_packed(m)) = 0) FROM plain \g /dev/null
SELECT rd_share_keys_everywhere('{a,b}') IS NOT NULL AS everywhere;
SELECT right('four key sets', each_node('count(*) FROM rd_shared_indexes()') = '4 4') \g /dev/null

-- The answer of an aggregate, by groups; the plan, and whether both are as they should be
CREATE FUNCTION answer(aggregate text, by text, tab text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE result text;
BEGIN
	EXECUTE format('SELECT string_agg(g || %L || coalesce(r, %L), %L ORDER BY g) FROM (SELECT %s AS g, (%s)::text AS r FROM %s GROUP BY 1 OFFSET 0) AS q',
		': ', 'NULL', E'\n', by, aggregate, tab) INTO result;
	RETURN result;
END $$;
CREATE FUNCTION plan_of(aggregate text, by text, tab text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE line text; plan text := '';
BEGIN
	FOR line IN EXECUTE format('EXPLAIN (VERBOSE, COSTS OFF) SELECT %s AS g, (%s)::text AS r FROM %s GROUP BY 1', by, aggregate, tab) LOOP
		plan := plan || line || E'\n';
	END LOOP;
	RETURN CASE WHEN plan ~ 'worker_partial_agg' THEN 'partial' WHEN plan ~ 'coord_combine|Aggregate\n.*Custom Scan' THEN 'rows' ELSE 'on the workers' END;
END $$;
CREATE TABLE aggregates (aggregate text, splits bool);
INSERT INTO aggregates VALUES
	('sum(m)', true), ('min(m)', true), ('max(m)', true), ('rd_round(avg(m), 9)', true),
	('rd_round(variance(m), 9)', true), ('rd_round(var_pop(m), 9)', true), ('rd_round(var_samp(m), 9)', true),
	('rd_round(stddev(m), 9)', true), ('rd_round(stddev_pop(m), 9)', true), ('rd_round(stddev_samp(m), 9)', true),
	('rs_count(redstats(m))', true), ('rs_sum(rs_merge(m::redstats))', true),
	('redsum(m)', true), ('rx_merge(m::redsum)', true), ('rd_exact_sum_agg(m * 0.1)', true), ('rd_exact_avg_agg(m)', true), ('rd_count_agg(m)', true),
	('redhist(m)', true), ('rh_merge(m::redhist)', true),
	('reddict_agg(''grp '' || grp, id)', true),
	('rd_keys(rd_concat_agg(m))', true),
	('rd_median_agg(m)', false), ('rd_percentile_agg(m, 0.9)', false), ('rd_percentiles_agg(m, ''{0.1,0.5}'')', false),
	('rd_increase_agg(m ORDER BY id)', false);
CREATE TABLE matrix AS
	SELECT aggregate, splits, tab, by, plan_of(aggregate, by, tab) AS plan, answer(aggregate, by, tab) IS NOT DISTINCT FROM answer(aggregate, by, 'here') AS same
	FROM aggregates, unnest('{plain,packed,mixed}'::text[]) AS tab, unnest('{id,grp,1::int}'::text[]) AS by WITH NO DATA;

-- groups of id would be many: a dozen of them
CREATE FUNCTION fill_matrix() RETURNS void LANGUAGE plpgsql AS $$
DECLARE a record; t text; b text; f text; wanted text;
BEGIN
	DELETE FROM matrix;
	FOR a IN SELECT * FROM aggregates LOOP
		FOREACH b IN ARRAY '{id,grp,1::int}'::text[] LOOP
			f := CASE b WHEN 'id' THEN '(SELECT * FROM %s WHERE id < 20) AS q' ELSE '%s' END;
			wanted := answer(a.aggregate, b, format(f, 'here'));
			FOREACH t IN ARRAY '{plain,packed,mixed}'::text[] LOOP
				INSERT INTO matrix VALUES (a.aggregate, a.splits, t, b, plan_of(a.aggregate, b, format(f, t)),
					answer(a.aggregate, b, format(f, t)) IS NOT DISTINCT FROM wanted);
			END LOOP;
		END LOOP;
	END LOOP;
END $$;

\echo
\echo 2. Aggregates: by the distribution column, by another, by none
\echo
SELECT fill_matrix() \g /dev/null
SELECT aggregate, string_agg(DISTINCT plan, ', ') FILTER (WHERE by = 'id') AS "by id", string_agg(DISTINCT plan, ', ') FILTER (WHERE by = 'grp') AS "by grp",
	string_agg(DISTINCT plan, ', ') FILTER (WHERE by = '1::int') AS "by none", count(*) FILTER (WHERE same) || ' of ' || count(*) AS same
FROM matrix GROUP BY aggregate ORDER BY bool_and(splits) DESC, aggregate COLLATE "C";
SELECT right(format('the same answer: %s by %s of %s', aggregate, by, tab), same) FROM matrix ORDER BY same \g /dev/null
SELECT right(format('plan: %s by %s of %s: %s', aggregate, by, tab, plan), plan = CASE WHEN by = 'id' THEN 'on the workers' WHEN splits THEN 'partial' ELSE plan END) FROM matrix \g /dev/null

\echo
\echo 3. States of all forms: bytes of what a worker sends for all of its rows
\echo
CREATE FUNCTION state_size(form text) RETURNS text LANGUAGE sql AS $$
	SELECT result FROM run_command_on_all_nodes(format('SELECT length(worker_partial_agg(''sum(reddict)''::regprocedure, m)::text)
		FROM (SELECT reddict(array_agg(''metric_'' || lpad(k::text, 4, ''0'')), array_agg(k * 7919 %% 100003)) AS m FROM generate_series(1, 1000) AS k) AS s,
			set_config(''redbear.partial_states'', %L, true)', form)) ORDER BY nodeid LIMIT 1 $$;
SELECT rd_share_keys_everywhere(array_agg('metric_' || lpad(k::text, 4, '0'))) IS NULL AS not_shared FROM generate_series(1, 1000) AS k \g /dev/null
SELECT form, state_size(form) AS "1,000 keys" FROM unnest('{text,compact,keyless}'::text[]) AS form;
-- and what it takes the coordinator to combine 20,000 of them, of ten keys: milliseconds
-- of its processor, on Linux
CREATE TABLE groups (id int, grp int, m reddict);
SET citus.shard_count = 2;
SELECT create_distributed_table('groups', 'id') \g /dev/null
INSERT INTO groups SELECT i, i % 10000, reddict(array_agg('metric_' || k), array_agg(i * k % 100000 / 100.0::float8))
FROM generate_series(1, 40000) AS i, generate_series(0, 9) AS k GROUP BY i;
SELECT rd_share_keys_everywhere(array_agg('metric_' || k)) IS NULL AS not_shared FROM generate_series(0, 9) AS k \g /dev/null
CREATE FUNCTION cpu() RETURNS float8 LANGUAGE plpgsql AS $$
BEGIN
	RETURN split_part(pg_read_file('/proc/self/schedstat'), ' ', 1)::float8 / 1e6;
EXCEPTION WHEN OTHERS THEN
	RETURN NULL;
END $$;
CREATE FUNCTION combining(aggregate text) RETURNS numeric LANGUAGE plpgsql AS $$
DECLARE began float8; least float8;
BEGIN
	FOR i IN 1 .. 5 LOOP
		began := cpu();
		EXECUTE format('SELECT grp FROM groups GROUP BY grp HAVING rd_length(%s) = 0', aggregate);
		least := least(least, cpu() - began);
	END LOOP;
	RETURN round(least::numeric, 1);
END $$;
CREATE TEMP TABLE combined (form text, sum numeric, avg numeric, exact numeric);
SET work_mem = '64MB';
SET citus.propagate_set_commands = 'local';
BEGIN;
SET LOCAL redbear.partial_states = 'text';
INSERT INTO combined SELECT 'text', combining('sum(m)'), combining('avg(m)'), combining('rd_exact_sum_agg(m)');
COMMIT;
BEGIN;
SET LOCAL redbear.partial_states = 'compact';
INSERT INTO combined SELECT 'compact', combining('sum(m)'), combining('avg(m)'), combining('rd_exact_sum_agg(m)');
COMMIT;
BEGIN;
SET LOCAL redbear.partial_states = 'keyless';
INSERT INTO combined SELECT 'keyless', combining('sum(m)'), combining('avg(m)'), combining('rd_exact_sum_agg(m)');
COMMIT;
TABLE combined;
SELECT count(*) FROM run_command_on_all_nodes('ALTER DATABASE postgres SET redbear.partial_states = keyless') \g /dev/null
\connect
SET client_min_messages = warning;
SELECT fill_matrix() \g /dev/null
SELECT right(format('keyless, the same answer: %s by %s of %s', aggregate, by, tab), same) FROM matrix ORDER BY same \g /dev/null
-- a coordinator that lacks the keys says so
CREATE TABLE unshared (id int, m reddict);
SELECT create_distributed_table('unshared', 'id') \g /dev/null
INSERT INTO unshared SELECT i, reddict('{here and there alone,there alone}', ARRAY[i, i]) FROM generate_series(1, 100) AS i;
SELECT count(*) FROM run_command_on_workers($$SELECT rd_share_keys('{here and there alone,there alone}')$$) \g /dev/null
DO $$
BEGIN
	PERFORM sum(m) FROM unshared WHERE id > 0;
	PERFORM right('a coordinator without the keys raises an error', each_node('count(*) FROM rd_shared_indexes()') = '6 7');
	EXECUTE 'SELECT sum(m) FROM unshared';
	RAISE EXCEPTION 'not as it should be: keys were guessed';
EXCEPTION WHEN object_not_in_prerequisite_state THEN
	RAISE WARNING 'as it should be: %', SQLERRM;
END $$;
SELECT * FROM rd_sync_keys();
SELECT sum(m) FROM unshared;
SELECT count(*) FROM run_command_on_all_nodes('ALTER DATABASE postgres RESET redbear.partial_states') \g /dev/null
\connect
SET client_min_messages = warning;

\echo
\echo 4. A node is added, and a shard is moved to it
\echo
SELECT citus_add_node(:'HOST', :worker2) \g /dev/null
SELECT each_node('count(*) FROM rd_shared_indexes()') AS key_sets;
SELECT * FROM rd_sync_keys();
SELECT right('all nodes have them', each_node('count(*) FROM rd_shared_indexes()') = '7 7 7') \g /dev/null
SELECT citus_move_shard_placement(min(shardid), :'HOST', :worker1, :'HOST', :worker2, 'block_writes')
FROM citus_shards WHERE table_name = 'packed'::regclass AND nodeport = :worker1 \g /dev/null
SELECT count(DISTINCT nodeport) AS nodes FROM citus_shards WHERE table_name = 'packed'::regclass;
SELECT right('the rows are packed where they are now', count(*) FILTER (WHERE rd_is_packed(m)) = 3000) FROM packed \g /dev/null
SELECT fill_matrix() \g /dev/null
SELECT right(format('moved, the same answer: %s by %s of %s', aggregate, by, tab), same) FROM matrix ORDER BY same \g /dev/null

\echo
\echo 5. What Citus does otherwise
\echo
CREATE TABLE three (id int, m reddict);
SELECT create_distributed_table('three', 'id') \g /dev/null
INSERT INTO three VALUES (1, '{"a": 10}'), (2, '{"a": 20}'), (3, '{"b": 1}');
SELECT avg(m) AS "avg(m)", avg(m ORDER BY id) AS "avg(m ORDER BY id)", rs_avg(redstats(m)) AS "rs_avg(redstats(m))" FROM three;
CREATE FUNCTION says(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN EXECUTE statement; RETURN 'done'; EXCEPTION WHEN OTHERS THEN RETURN SQLERRM; END $$;
SELECT statement, says(statement) FROM unnest(ARRAY['SELECT sum(m ORDER BY id) FROM three', 'UPDATE three SET m = rd_pack(m)',
	'EXPLAIN ANALYZE SELECT sum(m) FROM three', 'UPDATE three SET m[''a''] = 1 WHERE id = 3']) AS statement;
