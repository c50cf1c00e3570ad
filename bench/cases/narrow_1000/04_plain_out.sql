SELECT sum(m) FROM wide_plain_:variant;
