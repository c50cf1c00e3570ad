SELECT count(rd_top(m, 3)) FROM ten_packed;
