--
-- Subscripts: m['key'] reads, and sets where one may assign
--

\getenv abs_srcdir PG_ABS_SRCDIR
\set helpers :abs_srcdir '/sql/include/helpers.sql'
\i :helpers

-- a map of n keys, k0, k1, ..., each with its number as value
CREATE FUNCTION pg_temp.numbered(n int) RETURNS reddict LANGUAGE sql AS
$$ SELECT coalesce(reddict_agg('k' || i, i), '{}') FROM generate_series(0, n - 1) AS i $$;

\pset format unaligned
\pset tuples_only on
\pset null NULL

-- reading

SELECT m['a'], m['b'], m['c'], m[''], m['A'], m['żółw'], m['😀'] FROM (SELECT '{"a": 1.5, "b": -0, "": 3, "żółw": 4, "😀": 5}'::reddict) AS s(m);
SELECT ('{"a": "NaN", "b": "Infinity"}'::reddict)['a'], ('{"a": "NaN", "b": "Infinity"}'::reddict)['b'];
SELECT pg_typeof(('{"a": 1}'::reddict)['a']);
-- NULL: absent key, NULL map, NULL subscript
SELECT ('{}'::reddict)['a'], (NULL::reddict)['a'], ('{"a": 1}'::reddict)[NULL], (NULL::reddict)[NULL];
-- longer than any key
SELECT ('{"a": 1}'::reddict)[repeat('a', 70000)];
-- a key of 300 bytes, beside short ones
SELECT m[repeat('x', 300)], m['a'], m[repeat('x', 299)] FROM (SELECT reddict(ARRAY['a', repeat('x', 300)], ARRAY[1, 2])) AS s(m);
-- in a subexpression; of an expression, of a row's field
SELECT m['a'] + m['b'] * 2, (m + m)['b'], (r).m['a'] FROM (SELECT m, ROW(1, m)::record AS unused FROM (SELECT '{"a": 1, "b": 2}'::reddict) AS i(m)) AS s, LATERAL (SELECT s AS r) AS l;
-- as m -> 'key', in small maps and large
SELECT count(*), count(m['k' || i]) FROM unnest(ARRAY[0, 1, 31, 32, 33, 64, 1000]) AS n, pg_temp.numbered(n) AS m, generate_series(-1, n) AS i
WHERE m['k' || i] IS DISTINCT FROM m -> ('k' || i) OR m['k' || i] IS DISTINCT FROM CASE WHEN i BETWEEN 0 AND n - 1 THEN i END;
-- what is not text is made it, as in an assignment
SELECT m[1], m[1.50], m[true], m[date '2026-11-01'] FROM (SELECT '{"1": 10, "1.50": 20, "true": 30, "2026-11-01": 40}'::reddict) AS s(m);
SELECT m[k] FROM (SELECT '{"a": 1, "b": 2}'::reddict) AS s(m), unnest(ARRAY['a', 'b', 'c', NULL]::varchar(3)[]) AS k;
-- one subscript, and no slice
SELECT pg_temp.full_outcome(format('SELECT (''{"a": 1}''::reddict)%s', s)) FROM unnest(ARRAY['[''a''][''b'']', '[''a'':''b'']', '[''a'':]', '[:''b'']', '[:]', '[]']) AS s;
-- an expression index, a generated column, a view, a prepared statement
CREATE TEMP TABLE metrics (id int PRIMARY KEY, m reddict, a float8 GENERATED ALWAYS AS (m['a']) STORED);
CREATE INDEX ON metrics ((m['a']));
INSERT INTO metrics SELECT i, reddict('a', i) FROM generate_series(1, 5) AS i;
INSERT INTO metrics VALUES (6, NULL), (7, '{"b": 1}');
SELECT id, a FROM metrics WHERE m['a'] BETWEEN 2 AND 3 OR m['a'] IS NULL ORDER BY id;
CREATE TEMP VIEW seen AS SELECT id, m['a'] AS a, m['b' || id] AS b FROM metrics;
SELECT sum(a), count(b) FROM seen;
PREPARE p(text) AS SELECT sum(m[$1]) FROM metrics;
EXECUTE p('a');
EXECUTE p('b');
EXECUTE p(NULL);
DEALLOCATE p;

-- UPDATE

UPDATE metrics SET m['a'] = m['a'] + 1 WHERE id <= 2;
UPDATE metrics SET m['b'] = 2.5 WHERE id IN (1, 6, 7);
SELECT id, m, a FROM metrics WHERE id IN (1, 2, 6, 7) ORDER BY id;
-- several: they see the old row, and each other's result is kept
UPDATE metrics SET m['a'] = m['b'], m['b'] = m['a'], m['c'] = 3, m['a'] = 4 WHERE id = 1;
UPDATE metrics SET (m['x'], m['y']) = (SELECT 1, 2) WHERE id = 2;
UPDATE metrics SET m['a'] = 1, m['b'] = 2 WHERE id = 6 RETURNING m;
SELECT id, m FROM metrics WHERE id IN (1, 2) ORDER BY id;
-- numbers of any type, and the names of those that are not finite
UPDATE metrics SET m['int'] = 1, m['numeric'] = 0.1, m['float4'] = 0.5::float4, m['big'] = 9007199254740993, m['nan'] = 'NaN', m['inf'] = '-Infinity', m['zero'] = -0.0::float8 WHERE id = 3 RETURNING m;
-- keys: empty, wide, unicode, longer than 255 bytes; then the map is as if written so
UPDATE metrics SET m[''] = 1, m['żółw'] = 2, m['😀'] = 3, m[repeat('x', 300)] = 4, m['"\'] = 5, m[7] = 6 WHERE id = 4;
SELECT m = format('{"a": 4, "": 1, "żółw": 2, "😀": 3, "%s": 4, "\"\\": 5, "7": 6}', repeat('x', 300))::reddict,
	reddict_hash(m) = reddict_hash(m::text::reddict), rd_keys(rd_delete(m, repeat('x', 300))) FROM metrics WHERE id = 4;
-- one layout: a value is as large as if written so (but for the shorter header)
UPDATE metrics SET m['b'] = 5 WHERE id = 2;
SELECT pg_column_size(m) = pg_column_size('{"a": 3, "b": 5, "x": 1, "y": 2}'::reddict) - 3, m FROM metrics WHERE id = 2;
UPDATE metrics SET m['b'] = 6 WHERE id = 2;
SELECT pg_column_size(m) = pg_column_size('{"a": 3, "b": 5, "x": 1, "y": 2}'::reddict) - 3, m FROM metrics WHERE id = 2;
-- NULL is refused; so are slices, several subscripts, other types, long keys
SELECT pg_temp.full_outcome('UPDATE metrics SET ' || s || ' WHERE id = 5 RETURNING m') FROM unnest(ARRAY[
	'm[''a''] = NULL', 'm[''żółw''] = NULL', 'm[NULL] = 1', 'm[NULL] = NULL', 'm[''a''][''b''] = 1', 'm[''a'':''b''] = 1', 'm[''a''] = true',
	'm[''a''] = ''x''', 'm[''a''] = ''1''::text', 'm[''a''] = m', 'm[repeat(''k'', 65536)] = 1', 'm[''fine''] = ''2'', m[rpad('''', 65535)] = 1, m = ''{}''']) AS s;
UPDATE metrics SET m[repeat('k', 65535)] = 1 WHERE id = 5;
SELECT rd_length(m), m[repeat('k', 65535)], m[repeat('k', 65534)] FROM metrics WHERE id = 5;
SELECT id FROM metrics WHERE m['a'] IS DISTINCT FROM a;

-- INSERT

CREATE TEMP TABLE counters (id int PRIMARY KEY, m reddict DEFAULT '{"default": 1}');
INSERT INTO counters (id, m['a'], m['b']) VALUES (1, 1, 2), (2, 3, 4);
INSERT INTO counters (id, m['a']) SELECT 3, 5;
SELECT * FROM counters ORDER BY id;
SELECT pg_temp.full_outcome('INSERT INTO counters (id, m[''a'']) VALUES (4, NULL)');
INSERT INTO counters (id, m['a']) VALUES (1, 10), (4, 10)
	ON CONFLICT (id) DO UPDATE SET m['a'] = counters.m['a'] + EXCLUDED.m['a'], m['conflicts'] = 1;
SELECT * FROM counters ORDER BY id;
-- toasted
INSERT INTO counters SELECT 5, reddict_agg(md5(i::text), i) FROM generate_series(1, 5000) AS i;
UPDATE counters SET m[md5('5')] = -5, m['new'] = 7 WHERE id = 5;
SELECT m[md5('5')], m['new'], m[md5('6')], rd_length(m), rd_sum(m) = 5000 * 5001 / 2 - 10 + 7 FROM counters WHERE id = 5;
-- a domain
CREATE DOMAIN few AS reddict CHECK (rd_length(VALUE) <= 2);
CREATE TEMP TABLE fews (m few);
INSERT INTO fews VALUES ('{"a": 1}');
UPDATE fews SET m['b'] = m['a'] + 1 RETURNING m, m['b'];
SELECT pg_temp.full_outcome('UPDATE fews SET m[''c''] = 3');
-- a field of a composite type
CREATE TYPE holder AS (id int, m reddict);
CREATE TEMP TABLE holders (h holder);
INSERT INTO holders VALUES (ROW(1, '{"a": 1}'));
UPDATE holders SET h.m['a'] = (h).m['a'] + 1, h.m['b'] = 5 RETURNING h;
INSERT INTO holders (h.m['x']) VALUES (1) RETURNING h;
DROP TABLE holders;

-- PL/pgSQL, small maps and maps that are kept expanded: the same as jsonb does

CREATE FUNCTION pg_temp.play(n int, keys int, steps int) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	m reddict := pg_temp.numbered(n);
	j jsonb := m::jsonb;
	kept reddict;
	kept_j jsonb;
	key text;
BEGIN
	FOR i IN 1 .. steps LOOP
		key := 'k' || (i * 7919 % keys);
		m[key] := coalesce(m[key], 0) + i;
		j[key] := to_jsonb(coalesce((j -> key)::numeric, 0) + i);
		IF i % 97 = 0 THEN
			-- what is copied does not change any more
			IF kept::jsonb IS DISTINCT FROM kept_j THEN
				RETURN format('the copy differs at %s: %s, %s', i, kept, kept_j);
			END IF;
			kept := m;
			kept_j := j;
		ELSIF i % 89 = 0 THEN
			m := m + reddict('sum', i);
			j['sum'] := to_jsonb(coalesce((j -> 'sum')::numeric, 0) + i);
		ELSIF i % 83 = 0 THEN
			m := rd_delete(m, key);
			j := j - key;
		END IF;
	END LOOP;
	IF m::jsonb <> j OR m <> j::reddict THEN
		RETURN format('differs: %s, %s', m, j);
	END IF;
	RETURN rd_length(m);
END $$;
SELECT n, keys, pg_temp.play(n, keys, 1000) FROM (VALUES (0, 5), (10, 10), (60, 70), (63, 65), (64, 64), (64, 100), (200, 20), (1000, 1000), (500, 1500)) AS v(n, keys);

CREATE FUNCTION pg_temp.other(m reddict) RETURNS reddict LANGUAGE plpgsql AS
$$ BEGIN m['k1'] := -1; m['other'] := rd_sum(m); RETURN m; END $$;

DO $$
DECLARE
	small reddict := '{"a": 1}';
	big reddict := pg_temp.numbered(100);
	other reddict;
	nothing reddict;
	f few := '{"a": 1}';
	h holder;
	fresh reddict;
	message text;
	n int := 3;
BEGIN
	-- a NULL map
	nothing['a'] := 1;
	nothing['b'] := nothing['a'] + 1;
	RAISE NOTICE '%', nothing;
	-- values of any number type
	small['int'] := n;
	small['numeric'] := 0.1;
	small['text'] := '2.5';
	small[n] := n::float4;
	small['nan'] := 'NaN';
	RAISE NOTICE '%', small;

	-- a copy is a copy
	big['k0'] := 1000;
	other := big;
	big['k0'] := 1;
	other['k0'] := 2;
	big['k1'] := big['k0'] + other['k0'];
	RAISE NOTICE '% % % %', big['k0'], other['k0'], big['k1'], other['k1'];
	-- so is an argument, and a function's result
	other := pg_temp.other(big);
	RAISE NOTICE '% % % %', big['k1'], big['other'], other['k1'], other['other'];
	big['k2'] := (pg_temp.other(big))['other'] - rd_sum(big);
	RAISE NOTICE '% %', big['k1'], big['k2'];
	big := pg_temp.other(big);
	big['k3'] := big['other'];
	RAISE NOTICE '% %', big['k1'], big['k3'];
	-- the map in the subscript and in the value
	big[rd_argmax(big)] := rd_length(big) + big['k99'];
	RAISE NOTICE '% %', rd_argmax(big), rd_max(big);
	-- new keys, read at once, by name and in order
	FOR i IN 1 .. 3 LOOP
		big['a' || i] := i;
		RAISE NOTICE '% % %', big['a' || i], big -> ('a' || i), (rd_keys(big))[i];
	END LOOP;
	-- to itself, and with operators
	big := big;
	big['k0'] := 5;
	big := big - big;
	big['k0'] := 6;
	big := big || big;
	big := 2 * big;
	big['k4'] := 3;
	RAISE NOTICE '% % % %', rd_sum(big), rd_length(big), big ? 'a1', big['a1'];
	-- an expanded map in SQL
	SELECT m['k4'] + count(*) INTO n FROM (SELECT big AS m) AS s GROUP BY m;
	RAISE NOTICE '%', n;
	INSERT INTO counters VALUES (6, big);
	big['k4'] := 4;
	SELECT m['k4'] INTO n FROM counters WHERE id = 6;
	RAISE NOTICE '%', n;

	-- an error leaves things as they were
	BEGIN
		big['k4'] := NULL;
	EXCEPTION WHEN null_value_not_allowed THEN
		GET STACKED DIAGNOSTICS message = MESSAGE_TEXT;
		RAISE NOTICE '%: %', message, big['k4'];
	END;
	BEGIN
		big[NULL] := 1;
	EXCEPTION WHEN null_value_not_allowed THEN
		GET STACKED DIAGNOSTICS message = MESSAGE_TEXT;
		RAISE NOTICE '%: %', message, rd_length(big);
	END;
	BEGIN
		big[repeat('k', 65536)] := 1;
	EXCEPTION WHEN program_limit_exceeded THEN
		GET STACKED DIAGNOSTICS message = MESSAGE_TEXT;
		RAISE NOTICE '%: %', message, rd_length(big);
	END;
	BEGIN
		big['k4'] := 1 / (big['k4'] - 4);
	EXCEPTION WHEN division_by_zero THEN
		GET STACKED DIAGNOSTICS message = MESSAGE_TEXT;
		RAISE NOTICE '%: %', message, big['k4'];
	END;
	-- what was assigned before an error stays, as in any variable
	BEGIN
		big['k4'] := 40;
		RAISE division_by_zero;
	EXCEPTION WHEN division_by_zero THEN
		RAISE NOTICE '%', big['k4'];
	END;
	BEGIN
		f['b'] := 2;
		f['c'] := 3;
	EXCEPTION WHEN check_violation THEN
		RAISE NOTICE '%', f;
	END;

	-- fields of rows
	h.m['a'] := 1;
	h.m['b'] := h.m['a'] + 1;
	RAISE NOTICE '%', h;
	h.m := pg_temp.numbered(100);
	FOR i IN 0 .. 99 LOOP
		h.m['k' || i] := h.m['k' || i] * 2;
	END LOOP;
	h.m['new'] := 1;
	RAISE NOTICE '% %', rd_sum(h.m), rd_length(h.m);
	-- a fresh map each time
	FOR i IN 1 .. 3 LOOP
		fresh := pg_temp.numbered(70 + i);
		fresh['k1'] := i;
		fresh['x' || i] := i;
		RAISE NOTICE '% % %', rd_length(fresh), fresh['k1'], fresh['x' || i];
	END LOOP;
END $$;

-- a domain whose map is large: a refused assignment changes nothing
CREATE DOMAIN small_sum AS reddict CHECK (rd_sum(VALUE) < 10000);
DO $$
DECLARE
	m small_sum := pg_temp.numbered(100);
BEGIN
	FOR i IN 1 .. 5 LOOP
		m['k' || i] := i * 10;
	END LOOP;
	BEGIN
		m['k1'] := 100000;
	EXCEPTION WHEN check_violation THEN
		RAISE NOTICE '% %', rd_sum(m), m['k1'];
	END;
	BEGIN
		m['new'] := 100000;
	EXCEPTION WHEN check_violation THEN
		RAISE NOTICE '% %', rd_sum(m), m['new'];
	END;
END $$;

-- many new keys: as if made at once
DO $$
DECLARE
	m reddict := '{}';
BEGIN
	FOR i IN 0 .. 9999 LOOP
		m['k' || i] := i;
	END LOOP;
	RAISE NOTICE '% %', m = pg_temp.numbered(10000), reddict_hash_extended(m, 0) = reddict_hash_extended(pg_temp.numbered(10000), 0);
END $$;

-- a query that reads the variable keeps what it began with
DO $$
DECLARE
	m reddict := pg_temp.numbered(300);
	r record;
	changed int := 0;
BEGIN
	m['x'] := 1;
	FOR r IN SELECT i, m['k' || i] AS v FROM generate_series(0, 299) AS i LOOP
		changed := changed + (r.v IS DISTINCT FROM r.i)::int;
		m['k' || (r.i + 1)] := -1;
		m['n' || r.i] := 0;
	END LOOP;
	FOR r IN SELECT * FROM rd_each(m) LOOP
		m[r.key || 'z'] := 1;
	END LOOP;
	RAISE NOTICE '% % %', changed, rd_length(m), rd_sum(m);
END $$;

-- a trigger
CREATE FUNCTION pg_temp.stamp() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN NEW.m['version'] := coalesce(OLD.m['version'], 0) + 1; RETURN NEW; END $$;
CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON counters FOR EACH ROW EXECUTE FUNCTION pg_temp.stamp();
INSERT INTO counters VALUES (7, NULL), (8, pg_temp.numbered(100));
UPDATE counters SET m['a'] = 1 WHERE id >= 7;
SELECT id, m['version'], m['a'], rd_length(m) FROM counters WHERE id >= 7 ORDER BY id;

-- the handler, and its support function
SELECT typsubscript, prosupport FROM pg_type JOIN pg_proc AS p ON p.oid = typsubscript WHERE typname = 'reddict';

DROP VIEW seen;
DROP TABLE metrics, counters, fews;
DROP TYPE holder;
DROP DOMAIN few, small_sum;
