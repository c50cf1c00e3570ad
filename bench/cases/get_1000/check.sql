-- A server may lack lz4, and with it those tables.
\set reddict reddict_ :variant
\set jsonb jsonb_ :variant
SELECT to_regclass(:'reddict') IS NOT NULL AS present \gset
\if :present
SELECT sum(m -> 'metric_0500') = (SELECT sum((m ->> 'metric_0500')::float8) FROM :jsonb) FROM :reddict;
\else
SELECT true;
\endif
