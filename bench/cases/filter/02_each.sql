SELECT count((SELECT reddict_agg(key, value) FROM rd_each(m) WHERE key LIKE 'metric\_%5')) FROM filter_:variant;
