-- Rows that contain one pair, whose key or value 0.1, 1, 10, 50 % of 1,000,000 rows have
SELECT setseed(0.3) \g /dev/null
CREATE TABLE one_keys AS
SELECT rd_slice(m, CASE WHEN in_1 THEN '{key_1}' ELSE '{}'::text[] END || CASE WHEN in_10 THEN '{key_10}' ELSE '{}'::text[] END ||
		CASE WHEN in_100 THEN '{key_100}' ELSE '{}'::text[] END || CASE WHEN in_500 THEN '{key_500}' ELSE '{}'::text[] END) ||
	reddict(ARRAY['value_1', 'value_10', 'value_100', 'value_500'],
		ARRAY[(random() < 0.001)::int, (random() < 0.01)::int, (random() < 0.1)::int, (random() < 0.5)::int]::float8[]) AS m
FROM generate_series(1, (1000000 * :size)::int) AS i,
	LATERAL (SELECT reddict '{"key_1": 1, "key_10": 1, "key_100": 1, "key_500": 1}', random() < 0.001, random() < 0.01, random() < 0.1, random() < 0.5 OFFSET 0 * i)
		AS r(m, in_1, in_10, in_100, in_500);
CREATE TABLE one_pairs AS SELECT m FROM one_keys;
CREATE TABLE one_path AS SELECT m::jsonb AS m FROM one_keys;
CREATE TABLE one_jsonb AS SELECT m FROM one_path;

CREATE INDEX ON one_keys USING gin (m);
CREATE INDEX ON one_pairs USING gin (m reddict_pair_ops);
CREATE INDEX ON one_path USING gin (m jsonb_path_ops);
CREATE INDEX ON one_jsonb USING gin (m);
