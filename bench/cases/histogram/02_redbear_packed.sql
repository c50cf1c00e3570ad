SET redbear.pack = on;
SELECT redhist(m) FROM ten_packed;
