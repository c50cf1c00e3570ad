--
-- To the planner, a call that finds keys has no collation (src/ship.c), so that
-- foreign servers may be sent it, which t/006_fdw.pl tests. Here: whatever is
-- matched with such a call still is.
--

\pset format unaligned
\pset tuples_only on
\getenv abs_srcdir PG_ABS_SRCDIR
\set helpers :abs_srcdir '/sql/include/helpers.sql'
\i :helpers

CREATE TABLE shipped AS SELECT i AS id, 'a' AS key, reddict('{a,b}', ARRAY[i % 50, i]) AS m FROM generate_series(1, 1000) AS i;
SET enable_seqscan = off;

-- indexes on expressions, by the operator and by the function's name, and queries of both
CREATE INDEX shipped_a ON shipped ((m -> 'a'));
EXPLAIN (COSTS OFF) SELECT id FROM shipped WHERE m -> 'a' = 7;
EXPLAIN (COSTS OFF) SELECT id FROM shipped WHERE rd_fetchval(m, 'a') = 7;
EXPLAIN (COSTS OFF) SELECT m -> 'a' FROM shipped ORDER BY m -> 'a';
SELECT count(*) FROM shipped WHERE m -> 'a' = 7;
DROP INDEX shipped_a;
CREATE INDEX shipped_a ON shipped (rd_fetchval(m, 'a'));
EXPLAIN (COSTS OFF) SELECT id FROM shipped WHERE m -> 'a' = 7;
DROP INDEX shipped_a;
-- with a collation of its own; that of the result is the same as ever
CREATE INDEX shipped_a ON shipped ((m ->> 'a' COLLATE "C"));
EXPLAIN (COSTS OFF) SELECT id FROM shipped WHERE m ->> 'a' COLLATE "C" = '7';
SELECT pg_temp.plan($$SELECT id FROM shipped WHERE m ->> 'a' = '7'$$);
SELECT pg_collation_for(m ->> 'a'), pg_collation_for(m ->> ('a' COLLATE "C")), pg_collation_for(m ->> key) FROM shipped LIMIT 1;
DROP INDEX shipped_a;
-- predicates
CREATE INDEX shipped_some ON shipped (id) WHERE m -> 'a' = 7 AND m ? 'b';
EXPLAIN (COSTS OFF) SELECT id FROM shipped WHERE rd_fetchval(m, 'a') = 7 AND rd_exists(m, 'b') AND id > 900;
DROP INDEX shipped_some;
-- a unique index as the arbiter of an upsert
CREATE UNIQUE INDEX shipped_b ON shipped ((m -> 'b'));
INSERT INTO shipped VALUES (0, 'a', '{"b": 5}') ON CONFLICT (rd_fetchval(m, 'b')) DO UPDATE SET id = -5 RETURNING id;
DROP INDEX shipped_b;
-- GIN
CREATE INDEX shipped_keys ON shipped USING gin (m);
EXPLAIN (COSTS OFF) SELECT id FROM shipped WHERE m ? 'a' AND m ?| '{a,c}' AND m ?& '{a,b}';
EXPLAIN (COSTS OFF) SELECT id FROM shipped WHERE m ? ('a' COLLATE "C");
PREPARE with_key(text) AS SELECT count(*) FROM shipped WHERE m ? $1;
SET plan_cache_mode = force_generic_plan;
EXPLAIN (COSTS OFF) EXECUTE with_key('a');
EXECUTE with_key('a');
RESET plan_cache_mode;
DROP INDEX shipped_keys;
RESET enable_seqscan;

-- a partition key
CREATE TABLE shipped_parts (m reddict) PARTITION BY LIST ((m -> 'a'));
CREATE TABLE shipped_1 PARTITION OF shipped_parts FOR VALUES IN (1);
CREATE TABLE shipped_2 PARTITION OF shipped_parts FOR VALUES IN (2);
EXPLAIN (COSTS OFF) SELECT * FROM shipped_parts WHERE m -> 'a' = 2;
-- extended statistics: a row in 50
CREATE STATISTICS shipped_values ON (m -> 'a') FROM shipped;
ANALYZE shipped;
CREATE FUNCTION pg_temp.estimated(query text) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE plan json; BEGIN EXECUTE 'EXPLAIN (FORMAT JSON) ' || query INTO plan; RETURN plan #>> '{0,Plan,Plan Rows}'; END $$;
SELECT pg_temp.estimated('SELECT * FROM shipped WHERE m -> $$a$$ = 7');

-- groups, with the expression by itself and in others
SELECT m -> 'a' AS a, count(*), (m -> 'a') + 1 FROM shipped GROUP BY m -> 'a' HAVING m -> 'a' < 2 ORDER BY m -> 'a';
SELECT DISTINCT m -> 'a' AS a FROM shipped WHERE m -> 'a' < 2 ORDER BY m -> 'a';
SELECT DISTINCT ON (m -> 'a') m -> 'a', id FROM shipped WHERE m -> 'a' < 2 ORDER BY m -> 'a', id;
SELECT m -> 'a' AS a, m ? 'b' AS has_b, count(*), (m -> 'a') + 1, CASE WHEN m ? 'b' THEN 1 END
FROM shipped WHERE m -> 'a' < 2 GROUP BY GROUPING SETS ((m -> 'a'), (m ? 'b'), ()) ORDER BY 1, 2;
SELECT m ->> 'a', sum(m -> 'b') OVER (PARTITION BY m -> 'a' ORDER BY id) FROM shipped WHERE id IN (1, 51) ORDER BY id;
SELECT m ->> key, count(*) FROM shipped WHERE m -> key < 2 GROUP BY ROLLUP (m ->> key) ORDER BY 1;
-- joins
SELECT count(*) FROM shipped AS s JOIN shipped AS t ON s.m -> 'b' = t.m -> 'a';

DROP TABLE shipped, shipped_parts;
