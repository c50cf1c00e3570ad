SELECT rd_exact_sum_agg(m) FROM ten_reddict;
