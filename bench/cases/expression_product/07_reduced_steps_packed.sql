SET redbear.pack = on;
SET redbear.one_pass = off;
SELECT sum(rd_sum(m * m2)) FROM ten_pairs_packed;
