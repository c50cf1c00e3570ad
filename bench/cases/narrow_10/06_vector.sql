-- needs n10_vector_:variant
SELECT sum(m) FROM n10_vector_:variant;
