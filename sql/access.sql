--
-- Access: values of keys, which keys are there, which pairs
--

\pset format unaligned
\pset tuples_only on
\pset null NULL

-- values of several keys

SELECT m -> '{b,a}'::text[], m -> '{a,z,b,a}'::text[], m -> '{z}'::text[], m -> '{}'::text[], m -> '{"",B,ab}'::text[]
FROM (VALUES ('{"a": 1.5, "b": -2, "": 7}'::reddict)) AS v(m);
SELECT m -> '{a,NULL,b}'::text[], m -> '{NULL}'::text[], m -> '{"NULL"}'::text[]
FROM (VALUES ('{"a": 1, "NULL": 2}'::reddict)) AS v(m);
-- the shape is the keys'
SELECT m -> '{{a,b},{z,a}}'::text[], m -> '[0:1]={a,b}'::text[], m -> '[-1:-1][5:6]={{b,NULL}}'::text[],
	array_dims(m -> '[2:3][1:1][7:8]={{{a,b}},{{z,b}}}'::text[]), m -> '{{{b}}}'::text[]
FROM (VALUES ('{"a": 1, "b": 2}'::reddict)) AS v(m);
SELECT m -> '{nan,inf,minusinf,zero,minuszero,tiny}'::text[]
FROM (VALUES ('{"nan": "NaN", "inf": "Infinity", "minusinf": "-Infinity", "zero": 0, "minuszero": -0, "tiny": 5e-324}'::reddict)) AS v(m);
SELECT '{}'::reddict -> '{a,"",NULL}'::text[], '{}'::reddict -> '{}'::text[], rd_get_many('{"a": 1}', '{a,b}');
SELECT pg_typeof('{}'::reddict -> '{}'::text[]), pg_typeof('{}'::reddict -> ''), pg_typeof('{}'::reddict -> NULL);
-- a bare literal is a key, not an array
SELECT '{"a": 1, "{a}": 2}'::reddict -> '{a}';

-- one key, or a number in its stead

SELECT rd_get(m, 'a', 7), rd_get(m, 'z', 7), rd_get(m, '', 7), rd_get(m, 'z', 'NaN'), rd_get(m, 'z', '-0'), rd_get(m, 'n', 7), rd_get('{}', 'a', 7)
FROM (VALUES ('{"a": 1, "n": "NaN"}'::reddict)) AS v(m);
-- NULL for a NULL map or key; of a NULL third argument only where the key is absent
SELECT rd_get(m, 'a', NULL), rd_get(m, 'z', NULL), rd_get(NULL, 'a', 7), rd_get(m, NULL, 7), rd_get(NULL, NULL, NULL)
FROM (VALUES ('{"a": 1}'::reddict)) AS v(m);
SELECT rd_get(otherwise => 3, key => 'a', m => '{}');

-- is it there?

SELECT m ? 'a', m ? 'z', m ? '', m ? 'A', m ? 'ab', m ? 'a ', m ? 'zero', '{}'::reddict ? 'a', '{}'::reddict ? ''
FROM (VALUES ('{"a": 1, "abc": 2, "zero": 0}'::reddict)) AS v(m);
SELECT m ?| '{z,a}', m ?| '{z,y}', m ?| '{a,b}', m ?| '{}', m ?| '{NULL}', m ?| '{NULL,a}', m ?| '{NULL,z}', m ?| '{{z,z},{b,z}}', '{}'::reddict ?| '{a}', '{}'::reddict ?| '{}'
FROM (VALUES ('{"a": 1, "b": 2}'::reddict)) AS v(m);
SELECT m ?& '{z,a}', m ?& '{z,y}', m ?& '{a,b}', m ?& '{}', m ?& '{NULL}', m ?& '{NULL,a}', m ?& '{NULL,z}', m ?& '{{a,b},{b,a}}', '{}'::reddict ?& '{a}', '{}'::reddict ?& '{}'
FROM (VALUES ('{"a": 1, "b": 2}'::reddict)) AS v(m);
-- by their names
SELECT rd_exists(m, 'a'), rd_exists(m, 'z'), rd_exists_any(m, '{z,a}'), rd_exists_any(m, '{z,y}'), rd_exists_all(m, '{a,b}'), rd_exists_all(m, '{a,z}'),
	rd_contains(m, '{"a": 1}'), rd_contains(m, '{"a": 2}'), rd_contained(m, '{"a": 1}'), rd_contained(m, '{"a": 1, "b": 2, "c": 3}')
FROM (VALUES ('{"a": 1, "b": 2}'::reddict)) AS v(m);

-- pairs

SELECT a, b, a @> b, b <@ a FROM (VALUES
	(1, '{"a": 1, "b": 2}'::reddict, '{"a": 1}'::reddict),
	(2, '{"a": 1, "b": 2}', '{"a": 1, "b": 2}'),
	(3, '{"a": 1, "b": 2}', '{"b": 2.0}'),
	(4, '{"a": 1, "b": 2}', '{}'),
	(5, '{}', '{}'),
	(6, '{"": 0}', '{"": 0}'),
	-- another value, another key, a key more, a prefix, the values of others
	(7, '{"a": 1, "b": 2}', '{"a": 2}'),
	(8, '{"a": 1, "b": 2}', '{"c": 1}'),
	(9, '{"a": 1}', '{"a": 1, "b": 2}'),
	(10, '{"ab": 1}', '{"a": 1}'),
	(11, '{"a": 1, "b": 2}', '{"a": 2, "b": 1}'),
	(12, '{"a": 1, "b": 2}', '{"a": 1, "b": 3}'),
	(13, '{}', '{"a": 0}'),
	-- as = compares: NaN is NaN, -0 is 0, and nothing else is near enough
	(14, '{"a": "NaN", "b": -0}', '{"a": "NaN", "b": 0}'),
	(15, '{"a": "NaN", "b": 0, "c": 1}', '{"a": "NaN", "b": -0}'),
	(16, '{"a": "Infinity"}', '{"a": "NaN"}'),
	(17, '{"a": "Infinity"}', '{"a": "-Infinity"}'),
	(18, '{"a": 0}', '{"a": 5e-324}'),
	(19, '{"a": 1}', '{"a": 1.0000000000000002}'),
	-- a NaN of the machine's own making
	(20, reddict('a', 'Infinity'::float8 - 'Infinity'::float8), '{"a": "NaN"}')
) AS v(id, a, b) ORDER BY id;
-- = where each has the other
SELECT a @> b AND a <@ b, a = b FROM (VALUES
	('{"a": 1}'::reddict, '{"a": 1}'::reddict), ('{"a": "NaN", "b": 0}', '{"b": -0, "a": "NaN"}'), ('{"a": 1}', '{"a": 1, "b": 1}'), ('{}', '{}')
) AS v(a, b);

-- NULL
SELECT num_nulls(m -> NULL::text[], NULL::reddict -> '{a}'::text[], m ? NULL, NULL::reddict ? 'a', m ?| NULL, NULL::reddict ?| '{a}',
	m ?& NULL, NULL::reddict ?& '{a}', m @> NULL, NULL @> m, m <@ NULL, NULL <@ m) AS "12 nulls"
FROM (VALUES ('{"a": 1}'::reddict)) AS v(m);

-- a key of 65,535 bytes, and one that no map can have: absent, no error
SELECT m ? repeat('k', 65535), m ? repeat('k', 65534), m ? repeat('k', 65536), m ? repeat('k', 65535 + 65536), m ? '',
	m -> ARRAY[repeat('k', 65536), repeat('k', 65535), 'k'], m ?| ARRAY[repeat('k', 65536)], m ?& ARRAY[repeat('k', 65535)],
	rd_get(m, repeat('k', 65536), -1), m @> reddict(repeat('k', 65535), 1.5), m @> reddict(repeat('k', 65535), 1)
FROM (VALUES (reddict(repeat('k', 65535), 1.5))) AS v(m);

-- Unicode is compared byte by byte: é, è, and e with an accent are three keys
SELECT m ? 'é', m ? 'e', m ? 'è', m ? 'é', m ? '☃', m ? '☄', m -> '{é,☃,😀,é}'::text[], m ?& '{é,☃,é}', m ?| '{è,E,😀}', m @> '{"☃": 2}', m @> '{"é": 1}'
FROM (VALUES ('{"é": 1, "☃": 2, "é": 3}'::reddict)) AS v(m);

-- Against core: every key of maps of many sizes, and keys near to one that is
-- there.  The keys are of various lengths, some begin others, and sizes lie
-- around 32 and its multiples.

CREATE TEMP TABLE pair AS
	SELECT name COLLATE "C" AS name, key COLLATE "C" AS key, value FROM (
		SELECT n::text, substr(md5(i::text), 1, 1 + i % 9) || '-' || i, (i * 7919 % 1009 - 504)::float8 / 8
		FROM unnest(ARRAY[1, 2, 31, 32, 33, 63, 64, 65, 66, 96, 97, 1000]) AS n, generate_series(1, n) AS i
		-- every key begins the next
		UNION ALL SELECT 'growing ' || n, repeat('x', i - 1), i FROM (VALUES (33), (65), (300)) AS v(n), generate_series(1, n) AS i
		-- lengths in two bytes
		UNION ALL SELECT 'wide ' || n, repeat(chr(97 + i % 26), 250 + i), -i FROM (VALUES (1), (33), (64), (65)) AS v(n), generate_series(1, n) AS i
		-- all of one length
		UNION ALL SELECT 'even ' || n, lpad(i::text, 4, '0'), CASE i % 3 WHEN 0 THEN 'NaN' WHEN 1 THEN 'Infinity' ELSE '-0' END::float8
		FROM (VALUES (32), (64), (1000)) AS v(n), generate_series(1, n) AS i
		UNION ALL SELECT 'unicode', unnest('{é,è,é,☃,☄,😀,"",e,"\"","\\"," "}'::text[]), 5
	) AS s(name, key, value);
CREATE TEMP TABLE map AS
	SELECT name, m, m::jsonb AS j FROM (SELECT name, reddict(array_agg(key), array_agg(value)) AS m FROM pair GROUP BY name) AS s
	UNION ALL VALUES ('empty', '{}'::reddict, '{}'::jsonb);
-- 12 + 3 + 4 + 3 maps and 2 more; 1550 + 398 + 163 + 1096 + 11 pairs
SELECT count(*), sum(rd_length(m)), (SELECT count(*) FROM pair) FROM map;

CREATE TEMP TABLE probe AS
	SELECT DISTINCT name, probe COLLATE "C" AS probe FROM pair, LATERAL (VALUES
		(key), (left(key, -1)), (key || '-'), (key || left(key, 1)), (upper(key)), (substr(key, 2)), (left(key, 1)), (key || ' '), ('')) AS v(probe)
	UNION SELECT name, '' FROM map UNION SELECT name, 'a' FROM map UNION SELECT name, '~~~' FROM map;
CREATE TEMP TABLE probed AS
	SELECT name, probe, m ? probe AS exists, rd_exists(m, probe) AS rd_exists, m -> probe AS value, m -> ARRAY[probe] AS "values",
		rd_get(m, probe, 12345) AS got, m ?| ARRAY[probe] AS "any", m ?& ARRAY[probe] AS "all", m @> reddict(probe, m -> probe) AS has,
		j ? probe AS wanted
	-- (detoasted once)
	FROM probe JOIN (SELECT name, m || '{}' AS m, j || '{}' AS j FROM map OFFSET 0) AS map USING (name);
-- no rows: right
SELECT probed.* FROM probed LEFT JOIN pair ON pair.name = probed.name AND pair.key = probe
WHERE (exists, rd_exists, "any", "all", wanted) IS DISTINCT FROM (pair.key IS NOT NULL, wanted, wanted, wanted, pair.key IS NOT NULL)
   OR probed.value IS DISTINCT FROM pair.value OR "values" IS DISTINCT FROM ARRAY[pair.value]
   OR got IS DISTINCT FROM coalesce(pair.value, 12345) OR has IS DISTINCT FROM (CASE WHEN pair.key IS NOT NULL THEN true END);
-- every key was found, and nothing else
SELECT count(*) FILTER (WHERE exists), count(*) > 15000 FROM probed;
-- -0 is found as -0
SELECT DISTINCT m -> '0002', float8send(m -> '0002'), float8send((m -> '{0002}'::text[])[1]) FROM map WHERE name LIKE 'even%';

-- Several keys, some of them there, some NULL: against jsonb and unnest().
CREATE TEMP TABLE keys AS
	SELECT row_number() OVER () AS id, keys FROM (
		SELECT array_agg(CASE WHEN i % 5 = 3 THEN NULL ELSE key END ORDER BY i) AS keys
		FROM (SELECT name, key, row_number() OVER (PARTITION BY name ORDER BY md5(key), key) AS i FROM pair) AS s,
			(VALUES (1), (2), (3), (10), (40)) AS v(n)
		WHERE i <= n GROUP BY name, n
		UNION ALL VALUES ('{}'::text[]), ('{NULL}'), ('{NULL,NULL}'), ('{"",x,xx}'), ('{{a,x},{NULL,xx}}'), ('{nowhere,"",NULL}'), (ARRAY[repeat('w', 272), NULL])
	) AS s;
CREATE TEMP TABLE several AS
	SELECT name, id, m -> keys AS "values", (SELECT array_agg(m -> key ORDER BY n) FROM unnest(keys) WITH ORDINALITY AS u(key, n)) AS wanted,
		m ?| keys AS "any", rd_exists_any(m, keys) AS rd_any, j ?| keys AS wanted_any, m ?& keys AS "all", rd_exists_all(m, keys) AS rd_all, j ?& keys AS wanted_all,
		array_dims(m -> keys) IS NOT DISTINCT FROM array_dims(keys) AS same_shape
	FROM map, keys;
SELECT name, id FROM several
WHERE ("any", "all", rd_any, rd_all) IS DISTINCT FROM (wanted_any, wanted_all, wanted_any, wanted_all) OR NOT same_shape
   OR (SELECT array_agg(value ORDER BY n) FROM unnest("values") WITH ORDINALITY AS u(value, n)) IS DISTINCT FROM wanted;
-- 24 maps, 23 * 5 + 7 arrays, 3 of which have no keys; all four answers came
SELECT count(*), count(DISTINCT id), count(*) FILTER (WHERE "any" AND "all") > 100, count(*) FILTER (WHERE "any" AND NOT "all") > 100,
	count(*) FILTER (WHERE NOT "any" AND "all"), count(*) FILTER (WHERE NOT "any" AND NOT "all") > 100
FROM several;

-- Maps against their variants and against small maps: as jsonb has it, and as
-- pairs have it.
CREATE TEMP TABLE variant AS
	SELECT name, variant, reddict(keys, vals) AS m FROM (
		SELECT name, variant, coalesce(array_agg(key) FILTER (WHERE kept), '{}') AS keys,
			coalesce(array_agg(CASE WHEN changed THEN value + 0.5 ELSE value END) FILTER (WHERE kept), '{}') AS vals
		FROM (SELECT *, row_number() OVER (PARTITION BY name ORDER BY key) AS i, count(*) OVER (PARTITION BY name) AS n FROM pair) AS s,
			LATERAL (VALUES
				('all', true, false),
				('every other', i % 2 = 1, false),
				('but the first', i > 1, false),
				('but the last', i < n, false),
				('a third', i % 3 = 1, false),
				('last changed', true, i = n),
				('last only, changed', i = n, true)) AS v(variant, kept, changed)
		GROUP BY name, variant
	) AS s
	UNION ALL SELECT name, 'one more', m || '{"more": 1}' FROM map;
CREATE TEMP TABLE compared AS
	SELECT a.name, a.variant, b.name AS b_name, b.variant AS b_variant,
		a.m @> b.m AS contains, b.m <@ a.m AS contained, rd_contains(a.m, b.m) AS rd_contains, rd_contained(b.m, a.m) AS rd_contained,
		a.j @> b.j AS wanted, NOT EXISTS (SELECT * FROM rd_each(b.m) EXCEPT SELECT * FROM rd_each(a.m)) AS wanted_too
	FROM (SELECT *, m::jsonb AS j FROM variant) AS a JOIN (SELECT *, m::jsonb AS j FROM variant) AS b
		ON a.name = b.name OR rd_length(a.m) < 12 AND rd_length(b.m) < 40;
SELECT * FROM compared WHERE (contains, contained, rd_contains, rd_contained, wanted_too) IS DISTINCT FROM (wanted, wanted, wanted, wanted, wanted);
-- 23 * 8 + 1 maps
SELECT (SELECT count(*) FROM variant), count(*) > 4000, count(*) FILTER (WHERE contains) > 500, count(*) FILTER (WHERE NOT contains) > 2000 FROM compared;

-- As they are stored, and as an aggregate returns them: from PostgreSQL 16 on
-- that is not flat, if keys varied and there are more than a few.
CREATE TEMP TABLE stored (name text COLLATE "C", plain reddict, external reddict, extended reddict, keys text[]);
ALTER TABLE stored ALTER COLUMN plain SET STORAGE PLAIN, ALTER COLUMN external SET STORAGE EXTERNAL;
INSERT INTO stored
	SELECT name, CASE WHEN rd_length(m) < 33 THEN m END, m, m,
		(SELECT array_agg(key) FROM (SELECT key FROM pair WHERE pair.name = map.name ORDER BY key DESC LIMIT 5) AS s) || '{nowhere}'
	FROM map WHERE name <> 'empty';
SELECT name FROM stored JOIN map USING (name), LATERAL (VALUES (plain), (external), (extended)) AS v(form)
WHERE (form -> keys, form ?| keys, form ?& keys, form ? keys[1], rd_get(form, keys[1], 7), form @> m, form <@ m, m @> form)
	IS DISTINCT FROM (m -> keys, true, false, true, m -> keys[1], true, true, true)
  AND form IS NOT NULL;
SELECT count(*), count(plain) FROM stored;
-- one value at a time, from any place after any other
CREATE TEMP TABLE long (m reddict);
ALTER TABLE long ALTER COLUMN m SET STORAGE EXTERNAL;
INSERT INTO long SELECT reddict_agg('key ' || i, i) FROM generate_series(1, 3000) AS i;
SELECT way, count(*), count(*) FILTER (WHERE m -> ('key ' || i) = i AND m ? ('key ' || i) AND m -> ('key ' || -i) IS NULL)
FROM long, LATERAL (
	SELECT way, i FROM generate_series(1, 3000) AS i, unnest('{up,down,mixed}'::text[]) AS way
	ORDER BY way, CASE way WHEN 'up' THEN i WHEN 'down' THEN -i END, md5(i::text)
) AS s GROUP BY way ORDER BY way;
-- in row after row, where the keys are the same, and where they are not
TRUNCATE long;
INSERT INTO long SELECT CASE
	WHEN row IN (4, 9) THEN reddict_agg(CASE i WHEN 300 THEN 'key 30x' ELSE 'key ' || 100 + i END, row + i)
	WHEN row = 5 THEN reddict_agg('key ' || 100 + i, row + i) FILTER (WHERE i > 1)
	WHEN row = 6 THEN reddict_agg('key ' || 100 + i || CASE i WHEN 500 THEN repeat('x', 300) ELSE '' END, row + i)
	ELSE reddict_agg('key ' || 100 + i, row + i) END
FROM generate_series(1, 11) AS row, generate_series(1, 899) AS i GROUP BY row ORDER BY row;
SELECT m -> 'key 400' AS there, rd_get(m, 'key 400', -1) AS got, m['key 400'] AS subscript, m ? 'key 400' AS exists,
	(SELECT value FROM rd_each(m) WHERE key = 'key 400') AS wanted FROM long;
SELECT count(*), count(*) FILTER (WHERE m -> key = value) FROM long, rd_each(m);
SELECT name FROM pair JOIN map USING (name) JOIN stored USING (name) GROUP BY name, m, keys
HAVING (sum(reddict(key, value)) -> keys, sum(reddict(key, value)) ?| keys, sum(reddict(key, value)) ?& keys, sum(reddict(key, value)) ? keys[1],
		rd_get(sum(reddict(key, value)), keys[1], 7), sum(reddict(key, value)) @> m, sum(reddict(key, value)) <@ m, m @> sum(reddict(key, value)))
	IS DISTINCT FROM (m -> keys, true, false, true, m -> keys[1], true, true, true);

-- A key is looked for where the last row had it, and then elsewhere: each key of
-- rows that differ in where their keys are, against rd_each().  None are wrong.
CREATE TABLE places AS
	SELECT row_number() OVER (ORDER BY md5(kind || n)) AS id, m FROM (
		SELECT kind, n, reddict(array_agg(key), array_agg(hashint4(k + n)::float8 / scale)) AS m
		FROM (VALUES ('short', 1, 1), ('decimals', 1, 100), ('doubles', 1, 7), ('long', 40, 1), ('wide', 300, 1)) AS v(kind, len, scale),
			generate_series(0, 45, 5) AS n, generate_series(0, 70) AS k,
			LATERAL (SELECT repeat(chr(97 + k % 26), 1 + k % 7 * len) || k) AS s(key)
		WHERE (k + n) % 50 < 3 + n GROUP BY kind, n
		UNION ALL SELECT 'empty', 0, '{}') AS s;
SELECT count(*) > 1000 AS pairs, count(*) FILTER (WHERE value IS NOT NULL) > 1000 AS there, count(*) FILTER (WHERE value IS NULL) > 1000 AS absent,
	count(*) FILTER (WHERE m -> key IS DISTINCT FROM value OR (m ? key) <> (value IS NOT NULL) OR rd_get(m, key, -1) IS DISTINCT FROM coalesce(value, -1)) AS wrong
FROM (SELECT DISTINCT key::text FROM places, rd_each(m)) AS k CROSS JOIN places LEFT JOIN LATERAL (SELECT value FROM rd_each(m) AS e WHERE e.key = k.key) AS e ON true;
-- with a constant key, which is looked for in row after row
CREATE FUNCTION pg_temp.wrong(key text) RETURNS int8 LANGUAGE plpgsql AS
$$
DECLARE
	wrong int8;
BEGIN
	EXECUTE format('SELECT count(*) FROM (SELECT m -> %1$L AS found, m[%1$L] AS also, m ? %1$L AS there, (SELECT value FROM rd_each(m) WHERE key = %1$L) AS value FROM places ORDER BY id) AS s
		WHERE found IS DISTINCT FROM value OR also IS DISTINCT FROM value OR there <> (value IS NOT NULL)', key) INTO wrong;
	RETURN wrong;
END
$$;
SELECT count(*) > 150 AS keys, sum(pg_temp.wrong(key)) AS wrong FROM (SELECT DISTINCT key::text FROM places, rd_each(m)) AS k;
DROP TABLE places;

-- A call site that looks for one key in row after row remembers where packed maps
-- have it: rows of several packed key sets, and of others, whose numbers take
-- other bytes in each. Keys that differ from row to row are not remembered.
SELECT rd_share_keys(ARRAY['fa', 'fb']) IS NOT NULL AS two, rd_share_keys(ARRAY['fa', 'fb', 'fc']) IS NOT NULL AS three,
	rd_share_keys(array_agg('f' || chr(i + 96))) IS NOT NULL AS twenty FROM generate_series(1, 20) AS i;
CREATE TABLE found AS
SELECT i, CASE i % 5 WHEN 0 THEN 'fa' WHEN 1 THEN 'fb' WHEN 2 THEN 'fc' WHEN 3 THEN 'fz' ELSE 'g' || i % 7 END AS key,
	rd_pack(reddict(array_agg(k), array_agg(CASE (i * j) % 6 WHEN 0 THEN i WHEN 1 THEN j WHEN 2 THEN -i * 1000.25 WHEN 3 THEN i / 3.0 WHEN 4 THEN i * 100000.5 ELSE -j / 4.0 END))) AS m
FROM generate_series(1, 1000) AS i,
	LATERAL (SELECT j, 'f' || chr(j + 96) AS k FROM generate_series(1, (ARRAY[2, 3, 20, 1])[1 + i / 3 % 4]) AS j UNION ALL SELECT 1, 'g' || i % 7 WHERE i / 3 % 4 = 3) AS pairs
GROUP BY i ORDER BY i;
SELECT rd_is_packed(m) AS packed, count(*) FROM found WHERE rd_length(m) IN (3, 20) GROUP BY 1;
SELECT count(*), count(m -> 'fa') AS fa, count(m -> 'fc') AS fc, count(m -> 'ft') AS ft,
	count(*) FILTER (WHERE m -> 'fa' IS DISTINCT FROM (m::jsonb ->> 'fa')::float8 OR m -> 'fb' IS DISTINCT FROM (m::jsonb ->> 'fb')::float8
		OR m -> 'fc' IS DISTINCT FROM (m::jsonb ->> 'fc')::float8 OR m -> 'ft' IS DISTINCT FROM (m::jsonb ->> 'ft')::float8
		OR m -> 'g3' IS DISTINCT FROM (m::jsonb ->> 'g3')::float8 OR m -> 'absent' IS NOT NULL) AS wrong,
	count(*) FILTER (WHERE m['fa'] IS DISTINCT FROM m -> 'fa' OR m['fc'] IS DISTINCT FROM m -> 'fc' OR m['ft'] IS DISTINCT FROM m -> 'ft') AS wrong_subscript,
	count(*) FILTER (WHERE (m ? 'fc') <> (m -> 'fc' IS NOT NULL) OR (m ? 'g3') <> (m -> 'g3' IS NOT NULL)) AS wrong_there,
	count(*) FILTER (WHERE m -> key IS DISTINCT FROM (m::jsonb ->> key)::float8 OR m[key] IS DISTINCT FROM (m::jsonb ->> key)::float8
		OR (m ? key) <> (m::jsonb ? key)) AS wrong_of_columns
FROM found;
DO $$
DECLARE
	r record;
	k text;
BEGIN
	FOR r IN SELECT m, key FROM found LOOP
		k := r.key;
		IF r.m -> k IS DISTINCT FROM (r.m::jsonb ->> k)::float8 OR r.m[k] IS DISTINCT FROM (r.m::jsonb ->> k)::float8 THEN
			RAISE 'wrong: % of %', k, r.m;
		END IF;
	END LOOP;
END $$;
DROP TABLE found;
