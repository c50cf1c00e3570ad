-- A server may lack lz4, and with it those tables.
\set reddict reddict_ :variant
\set packed packed_ :variant
\set jsonb jsonb_ :variant
SELECT to_regclass(:'reddict') IS NOT NULL AS present \gset
\if :present
SELECT sum(m -> 'metric_0500') = (SELECT sum((m ->> 'metric_0500')::float8) FROM :jsonb) FROM :reddict;
SELECT bool_and(rd_is_packed(m)) AND sum(m -> 'metric_0500') = (SELECT sum(m -> 'metric_0500') FROM :reddict) FROM :packed;
\else
SELECT true;
\endif
