-- needs reddict_:variant
SELECT sum(m) FROM reddict_:variant;
