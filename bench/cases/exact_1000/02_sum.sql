SELECT sum(m) FROM reddict_1000_doubles_external;
