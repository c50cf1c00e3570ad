SELECT sum(m) FROM rows_reddict_:variant;
