-- Sum of those of 500,000 rows of 10 keys that one key selects, half of them
\ir ../../data/ten_keys.sql
