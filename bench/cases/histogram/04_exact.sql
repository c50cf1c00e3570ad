SELECT rd_percentile_agg(m, 0.95) FROM ten_reddict;
