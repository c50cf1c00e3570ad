COPY ingest_reddict_:variant TO '/dev/null' (FORMAT text);
