-- More registered keys than a backend keeps: 14,000 sets of 100 keys, read twice by one session

CREATE DATABASE registry_cache;
\c registry_cache
CREATE EXTENSION redbear;
CREATE TABLE sets AS
	SELECT s, ARRAY(SELECT format('key %s of %s', i, s) FROM generate_series(1, 100) AS i) AS keys
	FROM generate_series(1, (14000 * :size)::int) AS s;
SELECT count(rd_share_keys(keys)) FROM sets;
CREATE TABLE maps AS SELECT s, rd_pack(reddict(keys, array_fill(1::float8, '{100}'))) AS m FROM sets;
VACUUM (ANALYZE);
\c postgres
