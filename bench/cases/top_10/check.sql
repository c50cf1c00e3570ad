SELECT count(*) = 0 FROM (SELECT m FROM ten_reddict LIMIT 1000) AS s,
	LATERAL (SELECT reddict_agg(key, value) AS top, array_agg(key ORDER BY value DESC, key) AS keys FROM (SELECT * FROM rd_each(m) ORDER BY value DESC, key LIMIT 3) AS o) AS t
WHERE rd_top(m, 3) <> top OR rd_top_keys(m, 3) <> keys;
SELECT count(*) = (SELECT count(*) FROM ten_jsonb) FROM ten_packed;
