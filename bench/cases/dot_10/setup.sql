-- Dot product, distance and cosine of each of 500,000 rows of 10 keys with a constant
\ir ../../data/ten_keys.sql
