-- needs reddict_1000_integers_:variant
SELECT sum(m) FROM reddict_1000_integers_:variant;
