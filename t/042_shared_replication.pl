# Replication of packed values. A standby reads them, and packs when it is
# promoted. Logical decoding prints the right keys, however far behind it is
# and whatever became of the registry's files meanwhile; subscribers, with
# registrations of their own, hold what the publisher holds, bit by bit.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use RedbearTest;
use Test::More;

my @locale = (extra => [ '--encoding=UTF8', '--locale=C' ]);
my $primary = PostgreSQL::Test::Cluster->new('primary');
$primary->init(allows_streaming => 'logical', @locale);
$primary->append_conf('postgresql.conf', "logical_decoding_work_mem = 64kB\nmax_replication_slots = 20\nmax_wal_senders = 20");
$primary->start;
$primary->safe_psql('postgres', 'CREATE EXTENSION redbear');
$primary->backup('backup');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'backup', has_streaming => 1);
$standby->append_conf('postgresql.conf', "hot_standby_feedback = on\nwal_receiver_status_interval = 1s");
$standby->start;
my $subscriber = PostgreSQL::Test::Cluster->new('subscriber');
$subscriber->init(allows_streaming => 'logical', @locale);
$subscriber->append_conf('postgresql.conf', "max_logical_replication_workers = 30\nmax_replication_slots = 30\nmax_worker_processes = 40");
$subscriber->start;
my $major = $primary->safe_psql('postgres', 'SHOW server_version_num') / 10000;

# A session that stays; what it prints of a query; its end, and what it complained of
sub session
{
	my $node = shift;
	my %session = (in => '', out => '', err => '');
	$session{run} = IPC::Run::start([ 'psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-f', '-', $node->connstr('postgres') ],
		'<', \$session{in}, '>', \$session{out}, '2>', \$session{err}, IPC::Run::timeout($PostgreSQL::Test::Utils::timeout_default));
	return \%session;
}

sub ask
{
	my ($session, $sql) = @_;
	$session->{out} = '';
	$session->{in} .= "$sql;\n\\echo done\n";
	$session->{run}->pump until $session->{out} =~ s/done\n\z//;
	return $session->{out};
}

sub quit
{
	my $session = shift;
	$session->{in} .= "\\q\n";
	$session->{run}->finish;
	return $session->{err};
}

# Packed maps, of key sets in one part and in several, with keys that are hard
# on encodings; and maps that are not packed
$primary->safe_psql(
	'postgres', q{
	SELECT rd_share_keys('{clicks,views,revenue}');
	SELECT rd_share_keys(ARRAY['', 'é', '"\\\\', E'\t\n', '日本', '😀']);
	SELECT rd_share_keys(array_agg('key é ' || i)) FROM generate_series(1, 600) AS i});
$primary->safe_psql(
	'postgres', q{
	CREATE FUNCTION map(i int) RETURNS reddict VOLATILE LANGUAGE SQL AS $$
		SELECT CASE i % 4
			WHEN 0 THEN reddict('{clicks,views,revenue}', ARRAY[i, 1 / i::float8, -0.0])
			WHEN 1 THEN reddict(ARRAY['', 'é', '"\\\\', E'\t\n', '日本', '😀'], ARRAY[i, 'NaN', 'Infinity', '-Infinity', 5e-324, 1.7976931348623157e308])
			WHEN 2 THEN reddict('other', i)
			ELSE CASE WHEN i % 100 = 3 THEN (SELECT reddict(array_agg('key é ' || k), array_agg(sqrt(i + k))) FROM generate_series(1, 600) AS k) END
		END $$;
	CREATE TABLE numbered (id int PRIMARY KEY, n int, m reddict, external reddict);
	ALTER TABLE numbered ALTER external SET STORAGE EXTERNAL;
	INSERT INTO numbered SELECT i, 0, map(i), map(i) FROM generate_series(1, 500) AS i;
	CREATE TABLE named (m reddict PRIMARY KEY, n int);
	INSERT INTO named SELECT map(i), i FROM generate_series(1, 100) AS i WHERE i % 4 < 3;
	CREATE TABLE whole (n int, m reddict);
	ALTER TABLE whole REPLICA IDENTITY FULL;
	INSERT INTO whole SELECT i, map(i) FROM generate_series(1, 500) AS i;
	CREATE TABLE flat AS SELECT 0 AS n;
	CREATE PUBLICATION everything FOR ALL TABLES;
	CREATE PUBLICATION tables FOR TABLE numbered, named, whole});
my $packed = 'SELECT count(*) FILTER (WHERE rd_is_packed(m)) > 200, count(*) FILTER (WHERE NOT rd_is_packed(m)) > 100 FROM numbered';
is($primary->safe_psql('postgres', $packed), 't|t', 'there are packed maps and others');
my @tables = (
	'SELECT * FROM numbered ORDER BY id',
	'SELECT * FROM named ORDER BY n, m',
	'SELECT * FROM whole ORDER BY n, m',
	"SELECT m -> 'clicks', rd_keys(m), m::text FROM numbered ORDER BY id");

#
# Logical decoding that is behind
#
$primary->safe_psql('postgres', "SELECT pg_create_logical_replication_slot('$_', 'test_decoding')") foreach qw(lagging lagging_stream);

# Each line that decoding prints of inserts is the number, and the map as text.
# The wanted map is computed without redbear.
my $wanted = '';

sub behind
{
	my ($name, $keys, $between) = @_;
	my ($first) = $keys =~ /(\w+)/;
	$primary->safe_psql('postgres', "SELECT rd_share_keys('{$keys}')");
	$primary->safe_psql(
		'postgres', qq{
		CREATE TABLE "behind $name" (id int, m reddict);
		INSERT INTO "behind $name" SELECT i, reddict('{$keys}', ARRAY[i, i + 0.5]) FROM generate_series(1, 3) AS i;
		DO \$\$ BEGIN ASSERT (SELECT bool_and(rd_is_packed(m)) FROM "behind $name"); END \$\$});
	my ($a, $b) = split /,/, $keys;
	$wanted .= qq{table public."behind $name": INSERT: id[integer]:$_ m[reddict]:'{"$a": $_, "$b": $_.5}'\n} foreach 1 .. 3;
	$primary->safe_psql('postgres', $_) foreach @{$between};
	return;
}
behind('', 'alpha,beta', []);
behind('a rebuilt index', 'a1,b1', ['REINDEX TABLE _redbear.key_indexes']);
behind('a rewritten table', 'a2,b2', ['VACUUM FULL _redbear.key_indexes']);
behind('frozen rows', 'a3,b3', [ 'VACUUM FREEZE _redbear.key_indexes', 'CHECKPOINT' ]);
behind('another order', 'a4,b4', ['CLUSTER _redbear.key_indexes USING key_indexes_pkey', 'REINDEX INDEX CONCURRENTLY _redbear.key_indexes_pkey']);
behind('another schema', 'a5,b5', [ 'ALTER SCHEMA _redbear RENAME TO renamed', 'ALTER SCHEMA renamed RENAME TO _redbear' ]);
behind('in the end', 'a6,b6', [ 'VACUUM FULL', 'REINDEX DATABASE postgres' ]);

# A transaction that was there before the registration, and sees it
my $early = session($primary);
$primary->safe_psql(
	'postgres', q{
	CREATE TABLE early (id int, m reddict);
	CREATE TABLE rolled_back (id int, m reddict)});
ask($early, q{BEGIN; INSERT INTO early VALUES (1, '{"a7": 1, "b7": 1.5}')});
$primary->safe_psql('postgres', q{SELECT rd_share_keys('{a7,b7}')});
ask($early, q{INSERT INTO early VALUES (2, '{"a7": 2, "b7": 2.5}'); COMMIT});
is(quit($early), '', 'a transaction that is older than a registration');
is($primary->safe_psql('postgres', 'SELECT rd_is_packed(m) FROM early ORDER BY id'), "f\nt", 'packs against it');
$wanted .= qq{table public.early: INSERT: id[integer]:$_ m[reddict]:'{"a7": $_, "b7": $_.5}'\n} foreach 1, 2;

# A large transaction, with subtransactions of which some are rolled back, and
# registrations and packed rows around it
$primary->safe_psql(
	'postgres', q{
	BEGIN;
	SELECT rd_share_keys('{a8,b8}');
	INSERT INTO early SELECT i, reddict('{alpha,beta}', ARRAY[i, i + 0.5]) FROM generate_series(3, 2000) AS i;
	SAVEPOINT s;
	SELECT rd_share_keys('{a9,b9}');
	INSERT INTO rolled_back SELECT i, reddict('{alpha,beta}', ARRAY[i, i + 0.5]) FROM generate_series(1, 2000) AS i;
	ROLLBACK TO s;
	INSERT INTO early VALUES (2001, '{"a8": 2001, "b8": 2001.5}');
	COMMIT});
$wanted .= qq{table public.early: INSERT: id[integer]:$_ m[reddict]:'{"alpha": $_, "beta": $_.5}'\n} foreach 3 .. 2000;
$wanted .= qq{table public.early: INSERT: id[integer]:2001 m[reddict]:'{"a8": 2001, "b8": 2001.5}'\n};
$primary->safe_psql('postgres', 'VACUUM FULL _redbear.key_indexes; REINDEX TABLE _redbear.key_indexes');

my $changes = q{'include-xids', 'false', 'skip-empty-xacts', 'true'};
sub inserted
{
	my $printed = shift;
	return join '', map { "$_\n" } grep { /^table public\.(?:"behind|early|rolled_back)/ } split /\n/, $printed;
}
my $peeked = inserted($primary->safe_psql('postgres', "SELECT data FROM pg_logical_slot_peek_changes('lagging', NULL, NULL, $changes)"));
ok($peeked eq $wanted, 'a slot that is behind prints the right keys') or diag(substr $peeked, 0, 2000);
my $streamed = $primary->safe_psql('postgres',
	"SELECT data FROM pg_logical_slot_get_changes('lagging_stream', NULL, NULL, $changes, 'stream-changes', 'true')");
like($streamed, qr/streaming change for transaction/, 'it can stream');
(my $small = $wanted) =~ s/^table public.early: INSERT: id\[integer\]:(?:[3-9]|\d\d+) .*\n//mg;
ok(inserted($streamed) eq $small, 'and then prints those of what is small') or diag(substr $streamed, 0, 2000);

# The same session packs, decodes, and packs
is( $primary->safe_psql(
		'postgres', qq{
		SELECT rd_is_packed('{"alpha": 1, "beta": 1}');
		SELECT count(*) FROM pg_logical_slot_get_changes('lagging', NULL, NULL, $changes) WHERE data LIKE '%"alpha": %';
		SELECT rd_is_packed('{"alpha": 1, "beta": 1}'), rd_is_packed('{"a6": 1, "b6": 1}')}),
	"t\n2001\nt|t", 'decoding in a session that packs');

#
# Subscribers
#
my ($schema) = run_command([ 'pg_dump', '--schema-only', '--no-publications', '--table=numbered', '--table=named', '--table=whole', $primary->connstr('postgres') ]);
my @behind = split /\n/, $primary->safe_psql('postgres', q{SELECT quote_ident(relname) FROM pg_class WHERE relname LIKE 'behind%' OR relname IN ('early', 'rolled_back')});
my $more = join ';', 'CREATE TABLE flat (n int)', map { "CREATE TABLE $_ (id int, m reddict)" } @behind;
my %subscription = (
	text_tables => 'PUBLICATION tables WITH (streaming = on',
	binary_tables => 'PUBLICATION tables WITH (streaming = on, binary = true',
	text_all => 'PUBLICATION everything WITH (streaming = on',
	binary_all => 'PUBLICATION everything WITH (binary = true, streaming = ' . ($major >= 16 ? 'parallel' : 'on'),
	none_registered => 'PUBLICATION everything WITH (streaming = off',
	disabled => 'PUBLICATION everything WITH (streaming = on');
my @subscriptions = sort keys %subscription;
foreach my $db (@subscriptions)
{
	$subscriber->safe_psql('postgres', "CREATE DATABASE $db");
	$subscriber->safe_psql($db, "CREATE EXTENSION redbear; $schema; RESET search_path; $more");

	# some of the publisher's, and one that it does not have
	$subscriber->safe_psql(
		$db, q{
		SELECT rd_share_keys('{clicks,views,revenue}');
		SELECT rd_share_keys(array_agg('key é ' || i)) FROM generate_series(1, 600) AS i;
		SELECT rd_share_keys('{other}')}) unless $db eq 'none_registered';
	$subscriber->safe_psql($db,
		"CREATE SUBSCRIPTION $db CONNECTION '" . $primary->connstr . " dbname=postgres' $subscription{$db})");
}
$subscriber->wait_for_subscription_sync($primary, $_, $_) foreach @subscriptions;
$subscriber->safe_psql('disabled', 'ALTER SUBSCRIPTION disabled DISABLE');
$primary->poll_query_until('postgres', q{SELECT NOT active FROM pg_replication_slots WHERE slot_name = 'disabled'}) or die;

my $contents = '';
sub all_same
{
	my ($name, @sql) = @_;
	my $before = $contents;
	$primary->safe_psql('postgres', $_) foreach @sql;
	$contents = image($primary, 'postgres', @tables);
	isnt($contents, $before, "$name: something changes");
	foreach my $db (grep { $_ ne 'disabled' } @subscriptions)
	{
		$primary->wait_for_catchup($db);
		is(image($subscriber, $db, @tables), $contents, "$name: $db");
	}
	$primary->wait_for_catchup($standby, 'replay', $primary->lsn('insert'));
	is(image($standby, 'postgres', @tables), $contents, "$name: on the standby");
	return;
}
all_same('first copy');
is( $subscriber->safe_psql($_, q{SELECT DISTINCT rd_is_packed(m), m ?| '{clicks,key é 1,other}' FROM numbered WHERE m IS NOT NULL ORDER BY 1}),
	"f|f\nt|t", "$_: packs what is registered there, not what the publisher packs")
  foreach qw(text_tables binary_tables);

# A session on the standby that reads all the time, with one snapshot
my $reader = session($standby);
my $read = q{SELECT md5(string_agg(m::text, ',' ORDER BY id)) FROM numbered};
my $sum = ask($reader, "BEGIN ISOLATION LEVEL REPEATABLE READ; $read");
$primary->poll_query_until('postgres', 'SELECT backend_xmin IS NOT NULL FROM pg_stat_replication WHERE application_name = \'standby\'') or die;

all_same('registered and inserted',
	q{SELECT rd_share_keys('{new,newer}')},
	q{INSERT INTO numbered SELECT -i, 1, reddict('{new,newer}', ARRAY[i, 0.1]), map(i) FROM generate_series(1, 100) AS i;
		INSERT INTO named VALUES ('{"new": 1, "newer": "NaN"}', 1);
		INSERT INTO whole SELECT -i, reddict('{new,newer}', ARRAY[i % 10, 0.1]) FROM generate_series(1, 100) AS i});
$primary->safe_psql('postgres', 'REINDEX TABLE CONCURRENTLY _redbear.key_indexes');
all_same('large',
	q{BEGIN;
		SELECT rd_share_keys('{large,larger}');
		INSERT INTO numbered SELECT i, 2, map(i), map(i + 1) FROM generate_series(10000, 13000) AS i;
		INSERT INTO whole SELECT i, map(i) FROM generate_series(10000, 13000) AS i;
		SAVEPOINT s;
		SELECT rd_share_keys('{lost,forever}');
		UPDATE numbered SET m = map(id + 4) WHERE id > 0;
		ROLLBACK TO s;
		UPDATE numbered SET m = map(id + 8) WHERE id BETWEEN 11000 AND 12000;
		COMMIT},
	q{INSERT INTO numbered VALUES (20000, 0, '{"large": 1, "larger": 2}', '{"lost": 1, "forever": 2}')});
all_same('update, by what rows are', q{
	UPDATE whole SET n = n + 100000 WHERE n % 3 = 0 AND n < 10000;
	UPDATE whole SET m = m * 2 WHERE n % 4 = 0 AND n < 10100;
	UPDATE whole SET m = rd_unpack(m) WHERE n < 100;
	UPDATE named SET m = rd_unpack(m) || '{"clicks": 7}' WHERE n % 4 = 0;
	UPDATE named SET m = rd_unpack(m), n = -n WHERE n % 4 = 1;
	UPDATE numbered SET n = n + 1;
	UPDATE numbered SET m['clicks'] = 5, external = rd_unpack(external) WHERE id % 4 = 0});
all_same('packed after it was sent', q{CALL rd_pack_column('whole', 'm')}, 'UPDATE whole SET n = n + 1000000 WHERE n % 7 = 0');
all_same('delete', q{
	DELETE FROM whole WHERE n % 5 = 0;
	DELETE FROM named WHERE n % 3 = 0;
	DELETE FROM numbered WHERE id % 5 = 0});
$primary->safe_psql('postgres', 'VACUUM FULL _redbear.key_indexes; REINDEX TABLE _redbear.key_indexes');
all_same('truncate, and what comes after the registry is rewritten', 'TRUNCATE named',
	q{INSERT INTO named SELECT map(i), i FROM generate_series(1, 20) AS i WHERE i % 4 < 3});

# What was disabled all the time
$subscriber->safe_psql('disabled', 'ALTER SUBSCRIPTION disabled ENABLE');
$primary->wait_for_catchup('disabled');
is(image($subscriber, 'disabled', @tables), $contents, 'a subscription that was disabled meanwhile catches up');

# Where the registry is published, its rows came too: the same hashes, keys as
# the publisher has them, and packed values that are read by them.
my $registrations = q{SELECT hash, part, parts, n, keys FROM _redbear.key_indexes WHERE hash <> rd_index_hash('{"other": 1}') ORDER BY 1, 2};
my $registry = image($primary, 'postgres', $registrations);
foreach my $db (qw(text_all binary_all none_registered disabled))
{
	is(image($subscriber, $db, $registrations), $registry, "$db: the registry is that of the publisher");
	is($subscriber->safe_psql($db, 'SELECT count(*) FROM rd_shared_indexes() WHERE keys = \'{other}\''),
		$db eq 'none_registered' ? 0 : 1, "$db: and what was there");
	is($subscriber->safe_psql($db, 'SELECT count(*) > 0 FROM numbered WHERE rd_is_packed(m) AND m ? \'newer\''), 't',
		"$db: against which is packed");
}
is($subscriber->safe_psql('text_tables', q{SELECT count(*) FROM rd_shared_indexes()}), 3, 'where it is not, there is no row of it');

# Both sides register the same; a subscriber registers first
$subscriber->safe_psql($_, q{SELECT rd_share_keys('{same,there}')}) foreach @subscriptions;
all_same('registered there first', q{SELECT rd_share_keys('{same,there}')}, q{INSERT INTO numbered VALUES (30000, 0, '{"same": 1, "there": 2}', '{}')});

#
# The standby: a long transaction, a dump, promotion
#
is(ask($reader, $read), $sum, 'a long transaction on the standby reads what it read');
my $sum_now = $primary->safe_psql('postgres', $read) . "\n";
isnt($sum_now, $sum, 'which has changed');
is(ask($reader, "COMMIT; $read"), $sum_now, 'and then reads what is there now');
is(quit($reader), '', 'without an error');

my $dir = PostgreSQL::Test::Utils::tempdir();
my ($code, undef, $error) = $standby->psql('postgres', q{SELECT rd_share_keys('{on,standby}')});
like($error, qr/cannot execute rd_share_keys\(\) in a read-only transaction/, 'nothing is registered on a standby');
$standby->command_ok([ 'pg_dump', '--format=custom', '--no-publications', '--file', "$dir/standby", $standby->connstr('postgres') ], 'dump from the standby');
$subscriber->safe_psql('postgres', 'CREATE DATABASE restored TEMPLATE template0');
$subscriber->command_ok([ 'pg_restore', '--exit-on-error', '--dbname', $subscriber->connstr('restored'), "$dir/standby" ], 'and restore');
is(image($subscriber, 'restored', @tables), image($primary, 'postgres', @tables), 'values are the same');
is(image($subscriber, 'restored', 'SELECT * FROM _redbear.key_indexes ORDER BY hash, part'),
	image($primary, 'postgres', 'SELECT * FROM _redbear.key_indexes ORDER BY hash, part'), 'and registrations');

# A session that was there before promotion packs after it
my $session = session($standby);
my $is_packed = q{SELECT rd_is_packed(m) FROM (VALUES ('{"clicks": 1, "views": 2, "revenue": 3}'::reddict), ('{"on": 1, "standby": 2}')) AS v(m)};
is(ask($session, $is_packed), "t\nf\n", 'a session on the standby');
$primary->stop;
$standby->promote;
is(image($standby, 'postgres', @tables), $contents, 'promoted, it holds the same');
$standby->safe_psql('postgres', q{SELECT rd_share_keys('{on,standby}')});
is(ask($session, $is_packed), "t\nt\n", 'packs what is registered after promotion');
is(quit($session), '', 'without an error');
is( $standby->safe_psql(
		'postgres', q{
		INSERT INTO numbered VALUES (50000, 0, '{"on": 1, "standby": 0.5}', '{"new": 1, "newer": 0.1}');
		CALL rd_pack_column('numbered', 'external');
		SELECT m, rd_is_packed(m), external, rd_is_packed(external) FROM numbered WHERE id = 50000}),
	'{"on": 1, "standby": 0.5}|t|{"new": 1, "newer": 0.1}|t', 'and so do others');
sound($standby, 'postgres', 'promoted');

$standby->stop;
$subscriber->stop;
done_testing();
