-- One key of 1,000 from each of 10,000 rows, under each STORAGE
\set keys 1000
\set rows 10000
\set values integers
\ir ../../data/metrics.sql
\set values decimals
\ir ../../data/metrics.sql
\set values doubles
\ir ../../data/metrics.sql
