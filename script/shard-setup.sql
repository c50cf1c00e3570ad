-- Makes one table of several servers, for script/shard and its test. To be run
-- on each shard, and then, with their ports in the variable "shards", on the
-- server that is to see them as one.

CREATE EXTENSION redbear;

\if :{?shards}

CREATE EXTENSION postgres_fdw;

CREATE TABLE traffic (site int, day date, m reddict NOT NULL) PARTITION BY HASH (site);

-- extensions: what the remote server has too, so that it may be asked for it
SELECT format($$
	CREATE SERVER %1$I FOREIGN DATA WRAPPER postgres_fdw
		OPTIONS (host %2$L, port %3$L, dbname %4$L, extensions 'redbear', async_capable 'true', batch_size '100');
	CREATE USER MAPPING FOR CURRENT_USER SERVER %1$I OPTIONS (user %5$L);
	CREATE FOREIGN TABLE %6$I PARTITION OF traffic FOR VALUES WITH (MODULUS %7$s, REMAINDER %8$s)
		SERVER %1$I OPTIONS (table_name 'traffic')$$,
	'shard_' || i, :'HOST', port, current_database(), current_user, 'traffic_' || i, count(*) OVER (), i - 1)
FROM unnest(string_to_array(:'shards', ',')) WITH ORDINALITY AS s(port, i)
\gexec

-- The same rows here, to compare with. Whole numbers and quarters: their sums
-- are exact, so they depend on no order.
CREATE TABLE traffic_here AS
SELECT i % 30 AS site, date '2026-11-01' + i / 1000 AS day,
	reddict(ARRAY['clicks', 'revenue', 'views', 'site ' || i % 30], ARRAY[i % 7, i % 11 * 0.25, i % 100, 1]) AS m
FROM generate_series(1, 30000) AS i;

INSERT INTO traffic SELECT * FROM traffic_here;
ANALYZE traffic, traffic_here;

\else

CREATE TABLE traffic (site int, day date, m reddict NOT NULL);

\endif
