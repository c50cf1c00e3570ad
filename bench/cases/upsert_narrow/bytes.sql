-- After 20,000 upserts, by fillfactor: bytes of table per row; bytes of WAL per
-- upsert; and how many of a hundred were HOT
\set number '(20000 * ' :size ')::int'
SET redbear.pack = on;
SELECT setseed(0.5) \g /dev/null
CALL upsert_narrow('upsert_narrow_narrow_100', :number, 't.m + EXCLUDED.m');
CALL upsert_narrow('upsert_narrow_narrow_90', :number, 't.m + EXCLUDED.m');
CALL upsert_narrow('upsert_narrow_narrow_50', :number, 't.m + EXCLUDED.m');
SET redbear.narrow = off;
CALL upsert_narrow('upsert_narrow_plain_100', :number, 't.m + EXCLUDED.m');
CALL upsert_narrow('upsert_narrow_plain_90', :number, 't.m + EXCLUDED.m');
CALL upsert_narrow('upsert_narrow_plain_50', :number, 't.m + EXCLUDED.m');
\set sum 'jsonb_build_object( ''clicks'', (t.m ->> ''clicks'')::float8 + (EXCLUDED.m ->> ''clicks'')::float8, ''views'', (t.m ->> ''views'')::float8 + (EXCLUDED.m ->> ''views'')::float8, ''revenue'', (t.m ->> ''revenue'')::float8 + (EXCLUDED.m ->> ''revenue'')::float8, ''sessions'', (t.m ->> ''sessions'')::float8 + (EXCLUDED.m ->> ''sessions'')::float8, ''bounces'', (t.m ->> ''bounces'')::float8 + (EXCLUDED.m ->> ''bounces'')::float8, ''signups'', (t.m ->> ''signups'')::float8 + (EXCLUDED.m ->> ''signups'')::float8, ''orders'', (t.m ->> ''orders'')::float8 + (EXCLUDED.m ->> ''orders'')::float8, ''refunds'', (t.m ->> ''refunds'')::float8 + (EXCLUDED.m ->> ''refunds'')::float8, ''latency'', (t.m ->> ''latency'')::float8 + (EXCLUDED.m ->> ''latency'')::float8, ''errors'', (t.m ->> ''errors'')::float8 + (EXCLUDED.m ->> ''errors'')::float8)'
CALL upsert_narrow('upsert_narrow_jsonb_100', :number, :'sum');
CALL upsert_narrow('upsert_narrow_jsonb_90', :number, :'sum');
CALL upsert_narrow('upsert_narrow_jsonb_50', :number, :'sum');
SELECT pg_stat_force_next_flush() \g /dev/null
SELECT what || substring(tab, 'upsert_narrow(.*)'), CASE what WHEN 'table' THEN pg_table_size(relid) / 1000.0 WHEN 'wal' THEN bytes ELSE 100.0 * n_tup_hot_upd / n_tup_upd END, NULL
FROM unnest('{table,wal,hot}'::text[]) AS what, upsert_narrow_wal JOIN pg_stat_user_tables ON relname = tab;
