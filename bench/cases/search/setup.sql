-- Rows that contain two pairs whose keys all of 1,000,000 rows have, and few the values
CREATE TABLE search_keys AS
SELECT reddict(ARRAY['requests', 'errors', 'k' || i % 20], ARRAY[i % 1000, i % 17, 1]::float8[]) AS m
FROM generate_series(1, (1000000 * :size)::int) AS i;
CREATE TABLE search_pairs AS SELECT m FROM search_keys;
CREATE TABLE search_path AS SELECT m::jsonb AS m FROM search_keys;
CREATE TABLE search_jsonb AS SELECT m FROM search_path;

CREATE INDEX ON search_keys USING gin (m);
CREATE INDEX ON search_pairs USING gin (m reddict_pair_ops);
CREATE INDEX ON search_path USING gin (m jsonb_path_ops);
CREATE INDEX ON search_jsonb USING gin (m);
