COPY ingest_jsonb_:variant TO '/dev/null' (FORMAT text);
