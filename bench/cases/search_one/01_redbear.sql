SELECT count(*) FROM one_pairs WHERE m @> '{":variant": 1}';
