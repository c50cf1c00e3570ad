-- Several statistics of 500,000 rows of 10 keys in one query, against one of them
\ir ../../data/ten_keys.sql
