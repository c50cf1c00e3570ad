-- transactions 4 2500 simple
\set key random(1, :variant)
UPDATE counter_redbear_:variant SET m = m + reddict('key_' || :key, 1);
