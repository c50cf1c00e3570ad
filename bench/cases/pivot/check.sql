\set pivot pivot_ :variant
SELECT count(*) > 0 AND bool_and(a = b AND a = c::text::reddict) FROM (
	SELECT reddict_agg(key, v) AS a, reddict(array_agg(key), array_agg(v)) AS b, json_object_agg(key, v) AS c FROM :pivot GROUP BY g) AS s;
