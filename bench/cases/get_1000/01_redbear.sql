-- needs reddict_:variant
SELECT sum(m -> 'metric_0500') FROM reddict_:variant;
