SELECT sum(m) FROM wide_narrow_row_:variant;
