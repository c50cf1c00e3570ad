-- What script/demo asks of its samples.

\pset footer off
\pset pager off
\pset format wrapped

\echo
\echo 1. What is there: a map for each source and moment. The keys are the columns of
\echo the statistics views, so they differ from source to source.
\echo

SELECT source, count(*) AS samples, max(rd_length(m)) AS keys
FROM samples
GROUP BY source
ORDER BY source;

\echo 2. One of these maps.
\echo

SELECT m FROM samples WHERE source = 'wal' ORDER BY ts DESC LIMIT 1;

\echo 3. Most are counters, so what tells something is by how much they increased; one
\echo that went down began again at 0. What is a state, such as the number of dead
\echo rows, is left out. Here it is once and for all questions that follow.
\echo

CREATE VIEW changes AS
SELECT * FROM (
    SELECT source, ts,
           rd_increase(m, lag(m) OVER w) AS change,
           extract(epoch FROM ts - lag(ts) OVER w)::float8 AS seconds
    FROM (SELECT source, ts, rd_not_regexp(m, '^numbackends|_(live|dead)_tup|_since_') AS m
          FROM samples) c
    WINDOW w AS (PARTITION BY source ORDER BY ts)
) s
WHERE change IS NOT NULL;

\echo
\echo 4. How busy was the database, second by second? The load was of two kinds, one
\echo after the other; where does it change?
\echo

SELECT to_char(ts, 'HH24:MI:SS') AS time,
       round(rate -> 'xact_commit') AS commits,
       round(rate -> 'tup_fetched') AS fetched,
       round(rate -> 'tup_inserted') AS inserted,
       round(rate -> 'tup_updated') AS updated,
       round(rate -> 'blks_hit') AS buffer_hits
FROM (SELECT ts, change / seconds AS rate FROM changes WHERE source = 'database') r
ORDER BY ts;

\echo 5. What was done to each table in all, and could the updates leave the indexes
\echo alone (HOT)?
\echo

SELECT source,
       total -> 'seq_scan' AS seq_scans,
       total -> 'idx_scan' AS idx_scans,
       total -> 'n_tup_ins' AS inserted,
       total -> 'n_tup_upd' AS updated,
       round(100 * (total -> 'n_tup_hot_upd') / nullif(total -> 'n_tup_upd', 0)) AS hot_percent
FROM (SELECT source, sum(change) AS total FROM changes GROUP BY source) t
WHERE source LIKE 'table %'
ORDER BY source;

\echo 6. Which counters, of all, moved most?
\echo

SELECT source, key, round(value) AS total, round(value / seconds) AS per_second
FROM (SELECT source, sum(change) AS total, sum(seconds) AS seconds FROM changes GROUP BY source) t,
     rd_each(total)
ORDER BY value DESC
LIMIT 12;

\echo 7. Was the cache large enough?
\echo

SELECT total -> 'blks_hit' AS hits,
       total -> 'blks_read' AS reads,
       round((100 * (total -> 'blks_hit')
              / nullif((total -> 'blks_hit') + (total -> 'blks_read'), 0))::numeric, 2) AS hit_percent
FROM (SELECT sum(change) AS total FROM changes WHERE source = 'database') t;

\echo 8. What does one transaction cost? The sum over two sources has the keys of both,
\echo and a map divided by a number is a map.
\echo

SELECT key, value AS per_transaction
FROM (SELECT sum(change) AS total FROM changes WHERE source IN ('database', 'wal')) t,
     rd_each(rd_compact(rd_round(total / total['xact_commit'], 2)))
ORDER BY value DESC;

\echo 9. What is a normal rate, and what was the peak? Statistics of each counter of
\echo one table, of the five that are largest on average.
\echo

SELECT key,
       round(rs_avg(s) -> key) AS average,
       round(rs_stddev_samp(s) -> key) AS stddev,
       round(rs_max(s) -> key) AS peak
FROM (SELECT redstats(change / seconds) AS s
      FROM changes
      WHERE source = 'table pgbench_accounts') t,
     unnest(rd_top_keys(rs_avg(s), 5)) AS key;

\echo 10. Which sources have a counter of dead rows? An index on the keys would answer
\echo for millions of samples.
\echo

SELECT source, max(m['n_dead_tup']) AS most_dead_rows
FROM samples
WHERE m ? 'n_dead_tup'
GROUP BY source
ORDER BY source;

\echo 11. Sample after sample has the same keys. Share them, and they are kept once: new
\echo samples are packed, and these are the old ones. (1,000 rows of a kind are what
\echo redbear takes to be worth it, unless one says so.)
\echo

SELECT n AS keys, rows, saved AS bytes_saved, action
FROM rd_share_column('samples', 'm', min_rows => 5);

CALL rd_pack_column('samples', 'm');
CALL take_sample();

\echo
\echo 12. What did that save? The maps are what they were.
\echo

SELECT source,
       count(*) FILTER (WHERE rd_is_packed(m)) || ' of ' || count(*) AS packed,
       sum(pg_column_size(rd_unpack(m))) AS bytes_with_keys,
       sum(pg_column_size(m)) AS bytes,
       round(100.0 * sum(pg_column_size(m)) / sum(pg_column_size(rd_unpack(m)))) AS percent
FROM samples
GROUP BY source
ORDER BY source;

\echo 13. How long did transactions take? pgbench has written it down for each. Histograms
\echo of each second, of 2,048 buckets at most, are all that is kept of that ...
\echo

CREATE TABLE latencies AS
SELECT epoch AS second, redhist(reddict(kind, us / 1000)) AS h
FROM transactions
GROUP BY epoch;

\echo
\echo ... and percentiles of any time are read from them, in milliseconds. Beside them the
\echo exact ones, of all transactions.
\echo

SELECT kind, rh_count(h) -> kind AS transactions,
       round((p[1] -> kind)::numeric, 3) AS p50,
       round((p[2] -> kind)::numeric, 3) AS p95,
       round((p[3] -> kind)::numeric, 3) AS p99,
       (SELECT string_agg(round((e -> kind)::numeric, 3)::text, ', ')
        FROM unnest(exact) AS e) AS exact
FROM (SELECT rh_merge(h) AS h FROM latencies) AS l,
     (SELECT rd_percentiles_agg(reddict(kind, us / 1000), '{0.5, 0.95, 0.99}') AS exact
      FROM transactions) AS t,
     rh_percentiles(h, '{0.5, 0.95, 0.99}') AS p,
     unnest(ARRAY['tpcb-like', 'select-only']) AS kind;

\echo 14. What share of transactions was done within a millisecond, and what do the
\echo slower ones look like?
\echo

SELECT rd_round(rh_fraction_below(rh_merge(h), '{"tpcb-like": 1, "select-only": 1}'), 3) AS within_1_ms
FROM latencies;

SELECT round(lower::numeric, 1) AS from_ms, round(upper::numeric, 1) AS to_ms, count,
       repeat('#', (50 * count / max(count) OVER ())::int) AS bar
FROM (SELECT redhist(reddict(kind, us / 1000), 2048, 0) AS h FROM transactions) AS t,
     rh_buckets(h, 'tpcb-like')
ORDER BY lower;
