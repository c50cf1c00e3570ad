-- A server may lack lz4, and with it those tables. A table's size includes its
-- TOAST table.
\set reddict reddict_ :variant
\set packed packed_ :variant
\set jsonb jsonb_ :variant
\set array array_ :variant
SELECT to_regclass(:'reddict') IS NOT NULL AS present \gset
\if :present
SELECT 'redbear', pg_table_size(:'reddict')::float8 / count(*), avg(pg_column_size(m)) FROM :reddict;
SELECT 'redbear_packed', pg_table_size(:'packed')::float8 / count(*), avg(pg_column_size(m)) FROM :packed;
SELECT 'jsonb', pg_table_size(:'jsonb')::float8 / count(*), avg(pg_column_size(m)) FROM :jsonb;
SELECT 'array', pg_table_size(:'array')::float8 / count(*), avg(pg_column_size(m)) FROM :array;
\endif
