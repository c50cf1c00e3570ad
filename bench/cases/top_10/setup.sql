-- The three largest of 10 keys, in each of 500,000 rows
\ir ../../data/ten_keys.sql
