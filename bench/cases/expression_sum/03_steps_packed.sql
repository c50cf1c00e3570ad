-- One step after the other.
SET redbear.pack = on;
SET redbear.one_pass = off;
SELECT sum((m * 2 + m2 - 4) / 3) FROM ten_pairs_packed;
