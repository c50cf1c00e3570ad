-- One key of 10 from each of 500,000 rows
\ir ../../data/ten_keys.sql
