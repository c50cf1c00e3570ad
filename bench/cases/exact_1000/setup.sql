-- Exact key-wise sum of 10,000 rows of 1,000 keys, doubles, not compressed
\set keys 1000
\set rows 10000
\set values doubles
\ir ../../data/metrics.sql
