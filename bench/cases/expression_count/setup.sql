-- count(((((m + 4) + m2) - 4) - m) * m2) over 500,000 rows of two maps of 10 keys
\ir ../../data/ten_pairs.sql
