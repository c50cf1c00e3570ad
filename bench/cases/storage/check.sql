-- The same maps in both types. A server may lack lz4, and with it those tables.
\set reddict reddict_ :variant
\set jsonb jsonb_ :variant
SELECT to_regclass(:'reddict') IS NOT NULL AS present \gset
\if :present
SELECT bool_and(r.m::jsonb = j.m) FROM :reddict r JOIN :jsonb j USING (id) WHERE id % 10 = 0;
\else
SELECT true;
\endif
