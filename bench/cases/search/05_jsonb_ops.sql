SELECT count(*) FROM search_jsonb WHERE m @> '{"requests": 7, "errors": 3}';
