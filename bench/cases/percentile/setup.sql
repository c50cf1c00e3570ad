-- Exact 95th percentile of each key of 500,000 rows of 10 keys; memory: of one group
\ir ../../data/ten_keys.sql
