-- Exact key-wise sum of 500,000 rows of 10 keys, always the same; memory: of 100,000 groups
\ir ../../data/ten_keys.sql
\ir ../../data/ten_numeric.sql
