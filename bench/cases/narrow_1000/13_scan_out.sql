SELECT count(*), sum(id) FROM wide_narrow_:variant;
