-- sum(m * m2) over 500,000 rows of two maps of 10 keys, one step; and rd_sum of each
\ir ../../data/ten_pairs.sql
