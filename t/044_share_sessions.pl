# Shared key indexes where sessions keep what they have read: the extension
# dropped and created again, its registry moved and rewritten, old snapshots,
# locks. A value that was stored can be read, and sessions go on packing.

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
$node->safe_psql('postgres', 'CREATE SCHEMA elsewhere; ALTER DATABASE postgres SET search_path = public, elsewhere; ALTER DATABASE postgres SET client_min_messages = warning');

# Calls a function, and prints nothing.
sub perform
{
	my $call = shift;
	return "DO \$d\$ BEGIN PERFORM $call; END \$d\$";
}

sub create
{
	my $session = shift;
	is($session->ask(q{
		CREATE TABLE kept (id int, m reddict, j jsonb);
		CREATE FUNCTION verdict(m reddict, j jsonb) RETURNS text LANGUAGE sql AS $$
			SELECT CASE WHEN m::jsonb = j AND m = rd_unpack(m) AND rd_unpack(m)::jsonb = j
				THEN CASE WHEN rd_is_packed(m) THEN 'packed' ELSE 'with keys' END ELSE 'differs: ' || m::text END $$}), '', 'a table');
	return;
}

#
# What one session does to the extension and its registry, while the other has
# looked at both and waits. Then whether registrations are still there.
#
my $drop = 'DROP EXTENSION redbear CASCADE; DROP TABLE kept';
my $other = perform(q{rd_share_keys('{other}')});
my @changes = (
	[ 'DISCARD ALL', 1 ],
	[ 'ANALYZE _redbear.key_indexes', 1 ],
	[ 'VACUUM (FREEZE) _redbear.key_indexes', 1 ],
	[ 'VACUUM FULL _redbear.key_indexes', 1 ],
	[ 'CLUSTER _redbear.key_indexes USING key_indexes_pkey', 1 ],
	[ 'REINDEX TABLE _redbear.key_indexes', 1 ],
	[ 'REINDEX TABLE CONCURRENTLY _redbear.key_indexes', 1 ],
	[ 'ALTER TABLE _redbear.key_indexes RENAME TO renamed; ALTER TABLE _redbear.renamed RENAME TO key_indexes', 1 ],
	[ 'ALTER SCHEMA _redbear RENAME TO renamed; ALTER SCHEMA renamed RENAME TO _redbear', 1 ],
	[ 'BEGIN; ALTER SCHEMA _redbear RENAME TO renamed; ROLLBACK', 1 ],
	[ 'VACUUM FULL pg_class; VACUUM FULL pg_depend; VACUUM FULL pg_extension', 1 ],
	[ "BEGIN; $drop; ROLLBACK", 1 ],
	[ "BEGIN; $drop; CREATE EXTENSION redbear; $other; ROLLBACK", 1 ],
	[   "BEGIN; SAVEPOINT s; $drop; CREATE EXTENSION redbear; $other; ROLLBACK TO s; COMMIT", 1 ],
	[ "$drop; CREATE EXTENSION redbear", 0 ],
	[ "BEGIN; $drop; CREATE EXTENSION redbear; COMMIT", 0 ],
	[ "BEGIN; $drop; CREATE EXTENSION redbear SCHEMA elsewhere; SAVEPOINT s; $other; COMMIT", 0 ]);
my @sessions = map { Session->new($node, 'postgres') } 1 .. 2;
my ($own, $waiting) = @sessions;
$own->ask('CREATE EXTENSION redbear');
create($own);

my $id = 0;
foreach my $change (@changes)
{
	my ($sql, $survives) = @$change;
	my $json = sprintf '{"key of %d": 1, "other": 2}', ++$id;
	my $new = "SELECT verdict('$json', '$json')";
	my $store = "INSERT INTO kept VALUES ($id, '$json', '$json')";
	my $register = perform("rd_share_keys_of('$json')");
	my $all = 'SELECT verdict(m, j), count(*) FROM kept GROUP BY 1';

	is($own->ask($register), '', "$sql: keys are registered");
	is($_->ask($store), '', 'values are stored') foreach @sessions;
	my $before = $own->ask($all);
	like($before, qr/^packed\|\d+$/, 'all packed');
	is($waiting->ask($all), $before, 'as the other session finds them');
	is($own->ask($sql), '', $sql);
	create($own) unless $survives;
	is($_->ask($all), $survives ? $before : '', "$sql: what was stored can be read") foreach @sessions;
	is($_->ask($new), $survives ? 'packed' : 'with keys', 'a new value') foreach @sessions;
	is($own->ask($register), '', 'the keys are registered again');
	is($_->ask($new), 'packed', 'a new value is packed') foreach @sessions;
	is($own->ask(q{SELECT count(*) FROM rd_shared_indexes() WHERE keys = '{other}'}),
		$sql =~ /\Q$other\E; COMMIT$/ && !$survives ? 1 : 0, 'and nothing else, but by a transaction that has committed');
}
$node->safe_psql('postgres', 'DROP EXTENSION redbear CASCADE; DROP TABLE kept; CREATE EXTENSION redbear');
$own->ask('DISCARD ALL');
create($own);

#
# A reader, whose snapshot is old, comes upon what a writer has registered,
# stored, and committed since: the steps of both, and what the reader sees.
#
$node->safe_psql(
	'postgres', q{
	CREATE TABLE unq (id int, m reddict UNIQUE);
	CREATE TABLE hashed (m reddict, EXCLUDE USING hash (m WITH =));
	CREATE TABLE ref (m reddict REFERENCES unq (m));
	CREATE TABLE counted (id int PRIMARY KEY, m reddict)});
my $old = perform('count(*) FROM kept');
my @meetings = (
	[   'unique index', "INSERT INTO unq VALUES (1, '[json]')",
		[ "INSERT INTO unq VALUES (2, rd_unpack('[json]'))" => qr/^ERROR:  duplicate key.*\nDETAIL:  Key \(m\)=\(\[json\]\) already exists\.$/ ] ],
	[   'ON CONFLICT DO NOTHING', "INSERT INTO unq VALUES (1, '[json]')",
		[ "INSERT INTO unq VALUES (2, rd_unpack('[json]')) ON CONFLICT DO NOTHING" =>
			  { 'read committed' => qr/^$/, '' => qr/^ERROR:  could not serialize access due to concurrent update$/ } ] ],
	[   'exclusion constraint', "INSERT INTO hashed VALUES ('[json]')",
		[ "INSERT INTO hashed VALUES (rd_unpack('[json]'))" =>
			  qr/^ERROR:  conflicting key.*\nDETAIL:  Key \(m\)=\(\[json\]\) conflicts with existing key \(m\)=\(\[json\]\)\.$/ ] ],
	[   'foreign key', "INSERT INTO unq VALUES (1, '[json]')",
		[ "INSERT INTO ref VALUES (rd_unpack('[json]')) RETURNING rd_is_packed(m)" => {
				'read committed' => qr/^f$/,
				# which does not see what it could refer to, of whatever type
				'' => qr/^ERROR:  insert or update on table "ref".*\nDETAIL:  Key \(m\)=\(\[json\]\) is not present in table "unq"\.$/ } ] ],
	[   'foreign key, no row', "INSERT INTO unq VALUES (1, '[json]')",
		[ "INSERT INTO ref VALUES ('[json]'::reddict * -7)" =>
			  qr/^ERROR:  insert or update on table "ref".*\nDETAIL:  Key \(m\)=\(\[negative\]\) is not present in table "unq"\.$/ ] ],
	[   'UPDATE of what has changed', "UPDATE counted SET m = '[json]'",
		[ "UPDATE counted SET m = m + '[json]' WHERE m ? 'other' RETURNING m" =>
			  { 'read committed' => qr/^\[sum\]$/, '' => qr/^ERROR:  could not serialize access due to concurrent update$/ } ] ],
	[   'FOR UPDATE of what has changed', "UPDATE counted SET m = '[json]'",
		[ "SELECT m FROM counted WHERE m -> 'other' = 2 FOR UPDATE" =>
			  { 'read committed' => qr/^\[json\]$/, '' => qr/^ERROR:  could not serialize access due to concurrent update$|^$/ } ] ],
	[ 'a new value', '', [ "SELECT rd_is_packed('[json]'), rd_keys('[json]')" => qr/^t\|\{"key of \d+",other\}$/ ] ]);
$waiting->ask('\\set VERBOSITY default');

foreach my $level ('read committed', 'repeatable read', 'serializable')
{
	foreach my $meeting (@meetings)
	{
		my ($name, $write, $read) = @$meeting;
		my ($sql, $expected) = @$read;
		$id++;
		my %value = (
			json => sprintf('{"key of %d": 1, "other": 2}', $id),
			sum => sprintf('{"key of %d": 2, "other": 4}', $id),
			negative => sprintf('{"key of %d": -7, "other": -14}', $id));
		my $fill = sub { my $text = shift; return $text =~ s/\\?\[(json|sum|negative)\\?\]/$value{$1}/gr };
		$expected = $expected->{$level} // $expected->{''} if ref $expected eq 'HASH';
		$expected = $fill->("$expected");
		$node->safe_psql('postgres', q{TRUNCATE unq, hashed, ref, counted; INSERT INTO counted VALUES (1, '{"other": 1}')});
		is($waiting->ask("BEGIN ISOLATION LEVEL $level; $old"), '', "$name, $level: a snapshot is taken");
		is($own->ask($fill->(perform("rd_share_keys_of('[json]')") . "; $write")), '', 'another writes');
		like($waiting->ask($fill->($sql)), qr/$expected/, "$name, $level");
		is($waiting->ask('ROLLBACK'), '', 'and ends');
	}
}

# A session that waits for a row finds that it is packed.
is($own->ask(q{TRUNCATE counted; INSERT INTO counted VALUES (1, '{"a": 1}'); } . perform(q{rd_share_keys('{waited}')})), '', 'a row');
is($own->ask(q{BEGIN; UPDATE counted SET m = '{"waited": 5}'}), '', 'is packed');
$waiting->tell(q{UPDATE counted SET m = m * 2 WHERE m ?| '{a,waited}' RETURNING m, rd_is_packed(m)});
$waiting->wait_for_lock($node, 'postgres');
is($own->ask('COMMIT'), '', 'while another waits for it');
is($waiting->hear, '{"waited": 10}|t', 'and takes it as it is then');

#
# Locks: a session that reads and packs does not wait for one that registers.
# What a time-out or a cancel interrupts works later.
#
my $b = q{verdict('{"b": 1}', '{"b": 1}')};
is($own->ask(q{BEGIN; } . perform(q{rd_share_keys('{b}')})), '', 'a registration is open');
is($waiting->ask("SET lock_timeout = '100ms'; SELECT $b"), 'with keys', 'nobody waits for it');
like($waiting->ask(q{SELECT rd_share_keys('{b}')}), qr/^ERROR:  canceling statement due to lock timeout/, 'but one that registers does');
is($own->ask('COMMIT'), '', 'it is committed');
is($waiting->ask(perform(q{rd_share_keys('{b}')})), '', 'then that is no wait');
is($waiting->ask("SELECT $b"), 'packed', 'nor that');
foreach my $interrupt ([ 'lock_timeout', 'lock timeout' ], [ 'statement_timeout', 'statement timeout' ])
{
	my ($setting, $what) = @$interrupt;
	my $json = qq({"$setting": 1});
	my $new = "SELECT verdict('$json', '$json')";
	is($own->ask(perform("rd_share_keys('{$setting}')") . "; BEGIN; LOCK _redbear.key_indexes IN ACCESS EXCLUSIVE MODE"), '', 'the registry is locked');
	like($waiting->ask("RESET ALL; SET $setting = '100ms'; $new"), qr/^ERROR:  canceling statement due to $what/, "$what of one that needs it");
	is($own->ask('COMMIT'), '', 'the lock is gone');
	is($waiting->ask("RESET $setting; $new"), 'packed', "$what: does no harm");
}

$_->end foreach @sessions;
$node->stop;
done_testing();
