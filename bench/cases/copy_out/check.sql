-- The same maps in both types. That what COPY prints is that, copy_in checks.
\set reddict ingest_reddict_ :variant
\set jsonb ingest_jsonb_ :variant
SELECT count(*) > 0 AND count(*) = (SELECT count(*) FROM :jsonb) AND bool_and(r.m::jsonb = j.m) FROM :reddict r JOIN :jsonb j USING (id);
