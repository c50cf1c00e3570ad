-- Key-wise sum of so many rows of 10 keys
\ir ../../data/ten_keys.sql
SELECT format('CREATE TABLE rows_%1$s_%2$s AS SELECT t.* FROM ten_%1$s t, generate_series(1, 2) AS i ORDER BY i, id LIMIT %3$s',
	type, rows, (rows * :size)::int)
FROM unnest(ARRAY['reddict', 'jsonb', 'columns']) AS type,
	unnest(ARRAY[1000, 3000, 10000, 30000, 100000, 300000, 1000000]) AS rows
\gexec
