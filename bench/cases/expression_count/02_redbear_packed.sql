SET redbear.pack = on;
SELECT count(((((m + 4) + m2) - 4) - m) * m2) FROM ten_pairs_packed;
