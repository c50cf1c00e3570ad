SELECT count(*) FROM one_jsonb WHERE m @> '{":variant": 1}';
