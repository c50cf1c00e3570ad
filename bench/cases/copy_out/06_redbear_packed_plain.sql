COPY ingest_packed_plain_:variant TO '/dev/null' (FORMAT text);
