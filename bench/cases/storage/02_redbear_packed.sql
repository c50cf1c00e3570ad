-- needs packed_:variant
SET redbear.pack = on;
SELECT sum(m) FROM packed_:variant;
