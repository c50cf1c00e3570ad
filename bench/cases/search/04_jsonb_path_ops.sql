SELECT count(*) FROM search_path WHERE m @> '{"requests": 7, "errors": 3}';
