SELECT 'redbear', pg_table_size('wide_narrow_row_' || :'variant')::float8 / count(*), avg(pg_column_size(m)) FROM wide_narrow_row_:variant;
SELECT 'narrow_out', pg_table_size('wide_narrow_' || :'variant')::float8 / count(*), avg(pg_column_size(m)) FROM wide_narrow_:variant;
SELECT 'plain_row', pg_table_size('wide_plain_row_' || :'variant')::float8 / count(*), avg(pg_column_size(m)) FROM wide_plain_row_:variant;
SELECT 'plain_out', pg_table_size('wide_plain_' || :'variant')::float8 / count(*), avg(pg_column_size(m)) FROM wide_plain_:variant;
SELECT 'array', pg_table_size('wide_array_' || :'variant')::float8 / count(*), avg(pg_column_size(m)) FROM wide_array_:variant;
SELECT 'jsonb', pg_table_size('wide_jsonb_' || :'variant')::float8 / count(*), avg(pg_column_size(m)) FROM wide_jsonb_:variant;
