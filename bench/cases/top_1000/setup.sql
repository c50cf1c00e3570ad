-- The three largest of 1,000 keys, in each of 10,000 rows out of line
\set keys 1000
\set rows 10000
\set values doubles
\ir ../../data/metrics.sql
