\set filter filter_ :variant
SELECT count(*) > 0 AND min(rd_length(m)) = 100 AND max(rd_length(m)) = 100
	AND count(DISTINCT rd_index_hash(m)) >= CASE :'variant' WHEN 'same' THEN 1 ELSE 900 END
	AND bool_and(rd_like(m, 'metric\_%5') = (SELECT reddict_agg(key, value) FROM rd_each(m) WHERE key LIKE 'metric\_%5'))
	AND bool_and(rd_regexp(m, '^metric_.*5$') = rd_like(m, 'metric\_%5'))
FROM :filter;
