-- needs ten_pairs_vector
SELECT count(((((m + '[4,4,4,4,4,4,4,4,4,4]') + m2) - '[4,4,4,4,4,4,4,4,4,4]') - m) * m2) FROM ten_pairs_vector;
