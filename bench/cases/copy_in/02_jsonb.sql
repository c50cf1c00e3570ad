TRUNCATE copied_jsonb_:variant;
COPY copied_jsonb_:variant FROM '/dev/null';
COPY copied_jsonb_:variant FROM 'ingest_jsonb_:variant.text' (FORMAT text);
