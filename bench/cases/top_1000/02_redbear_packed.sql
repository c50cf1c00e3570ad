SELECT count(rd_top(m, 3)) FROM packed_1000_doubles_external;
