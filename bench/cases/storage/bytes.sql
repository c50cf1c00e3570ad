-- A server may lack lz4, and with it those tables. A table's size includes its
-- TOAST table.
\set reddict reddict_ :variant
\set jsonb jsonb_ :variant
SELECT to_regclass(:'reddict') IS NOT NULL AS present \gset
\if :present
SELECT 'redbear', pg_table_size(:'reddict')::float8 / count(*), avg(pg_column_size(m)) FROM :reddict;
SELECT 'jsonb', pg_table_size(:'jsonb')::float8 / count(*), avg(pg_column_size(m)) FROM :jsonb;
\endif
