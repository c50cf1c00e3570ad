SELECT id % 10000, rd_percentile_agg(m, 0.95) FROM ten_reddict GROUP BY 1;
