-- :rows rows of 20 keys drawn from :keys, in vary_reddict_:variant and
-- vary_jsonb_:variant.
--
-- The keys are dealt into 20 lots, the i-th of which grows as the cube of i,
-- and a row draws one from each: so the keys of a row are distinct, the first
-- lots' are in almost every row, and the last lot's in one of a hundred or two.
-- Names have no order that follows the lots.

\set reddict vary_reddict_ :variant
\set jsonb vary_jsonb_ :variant
SELECT to_regclass(:'reddict') IS NULL AS absent \gset
\if :absent

CREATE TEMP TABLE key_names AS
SELECT i, 'key_' || substr(md5(i::text), 1, 8) AS key FROM generate_series(0, :keys - 1) AS i;

CREATE TEMP TABLE lots AS
SELECT i + round((:keys - 20) * (i / 20.0) ^ 3) AS first,
	1 + round((:keys - 20) * ((i + 1) / 20.0) ^ 3) - round((:keys - 20) * (i / 20.0) ^ 3) AS size
FROM generate_series(0, 19) AS i;

SELECT setseed(0.3) \g /dev/null
CREATE TEMP TABLE drawn AS
SELECT id, floor(first + random() * size)::int AS i, floor(random() * 4000) / 4 AS value
FROM generate_series(1, (:rows * :size)::int) AS id, lots;

CREATE TABLE :reddict AS
SELECT id::bigint, reddict(array_agg(key), array_agg(value)) AS m FROM drawn JOIN key_names USING (i) GROUP BY id;

CREATE TABLE :jsonb AS
SELECT id, m::jsonb FROM :reddict;

DROP TABLE key_names, lots, drawn;

\endif
