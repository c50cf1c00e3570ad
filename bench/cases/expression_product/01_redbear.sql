SELECT sum(m * m2) FROM ten_pairs;
