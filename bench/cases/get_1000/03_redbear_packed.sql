-- needs packed_:variant
SET redbear.pack = on;
SELECT sum(m -> 'metric_0500') FROM packed_:variant;
