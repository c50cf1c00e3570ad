-- Sum of maps that differ: 200,000 rows of 20 keys drawn from 1,000, skewed; and twice the rows and the keys
\set variant plain
\set rows 200000
\set keys 1000
\ir ../../data/varying.sql
\set variant doubled
\set rows 400000
\set keys 2000
\ir ../../data/varying.sql
