SELECT count(rd_top(m, 3)) FROM reddict_1000_doubles_external;
