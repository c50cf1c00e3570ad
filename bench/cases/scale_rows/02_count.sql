SELECT count(m) FROM rows_reddict_:variant;
