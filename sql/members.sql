--
-- From and to JSON objects with members that are no numbers
--

\getenv abs_srcdir PG_ABS_SRCDIR
\set helpers :abs_srcdir '/sql/include/helpers.sql'
\i :helpers

\pset format unaligned
\pset tuples_only on
\pset null NULL

-- rd_from_jsonb

SELECT rd_from_jsonb('{"b": 1, "a": 2.5, "c": "NaN"}'), rd_from_jsonb('{}'), rd_from_jsonb(NULL) IS NULL, rd_from_jsonb('{}', NULL) IS NULL;
-- 'error' is the cast
SELECT pg_temp.full_outcome(format('SELECT rd_from_jsonb(%L, ''error'')', j)) AS error,
	pg_temp.full_outcome(format('SELECT rd_from_jsonb(%L, ''error'')', j)) = pg_temp.full_outcome(format('SELECT %L::jsonb::reddict', j)) AS same
FROM unnest(ARRAY['{"a": 1, "b": null}', '{"a": true}', '{"a": "x"}', '{"a": []}', '{"a": {"b": 1}}', '{"a": {}}', '{"a": 1e400}', '[1]', '[]', '1', '"a"', 'null', '{"a": 1}']) AS j;
SELECT pg_temp.full_outcome(format('SELECT rd_from_jsonb(%L, ''skip'')', j)) AS skip, pg_temp.full_outcome(format('SELECT rd_from_jsonb(%L, ''flatten'')', j)) AS flatten
FROM unnest(ARRAY['{"a": 1, "b": null}', '{"a": true, "b": 2}', '{"a": "x", "b": "Infinity"}', '{"a": [1], "b": 3}', '{"a": {"b": 1}, "c": 2}', '{"a": {}, "c": 2}', '{"a": 1e400}',
	'[1]', '[]', '1', '"a"', 'null', '{"a": "1"}', '{"a": {"b": {"c": {"d": "NaN"}, "": 1}}, "": {"": {"": 2}}}',
	'{"the": {"dotted": {"key": null}}}', '{"the": {"dotted": {"key": true}}}', '{"the": {"dotted": {"key": "x"}}}', '{"the": {"dotted": {"key": [1, 2]}}}', '{"the": {"dotted": {"key": 1e400}}}',
	'{"a": {"b": 1}, "a.b": 2}', '{"a": {"b.c": 1}, "a.b": {"c": 2}}', '{"a": {"b": {"c": 1}, "b.c": 2}}', '{"a.b": 1, "a": {"c": 2}}', '{"a": {}, "a.b": 1}', '{"żółw": {"😀": 1, "\"": 2}}']) AS j;
SELECT pg_temp.full_outcome(format('SELECT rd_from_jsonb(''{}'', %L)', o)) FROM unnest(ARRAY['', 'Skip', ' skip ', 'ski', 'żółw', 'skip,', ',skip', 'skip skip', 'skip, flatten', 'error,skip', 'skip,strings,error', 'error,flatten']) AS o;
SELECT rd_from_jsonb(j => '{"a": null}', on_other => 'skip');
-- keys too long, of themselves and dotted; and too many of them
SELECT pg_temp.full_outcome(format('SELECT rd_from_jsonb(jsonb_build_object(%L, 1), ''flatten'')', repeat('k', 65536)));
SELECT pg_temp.full_outcome(format('SELECT rd_length(rd_from_jsonb(jsonb_build_object(%L, jsonb_build_object(%L, 1)), ''flatten''))', repeat('k', n), repeat('k', 65534 - 32767))) FROM unnest(ARRAY[32767, 32768]) AS n;
SELECT pg_temp.full_outcome(format('SELECT rd_from_jsonb(jsonb_build_object(%L, (SELECT jsonb_object_agg(i, i) FROM generate_series(1, 3000) AS i)), ''flatten'')', repeat('k', 65000)));
-- deep
SELECT rd_keys(m), rd_values(m) FROM rd_from_jsonb((repeat('{"a":', 100) || '1' || repeat('}', 100))::jsonb, 'flatten') AS m;
-- the same as jsonb_each() says
CREATE TABLE documents AS SELECT i, (SELECT jsonb_object_agg('k' || j, CASE (i * 7 + j * 3) % 11
	WHEN 0 THEN 'null' WHEN 1 THEN 'true' WHEN 2 THEN '"text"' WHEN 3 THEN '[1]' WHEN 4 THEN '{"x": 1}' WHEN 5 THEN '"NaN"' WHEN 6 THEN '"-Infinity"' ELSE to_jsonb(i * 0.1 + j) END)
	FROM generate_series(0, i % 40) AS j) AS doc FROM generate_series(1, 500) AS i;
SELECT i FROM documents WHERE rd_from_jsonb(doc, 'skip') IS DISTINCT FROM
	(SELECT coalesce(reddict_agg(key, (value #>> '{}')::float8), '{}') FROM jsonb_each(doc) WHERE jsonb_typeof(value) = 'number' OR value IN ('"NaN"', '"Infinity"', '"-Infinity"'));
CREATE TABLE nested AS SELECT i, (SELECT jsonb_object_agg('k' || j, CASE (i + j) % 4
	WHEN 0 THEN jsonb_build_object('x', i + j, 'y', jsonb_build_object('z', i * 0.5, '', j)) WHEN 1 THEN '{}' WHEN 2 THEN jsonb_build_object('deep', jsonb_build_object('er', jsonb_build_object('k' || i, '"NaN"'::jsonb))) ELSE to_jsonb(i * 0.1 + j) END)
	FROM generate_series(0, i % 40) AS j) AS doc FROM generate_series(1, 500) AS i;
WITH RECURSIVE walk(i, path, value) AS (
	SELECT i, key, value FROM nested, jsonb_each(doc)
	UNION ALL
	SELECT i, path || '.' || key, v.value FROM walk AS w, jsonb_each(CASE jsonb_typeof(w.value) WHEN 'object' THEN w.value ELSE '{}' END) AS v(key, value)
), flat AS (
	SELECT i, reddict_agg(path, (value #>> '{}')::float8) FILTER (WHERE jsonb_typeof(value) <> 'object') AS m FROM walk GROUP BY i
)
SELECT count(*), sum(rd_length(m)), count(*) FILTER (WHERE rd_from_jsonb(doc, 'flatten') IS DISTINCT FROM coalesce(m, '{}')) FROM nested JOIN flat USING (i);
SELECT rd_length(rd_from_jsonb(j, 'skip')), rd_from_jsonb(j, 'skip') = j::reddict, rd_from_jsonb(j, 'flatten') = j::reddict FROM (SELECT jsonb_object_agg('k' || i, i * 0.1) FROM generate_series(1, 1000) AS i) AS s(j);


-- choices that combine

SELECT rd_from_jsonb('{"BTC": "0.00003", "EUR": "0.85"}', 'strings'), rd_from_json('{"BTC": "0.00003", "EUR": "0.85"}', 'strings');
SELECT rd_from_jsonb(j::jsonb, 'flatten,skip'), rd_from_json(j::json, 'flatten,skip') FROM (VALUES ('{"name":"x","cpu":{"user":1.5,"note":"n"},"ok":true,"l":[1],"z":null}')) AS v(j);
SELECT rd_from_jsonb(j::jsonb, 'flatten,arrays,booleans,skip'), rd_from_json(j::json, 'flatten,arrays,booleans,skip', '/')
FROM (VALUES ('{"name":"x","cpu":{"user":1.5,"note":"n"},"ok":true,"l":[1,[2,false,{"x":[]}],"s",{"y":3}],"z":null}')) AS v(j);
-- each alone, of both types: no others are taken
SELECT choice, pg_temp.full_outcome(format('SELECT rd_from_jsonb(%L, %L)', j, choice)) AS jsonb,
	replace(pg_temp.full_outcome(format('SELECT rd_from_json(%L, %L)', j, choice)), 'cast json ', 'cast jsonb ') = pg_temp.full_outcome(format('SELECT rd_from_jsonb(%L, %L)', j, choice)) AS same
FROM unnest(ARRAY['error', 'skip', 'flatten', 'arrays', 'strings', 'booleans', 'nulls']) AS choice,
	unnest(ARRAY['{"a": {"b": 1}}', '{"a": [1, 2]}', '{"a": "1"}', '{"a": true}', '{"a": null}']) AS j;
-- a container that is taken may have what is not taken; the error names the whole key
SELECT j, pg_temp.full_outcome(format('SELECT rd_from_json(%L, %L)', j, 'flatten,arrays'))
FROM unnest(ARRAY['{"a": [1, {"b": [0, "x"]}]}', '{"a": [1, {"b": [0, null]}]}', '{"a": [1, {"b": [0, true]}]}', '{"a": [[], {}, [[]], [{}]]}', '{"a": [1, {"b": [0, 1e400]}]}', '[1]', '1', '"a"', 'null', 'true', '{}']) AS j;
-- strings: what float8's input takes, with its value
SELECT s, pg_temp.full_outcome(format('SELECT rd_from_json(json_build_object(%L, %L::text), %L)', 'k', s, 'strings,skip')) AS read,
	pg_temp.full_outcome(format('SELECT reddict(%L, %L::float8)', 'k', s)) AS float8
FROM unnest(ARRAY['1', '-2.50', '+5', '.5', '5.', '1e3', E' 7\t', 'NaN', 'nan', 'inf', '-Infinity', '0.1', '123456789012345678', '', ' ', 'x', '1x', '1 2', '1,5', '0x', '--1', '1e', '€1', 'none']) AS s;
SELECT pg_temp.full_outcome(format('SELECT rd_from_%s(%L, %L)', type, '{"k": "1e400"}', 'strings,skip')) FROM unnest(ARRAY['json', 'jsonb']) AS type;
-- separators
SELECT rd_from_jsonb('{"a": {"b": 1, "": {"c": 2}}}', 'flatten', separator), rd_from_json('{"a": {"b": 1, "": {"c": 2}}}', 'flatten', separator) FROM unnest(ARRAY['.', '', '/', '::', 'é']) AS separator;
-- a number that no double can stand for, in the place of which another comes
SELECT rd_from_json('{"a": 1e400, "b": 3, "a": 100}', 'skip') AS number, rd_from_json('{"a": {"b": 1e400}, "a": 7}', 'flatten') AS object;
-- nothing of what is left out stays in a path
SELECT rd_from_json('{"a": {"b": {"c": {"d": [1, {"e": 2}]}, "f": 3}, "g": [{"h": 4}, 5]}, "i": 6}', 'flatten,skip'), rd_from_jsonb('{"a": {"b": {"c": {"d": [1, {"e": 2}]}, "f": 3}, "g": [{"h": 4}, 5]}, "i": 6}', 'flatten,skip');
SELECT rd_from_json('{"a": [{"b": 1}, [2, {"c": 3}, 4], 5, {"d": [6]}, 7], "i": 8}', 'arrays,skip'), rd_from_jsonb('{"a": [{"b": 1}, [2, {"c": 3}, 4], 5, {"d": [6]}, 7], "i": 8}', 'arrays,skip');

-- keys that come twice in json: what jsonb makes of them
SELECT count(*), count(*) FILTER (WHERE json LIKE '{%') AS accepted,
	string_agg(concat_ws(' ', j, choices, json, jsonb), E'\n') FILTER (WHERE json <> jsonb) AS wrong
FROM unnest(ARRAY['{"a": 1, "a": 2}', '{"a": 1, "a": "x"}', '{"a": "x", "a": 1}', '{"a": 1, "a": {"b": 2}}', '{"a": {"b": 2}, "a": 1}', '{"a": {"b": 1}, "a": {"b": 2}}', '{"a": {"b": 1}, "a": {"c": 2}}',
		'{"a": {"b": 1, "b": 2}, "c": 3}', '{"a.b": 1, "a": {"b": 2}}', '{"a": {"b": 1}, "a.b": 2}', '{"a": {"b": 1}, "a": "x", "a.b": 3}', '{"a": [1, 2], "a": [3]}', '{"a": [1], "a.0": 2}', '{"a": null, "a": 1}', '{"a": 1, "a": null}',
		'{"a": {"b.c": 1}, "a.b": {"c": 2}}', '{"a": {}, "a": 1}', '{"a": 1, "a": {}}', '{"a.b": {"c": 1}, "a": {"b": 1}}', '{"a": true, "a": 2, "b": 3, "b": "4"}']) AS j,
	unnest(ARRAY['error', 'skip', 'flatten', 'flatten,skip', 'arrays,flatten', 'strings,booleans,nulls', 'strings,booleans,nulls,arrays,flatten', 'nulls,skip']) AS choices,
	-- of errors only the first part, since jsonb has its keys in another order
	LATERAL (SELECT substring(pg_temp.full_outcome(format('SELECT rd_from_json(%L, %L)', j, choices)) FROM '^\{.*|.....'),
		substring(pg_temp.full_outcome(format('SELECT rd_from_jsonb(%L::jsonb, %L)', j::jsonb, choices)) FROM '^\{.*|.....')) AS o(json, jsonb)
-- in json an error comes before the last value wins
WHERE NOT (json LIKE '22023%' AND jsonb LIKE '{%');

-- all choices together against a walk in SQL, over documents of all kinds
CREATE TABLE trees AS
	SELECT i, (SELECT jsonb_object_agg('k' || j, CASE (i * 5 + j * 3) % 13
		WHEN 0 THEN 'null' WHEN 1 THEN 'true' WHEN 2 THEN 'false' WHEN 3 THEN '"text"' WHEN 4 THEN to_jsonb((i * 0.25)::text)
		WHEN 5 THEN jsonb_build_array(i, 'x', NULL, true, jsonb_build_object('y', j, 'z', jsonb_build_array(jsonb_build_array(), 'NaN', i)))
		WHEN 6 THEN jsonb_build_object('', i, 'n', jsonb_build_object('o', '-Infinity', 'p', '{}'::jsonb, 'q', NULL, 'r', false))
		WHEN 7 THEN '{}' WHEN 8 THEN '[]' ELSE to_jsonb(i * 0.1 + j) END)
		FROM generate_series(0, i % 30) AS j) AS doc
	FROM generate_series(1, 400) AS i;
WITH RECURSIVE choices AS (
	SELECT string_agg(name, ',') AS choices, bool_or(name = 'flatten') AS f, bool_or(name = 'arrays') AS a, bool_or(name = 'strings') AS s, bool_or(name = 'booleans') AS b
	FROM generate_series(0, 15) AS bits, unnest(ARRAY['skip', 'flatten', 'arrays', 'strings', 'booleans']) WITH ORDINALITY AS n(name, position)
	WHERE name = 'skip' OR bits & (1 << (position::int - 2)) <> 0 GROUP BY bits
), walk AS (
	SELECT i, c.*, key AS path, value FROM choices AS c, trees, jsonb_each(doc)
	UNION ALL
	SELECT i, choices, f, a, s, b, path || '.' || m.key, m.value FROM walk AS w,
		LATERAL (SELECT key, v.value FROM jsonb_each(CASE WHEN f AND jsonb_typeof(w.value) = 'object' THEN w.value ELSE '{}' END) AS v
			UNION ALL SELECT (n - 1)::text, v.value FROM jsonb_array_elements(CASE WHEN a AND jsonb_typeof(w.value) = 'array' THEN w.value ELSE '[]' END) WITH ORDINALITY AS v(value, n)) AS m
), maps AS (
	SELECT i, choices, coalesce(reddict_agg(path, CASE jsonb_typeof(value) WHEN 'boolean' THEN value::text::bool::int::float8 ELSE (value #>> '{}')::float8 END) FILTER (WHERE
		CASE jsonb_typeof(value) WHEN 'number' THEN true WHEN 'boolean' THEN b WHEN 'string' THEN value IN ('"NaN"', '"-Infinity"') OR s AND value #>> '{}' ~ '^[0-9]' ELSE false END), '{}') AS m
	FROM walk GROUP BY i, choices
)
SELECT count(*), count(DISTINCT choices), count(DISTINCT m), count(*) FILTER (WHERE rd_from_jsonb(doc, choices) IS DISTINCT FROM m), count(*) FILTER (WHERE rd_from_json(doc::text::json, choices) IS DISTINCT FROM m)
FROM maps JOIN trees USING (i);

-- back to nested objects

SELECT rd_to_nested('{"cpu.user": 1.5, "cpu.system": 0.5, "load": 2, "disk.sda.reads": 7, "disk.sda.writes": 8, "disk.sdb.reads": 9}');
SELECT rd_to_nested('{}'), rd_to_nested('{"a": "NaN", "b.": 1, ".c": 2, "..": 3, ".d.": 4}'), rd_to_nested('{"a/b": 1, "a.b": 2}', '/'), rd_to_nested('{"a::b:::c": 1}', '::'), rd_to_nested(NULL) IS NULL;
SELECT rd_to_nested(m => '{"é.ż": 1}', separator => '.'), rd_to_nested('{"aéb": 1, "aéc": 2, "b": 3}', 'é');
-- what comes between in byte order opens nothing twice
SELECT rd_to_nested('{"a": 1, "a-b": 2, "b.c": 3, "b-c": 4, "b/c": 5, "b.d.e": 6, "b.d-e": 7, "b.d/e": 8, "b.dd": 9}');
SELECT pg_temp.full_outcome(format('SELECT rd_to_nested(%L)', m)) FROM unnest(ARRAY['{"a": 1, "a.b": 2}', '{"x.a": 1, "x.a.b.c": 2}', '{"": 1, ".a": 2}', '{"a": 1, "a-b": 2, "a.b": 3}']) AS m;
SELECT pg_temp.full_outcome($$SELECT rd_to_nested('{"a": 1}', '')$$);
-- there and back, and the other way round where there is no array, null or empty object
SELECT count(*), count(*) FILTER (WHERE rd_from_jsonb(rd_to_nested(m, s), 'flatten', s) IS DISTINCT FROM m), count(*) FILTER (WHERE rd_from_json(rd_to_nested(m, s)::text::json, 'flatten', s) IS DISTINCT FROM m)
FROM (SELECT i, reddict_agg(repeat('a', (i * j) % 3) || s || (j % 7)::text || repeat(s, (i + j) % 2) || (i * j % 11)::text || s || 'z' || s || (j % 3)::text, i + j / 8.0::float8) AS m, s
	FROM generate_series(1, 300) AS i, generate_series(1, 40) AS j, unnest(ARRAY['.', '/', '::', 'é']) AS s GROUP BY i, s) AS maps;
SELECT count(*), count(*) FILTER (WHERE rd_to_nested(rd_from_jsonb(doc, 'flatten')) IS DISTINCT FROM doc)
FROM (SELECT jsonb_object_agg('k' || j, CASE (i + j) % 3 WHEN 0 THEN jsonb_build_object('x', i, 'y', jsonb_build_object('z', j, '', 1, '/', 2)) WHEN 1 THEN to_jsonb(i * 0.5) ELSE jsonb_build_object('-', 1, 'deep', jsonb_build_object('er', 'NaN')) END) AS doc
	FROM generate_series(1, 200) AS i, generate_series(1, 1 + i % 30) AS j GROUP BY i) AS d;
-- many segments
SELECT rd_to_nested(reddict(repeat('a.', 99) || 'a', 1)) = (repeat('{"a":', 100) || '1' || repeat('}', 100))::jsonb;

DROP TABLE documents, nested, trees;
