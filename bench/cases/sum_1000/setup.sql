-- Key-wise sum of 10,000 rows of 1,000 keys, always the same, under each STORAGE
\set keys 1000
\set rows 10000
\set values integers
\ir ../../data/metrics.sql
