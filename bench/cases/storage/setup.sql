-- Bytes per row, and the time of the key-wise sum: maps of KEYS keys with VALUES, under each STORAGE
\set keys 10
\set rows 100000
\set values integers
\ir ../../data/metrics.sql
\set values decimals
\ir ../../data/metrics.sql
\set values doubles
\ir ../../data/metrics.sql

\set keys 100
\set rows 20000
\set values integers
\ir ../../data/metrics.sql
\set values decimals
\ir ../../data/metrics.sql
\set values doubles
\ir ../../data/metrics.sql

\set keys 1000
\set rows 10000
\set values integers
\ir ../../data/metrics.sql
\set values decimals
\ir ../../data/metrics.sql
\set values doubles
\ir ../../data/metrics.sql
