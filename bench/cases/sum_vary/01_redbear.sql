SELECT sum(m) FROM vary_reddict_:variant;
