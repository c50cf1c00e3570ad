-- 500,000 rows of two maps of ten numbers: those of ten_reddict, and of the same
-- rows from the last to the first. Nothing is done if they are there.

\ir ten_keys.sql

SELECT to_regclass('ten_pairs') IS NULL AS absent, to_regclass('ten_vector') IS NOT NULL AS vector \gset
\if :absent

CREATE TABLE ten_pairs AS
SELECT a.id, a.m, b.m AS m2
FROM ten_reddict a JOIN ten_reddict b ON b.id = (SELECT max(id) FROM ten_reddict) + 1 - a.id ORDER BY a.id;

CREATE TABLE ten_pairs_packed AS
SELECT id, rd_pack(m) AS m, rd_pack(m2) AS m2
FROM ten_pairs;

\if :vector
CREATE TABLE ten_pairs_vector AS
SELECT a.id, a.m, b.m AS m2
FROM ten_vector a JOIN ten_vector b ON b.id = (SELECT max(id) FROM ten_vector) + 1 - a.id ORDER BY a.id;
\endif

\endif
