-- What script/shard asks of its table.

\pset footer off
\pset pager off
\pset format unaligned
\pset tuples_only on

\echo
\echo 1. Where the rows are.
\echo

SELECT tableoid::regclass, count(*), count(DISTINCT site) AS sites FROM traffic GROUP BY 1 ORDER BY 1;

\echo
\echo 2. Groups by the key of the shards are summed up where the rows are: all that travels is a map for
\echo each site. The condition is checked there too.
\echo

SET enable_partitionwise_aggregate = on;
EXPLAIN (VERBOSE, COSTS OFF)
SELECT site, sum(m) FROM traffic WHERE m['clicks'] > 3 GROUP BY site;

\echo
\echo 3. A sum of all: the sum of these.
\echo

EXPLAIN (VERBOSE, COSTS OFF)
SELECT sum(part) FROM (SELECT site, sum(m) AS part FROM traffic GROUP BY site) AS p;
SELECT rd_slice(sum(part), ARRAY['clicks', 'revenue', 'views']) FROM (SELECT site, sum(m) AS part FROM traffic GROUP BY site) AS p;

\echo
\echo 4. Are these the sums of the same rows here?
\echo

SELECT (SELECT sum(part) FROM (SELECT site, sum(m) AS part FROM traffic GROUP BY site) AS p)
	= (SELECT sum(m) FROM traffic_here) AS same;

\echo
\echo 5. An average of all wants statistics, which merge.
\echo

SELECT rd_slice(rs_avg(rs_merge(s)), ARRAY['clicks', 'revenue', 'views']) FROM (SELECT site, redstats(m) AS s FROM traffic GROUP BY site) AS p;
