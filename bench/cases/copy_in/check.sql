-- Both formats of both types: what is copied in is what was copied out, packed where it is to be.
\set reddict ingest_reddict_ :variant
\set jsonb ingest_jsonb_ :variant
\set to_reddict copied_reddict_ :variant
\set to_packed copied_packed_ :variant
\set to_jsonb copied_jsonb_ :variant
\set reddict_text :reddict .text
\set reddict_binary :reddict .binary
\set jsonb_text :jsonb .text
\set jsonb_binary :jsonb .binary

COPY :to_reddict FROM :'reddict_text';
COPY :to_reddict FROM :'reddict_binary' (FORMAT binary);
COPY :to_jsonb FROM :'jsonb_text';
COPY :to_jsonb FROM :'jsonb_binary' (FORMAT binary);
SET redbear.pack = on;
COPY :to_packed FROM :'reddict_text';
COPY :to_packed FROM :'reddict_binary' (FORMAT binary);

SELECT count(*) = 2 * (SELECT count(*) FROM :reddict) AND bool_and(original.m = copied.m AND NOT rd_is_packed(copied.m))
FROM :to_reddict copied JOIN :reddict original USING (id);
SELECT count(*) = 2 * (SELECT count(*) FROM :reddict) AND bool_and(original.m = copied.m AND rd_is_packed(copied.m))
FROM :to_packed copied JOIN :reddict original USING (id);
SELECT count(*) = 2 * (SELECT count(*) FROM :jsonb) AND bool_and(original.m = copied.m) FROM :to_jsonb copied JOIN :jsonb original USING (id);
SELECT count(*) = (SELECT count(*) FROM :jsonb) AND bool_and(r.m::jsonb = j.m) FROM :reddict r JOIN :jsonb j USING (id);
