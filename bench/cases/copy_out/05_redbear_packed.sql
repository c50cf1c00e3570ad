COPY ingest_packed_:variant TO '/dev/null' (FORMAT text);
