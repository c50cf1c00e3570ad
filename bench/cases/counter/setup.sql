-- Four clients add 1 to a random key of one map of so many keys, or to the row of that key; ms by which one such transaction follows another
SELECT format('CREATE TABLE counter_redbear_%1$s (m reddict NOT NULL) WITH (fillfactor = 50);
	INSERT INTO counter_redbear_%1$s SELECT reddict(array_agg(''key_'' || k), array_agg(0.0)) FROM generate_series(1, %1$s) AS k;
	CREATE TABLE counter_jsonb_%1$s (m jsonb NOT NULL) WITH (fillfactor = 50);
	INSERT INTO counter_jsonb_%1$s SELECT m::jsonb FROM counter_redbear_%1$s;
	CREATE TABLE counter_rows_%1$s (key text PRIMARY KEY, value float8 NOT NULL) WITH (fillfactor = 50);
	INSERT INTO counter_rows_%1$s SELECT each.* FROM counter_redbear_%1$s, rd_each(m) AS each', n)
FROM (VALUES (10), (100), (1000)) AS v(n)
\gexec
