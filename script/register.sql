-- Makes a database "packed" in which key sets are registered: those in the file
-- "keys", a JSON array a line.

DROP DATABASE IF EXISTS packed;
CREATE DATABASE packed TEMPLATE template0;
\c packed
CREATE EXTENSION redbear;
CREATE TEMP TABLE recorded (keys jsonb);
\set copy '\\copy recorded FROM ' :'keys' ' (FORMAT csv, QUOTE E''\\x01'', DELIMITER E''\\x02'')'
:copy

-- of two with the same hash, in a build that shortens it, the second is refused
SELECT count(rd_share_keys_of(m)) AS "key sets registered" FROM (
	SELECT DISTINCT ON (rd_index_hash(m)) m FROM (
		SELECT reddict(names, array_fill(0::float8, ARRAY[cardinality(names)])) AS m
		FROM recorded, LATERAL (SELECT ARRAY(SELECT jsonb_array_elements_text(keys)) AS names OFFSET 0) AS a
	) AS maps
) AS distinct_maps;
