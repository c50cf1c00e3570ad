# Who may register shared key indexes, that reading takes no right, and clients
# that register, store and read at the same time.
#
# It takes 5 seconds, or 30 if the environment has REDBEAR_LONG_TESTS.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use RedbearTest;
use Test::More;

my $seconds = $ENV{REDBEAR_LONG_TESTS} ? 30 : 5;
my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->append_conf('postgresql.conf', q{
	autovacuum_naptime = 1
	autovacuum_vacuum_insert_threshold = 20
	autovacuum_analyze_threshold = 20
	max_connections = 40});
$node->start;
$node->safe_psql('postgres', q{
	CREATE ROLE owner LOGIN;
	CREATE ROLE guest LOGIN;
	CREATE DATABASE theirs OWNER owner});

# What a user gets for a statement: an answer, or an error
sub gets
{
	my ($user, $sql) = @_;
	my (undef, $out, $error) = $node->psql('theirs', $sql, extra_params => [ '-U', $user ]);
	return $error =~ /^(?:psql:.*?)?(ERROR: .*)/m ? $1 : $out;
}

#
# Who: statements of users in turn, and what each gets
#
my $share = q{SELECT rd_share_keys('%s') IS NOT NULL};
my $denied = qr/^ERROR:  permission denied (?:for|to)/;
my $packed = q{SELECT rd_is_packed('{"%s": 1}')};
my $insert = q{INSERT INTO _redbear.key_indexes (hash, part, parts, n, keys)
	SELECT rd_index_hash(m), 0, 1, 1, to_json(rd_keys(m)) FROM (VALUES ('{"%s": 1}'::reddict)) AS v(m)};
my @steps = (
	# The schema of the registry is the extension's, or nobody's.
	[ 'owner', 'CREATE SCHEMA _redbear; CREATE EXTENSION redbear SCHEMA public', qr/^ERROR:  schema "_redbear" already exists/ ],
	[ 'owner', 'DROP SCHEMA _redbear', '' ],
	[ 'owner', 'CREATE EXTENSION redbear SCHEMA public', '' ],
	[ 'owner', sprintf($share, '{owner}'), 't' ],
	[ 'owner', sprintf($packed, 'owner'), 't' ],
	[ 'owner', q{CREATE TABLE t AS SELECT 1 AS id, '{"owner": 1}'::reddict AS m UNION ALL SELECT 2, '{"other": 1}'; GRANT SELECT ON t TO guest}, '' ],

	# A guest reads, packs and prints,
	[ 'guest', 'SELECT n, keys, registered_by FROM _redbear.key_indexes', '1|["owner"]|owner' ],
	[ 'guest', 'SELECT keys, registered_by FROM rd_shared_indexes()', '{owner}|owner' ],
	[ 'guest', q{SELECT m, rd_is_packed(m), rd_unpack(m), m -> 'owner', rd_keys(m) FROM t WHERE id = 1}, '{"owner": 1}|t|{"owner": 1}|1|{owner}' ],
	[ 'guest', sprintf($packed, 'owner'), 't' ],
	[ 'guest', q{CREATE TEMP TABLE mine AS SELECT m + '{"owner": 1}' AS m FROM t; CALL rd_pack_column('mine', 'm'); SELECT m FROM mine ORDER BY m},
		qq({"owner": 2}\n{"other": 1, "owner": 1}) ],
	[ 'guest', q{CALL rd_pack_column('t', 'm')}, $denied ],

	# but may not register,
	[ 'guest', sprintf($share, '{guest}'), $denied ],
	[ 'guest', q{SELECT rd_share_keys_of('{"guest": 1}')}, $denied ],
	[ 'guest', q{SELECT * FROM rd_share_column('t', 'm', 1)}, $denied ],
	[ 'guest', sprintf($insert, 'guest'), $denied ],
	[ 'guest', 'DELETE FROM _redbear.key_indexes', $denied ],
	[ 'guest', sprintf($packed, 'guest'), 'f' ],

	# not even with all rights to all tables of the schema that he uses;
	[ 'postgres', 'GRANT ALL ON ALL TABLES IN SCHEMA public TO PUBLIC; GRANT ALL ON ALL FUNCTIONS IN SCHEMA public TO PUBLIC', '' ],
	[ 'guest', sprintf($share, '{guest}'), $denied ],
	[ 'guest', sprintf($insert, 'guest'), $denied ],
	[ 'postgres', 'REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC', '' ],
	# only with the right to it, until that is revoked, and then by the functions alone.
	[ 'owner', 'GRANT EXECUTE ON FUNCTION _redbear.may_register TO guest', '' ],
	[ 'guest', sprintf($share, '{guest}'), 't' ],
	[ 'guest', sprintf($insert, 'not so'), $denied ],
	[ 'guest', sprintf($packed, 'guest'), 't' ],
	[ 'guest', 'SELECT registered_by FROM rd_shared_indexes() WHERE keys = ARRAY[current_user::text]', 'guest' ],
	[ 'owner', 'REVOKE EXECUTE ON FUNCTION _redbear.may_register FROM guest', '' ],
	[ 'guest', sprintf($share, '{late}'), $denied ],

	# Nobody takes anything away.
	(map { my $sql = $_; map { [ $_, $sql, qr/^ERROR:  (?:cannot change or remove rows of|permission denied)/ ] } qw(owner postgres) }
		'UPDATE _redbear.key_indexes SET n = n + 1', 'DELETE FROM _redbear.key_indexes', 'TRUNCATE _redbear.key_indexes',
		q{SET session_replication_role = replica; DELETE FROM _redbear.key_indexes}),
	[ 'postgres', 'DROP EXTENSION redbear', qr/^ERROR:  cannot drop extension redbear because other objects depend on it/ ],

	# An owner of the extension can't put another table in the registry's place.
	[ 'owner', q{CREATE TABLE stray (hash int8, part int4, parts int4, n int4, keys int8); INSERT INTO stray SELECT rd_index_hash('{"stray": 1}'), 0, 1, 1, 4096;
		ALTER EXTENSION redbear ADD TABLE stray}, '' ],
	[ 'owner', sprintf($packed, 'stray'), 'f' ],
	[ 'owner', sprintf($packed, 'owner'), 't' ],
	[ 'guest', 'SELECT m FROM t WHERE id = 1', '{"owner": 1}' ],
	[ 'owner', 'ALTER EXTENSION redbear DROP TABLE _redbear.key_indexes', qr/^ERROR:  must be owner of table key_indexes/ ],
	[ 'owner', 'ALTER EXTENSION redbear DROP TABLE stray; DROP TABLE stray', '' ],

	# A role that may only read registers nothing, and reads and packs.
	(map {
			[ $_->[0], "$_->[1]; " . sprintf($share, '{read only}'), qr/^ERROR:  cannot execute rd_share_keys\(\) in a read-only transaction/ ],
			[ $_->[0], "$_->[1]; SELECT rd_share_keys_of('{\"read only\": 1}')", qr/^ERROR:  cannot execute rd_share_keys_of\(\) in a read-only transaction/ ],
			[ $_->[0], "$_->[1]; SELECT rd_share_column('t', 'm', 1)", qr/^ERROR:  cannot execute rd_share_column\(\) in a read-only transaction/ ],
			[ $_->[0], "$_->[1]; SELECT m, rd_is_packed(m) FROM t WHERE id = 1", '{"owner": 1}|t' ],
			[ $_->[0], "$_->[1]; " . sprintf($packed, 'owner'), 't' ]
		} [ 'owner', 'BEGIN READ ONLY' ], [ 'postgres', 'SET default_transaction_read_only = on' ]),

	# The setting is everybody's.
	[ 'guest', 'SET redbear.pack = off; ' . sprintf($packed, 'owner'), 'f' ],
	[ 'guest', q{SET redbear.pack = off; SELECT rd_is_packed(rd_pack('{"owner": 1}')), m, rd_is_packed(m), rd_is_packed(m * 2) FROM t WHERE id = 1},
		't|{"owner": 1}|t|t' ],
	[ 'owner', q{SET redbear.pack = off; SELECT rd_share_keys('{off}') IS NOT NULL; } . sprintf($packed, 'off'), "t\nf" ],
	[ 'owner', sprintf($packed, 'off'), 't' ]);
foreach (@steps)
{
	my ($user, $sql, $expected) = @$_;
	my $got = gets($user, $sql);
	ref $expected ? like($got, $expected, "$user: $sql") : is($got, $expected, "$user: $sql");
}
is(gets('owner', 'SELECT keys FROM rd_shared_indexes() ORDER BY 1'), "{guest}\n{off}\n{owner}", 'registered is what was granted');

#
# Whoever installed the extension registers, also where the database is another's,
# whose owner registers and dumps as well. When the installer is dropped, no
# right of his is left in a dump.
#
$node->safe_psql('postgres', q{
	CREATE ROLE installer LOGIN;
	CREATE ROLE keeper LOGIN;
	CREATE DATABASE lent OWNER owner});
$node->safe_psql('lent', 'GRANT CREATE ON DATABASE lent TO installer');
sub lent
{
	my ($user, $sql) = @_;
	my (undef, $out, $error) = $node->psql('lent', $sql, extra_params => [ '-U', $user ]);
	return $error =~ /^(?:psql:.*?)?(ERROR: .*)/m ? $1 : $out;
}
sub dump_of
{
	my $user = shift;
	my ($sql, $error) = run_command([ 'pg_dump', '-U', $user, $node->connstr('lent') ]);
	is($error, '', "$user dumps");
	return $sql;
}
$node->safe_psql('lent', 'CREATE SCHEMA maps AUTHORIZATION installer; GRANT USAGE ON SCHEMA maps TO PUBLIC; ALTER DATABASE lent SET search_path = public, maps');
foreach (
	[ 'installer', 'CREATE EXTENSION redbear SCHEMA maps', '' ],
	[ 'installer', sprintf($share, '{installer}'), 't' ],
	[ 'owner', sprintf($share, '{owner}'), 't' ],
	[ 'postgres', sprintf($share, '{superuser}'), 't' ],
	[ 'installer', 'GRANT EXECUTE ON FUNCTION _redbear.may_register TO keeper', $denied ],
	[ 'keeper', sprintf($share, '{keeper}'), $denied ],
	[ 'owner', 'GRANT EXECUTE ON FUNCTION _redbear.may_register TO keeper', '' ],
	[ 'keeper', sprintf($share, '{keeper}'), 't' ],
	[ 'guest', sprintf($share, '{guest}'), $denied ],
	[ 'guest', 'SELECT keys, registered_by FROM rd_shared_indexes() ORDER BY 1', "{installer}|installer\n{keeper}|keeper\n{owner}|owner\n{superuser}|postgres" ],
	[ 'installer', 'INSERT INTO _redbear.key_indexes (hash, part, parts, n, keys) VALUES (1, 0, 1, 1, $$["a"]$$)', $denied ],
	[ 'owner', 'REVOKE EXECUTE ON FUNCTION _redbear.may_register FROM keeper', '' ],
	(map { [ $_, 'CREATE TABLE _redbear.mine ()', $denied ], [ $_, 'ALTER TABLE _redbear.key_indexes ADD mine int', qr/must be owner/ ],
		[ $_, 'ALTER SCHEMA _redbear RENAME TO mine', qr/must be owner/ ], [ $_, 'CREATE TRIGGER mine BEFORE INSERT ON _redbear.key_indexes FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()', $denied ] }
		qw(installer owner guest)))
{
	my ($user, $sql, $expected) = @$_;
	my $got = lent($user, $sql);
	ref $expected ? like($got, $expected, "lent, $user: $sql") : is($got, $expected, "lent, $user: $sql");
}
my $dumped = dump_of('owner');
like($dumped, qr/^COPY _redbear\.key_indexes .*\["owner"\]/ms, 'with the registry');
unlike($dumped, qr/^(?:GRANT|REVOKE) .*key_indexes/m, 'and no rights to it');
$node->safe_psql('lent', 'REASSIGN OWNED BY installer TO owner; DROP OWNED BY installer; DROP ROLE installer');
$dumped = dump_of('owner');
unlike($dumped, qr/^(?:GRANT|REVOKE) .*key_indexes|"\d+"/m, 'none dangles when the installer is dropped');
is(lent('owner', 'SELECT keys, registered_by FROM rd_shared_indexes() WHERE keys = \'{installer}\''), '{installer}|installer', 'whose registration stays');
$node->safe_psql('postgres', 'CREATE DATABASE returned OWNER owner; ALTER DATABASE returned SET search_path = public, maps');
append_to_file($node->basedir . '/lent.sql', $dumped);
$node->command_ok([ 'psql', '-X', '-q', '-o', '/dev/null', '-v', 'ON_ERROR_STOP=1', '-U', 'owner', '-d', $node->connstr('returned'), '-f', $node->basedir . '/lent.sql' ],
	'the owner restores');
is($node->safe_psql('returned', 'SELECT keys FROM rd_shared_indexes() ORDER BY 1'), "{installer}\n{keeper}\n{owner}\n{superuser}", 'all registrations');

#
# Eight clients register key sets, which others store and read, while the
# registry is vacuumed and analysed: no error, and nothing that differs. (A
# division by zero ends pgbench.) Values of the same keys are stored before and
# after they are registered. A column of jsonb has what was put in.
#
$node->safe_psql(
	'postgres', q{
	CREATE EXTENSION redbear;
	CREATE TABLE kept (id int, m reddict, j jsonb);
	CREATE INDEX ON kept (id);
	CREATE INDEX ON kept USING gin (m);
	CREATE INDEX ON kept USING hash (m);
	CREATE FUNCTION keys_of(id int) RETURNS text[] LANGUAGE sql IMMUTABLE AS
		$$ SELECT array_agg(concat('key ', i, ' of ', id)) FROM generate_series(1, 1 + id % 7 * CASE WHEN id % 10 = 0 THEN 100 ELSE 1 END) AS i $$;
	CREATE FUNCTION pairs_of(id int, value float8) RETURNS jsonb LANGUAGE sql IMMUTABLE AS
		$$ SELECT jsonb_object_agg(k, value) FROM unnest(keys_of(id)) AS k $$});
my $differs = q{m::jsonb <> j OR m <> j::reddict OR m <> rd_unpack(m) OR rd_keys(m) <> rd_keys(j::reddict)};
my $any = "\\set id random(1, 2000)\n\\set value random(1, 9)\n";
my %work = (
	register => [ 8, $any . 'SELECT rd_share_keys(keys_of(:id));',
		$any . 'BEGIN; SELECT rd_share_keys(keys_of(:id)); INSERT INTO kept SELECT :id, j::reddict, j FROM pairs_of(:id, :value) AS j; ROLLBACK;',
		$any . 'BEGIN; SELECT rd_share_keys_of(pairs_of(:id, 1)::reddict); INSERT INTO kept SELECT :id, j::reddict, j FROM pairs_of(:id, :value) AS j; COMMIT;' ],
	store => [ 3, $any . 'INSERT INTO kept SELECT :id, j::reddict, j FROM pairs_of(:id, :value) AS j;',
		$any . "\\set with random(1, 20)\n" . 'UPDATE kept SET m = m * 2 + pairs_of(:id, :value)::reddict, j = (j::reddict * 2 + pairs_of(:id, :value)::reddict)::jsonb
			WHERE ctid = (SELECT ctid FROM kept WHERE id = :id LIMIT 1) AND id = :id;' ],
	'read' => [ 2, $any . "SELECT 1 / (count(*) = 0)::int FROM kept WHERE id BETWEEN :id AND :id + 100 AND ($differs);" ],
	look => [ 1, "\\sleep 100 ms\nSELECT sum(m) FROM kept WHERE m ? 'key 1 of 7';\nANALYZE kept;\nANALYZE _redbear.key_indexes;\nVACUUM _redbear.key_indexes;\nREINDEX TABLE CONCURRENTLY _redbear.key_indexes;" ]);
my (%pgbench, %output);
foreach my $name (sort keys %work)
{
	my ($clients, @scripts) = @{ $work{$name} };
	$output{$name} = '';
	$pgbench{$name} = start_pgbench($node, 'postgres', \$output{$name}, [ "--client=$clients", "--time=$seconds" ], @scripts);
}
foreach my $name (sort keys %work)
{
	ok($pgbench{$name}->finish, "$name: no client fails") or diag $output{$name};
	my ($transactions) = $output{$name} =~ /^number of transactions actually processed: (\d+)/m;
	cmp_ok($transactions, '>', 0, "$name: it was done");
	note "$name: $transactions transactions";
}
is($node->safe_psql('postgres', "SELECT count(*) FROM kept WHERE $differs"), 0, 'all that was stored is what was put in');
is($node->safe_psql('postgres', 'SELECT DISTINCT rd_is_packed(m) FROM kept ORDER BY 1'), "f\nt", 'in both forms');
is($node->safe_psql('postgres', 'SELECT count(*) FROM _redbear.key_indexes WHERE hash NOT IN (SELECT hash FROM rd_shared_indexes())'), 0, 'registrations are whole');
is( $node->safe_psql(
		'postgres', q{
		CALL rd_pack_column('kept', 'm');
		SELECT count(*) FROM kept WHERE rd_is_packed(m) <> (rd_index_hash(m) IN (SELECT hash FROM rd_shared_indexes()))}),
	0, 'then all is packed that may be');
is($node->safe_psql('postgres', "SELECT count(*) FROM kept WHERE $differs"), 0, 'and is what was put in');
is($node->safe_psql('postgres', 'SELECT count(*) > 0 FROM pg_stat_all_tables WHERE relname = $$key_indexes$$ AND vacuum_count > 0 AND analyze_count > 0'),
	't', 'the registry was vacuumed meanwhile');
sound($node, 'postgres', 'at the end');
my @complaints = grep { !/permission denied|schema "_redbear" already exists|must be owner|cannot (?:change|drop|execute)|canceling autovacuum task/ } slurp_file($node->logfile) =~ /^.*(?:ERROR|FATAL|PANIC): .*$/mg;
is_deeply(\@complaints, [], 'nothing went wrong, and nobody waited for each other');

$node->stop;
done_testing();
