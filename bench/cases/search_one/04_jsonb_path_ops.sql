SELECT count(*) FROM one_path WHERE m @> '{":variant": 1}';
