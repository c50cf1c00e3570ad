-- One step after the other.
SET redbear.pack = on;
SET redbear.one_pass = off;
SELECT count(((((m + 4) + m2) - 4) - m) * m2) FROM ten_pairs_packed;
