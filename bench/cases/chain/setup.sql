-- ((((d + 4) + d) - 4) - d) * d, 100,000 times, d of so many keys; less the same query without it; "rows": with the d of other rows; "packed": with shared keys
SELECT setseed(0.4) \g /dev/null
CREATE TABLE chain_10 AS
SELECT reddict(array_agg('key_' || i), array_agg(floor(random() * 4000) / 4)) AS m FROM generate_series(1, 10) AS i;
CREATE TABLE chain_1000 AS
SELECT reddict(array_agg('key_' || i), array_agg(floor(random() * 4000) / 4)) AS m FROM generate_series(1, 1000) AS i;
CREATE TABLE chain_rows_10 AS
SELECT id, reddict(array_agg('key_' || i), array_agg(floor(random() * 4000) / 4)) AS m
FROM generate_series(1, 3) AS id, generate_series(1, 10) AS i GROUP BY id;
CREATE TABLE chain_rows_1000 AS
SELECT id, reddict(array_agg('key_' || i), array_agg(floor(random() * 4000) / 4)) AS m
FROM generate_series(1, 3) AS id, generate_series(1, 1000) AS i GROUP BY id;

SELECT rd_share_keys_of(m) FROM chain_10 UNION ALL SELECT rd_share_keys_of(m) FROM chain_1000 \g /dev/null
CREATE TABLE chain_packed_10 AS SELECT rd_pack(m) AS m FROM chain_10;
CREATE TABLE chain_packed_1000 AS SELECT rd_pack(m) AS m FROM chain_1000;
