SELECT sum(m) FROM packed_1000_doubles_external;
