# Narrow maps, at length: a counter that is added to until it has crossed every
# width, values of all kinds against the same numbers in an array, and damaged
# narrow values, which are errors and nothing worse.
#
#     NARROW_UPSERTS   how often the counter is added to; 100000 unless given, and
#                      a million with REDBEAR_LONG_TESTS=1

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $upserts = $ENV{NARROW_UPSERTS} // ($ENV{REDBEAR_LONG_TESTS} ? 1000000 : 100000);

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->append_conf('postgresql.conf', "log_statement = none\nfsync = off\nautovacuum = off");
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION redbear');

#
# Upserts: the counter grows by steps that double now and then, so that it
# crosses 127, 32,767 and 2,147,483,647, and the bound of each width with two
# decimals.  After each step it is what a column of numeric is, its neighbour is
# what it was, and the row takes the bytes that the map takes as a literal.
#
$node->safe_psql(
	'postgres', q{
	CREATE TABLE counter (id int PRIMARY KEY, m reddict, hits numeric);
	INSERT INTO counter VALUES (1, '{"hits": 0, "amount": 0, "other": 7}', 0);
	CREATE PROCEDURE count_up(steps int, checked int) LANGUAGE plpgsql AS $$
	DECLARE
		step numeric := 1;
		bad text;
	BEGIN
		FOR i IN 1 .. steps LOOP
			IF i % (steps / 32) = 0 THEN
				step := least(step * 3, 1000000);
			END IF;
			INSERT INTO counter VALUES (1, reddict(ARRAY['hits', 'amount'], ARRAY[step, step / 100]::float8[]), step)
				ON CONFLICT (id) DO UPDATE SET m = counter.m + EXCLUDED.m, hits = counter.hits + EXCLUDED.hits;
			IF i % checked = 0 THEN
				SELECT concat_ws(' ', i, m, hits, rd_encoding(m)) INTO bad FROM counter
				WHERE (m -> 'hits')::numeric <> hits OR m -> 'other' <> 7
					OR pg_column_size(m || '{}') <> pg_column_size(m::text::reddict);
				IF bad IS NOT NULL THEN
					RAISE EXCEPTION 'wrong: %', bad;
				END IF;
				COMMIT;
			END IF;
		END LOOP;
	END $$});
is($node->psql('postgres', "CALL count_up($upserts, 50)"), 0, "a counter is right, and as narrow as it can be, through $upserts upserts");
is( $node->safe_psql(
		'postgres', q{
		SELECT hits > 2147483647 AND (m -> 'hits')::numeric = hits, rd_encoding(m) ~ '^(scale \d+, )?1 to 8 bytes each$', abs((m -> 'amount') - hits::float8 / 100) < 1
		FROM counter}),
	't|t|t', 'and it crossed all widths');

#
# Roll-ups are stored narrow
#
is( $node->safe_psql(
		'postgres', q{
		SET redbear.narrow = off;
		CREATE TABLE wide AS SELECT id, reddict(ARRAY['a', 'b', 'c'], ARRAY[id, id % 7, id % 100 / 4.0]) AS m FROM generate_series(1, 1000) AS id;
		RESET redbear.narrow;
		CREATE TABLE rollup (g int, sum reddict, min reddict, max reddict);
		INSERT INTO rollup SELECT id % 10, sum(m), min(m), max(m) FROM wide GROUP BY 1;
		SELECT (SELECT count(*) FROM wide WHERE rd_encoding(m) = '8 bytes each'),
			count(*) FILTER (WHERE rd_encoding(sum) <> '8 bytes each' AND rd_encoding(min) <> '8 bytes each' AND rd_encoding(max) <> '8 bytes each')
		FROM rollup}),
	'1000|10', 'what aggregates give is stored narrow');

#
# Random arrays of all kinds of numbers, as maps and back: the same bits
#
is( $node->safe_psql(
		'postgres', q{
		SELECT setseed(0.5);
		CREATE TABLE kinds AS
		SELECT id, array_agg(CASE (id * 7 + i * (id % 5)) % 13
			WHEN 0 THEN floor(random() * 256) - 128 WHEN 1 THEN floor(random() * 70000) - 35000 WHEN 2 THEN floor(random() * 5e9) - 2.5e9
			WHEN 3 THEN floor(random() * 1e6) / 100 WHEN 4 THEN floor(random() * 1e9) / 1e6 WHEN 5 THEN random() WHEN 6 THEN 9007199254740992 + floor(random() * 4) - 2
			WHEN 7 THEN (floor(random() * 1e4) / 10 ^ floor(random() * 22))::float8 WHEN 8 THEN '-0' WHEN 9 THEN 'NaN' WHEN 10 THEN 'Infinity'
			WHEN 11 THEN floor(random() * 1000) / 3 ELSE 127.5 + floor(random() * 3) END::float8 ORDER BY i) AS a
		FROM generate_series(1, 20000) AS id, generate_series(1, 1 + id % 90) AS i GROUP BY id;
		CREATE TABLE maps AS
		SELECT id, reddict((SELECT array_agg(to_char(i, 'FM000')) FROM generate_series(1, cardinality(a)) AS i), a) AS m FROM kinds;
		SELECT count(*), count(*) FILTER (WHERE rd_encoding(m) ~ '[124] bytes? each'), count(*) FILTER (WHERE array_send(rd_values(m)) <> array_send(a)), count(rd_check(m))
		FROM maps JOIN kinds USING (id)}) =~ s/^\|?\n?//r =~ /^20000\|(\d+)\|0\|0$/ && $1 > 1000,
	1, 'twenty thousand maps give back the bits of their numbers');

#
# Damage: every byte of narrow values changed to others.  Whatever is made of it
# is an answer, or an error of damaged data; the server lives on.
#
my $started = $node->safe_psql('postgres', 'SELECT pg_postmaster_start_time()');
is( $node->safe_psql(
		'postgres', q{
		SET redbear.pack = off;
		CREATE CAST (bytea AS reddict) WITHOUT FUNCTION;
		CREATE CAST (reddict AS bytea) WITHOUT FUNCTION;
		CREATE FUNCTION outcome(query text) RETURNS text LANGUAGE plpgsql AS $$
		BEGIN
			EXECUTE query;
			RETURN 'answer';
		EXCEPTION WHEN data_corrupted THEN
			RETURN 'damage';
		WHEN OTHERS THEN
			RETURN SQLSTATE || ' ' || SQLERRM;
		END $$;
		CREATE TABLE damaged AS
		SELECT n, i, set_byte(bytes, i, (get_byte(bytes, i) + change) % 256)::reddict AS m
		FROM (SELECT n, (SELECT reddict(array_agg('k' || i), array_agg(CASE WHEN i % 9 = 0 THEN i * 1000.5 WHEN i % 17 = 0 THEN 1 / i::float8 ELSE i END))
				FROM generate_series(1, n) AS i)::bytea AS bytes
			FROM unnest('{1,10,100}'::int[]) AS n) AS good,
			-- head, scale, codes and offsets, and the first numbers: not the keys
			LATERAL generate_series(0, least(length(bytes) - 1, 12 + 1 + n / 2 + 12)) AS i, unnest('{1,16,64,128,255}'::int[]) AS change
		WHERE NOT i BETWEEN 0 AND 2;
		SELECT string_agg(DISTINCT outcome, ',' ORDER BY outcome) FROM damaged, unnest(ARRAY['rd_values(m)', 'm + m', 'm -> ''k1''', 'rd_check(m)', 'm = m', 'rd_encoding(m)', 'sum(m)']) AS call,
			LATERAL outcome(format('SELECT %s FROM damaged WHERE n = %s AND i = %s', call, n, i)) AS outcome}),
	'answer,damage', 'damaged narrow values are answers or errors of damaged data');
is($node->safe_psql('postgres', 'SELECT pg_postmaster_start_time()'), $started, 'and the server lives on');
is( $node->safe_psql('postgres', q{SELECT count(*) > 500, count(*) FILTER (WHERE rd_check(m) IS NOT NULL) > 300 FROM damaged}),
	't|t', 'rd_check() finds most of the damage');

$node->stop;
done_testing();
