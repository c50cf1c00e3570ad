SELECT sum(m)::jsonb AS answer, bool_and(rd_encoding(m) <> 'packed, 8 bytes each') AND bool_and(rd_is_packed(m)) AS narrow FROM cold_narrow \gset
SELECT :'narrow';
SELECT sum(m)::jsonb = :'answer' AND bool_and(rd_encoding(m) = 'packed, 8 bytes each') FROM cold_plain;
SELECT jsonb_build_object('clicks', sum(a), 'views', sum(b), 'revenue', sum(c), 'sessions', sum(d), 'bounces', sum(e), 'signups', sum(f), 'orders', sum(g), 'refunds', sum(h), 'latency', sum(i), 'errors', sum(j)) = :'answer' FROM cold_columns;
SELECT jsonb_build_object('clicks', sum(a), 'views', sum(b), 'revenue', sum(c), 'sessions', sum(d), 'bounces', sum(e), 'signups', sum(f), 'orders', sum(g), 'refunds', sum(h), 'latency', sum(i), 'errors', sum(j)) = :'answer' FROM cold_smallest;
-- the smallest table is three times as large as the cache, unless --quick
SELECT pg_table_size('cold_narrow') >= 3 * 8388608 * :size AND current_setting('shared_buffers') = '8MB';
