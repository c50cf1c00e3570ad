SELECT count(*), sum(id) FROM wide_narrow_row_:variant;
