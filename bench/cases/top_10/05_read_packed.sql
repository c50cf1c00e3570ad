SELECT count(rd_sum(m)) FROM ten_packed;
