SELECT count(m) FROM ten_packed;
