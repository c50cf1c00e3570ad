SELECT avg(m) FROM n10_narrow_:variant;
