-- COPY from a file, 200,000 rows of 10 keys, 2,000 rows of 1,000 keys not compressed; "packed": with shared keys; "plain": and not narrow
\ir ../../data/ingest.sql
