-- transactions 4 2500 simple
\set key random(1, :variant)
UPDATE counter_rows_:variant SET value = value + 1 WHERE key = 'key_' || :key;
