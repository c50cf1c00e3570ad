-- needs packed_1000_integers_:variant
SET redbear.pack = on;
SELECT sum(m) FROM packed_1000_integers_:variant;
