# Which rows rd_pack_column() reaches, and that it names the tables whose rows
# it does not reach; what rd_share_column() reads, and what it says of rows
# elsewhere. TimescaleDB is not needed: its catalogue is made.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Session;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->append_conf('postgresql.conf', 'autovacuum = off');
$node->start;

# What statements give, and what they say
sub says
{
	my ($sql, @options) = @_;
	my ($status, $out, $messages) = $node->psql('postgres', $sql, @options);
	$messages =~ s/^psql:<stdin>:\d+: //mg;
	return ($out, $messages);
}

sub value
{
	return $node->safe_psql('postgres', shift);
}

# The messages of a call, in order, are these.
sub call_says
{
	my ($call, $wanted, $name, @options) = @_;
	my ($out, $messages) = says($call, @options);
	is($messages, $wanted, $name);
	return;
}

# How many maps of a table are packed, and how many there are
sub packed
{
	return value('SELECT count(*) FILTER (WHERE rd_is_packed(m)), count(*) FROM ' . shift);
}

value(q{
	CREATE EXTENSION redbear;
	SELECT rd_share_keys('{a,b}');
	ALTER DATABASE postgres SET redbear.pack = off;
	CREATE FUNCTION ab(i int) RETURNS reddict IMMUTABLE RETURN reddict('{a,b}', ARRAY[i, i])});

#
# Partitions of partitions, and tables that inherit, with rows and without
#
value(q{
	CREATE TABLE parent (id int, m reddict);
	CREATE TABLE child (extra int) INHERITS (parent);
	CREATE TABLE grandchild () INHERITS (child);
	CREATE TABLE "an Other" (first text, m reddict, id int);
	ALTER TABLE "an Other" INHERIT parent;
	CREATE TABLE empty () INHERITS (parent);
	INSERT INTO parent SELECT i, ab(i) FROM generate_series(1, 3) AS i;
	INSERT INTO child SELECT i, ab(i) FROM generate_series(4, 5) AS i;
	INSERT INTO grandchild SELECT 6, ab(6);
	INSERT INTO "an Other" (id, m) SELECT i, ab(i) FROM generate_series(7, 10) AS i});
call_says(q{CALL rd_pack_column('parent', 'm')}, q{NOTICE:  public.parent: 3 rows packed, 1 of 1 pages
NOTICE:  public.child: 2 rows packed, 1 of 1 pages
NOTICE:  public."an Other": 4 rows packed, 1 of 1 pages
NOTICE:  public.empty: 0 rows packed, 0 of 0 pages
NOTICE:  public.grandchild: 1 rows packed, 1 of 1 pages}, 'what inherits from a table is packed with it');
is(packed('parent'), '10|10', 'all of it');
is(value('SELECT sum(m) FROM parent'), '{"a": 55, "b": 55}', 'and is as it was');
is(value(q{SELECT n, rows, action FROM rd_share_column('parent', 'm', 10)}), '2|10|was registered', 'its rows are counted with those of the table');

#
# Rows in other databases
#
SKIP:
{
	skip 'no postgres_fdw', 1
	  if value(q{SELECT count(*) FROM pg_available_extensions WHERE name = 'postgres_fdw'}) == 0;
	value(sprintf q{
		CREATE EXTENSION postgres_fdw;
		CREATE SERVER here FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '%s', port '%s', dbname 'postgres');
		CREATE USER MAPPING FOR CURRENT_USER SERVER here;
		CREATE TABLE far AS SELECT 1 AS part, reddict('{c,d}', ARRAY[i, i]) AS m FROM generate_series(1, 1234) AS i;
		CREATE TABLE split (part int, m reddict) PARTITION BY LIST (part);
		CREATE FOREIGN TABLE split_1 PARTITION OF split FOR VALUES IN (1) SERVER here OPTIONS (table_name 'far');
		CREATE TABLE split_2 PARTITION OF split FOR VALUES IN (2) WITH (fillfactor = 10);
		CREATE TABLE heir (part int, m reddict);
		CREATE FOREIGN TABLE heir_far () INHERITS (heir) SERVER here OPTIONS (table_name 'far');
		INSERT INTO split_2 VALUES (2, ab(1)), (2, ab(2))}, $node->host, $node->port);
	my $warning = q{WARNING:  rows of foreign tables are not packed
DETAIL:  Tables: public.%s.
HINT:  Call rd_pack_column() in the databases that have the rows.
NOTICE:  %s pages};
	call_says(q{CALL rd_pack_column('split', 'm')}, sprintf($warning, 'split_1', 'public.split_2: 2 rows packed, 1 of 1'), 'a foreign partition is named');
	call_says(q{CALL rd_pack_column('heir', 'm')}, sprintf($warning, 'heir_far', 'public.heir: 0 rows packed, 0 of 0'), 'so is one that inherits');

	# Of a table in parts, what is here is read by pages, and what is elsewhere as a
	# whole. (8 rows are on a page, the rest of which is left free.)
	value(q{TRUNCATE split_2; INSERT INTO split_2 SELECT 2, ab(i) FROM generate_series(1, 80000) AS i});
	my ($out, $messages) = says(q{SELECT n, rows, saved, action FROM rd_share_column('split', 'm') ORDER BY 1, 2});
	my ($far, $near) = $out =~ /^2\|(\d+)\|0\|registered\n2\|(\d+)\|\d+\|was registered$/;
	is($far, 1234, 'rows that are elsewhere are all counted, and it is not claimed that they get smaller');
	cmp_ok(abs($near - 80000), '<', 4000, 'rows that are here are estimated');
	is($messages, q{NOTICE:  key sets are not registered in the databases of foreign tables
DETAIL:  Tables: public.split_1.
HINT:  Register them where the rows are, too.}, 'that there are rows elsewhere is said');
	my (undef, $alone) = says(q{SELECT * FROM rd_share_column('heir_far', 'm')});
	like($alone, qr/^NOTICE:  key sets are not registered in the databases.*\nDETAIL:  Tables: public.heir_far\.$/m, 'so it is of a foreign table');
}

#
# Rows that nobody has counted: some of the pages are read.
#
value(q{
	CREATE TABLE never_analyzed (id int, m reddict) WITH (fillfactor = 10);
	INSERT INTO never_analyzed SELECT i, ab(i) FROM generate_series(1, 80000) AS i});
is(value(q{SELECT reltuples FROM pg_class WHERE relname = 'never_analyzed'}), -1, 'a table was never analysed');

# What rd_share_column() says of its rows, and how many of them it read
sub sampled
{
	return split /[|\n]/, value(q{
		BEGIN;
		SELECT rows, saved FROM rd_share_column('never_analyzed', 'm');
		SELECT pg_stat_get_xact_tuples_returned('never_analyzed'::regclass);
		COMMIT});
}
my ($rows, $saved, $read) = sampled();
cmp_ok(abs($rows - 80000), '<', 4000, 'its rows are estimated');
cmp_ok(abs($saved / $rows - 4), '<', 0.001, 'and what packing saves, which is two keys and their lengths');
cmp_ok($read, '<', 40000, "some of which were read: $read");
cmp_ok($read, '>', 10000, 'but not too few');
value('ANALYZE never_analyzed');
($rows, $saved, $read) = sampled();
cmp_ok(abs($rows - 80000), '<', 4000, 'analysed, its rows are estimated');
cmp_ok(abs($read - 30000), '<', 3000, "by some 30,000 of them: $read");
value(q{INSERT INTO never_analyzed SELECT i, ab(i) FROM generate_series(80001, 160000) AS i});
($rows, $saved, $read) = sampled();
cmp_ok(abs($rows - 160000), '<', 8000, 'grown, its rows are estimated');
cmp_ok(abs($read - 30000), '<', 3000, "by as many of them: $read");

#
# Other access methods
#
chomp(my $cc = `pg_config --cc`);
chomp(my $include = `pg_config --includedir-server`);
my $module = PostgreSQL::Test::Utils::tempdir() . '/access_methods.so';
SKIP:
{
	skip 'nothing to compile access methods with', 1
	  if system("$cc -shared -fPIC -I$include -o $module $FindBin::RealBin/access_methods/access_methods.c 2>/dev/null") != 0;
	foreach my $method ('no_update', 'no_ranges')
	{
		value(qq{
			CREATE FUNCTION ${method}_handler(internal) RETURNS table_am_handler LANGUAGE c AS '$module';
			CREATE ACCESS METHOD $method TYPE TABLE HANDLER ${method}_handler});
	}
	value(q{
		CREATE ACCESS METHOD other TYPE TABLE HANDLER heap_tableam_handler;
		CREATE TABLE mixed (part int, m reddict) PARTITION BY LIST (part);
		CREATE TABLE mixed_1 PARTITION OF mixed FOR VALUES IN (1) USING no_update;
		CREATE TABLE mixed_2 PARTITION OF mixed FOR VALUES IN (2) USING no_ranges;
		CREATE TABLE mixed_3 PARTITION OF mixed FOR VALUES IN (3) USING other;
		INSERT INTO mixed SELECT 1 + i % 3, ab(i) FROM generate_series(1, 900) AS i});
	my $pages = value(q{SELECT pg_relation_size('mixed_2') / current_setting('block_size')::int});
	cmp_ok($pages, '>', 1, 'there are some pages');
	my $batches = join "\n", map { sprintf 'NOTICE:  public.mixed_3: %d rows packed, %d of %d pages', value(
			"SELECT count(*) FROM mixed_3 WHERE ctid < '($_,0)'"), $_, $pages } 1 .. $pages;
	call_says(q{CALL rd_pack_column('mixed', 'm', 1)}, qq{WARNING:  rows of public.mixed_1 are not packed, for its access method does not update them
DETAIL:  It says: there is no UPDATE here
NOTICE:  public.mixed_2: 300 rows packed, $pages of $pages pages
$batches}, 'an access method without UPDATE is said, one without ranges is asked for all rows at once');
	is(packed('mixed'), '600|900', 'the rest is packed');
	call_says(q{CALL rd_pack_column('mixed_1', 'm')}, q{WARNING:  rows of public.mixed_1 are not packed, for its access method does not update them
DETAIL:  It says: there is no UPDATE here}, 'it is not said that rows were packed where none were');

	# Other errors are nobody's but the caller's.
	value(q{
		CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION $$not this one$$; END';
		CREATE TRIGGER refuse BEFORE UPDATE ON mixed_1 FOR EACH ROW EXECUTE FUNCTION refuse()});
	like((says(q{CALL rd_pack_column('mixed_1', 'm')}))[1], qr/^ERROR:  not this one/m, 'an error of a trigger is an error');
	is(value(q{SELECT n, rows FROM rd_share_column('mixed', 'm', 900)}), '2|900', 'all rows of such tables are counted');
}

#
# Rows that a user does not see
#
value(q{
	CREATE ROLE guest LOGIN;
	CREATE TABLE secured (id int, owner name, m reddict);
	ALTER TABLE secured ENABLE ROW LEVEL SECURITY;
	CREATE POLICY own ON secured USING (owner = CURRENT_USER);
	GRANT SELECT, UPDATE ON secured TO guest;
	INSERT INTO secured VALUES (1, 'guest', ab(1)), (2, 'another', ab(2))});
call_says(q{CALL rd_pack_column('secured', 'm')}, q{WARNING:  rows that row-level security hides are not packed
DETAIL:  Tables: public.secured.
HINT:  Call rd_pack_column() as a role that sees all rows.
NOTICE:  public.secured: 1 rows packed, 1 of 1 pages}, 'rows may be hidden', extra_params => [ '-U', 'guest' ]);
call_says(q{CALL rd_pack_column('secured', 'm')}, 'NOTICE:  public.secured: 1 rows packed, 1 of 1 pages', 'but not from everybody');

#
# Another session's temporary table
#
value('CREATE TABLE has_temporary (id int, m reddict); INSERT INTO has_temporary SELECT 1, ab(1)');
my $session = Session->new($node, 'postgres');
$session->ask('CREATE TEMP TABLE temporary_heir () INHERITS (has_temporary); INSERT INTO temporary_heir SELECT 2, ab(2)');
my (undef, $messages) = says(q{CALL rd_pack_column('has_temporary', 'm')});
is($messages =~ s/pg_temp_\d+/pg_temp/r, q{WARNING:  temporary tables of other sessions are not packed
DETAIL:  Tables: pg_temp.temporary_heir.
HINT:  Call rd_pack_column() in these sessions.
NOTICE:  public.has_temporary: 1 rows packed, 1 of 1 pages}, 'a temporary table of another session is named');
is($session->ask(q{SET client_min_messages = warning; CALL rd_pack_column('temporary_heir', 'm'); SELECT rd_is_packed(m) FROM temporary_heir}),
	't', 'its own session packs it');

#
# Tables as TimescaleDB keeps them; t/050_nodes.pl has those of Citus
#
value(q{
	CREATE TABLE shell (site int, m reddict);
	CREATE TABLE hyper (ts int, m reddict);
	CREATE SCHEMA internal;
	CREATE TABLE internal.chunk_1 () INHERITS (hyper);
	CREATE TABLE internal.chunk_2 () INHERITS (hyper);
	INSERT INTO internal.chunk_1 SELECT 1, ab(1);
	INSERT INTO internal.chunk_2 SELECT 2, ab(2)});

# Anybody may have a table of their catalogues' names, or a view that does harm.
value(q{
	CREATE FUNCTION harm() RETURNS name LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION $$harm$$; END';
	CREATE SCHEMA timescaledb_information;
	CREATE VIEW timescaledb_information.chunks AS SELECT harm() AS chunk_schema, harm() AS chunk_name, true AS is_compressed;
	SET allow_system_table_mods = on;
	CREATE VIEW pg_catalog.pg_dist_partition AS SELECT harm()::text::regclass AS logicalrelid});
call_says(q{CALL rd_pack_column('shell', 'm')}, 'NOTICE:  public.shell: 0 rows packed, 0 of 0 pages', 'without the extensions, nobody is asked');
value(q{
	SET allow_system_table_mods = on;
	INSERT INTO pg_extension SELECT 99990 + i, name, 10, 'pg_catalog'::regnamespace, false, '1'
		FROM unnest('{citus,timescaledb}'::name[]) WITH ORDINALITY AS e(name, i)});
call_says(q{CALL rd_pack_column('shell', 'm')}, 'NOTICE:  public.shell: 0 rows packed, 0 of 0 pages', 'with them, who is not theirs is not asked');

value(q{
	SET allow_system_table_mods = on;
	DROP VIEW timescaledb_information.chunks, pg_catalog.pg_dist_partition;
	CREATE TABLE pg_catalog.pg_dist_partition (logicalrelid regclass);
	CREATE TABLE timescaledb_information.chunks (chunk_schema name, chunk_name name, is_compressed bool);
	ALTER EXTENSION citus ADD TABLE pg_catalog.pg_dist_partition;
	ALTER EXTENSION timescaledb ADD TABLE timescaledb_information.chunks;
	INSERT INTO pg_dist_partition VALUES ('shell');
	INSERT INTO timescaledb_information.chunks VALUES ('internal', 'chunk_1', false), ('internal', 'chunk_2', true), ('gone', 'chunk_3', true)});
call_says(q{CALL rd_pack_column('hyper', 'm')}, q{WARNING:  compressed chunks are not packed
DETAIL:  Tables: internal.chunk_2.
HINT:  Pack chunks before they are compressed.
NOTICE:  public.hyper: 0 rows packed, 0 of 0 pages
NOTICE:  internal.chunk_1: 1 rows packed, 1 of 1 pages}, 'compressed chunks are named, others are packed');
is(packed('hyper'), '1|2', 'and are let alone');
call_says(q{SELECT * FROM rd_share_column('hyper', 'm')}, '', 'rows in chunks are not elsewhere');

#
# Of many tables, some are named.
#
value(q{
	DO $$ BEGIN FOR i IN 1 .. 60 LOOP
		EXECUTE format('CREATE TABLE internal.many_%s () INHERITS (hyper)', i);
		INSERT INTO timescaledb_information.chunks VALUES ('internal', 'many_' || i, true);
	END LOOP; END $$});
like((says(q{CALL rd_pack_column('hyper', 'm')}))[1], qr/^DETAIL:  Tables: internal.chunk_2, internal.many_1, .*, internal.many_49 and 11 more\.$/m,
	'of 61 tables, 50 are named');

$node->stop;
done_testing();
