SET enable_bitmapscan = off;
SELECT count(*) FROM search_keys WHERE m @> '{"requests": 7, "errors": 3}';
