DROP TABLE IF EXISTS n10_stored;
CREATE TEMP TABLE n10_stored AS SELECT (m + m) / 2 AS m FROM n10_narrow_:variant;
