-- The same 100,000 maps of ten keys as jsonb and as reddict, in a schema of
-- their own, which is made anew if it is there.

CREATE EXTENSION IF NOT EXISTS redbear;

\set QUIET on
SET client_min_messages = warning;
DROP SCHEMA IF EXISTS redbear_compare CASCADE;
CREATE SCHEMA redbear_compare;

CREATE TABLE redbear_compare.as_reddict (id int PRIMARY KEY, m reddict NOT NULL);
INSERT INTO redbear_compare.as_reddict
	SELECT i, reddict(array_agg('counter_' || k), array_agg(floor(random() * 100000)))
	FROM generate_series(1, 100000) AS i, generate_series(1, 10) AS k
	GROUP BY i;

CREATE TABLE redbear_compare.as_jsonb (id int PRIMARY KEY, m jsonb NOT NULL);
INSERT INTO redbear_compare.as_jsonb
	SELECT id, m::jsonb FROM redbear_compare.as_reddict;

VACUUM (ANALYZE) redbear_compare.as_reddict, redbear_compare.as_jsonb;
