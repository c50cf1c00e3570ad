TRUNCATE copied_reddict_:variant;
COPY copied_reddict_:variant FROM '/dev/null';
COPY copied_reddict_:variant FROM 'ingest_reddict_:variant.text' (FORMAT text);
