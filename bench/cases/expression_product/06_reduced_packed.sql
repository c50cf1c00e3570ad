SET redbear.pack = on;
SELECT sum(rd_sum(m * m2)) FROM ten_pairs_packed;
