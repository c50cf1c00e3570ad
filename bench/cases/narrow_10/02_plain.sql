SELECT sum(m) FROM n10_plain_:variant;
