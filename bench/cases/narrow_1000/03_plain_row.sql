SELECT sum(m) FROM wide_plain_row_:variant;
