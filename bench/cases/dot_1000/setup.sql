-- Dot product, distance and cosine of each of 10,000 rows of 1,000 keys with a constant: out of line as doubles, narrow in the row
\set keys 1000
\set rows 10000
\set values doubles
\ir ../../data/metrics.sql
\set values decimals
\ir ../../data/metrics.sql

-- packed and narrow it fits the page
CREATE TABLE dot_narrow (id bigint, m reddict) WITH (toast_tuple_target = 8160);
SET redbear.pack = on;
INSERT INTO dot_narrow SELECT id, rd_pack(m) FROM packed_1000_decimals_external;
RESET redbear.pack;
