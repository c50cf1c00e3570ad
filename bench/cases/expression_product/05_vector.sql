-- needs ten_pairs_vector
SELECT sum(m * m2) FROM ten_pairs_vector;
