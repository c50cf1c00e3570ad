SELECT count(m) FROM ten_pairs_packed;
