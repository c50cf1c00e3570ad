\ir ../../data/memory.sql

SELECT 'redbear', pg_temp.memory('SELECT m IS NULL, rd_percentile_agg(m, 0.95) FROM ten_reddict GROUP BY 1');
SELECT 'doubles', count(*) * 10 * 8 / 1024 FROM ten_reddict;
