SET redbear.pack = on;
SET redbear.narrow = off;
TRUNCATE copied_packed_:variant;
COPY copied_packed_:variant FROM '/dev/null';
COPY copied_packed_:variant FROM 'ingest_reddict_:variant.text' (FORMAT text);
