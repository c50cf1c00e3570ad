SELECT count(m) FROM scale_reddict_:variant;
