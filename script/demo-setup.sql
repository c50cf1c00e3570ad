-- Where script/demo keeps its samples, and how it takes one.

CREATE EXTENSION redbear;

CREATE TABLE samples (
    ts      timestamptz,
    source  text,
    m       reddict NOT NULL,
    PRIMARY KEY (source, ts)
);

-- Rows of the statistics views as JSON, since every release of PostgreSQL adds
-- columns to them, or moves some to a view of their own.
SELECT to_regclass('pg_stat_checkpointer') IS NOT NULL AS has_checkpointer
\gset

CREATE VIEW statistics AS
SELECT 'table ' || relname AS source, to_jsonb(s) AS counters
FROM pg_stat_user_tables s
WHERE relname LIKE 'pgbench%'
UNION ALL
SELECT 'database', to_jsonb(s)
FROM pg_stat_database s
WHERE datname = current_database()
UNION ALL
SELECT 'wal', to_jsonb(s) FROM pg_stat_wal s
UNION ALL
SELECT 'bgwriter', to_jsonb(s) FROM pg_stat_bgwriter s
\if :has_checkpointer
UNION ALL
SELECT 'checkpointer', to_jsonb(s) FROM pg_stat_checkpointer s
\endif
;

CREATE PROCEDURE take_sample()
BEGIN ATOMIC
    INSERT INTO samples
    SELECT now(), source, rd_delete(rd_from_jsonb(counters, 'skip'), ARRAY['relid', 'datid'])
    FROM statistics;
END;

-- What pgbench logs of each transaction.
CREATE TABLE transactions (kind text, client int, number int, us float8, script int, epoch bigint, epoch_us int);
