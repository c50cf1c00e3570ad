SELECT 'redbear', pg_table_size('n10_narrow_' || :'variant')::float8 / count(*), avg(pg_column_size(m)) FROM n10_narrow_:variant;
SELECT 'plain', pg_table_size('n10_plain_' || :'variant')::float8 / count(*), avg(pg_column_size(m)) FROM n10_plain_:variant;
SELECT 'keys', pg_table_size('n10_keys_' || :'variant')::float8 / count(*), avg(pg_column_size(m)) FROM n10_keys_:variant;
SELECT 'columns', pg_table_size('n10_columns_' || :'variant')::float8 / count(*), 80 FROM n10_columns_:variant;
SELECT 'smallest', pg_table_size('n10_smallest_' || :'variant')::float8 / count(*), NULL FROM n10_smallest_:variant;
SELECT 'array', pg_table_size('n10_array_' || :'variant')::float8 / count(*), avg(pg_column_size(m)) FROM n10_array_:variant;
SELECT 'jsonb', pg_table_size('n10_jsonb_' || :'variant')::float8 / count(*), avg(pg_column_size(m)) FROM n10_jsonb_:variant;
