SELECT rd_exact_sum_agg(m) FROM packed_1000_doubles_external;
