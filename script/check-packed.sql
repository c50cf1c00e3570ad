-- Are the maps packed that a run of the tests with registered key sets left
-- behind? Nearly all have to be; those that are not were meant not to be. What
-- the test of damage leaves behind can't be read.

DO $$
DECLARE
	col record;
	maps int8;
	packed int8;
	all_maps int8 := 0;
	all_packed int8 := 0;
BEGIN
	-- whichever tests ran: a map of registered keys is packed
	SELECT count(*), count(*) FILTER (WHERE rd_is_packed(reddict(keys, array_fill(1::float8, ARRAY[cardinality(keys)]))))
	INTO maps, packed FROM (SELECT keys FROM rd_shared_indexes() LIMIT 1000) AS s;
	IF maps = 0 OR packed < maps THEN
		RAISE '% of % key sets are packed', packed, maps;
	END IF;

	FOR col IN
		SELECT attrelid::regclass AS name, attname
		FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
		WHERE atttypid = 'reddict'::regtype AND relkind = 'r' AND relname NOT IN ('damaged', 'one') AND NOT attisdropped
	LOOP
		EXECUTE format('SELECT count(*), count(*) FILTER (WHERE rd_is_packed(%1$I)) FROM %2$s WHERE %1$I <> ''{}''', col.attname, col.name)
		INTO maps, packed;
		all_maps := all_maps + maps;
		all_packed := all_packed + packed;
	END LOOP;
	IF all_packed < 0.9 * all_maps THEN
		RAISE '% of % maps are packed', all_packed, all_maps;
	END IF;
END $$;
