-- needs ten_vector
SELECT sum(m) FROM ten_vector;
