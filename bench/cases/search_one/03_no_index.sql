SET enable_bitmapscan = off;
SELECT count(*) FROM one_keys WHERE m @> '{":variant": 1}';
