\set pivot pivot_ :variant
SELECT count(*) > 0 AND bool_and(a = b AND a = c::text::reddict) FROM (
	SELECT reddict_agg(key, v) AS a, reddict(array_agg(key), array_agg(v)) AS b, json_object_agg(key, v) AS c FROM :pivot GROUP BY g) AS s;

SELECT to_regclass('pivot_maps_' || :'variant') IS NOT NULL AS maps \gset
\if :maps
\set maps pivot_maps_ :variant
SELECT bool_and(a = b) FROM (SELECT g, reddict_agg(key, v) AS a FROM :pivot GROUP BY g) AS a JOIN (SELECT g, sum(m) AS b FROM :maps GROUP BY g) AS b USING (g);
\endif
