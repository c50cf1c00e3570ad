-- Key-wise sum of 500,000 rows of 10 keys, always the same
\ir ../../data/ten_keys.sql
