-- The pairs whose keys match a pattern, 20,000 rows of 100 keys: the same in all rows, and of 1,000 in each row others
CREATE TABLE filter_same AS
	SELECT i AS id, reddict(array_agg('metric_' || lpad(k::text, 3, '0')), array_agg(i % 1000 * k * 0.25)) AS m
	FROM generate_series(1, (20000 * :size)::int) AS i, generate_series(0, 99) AS k GROUP BY i;
CREATE TABLE filter_varying AS
	SELECT i AS id, reddict(array_agg('metric_' || lpad(((i * 7 + k * 13) % 1000)::text, 3, '0')), array_agg(i % 1000 * k * 0.25)) AS m
	FROM generate_series(1, (20000 * :size)::int) AS i, generate_series(0, 99) AS k GROUP BY i;
-- nothing is compressed: what is timed is the filter
ALTER TABLE filter_same ALTER m SET STORAGE plain;
ALTER TABLE filter_varying ALTER m SET STORAGE plain;
UPDATE filter_same SET m = m + 0;
UPDATE filter_varying SET m = m + 0;
VACUUM FULL filter_same, filter_varying;
