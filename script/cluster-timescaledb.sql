-- What script/cluster asks of TimescaleDB. Ends with an error where something is
-- not as it should be.

\pset footer off
\pset pager off
SET client_min_messages = warning;
SET timezone = 'UTC';
CREATE EXTENSION timescaledb;
CREATE EXTENSION redbear;
SELECT extname, extversion FROM pg_extension WHERE extname IN ('timescaledb', 'redbear') UNION SELECT 'postgresql', current_setting('server_version');

CREATE FUNCTION right(what text, holds bool) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	IF holds IS NOT TRUE THEN
		RAISE EXCEPTION 'not as it should be: %', what;
	END IF;
END $$;

-- ten days, in chunks of a day; whole numbers, whose sums are exact
CREATE TABLE here AS
SELECT timestamptz '2026-11-01' + i * interval '10 minutes' AS ts, 'host ' || i % 3 AS host, reddict('{cpu,memory,requests}', ARRAY[i % 11, i % 100, i]) AS m
FROM generate_series(0, 1439) AS i;
CREATE TABLE samples (ts timestamptz NOT NULL, host text NOT NULL, m reddict NOT NULL);
SELECT create_hypertable('samples', 'ts', chunk_time_interval => interval '1 day') \g /dev/null
INSERT INTO samples SELECT * FROM here;

\echo
\echo 1. Pack, then compress
\echo
SELECT n, rows, saved > 0 AS saves, action FROM rd_share_column('samples', 'm');
ALTER TABLE samples SET (timescaledb.compress, timescaledb.compress_segmentby = 'host');
SELECT count(compress_chunk(c)) AS compressed FROM (SELECT c FROM show_chunks('samples') AS c ORDER BY c::text LIMIT 1) AS s;
SET client_min_messages = notice;
CALL rd_pack_column('samples', 'm');
SET client_min_messages = warning;
SELECT right('all rows are packed but those that were compressed before', count(*) FILTER (WHERE rd_is_packed(m)) = 1440 - 144) FROM samples \g /dev/null
SELECT count(compress_chunk(c)) AS compressed FROM (SELECT c FROM show_chunks('samples') AS c ORDER BY c::text OFFSET 1 LIMIT 4) AS s;
SELECT right('compressed, they are packed as before', count(*) FILTER (WHERE rd_is_packed(m)) = 1440 - 144) FROM samples \g /dev/null
CREATE FUNCTION answers(tab text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE a text; result text;
BEGIN
	FOREACH a IN ARRAY ARRAY['sum(m)', 'min(m)', 'max(m)', 'rd_round(avg(m), 9)', 'rd_round(stddev(m), 9)', 'rs_count(redstats(m))', 'redsum(m)', 'redhist(m)', 'rd_exact_avg_agg(m)',
			'rd_count_agg(m)', 'reddict_agg(host, 1)', 'rd_median_agg(m)', 'rd_concat_agg(m ORDER BY ts)', 'rd_increase_agg(m ORDER BY ts)'] LOOP
		EXECUTE format('SELECT string_agg(host || r, %L ORDER BY host) FROM (SELECT host, (%s)::text AS r FROM %s GROUP BY host) AS q', E'\n', a, tab) INTO result;
		RETURN NEXT a || result;
	END LOOP;
END $$;
SELECT right('aggregates of compressed, packed and other rows', ARRAY(SELECT answers('samples')) = ARRAY(SELECT answers('here'))) \g /dev/null

\echo
\echo 2. Continuous aggregates: hierarchical, real-time, compressed
\echo
CREATE MATERIALIZED VIEW samples_hourly WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
	SELECT time_bucket('1 hour', ts) AS hour, host, redstats(m) AS s, redsum(m) AS x, redhist(m) AS h, sum(m) AS m FROM samples GROUP BY 1, 2 WITH NO DATA;
CREATE MATERIALIZED VIEW samples_daily WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
	SELECT time_bucket('1 day', hour) AS day, host, rs_merge(s) AS s, rx_merge(x) AS x, rh_merge(h) AS h, sum(m) AS m FROM samples_hourly GROUP BY 1, 2 WITH NO DATA;
CALL refresh_continuous_aggregate('samples_hourly', '2026-11-01', '2026-11-08');
CALL refresh_continuous_aggregate('samples_daily', '2026-11-01', '2026-11-07');
CREATE VIEW daily_here AS
	SELECT date_trunc('day', ts) AS day, host, redstats(m) AS s, redsum(m) AS x, redhist(m) AS h, sum(m) AS m FROM here GROUP BY 1, 2;
CREATE FUNCTION same_days() RETURNS bool LANGUAGE sql AS $$
	SELECT count(*) = 30 AND bool_and(rs_count(a.s) = rs_count(b.s) AND rs_sum(a.s) = rs_sum(b.s) AND rs_min(a.s) = rs_min(b.s) AND rs_max(a.s) = rs_max(b.s)
		AND rd_round(rs_var_samp(a.s), 6) = rd_round(rs_var_samp(b.s), 6) AND a.x = b.x AND a.h = b.h AND a.m = b.m)
	FROM samples_daily AS a FULL JOIN daily_here AS b USING (day, host) $$;
SELECT right('days of hours: refreshed ones, and others as they are asked for', same_days()) \g /dev/null
ALTER MATERIALIZED VIEW samples_hourly SET (timescaledb.compress = true);
SELECT count(compress_chunk(c)) AS compressed FROM show_chunks('samples_hourly') AS c;
SELECT right('compressed hours', same_days()) \g /dev/null
-- a row that comes late, in a compressed chunk: the day is computed anew
INSERT INTO samples VALUES ('2026-11-02 12:00', 'host 0', '{"cpu": 1, "late": 2}');
INSERT INTO here VALUES ('2026-11-02 12:00', 'host 0', '{"cpu": 1, "late": 2}');
CALL refresh_continuous_aggregate('samples_hourly', '2026-11-01', '2026-11-08');
CALL refresh_continuous_aggregate('samples_daily', '2026-11-01', '2026-11-07');
SELECT right('a row that came late', same_days()) \g /dev/null
SELECT day::date, host, rd_round(rs_avg(s), 2) AS avg FROM samples_daily ORDER BY day, host LIMIT 3;
