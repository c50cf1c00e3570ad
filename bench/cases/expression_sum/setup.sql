-- sum((m * 2 + m2 - 4) / 3) over 500,000 rows of two maps of 10 keys; vector multiplies by thirds
\ir ../../data/ten_pairs.sql
