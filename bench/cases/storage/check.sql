-- The same maps in all of them. A server may lack lz4, and with it those tables.
\set reddict reddict_ :variant
\set packed packed_ :variant
\set jsonb jsonb_ :variant
\set array array_ :variant
SELECT to_regclass(:'reddict') IS NOT NULL AS present \gset
\if :present
SELECT bool_and(r.m::jsonb = j.m) FROM :reddict r JOIN :jsonb j USING (id) WHERE id % 10 = 0;
SELECT bool_and(rd_is_packed(p.m) AND NOT rd_is_packed(r.m) AND p.m = r.m AND rd_values(p.m) = a.m)
FROM :reddict r JOIN :packed p USING (id) JOIN :array a USING (id) WHERE id % 10 = 0;
\else
SELECT true;
\endif
