SELECT sum((m * 2 + m2 - 4) / 3) FROM ten_pairs;
