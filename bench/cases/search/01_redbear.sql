SELECT count(*) FROM search_pairs WHERE m @> '{"requests": 7, "errors": 3}';
