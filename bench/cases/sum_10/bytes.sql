SELECT 'redbear', pg_table_size('ten_reddict')::float8 / count(*), avg(pg_column_size(m)) FROM ten_reddict;
SELECT 'redbear_packed', pg_table_size('ten_packed')::float8 / count(*), avg(pg_column_size(m)) FROM ten_packed;
SELECT 'jsonb', pg_table_size('ten_jsonb')::float8 / count(*), avg(pg_column_size(m)) FROM ten_jsonb;
SELECT 'columns', pg_table_size('ten_columns')::float8 / count(*), 80 FROM ten_columns;
SELECT to_regclass('ten_hstore') IS NOT NULL AS hstore \gset
\if :hstore
SELECT 'hstore', pg_table_size('ten_hstore')::float8 / count(*), avg(pg_column_size(m)) FROM ten_hstore;
\endif
