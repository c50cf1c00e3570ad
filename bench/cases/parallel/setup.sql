-- Key-wise sum of 5,000,000 rows of 10 keys: by one process, and by two (a worker and its leader)
\ir ../../data/ten_keys.sql
CREATE TABLE parallel_reddict AS SELECT id, m FROM ten_reddict, generate_series(1, 10) AS i;
