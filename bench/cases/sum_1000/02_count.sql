-- needs reddict_1000_integers_:variant
SELECT count(m) FROM reddict_1000_integers_:variant;
