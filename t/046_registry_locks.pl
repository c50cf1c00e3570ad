# Nobody waits for the registry's locks while a page is locked: btree and GiST
# compare so, and the holder of the registry's lock may want the page. Without
# that, the server hangs in each of these cases, and neither the deadlock
# detector nor a time-out nor a cancel gets it out.
#
# The one that compares is always a new session, which has loaded no keys, and
# has a value with its keys to compare with packed ones of the same keys: any
# others are told apart by their hash.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Session;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(allows_streaming => 1, extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->append_conf('postgresql.conf', q{
	autovacuum = off
	deadlock_timeout = 100ms
	max_standby_streaming_delay = -1});
$node->start;
$node->safe_psql(
	'postgres', q{
	CREATE EXTENSION redbear;
	CREATE TYPE maprange AS RANGE (subtype = reddict);
	SELECT rd_share_keys(k) FROM (VALUES ('{a,b}'::text[]), ('{c,d}')) AS v(k)});
# (not in the session that registered)
$node->safe_psql(
	'postgres', q{
	CREATE TABLE tree (id int, m reddict);
	INSERT INTO tree SELECT i, reddict(CASE i % 2 WHEN 0 THEN '{a,b}' ELSE '{c,d}' END::text[], ARRAY[i, 0]) FROM generate_series(1, 60) AS i;
	CREATE INDEX ON tree (m);
	CREATE TABLE ranges (id int, r maprange);
	INSERT INTO ranges SELECT i, maprange(m, m, '[]') FROM generate_series(1, 1000) AS i, reddict('{a,b}', ARRAY[i, 0]) AS m;
	CREATE INDEX ON ranges USING gist (r)});
is($node->safe_psql('postgres', 'SELECT bool_and(rd_is_packed(m)) FROM tree'), 't', 'maps are packed');
is($node->safe_psql('postgres', 'SELECT bool_and(rd_is_packed(lower(r))) FROM ranges'), 't', 'in ranges, too');

# A session that compares: an insert of a value with its keys
my %insert = (
	tree => q{INSERT INTO tree VALUES (%d, '{"a": %d, "b": 1}')},
	ranges => q{INSERT INTO ranges SELECT %d, maprange(m, m, '[]') FROM (VALUES ('{"a": %d, "b": 1}'::reddict)) AS v(m)});
my $unpacked = "SET statement_timeout = '60s'; SET redbear.pack = off";
my $busy = qr/^ERROR:  could not obtain lock on relation "_redbear\.key_indexes"/;
my $id = 1000;

sub insert
{
	my $table = shift;
	$id++;
	return sprintf $insert{$table}, $id, $id % 20;
}

my $knows = Session->new($node, 'postgres');
$knows->ask($unpacked);
my $read = 'SELECT count(m::text) FROM tree WHERE id <= 60; SELECT count(*) FROM tree WHERE m = rd_unpack(m) AND id <= 60';
is($knows->ask($read), "60\n60", 'a session has loaded the keys');

#
# Somebody has locked the registry, and then writes to the same page
#
foreach my $table ('tree', 'ranges')
{
	my $locks = Session->new($node, 'postgres');
	my $compares = Session->new($node, 'postgres');
	$compares->ask($unpacked);
	is($knows->ask(insert($table)), '', "$table: a session that has the keys writes");
	$node->safe_psql('postgres', 'ANALYZE _redbear.key_indexes');
	is($locks->ask(q{SET redbear.pack = off; BEGIN; LOCK TABLE _redbear.key_indexes}), '', 'the registry is locked');
	like($compares->ask(insert($table)), $busy, 'a session that needs keys is told so');
	is($locks->ask(insert($table)), '', 'the one that has locked it writes to the same page');
	is($knows->ask("$read; " . insert($table)), "60\n60", 'a session that has the keys reads and writes on, though told to look at the registry anew');
	is($node->safe_psql('postgres', 'CHECKPOINT; SELECT 1'), 1, 'pages can be written');
	is($locks->ask('COMMIT'), '', 'the lock is gone');
	is($compares->ask(insert($table)), '', 'and it goes on');
	$_->end foreach $locks, $compares;
}

#
# VACUUM FULL waits for a reader of the registry, and everybody else behind it
#
foreach my $table ('tree', 'ranges')
{
	my ($reads, $vacuums, $compares, $waits) = map { Session->new($node, 'postgres') } 1 .. 4;
	$compares->ask($unpacked);
	is($reads->ask('BEGIN; SELECT count(*) > 0 FROM _redbear.key_indexes'), 't', "$table: a reader");
	$vacuums->tell('VACUUM FULL _redbear.key_indexes');
	$vacuums->wait_for_lock($node, 'postgres');
	like($compares->ask(insert($table)), $busy, 'a session that needs keys is told so');
	is($knows->ask("$read; " . insert($table)), "60\n60", 'one that has them goes on');

	# With no page locked one waits, and can be cancelled.
	like($waits->ask(q{SET statement_timeout = '100ms'; SELECT m FROM tree WHERE id = 1}), qr/^ERROR:  canceling statement due to statement timeout/, 'a time-out works');
	$waits->ask('RESET statement_timeout');
	$waits->tell(q{SELECT '{"a": 1, "b": 2}'::reddict});
	$waits->wait_for_lock($node, 'postgres');
	$node->safe_psql('postgres', "SELECT pg_cancel_backend($waits->{pid})");
	like($waits->hear, qr/^ERROR:  canceling statement due to user request/, 'so does a cancel');
	is($reads->ask('COMMIT'), '', 'the reader is done');
	is($vacuums->hear, '', 'and so is VACUUM FULL');
	is($compares->ask(insert($table)), '', 'it goes on');
	is($waits->ask(q{SELECT '{"a": 1, "b": 2}'::reddict}), '{"a": 1, "b": 2}', 'everywhere');
	$_->end foreach $reads, $vacuums, $compares, $waits;
}

#
# REINDEX locks the index alone: then the table is read
#
foreach my $table ('tree', 'ranges')
{
	my ($reindexes, $compares) = map { Session->new($node, 'postgres') } 1 .. 2;
	$compares->ask($unpacked);
	is($reindexes->ask('BEGIN; REINDEX INDEX _redbear.key_indexes_pkey'), '', "$table: the index is locked");
	is($compares->ask(insert($table)), '', 'a session that needs keys reads the table');
	is($reindexes->ask('COMMIT'), '', 'the lock is gone');
	$_->end foreach $reindexes, $compares;
}

# New sessions that need keys again and again, while the registry is rewritten
# and rebuilt: they insert, or are told that it is locked.
my @errors;
my $rewrites = Session->new($node, 'postgres');
foreach my $round (1 .. 20)
{
	my $compares = Session->new($node, 'postgres');
	$compares->ask($unpacked);
	$rewrites->tell(($round % 2 ? 'VACUUM FULL' : 'REINDEX TABLE') . ' _redbear.key_indexes');
	push @errors, grep { $_ ne '' && $_ !~ $busy } $compares->ask(insert('tree')), $compares->ask(insert('ranges'));
	push @errors, grep { $_ ne '' } $rewrites->hear;
	$compares->end;
}
$rewrites->end;
is_deeply(\@errors, [], 'in the middle of VACUUM FULL and REINDEX');

#
# On a standby, replay has the registry's lock, and wants the page
#
$node->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($node, 'base', has_streaming => 1);
$standby->start;
my $locks = Session->new($node, 'postgres');
is($locks->ask('BEGIN; LOCK TABLE _redbear.key_indexes'), '', 'the registry is locked on the primary');
# (the lock goes to the standby as the transaction gets its number)
$locks->ask(q{CREATE TABLE numbered ()});
$node->safe_psql('postgres', 'SELECT pg_switch_wal()');
$node->wait_for_catchup($standby, 'replay', $node->lsn('insert'));
my $compares = Session->new($standby, 'postgres');
$compares->ask("$unpacked; SET enable_seqscan = off");
my $search = q{SELECT count(*) FROM tree WHERE m = '{"a": 2, "b": 0}'};
like($compares->ask($search), $busy, 'a session that needs keys on the standby is told so');
$node->safe_psql('postgres', q{SET redbear.pack = off; INSERT INTO tree SELECT i, reddict('{x,y}', ARRAY[i, 0]) FROM generate_series(1, 500) AS i; VACUUM tree});
$node->wait_for_catchup($standby, 'replay', $node->lsn('insert'));
pass('replay goes on');
like($compares->ask($search), $busy, 'there is no wait yet');
is($locks->ask('ROLLBACK'), '', 'the lock is gone');
$node->wait_for_catchup($standby, 'replay', $node->lsn('insert'));
is($compares->ask($search), '1', 'it can be read');
$compares->end;
$_->end foreach $knows, $locks;
$standby->stop;

is($node->safe_psql('postgres', 'SET enable_indexscan = off; SET enable_bitmapscan = off; SET enable_indexonlyscan = off; SELECT count(*) FROM tree WHERE id > 1000 AND m ? $$a$$'),
	$node->safe_psql('postgres', q{SET enable_seqscan = off; SELECT count(*) FROM tree WHERE id > 1000 AND m >= '{"a": -1, "b": 0}' AND m ? 'a'}), 'the index has all rows');
$node->stop;
done_testing();
