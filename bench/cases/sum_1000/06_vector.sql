-- needs vector_1000_integers_:variant
SELECT sum(m) FROM vector_1000_integers_:variant;
