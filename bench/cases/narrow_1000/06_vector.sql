-- needs wide_vector_:variant
SELECT sum(m) FROM wide_vector_:variant;
