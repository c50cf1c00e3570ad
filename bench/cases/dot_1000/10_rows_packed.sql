-- With a row of the table in place of the constant
SELECT sum(rd_dot(t.m, w.m)) FROM packed_1000_doubles_external AS t, (SELECT m FROM packed_1000_doubles_external ORDER BY id LIMIT 1) AS w;
