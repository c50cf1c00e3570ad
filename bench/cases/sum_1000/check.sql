-- A server may lack lz4, and with it those tables.
\set reddict reddict_1000_integers_ :variant
\set jsonb jsonb_1000_integers_ :variant
\set array array_1000_integers_ :variant
SELECT to_regclass(:'reddict') IS NOT NULL AS present \gset
\if :present

SELECT jsonb_object_agg(key, sum) = (SELECT sum(m)::jsonb FROM :reddict)
FROM (SELECT key, sum(value::float8) FROM :jsonb, jsonb_each(m) GROUP BY key) AS s;

SELECT jsonb_object_agg('metric_' || to_char(position, 'FM0000'), sum) = (SELECT sum(m)::jsonb FROM :reddict)
FROM (SELECT position, sum(value) FROM :array, unnest(m) WITH ORDINALITY AS u (value, position) GROUP BY position) AS s;

\else
SELECT true;
\endif
