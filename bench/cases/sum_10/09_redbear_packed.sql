SET redbear.pack = on;
SELECT sum(m) FROM ten_packed;
