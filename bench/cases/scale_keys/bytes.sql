\set reddict scale_reddict_ :variant
\set packed scale_packed_ :variant
\set jsonb scale_jsonb_ :variant
\set array scale_array_ :variant
\set columns scale_columns_ :variant
SELECT 'redbear', pg_table_size(:'reddict')::float8 / count(*), avg(pg_column_size(m)) FROM :reddict;
SELECT 'redbear_packed', pg_table_size(:'packed')::float8 / count(*), avg(pg_column_size(m)) FROM :packed;
SELECT 'jsonb', pg_table_size(:'jsonb')::float8 / count(*), avg(pg_column_size(m)) FROM :jsonb;
SELECT 'array', pg_table_size(:'array')::float8 / count(*), avg(pg_column_size(m)) FROM :array;
SELECT to_regclass(:'columns') IS NOT NULL AS present \gset
\if :present
SELECT 'columns', pg_table_size(:'columns')::float8 / count(*), 8 * :variant FROM :columns;
\endif
