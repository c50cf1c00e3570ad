SET redbear.pack = on;
SELECT sum(m * m2) FROM ten_pairs_packed;
