-- The same maps in both types. That what COPY prints is that, copy_in checks.
\set reddict ingest_reddict_ :variant
\set jsonb ingest_jsonb_ :variant
\set packed ingest_packed_ :variant
\set plain ingest_packed_plain_ :variant
SELECT count(*) > 0 AND count(*) = (SELECT count(*) FROM :jsonb) AND bool_and(r.m::jsonb = j.m) FROM :reddict r JOIN :jsonb j USING (id);
SELECT count(*) = (SELECT count(*) FROM :packed) AND bool_and(n.m = p.m AND rd_encoding(n.m) ~ '^packed' AND rd_encoding(n.m) <> 'packed, 8 bytes each' AND rd_encoding(p.m) = 'packed, 8 bytes each')
FROM :packed n JOIN :plain p USING (id);
SELECT bool_and(r.m = n.m) FROM :reddict r JOIN :packed n USING (id);
