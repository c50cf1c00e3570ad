SELECT count((m + m) / 2) FROM n10_narrow_:variant;
