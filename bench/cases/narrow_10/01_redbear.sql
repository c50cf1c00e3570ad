SELECT sum(m) FROM n10_narrow_:variant;
