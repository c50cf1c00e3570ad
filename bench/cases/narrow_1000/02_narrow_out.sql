SELECT sum(m) FROM wide_narrow_:variant;
