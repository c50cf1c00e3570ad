SELECT avg(m) FROM n10_plain_:variant;
