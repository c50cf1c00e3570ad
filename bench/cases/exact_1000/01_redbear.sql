SELECT rd_exact_sum_agg(m) FROM reddict_1000_doubles_external;
