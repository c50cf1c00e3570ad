SELECT 'redbear', pg_table_size('cold_narrow')::float8 / count(*), avg(pg_column_size(m)) FROM cold_narrow;
SELECT 'plain', pg_table_size('cold_plain')::float8 / count(*), avg(pg_column_size(m)) FROM cold_plain;
SELECT 'columns', pg_table_size('cold_columns')::float8 / count(*), 80 FROM cold_columns;
SELECT 'smallest', pg_table_size('cold_smallest')::float8 / count(*), NULL FROM cold_smallest;
