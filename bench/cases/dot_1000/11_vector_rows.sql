-- needs vector_1000_doubles_external
SELECT sum(-(t.m <#> w.m)) FROM vector_1000_doubles_external AS t, (SELECT m FROM vector_1000_doubles_external ORDER BY id LIMIT 1) AS w;
