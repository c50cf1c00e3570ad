SELECT count(m) FROM n10_narrow_:variant;
