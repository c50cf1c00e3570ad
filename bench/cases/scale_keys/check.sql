\set reddict scale_reddict_ :variant
\set packed scale_packed_ :variant
\set jsonb scale_jsonb_ :variant
\set array scale_array_ :variant
\set sums scale_sums_ :variant
SELECT sum(m)::jsonb AS answer, rd_values(sum(m)) AS values FROM :reddict \gset
SELECT bool_and(rd_is_packed(m)) AND sum(m)::jsonb = :'answer' FROM :packed;
SELECT jsonb_object_agg(key, sum) = :'answer' FROM (SELECT key, sum(value::float8) FROM :jsonb, jsonb_each(m) GROUP BY key) AS s;
SELECT array_agg(sum ORDER BY position) = :'values'
FROM (SELECT position, sum(value) FROM :array, unnest(m) WITH ORDINALITY AS u (value, position) GROUP BY position) AS s;
SELECT to_regclass(:'sums') IS NOT NULL AS present \gset
\if :present
SELECT array_agg(value::float8 ORDER BY ordinality) = :'values'
FROM :sums s, json_each_text(to_json(s)) WITH ORDINALITY;
\endif
