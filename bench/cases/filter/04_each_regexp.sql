SELECT count((SELECT reddict_agg(key, value) FROM rd_each(m) WHERE key ~ '^metric_.*5$')) FROM filter_:variant;
