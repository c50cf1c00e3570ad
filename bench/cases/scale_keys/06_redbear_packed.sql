SET redbear.pack = on;
SELECT sum(m) FROM scale_packed_:variant;
