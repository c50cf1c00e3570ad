-- A sum of 10,000 numbers below 1, and the exact one
SELECT max(abs(a - b)) < 1e-9 FROM (SELECT rd_values(rd_exact_sum_agg(m)) AS x, rd_values(sum(m)) AS y FROM reddict_1000_doubles_external) AS s, unnest(x, y) AS u(a, b);
SELECT rd_exact_sum_agg(m) = (SELECT rd_exact_sum_agg(m) FROM reddict_1000_doubles_external) FROM packed_1000_doubles_external;
SELECT rd_encoding(m) = '8 bytes each' FROM reddict_1000_doubles_external LIMIT 1;
