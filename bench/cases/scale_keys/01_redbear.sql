SELECT sum(m) FROM scale_reddict_:variant;
