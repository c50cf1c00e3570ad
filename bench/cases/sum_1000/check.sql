-- A server may lack lz4, and with it those tables.
\set reddict reddict_1000_integers_ :variant
\set packed packed_1000_integers_ :variant
\set jsonb jsonb_1000_integers_ :variant
\set array array_1000_integers_ :variant
SELECT to_regclass(:'reddict') IS NOT NULL AS present \gset
\if :present

SELECT bool_and(rd_is_packed(m)) AND sum(m) = (SELECT sum(m) FROM :reddict WHERE NOT rd_is_packed(m)) FROM :packed;

SELECT jsonb_object_agg(key, sum) = (SELECT sum(m)::jsonb FROM :reddict)
FROM (SELECT key, sum(value::float8) FROM :jsonb, jsonb_each(m) GROUP BY key) AS s;

SELECT jsonb_object_agg('metric_' || to_char(position, 'FM0000'), sum) = (SELECT sum(m)::jsonb FROM :reddict)
FROM (SELECT position, sum(value) FROM :array, unnest(m) WITH ORDINALITY AS u (value, position) GROUP BY position) AS s;

-- Numbers of 4 bytes, and sums of them.
\set vector vector_1000_integers_ :variant
SELECT to_regclass(:'vector') IS NOT NULL AS present \gset
\if :present
SELECT bool_and(abs(a - b) <= 0.01 * b)
FROM (SELECT sum(m)::float4[]::float8[] AS v FROM :vector) AS s, (SELECT rd_values(sum(m)) AS v FROM :reddict) AS t,
	unnest(s.v, t.v) AS u (a, b);
\endif

\else
SELECT true;
\endif
