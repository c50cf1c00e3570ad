-- Of one histogram, whatever a table does to it: per key
SELECT 'redbear', pg_column_size(rh_merge(h)) / 10.0, NULL FROM large_histogram;
SELECT 'four_hundred', 400, NULL;
