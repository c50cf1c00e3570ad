-- Four clients add to counters that stay narrow, 10 shared keys in one of 1,000 rows; ms by which one such transaction follows another
-- Tables upsert_narrow_TYPE: narrow and plain (packed maps, narrow and not),
-- jsonb; and upsert_narrow_TYPE_FILLFACTOR.
SELECT rd_share_keys(ARRAY['clicks', 'views', 'revenue', 'sessions', 'bounces', 'signups', 'orders', 'refunds', 'latency', 'errors']) \g /dev/null
SELECT format('CREATE TABLE upsert_narrow_%s (id int PRIMARY KEY, m %s NOT NULL) WITH (fillfactor = 50)', name, type),
	format('CREATE TABLE upsert_narrow_%s_100 (id int PRIMARY KEY, m %s NOT NULL)', name, type),
	format('CREATE TABLE upsert_narrow_%s_90 (id int PRIMARY KEY, m %s NOT NULL) WITH (fillfactor = 90)', name, type),
	format('CREATE TABLE upsert_narrow_%s_50 (id int PRIMARY KEY, m %s NOT NULL) WITH (fillfactor = 50)', name, type)
FROM (VALUES ('narrow', 'reddict'), ('plain', 'reddict'), ('jsonb', 'jsonb')) AS t(name, type)
\gexec

-- The same upserts one by one, into a table that has 1,000 rows to begin with; and
-- the bytes of WAL that each wrote.
CREATE TABLE upsert_narrow_wal (tab text, bytes float8);
CREATE PROCEDURE upsert_narrow(tab text, number int, expression text) LANGUAGE plpgsql AS $$
DECLARE
	map text := $m${"clicks": 1, "views": 20, "revenue": 30.25, "sessions": 4, "bounces": 5, "signups": 6, "orders": 7, "refunds": 8, "latency": 9.5, "errors": 10}$m$;
	before pg_lsn;
BEGIN
	EXECUTE format('INSERT INTO %s SELECT id, %L FROM generate_series(1, 1000) AS id', tab, map);
	COMMIT;
	before := pg_current_wal_insert_lsn();
	FOR i IN 1 .. number LOOP
		EXECUTE format('INSERT INTO %s AS t VALUES (%s, %L) ON CONFLICT (id) DO UPDATE SET m = %s', tab, 1 + floor(random() * 1000), map, expression);
		COMMIT;
	END LOOP;
	INSERT INTO upsert_narrow_wal VALUES (tab, (pg_current_wal_insert_lsn() - before) / number);
END $$;
