--
-- Increases of counters
--

\getenv abs_srcdir PG_ABS_SRCDIR
\set helpers :abs_srcdir '/sql/include/helpers.sql'
\i :helpers

\pset format unaligned
\pset tuples_only on
\pset null NULL

SELECT rd_increase('{"a": 5, "b": 1, "new": 7}', '{"a": 3, "b": 4, "gone": 9}'), rd_increase('{"a": 5}', '{"a": 3, "gone": 0}'), rd_increase('{}', '{"a": 1}'), rd_increase('{"a": 1}', '{}'), rd_increase('{"a": 1}', NULL) IS NULL;
-- no change; -0; what is below 0; NaN and infinities tell nothing
SELECT rd_increase('{"a": 5, "b": -0, "c": -2, "d": -5}', '{"a": 5, "c": -3, "d": -3}'), rd_increase('{"a": "NaN", "b": 1, "c": "Infinity", "d": "Infinity"}', '{"a": 1, "b": "NaN", "c": 1, "d": "Infinity"}');
SELECT pg_temp.full_outcome($$SELECT rd_increase('{"the key": 1e308}', '{"the key": -1e308}')$$);
-- the same keys or not: as a join says
CREATE TEMP TABLE poll AS
	SELECT host, i, CASE WHEN i % 17 = 5 THEN NULL ELSE (SELECT reddict_agg('c' || k, CASE WHEN (i + k) % 11 = 0 THEN 0 ELSE i * k + (i * 7919 + host) % 13 END) FROM generate_series(1, 12) AS k WHERE host % 2 = 0 OR (i + k) % 5 <> 0) END AS m
	FROM generate_series(1, 6) AS host, generate_series(1, 60) AS i;
SELECT count(*), count(*) FILTER (WHERE rd_increase(m, before) IS DISTINCT FROM
	(SELECT reddict_agg(key, CASE WHEN value < before -> key THEN value ELSE value - coalesce(before -> key, 0) END) FROM rd_each(m)))
FROM (SELECT m, lag(m) OVER (PARTITION BY host ORDER BY i) AS before FROM poll WHERE m IS NOT NULL) AS s WHERE before IS NOT NULL;

-- over rows

SELECT rd_increase_agg(m ORDER BY i), rd_increase_agg(m, true ORDER BY i), rd_increase_agg(m, false ORDER BY i), rd_increase_agg(m, NULL ORDER BY i), rd_increase_agg(m ORDER BY i) FILTER (WHERE i = 1), rd_increase_agg(m ORDER BY i) FILTER (WHERE i > 9) IS NULL
FROM (VALUES (1, '{"a": 100, "b": 50}'::reddict), (2, '{"a": 160, "b": 50}'), (3, NULL), (4, '{"a": 30, "b": 55, "new": 1}'), (5, '{"a": 31}'), (6, '{"b": 2}')) AS v(i, m);
-- the sum of rd_increase() from row to row, the first counting 0, or all
CREATE TEMP TABLE steps AS
	SELECT host, i, m, rd_increase(m, lag(m) OVER (PARTITION BY host ORDER BY i)) AS step FROM poll WHERE m IS NOT NULL;
SELECT host, rd_increase_agg(m ORDER BY i) = sum(coalesce(step, m * 0) ORDER BY i), rd_increase_agg(m, true ORDER BY i) = sum(coalesce(step, m) ORDER BY i), rd_length(rd_increase_agg(m ORDER BY i)) FROM steps GROUP BY host ORDER BY host;
SELECT count(*) FILTER (WHERE agg IS DISTINCT FROM wanted) FROM (
	SELECT rd_increase_agg(m) OVER w AS agg, sum(coalesce(step, m * 0)) OVER w AS wanted FROM steps WINDOW w AS (PARTITION BY host ORDER BY i)) AS s;
SELECT i, rd_increase_agg(m) OVER (ORDER BY i ROWS 1 PRECEDING) FROM (VALUES (1, '{"a": 1}'::reddict), (2, '{"a": 4}'), (3, '{"a": 3}')) AS v(i, m);
-- maps that are out of line or compressed; many keys
CREATE TEMP TABLE large (i int, m reddict);
ALTER TABLE large ALTER m SET STORAGE external;
INSERT INTO large SELECT i, reddict_agg('key ' || k, i * k) FROM generate_series(1, 5) AS i, generate_series(1, 2000) AS k GROUP BY i;
SELECT count(*), count(*) FILTER (WHERE value = 4 * substr(key, 5)::int) FROM rd_each((SELECT rd_increase_agg(m ORDER BY i) FROM large));
-- many groups, and keys that vary: a row costs what its own keys cost
SELECT count(*), count(*) FILTER (WHERE agg IS DISTINCT FROM wanted), max(rd_length(agg)) FROM (
	SELECT grp, rd_increase_agg(m, true ORDER BY i) AS agg, sum(coalesce(rd_increase(m, before), m) ORDER BY i) AS wanted
	FROM (SELECT grp, i, m, lag(m) OVER (PARTITION BY grp ORDER BY i) AS before
		FROM (SELECT i % 7 AS grp, i, (SELECT reddict_agg('k' || (i * 7 + k * k) % 500, i * k) FROM generate_series(1, 10) AS k) AS m FROM generate_series(1, 3000) AS i) AS r) AS s
	GROUP BY grp) AS t;
SELECT pg_temp.full_outcome($$SELECT rd_increase_agg(m ORDER BY i) FROM (VALUES (1, '{"the key": -1e308}'::reddict), (2, '{"the key": 1e308}')) AS v(i, m)$$);
