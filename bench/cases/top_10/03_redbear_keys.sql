SELECT count(rd_top_keys(m, 3)) FROM ten_packed;
