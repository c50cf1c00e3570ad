-- needs vector_1000_doubles_external
SELECT m::text AS weights FROM vector_1000_doubles_external ORDER BY id LIMIT 1 \gset
SELECT sum(m <-> ':weights') FROM vector_1000_doubles_external;
