SELECT count(rd_top_keys(m, 3)) FROM packed_1000_doubles_external;
