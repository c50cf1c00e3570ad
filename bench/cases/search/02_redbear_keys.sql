SELECT count(*) FROM search_keys WHERE m @> '{"requests": 7, "errors": 3}';
