SET redbear.pack = on;
TRUNCATE copied_packed_:variant;
COPY copied_packed_:variant FROM '/dev/null';
COPY copied_packed_:variant FROM 'ingest_reddict_:variant.text' (FORMAT text);
