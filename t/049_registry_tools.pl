# The registry, where others are at work: tools that take all tables of a schema
# for their own, and roles that come and go. Rows that are packed stay readable,
# whoever may not register does not, and dumps name no role that is gone.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->start;
my $super = $node->safe_psql('postgres', 'SELECT CURRENT_USER');

# What a user gets for a statement: an answer, or an error
my $db;

sub gets
{
	my ($user, $sql) = @_;
	my (undef, $out, $error) = $node->psql($db, $sql, extra_params => [ '-U', $user ]);
	return $error =~ /^(?:psql:.*?)?(ERROR: .*)/m ? $1 : $out;
}

sub check
{
	my ($user, $sql, $expected) = @_;
	my $got = gets($user, $sql);
	ref $expected ? like($got, $expected, "$user: $sql") : is($got, $expected, "$user: $sql");
	return;
}

#
# Who may do what, where a superuser installed redbear who does not own the
# database, and who is not the one that there always is
#
$node->safe_psql('postgres', q{
	CREATE ROLE boss SUPERUSER LOGIN;
	CREATE ROLE owner LOGIN;
	CREATE ROLE heir LOGIN;
	CREATE ROLE keeper LOGIN;
	CREATE ROLE guest LOGIN;
	CREATE DATABASE app OWNER owner});
$db = 'app';
my $denied = qr/^ERROR:  permission denied (?:for|to)/;
my $not_owner = qr/^ERROR:  must be owner of/;
my $unchanged = qr/^ERROR:  cannot change or remove rows of/;
my $required = qr/^ERROR:  cannot drop \S+ \S+ because extension redbear requires it/;
check('boss', 'CREATE EXTENSION redbear', '');
check('owner', q{GRANT EXECUTE ON FUNCTION _redbear.may_register TO keeper}, '');
check('owner', q{CREATE TABLE kept AS SELECT reddict('boss', 1) AS m; GRANT SELECT ON kept TO PUBLIC}, '');
my %may = (
	#          registers, inserts, changes,   creates,  alters,     drops
	$super => [ 't',     '',      $unchanged, '',       '',         $required ],
	boss   => [ 't',     '',      $unchanged, '',       '',         $required ],
	owner  => [ 't',     '',      $denied,    $denied,  $not_owner, $not_owner ],
	keeper => [ 't',     $denied, $denied,    $denied,  $not_owner, $not_owner ],
	guest  => [ $denied, $denied, $denied,    $denied,  $not_owner, $not_owner ]);
foreach my $user ('boss', $super, qw(owner keeper guest))
{
	my ($registers, $inserts, $changes, $creates, $alters, $drops) = @{ $may{$user} };
	check($user, "SELECT rd_share_keys('{$user}') IS NOT NULL", $registers);
	check($user, "SELECT rd_share_keys_of('{\"$user\": 1, \"more\": 2}') IS NOT NULL", $registers);
	check($user, qq{INSERT INTO _redbear.key_indexes (hash, part, parts, n, keys) VALUES (rd_index_hash('{"$user": 1, "~": 2}'), 0, 1, 2, '["$user", "~"]')}, $inserts);
	check($user, $_, $changes) foreach ('UPDATE _redbear.key_indexes SET n = 2', 'DELETE FROM _redbear.key_indexes', 'TRUNCATE _redbear.key_indexes');
	check($user, 'BEGIN; CREATE TABLE _redbear.mine (); ROLLBACK', $creates);
	check($user, 'BEGIN; ALTER TABLE _redbear.key_indexes ALTER n SET STATISTICS 10; ROLLBACK', $alters);
	check($user, $_, $drops) foreach ('DROP TABLE _redbear.key_indexes', 'DROP TABLE _redbear.key_indexes CASCADE', 'DROP SCHEMA _redbear CASCADE');

	# Everybody reads.
	check($user, "SELECT count(*) > 0 FROM rd_shared_indexes()", 't');
	check($user, "SELECT count(*) > 0 FROM _redbear.key_indexes", 't');
	check($user, "SELECT rd_pack(m), rd_is_packed(rd_pack(m)) FROM kept", '{"boss": 1}|t');
	check($user, "SELECT registered_by FROM rd_shared_indexes() WHERE keys = '{$user}'", $registers eq 't' ? $user : '');
}

sub dump_by
{
	my ($user, @options) = @_;
	my ($sql, $error) = run_command([ 'pg_dump', '-U', $user, @options, $node->connstr('app') ]);
	is($error, '', "$user dumps");
	return $sql;
}
my $rights = qr/^(?:GRANT|REVOKE) .*(?:_redbear|"\d+").*/m;
foreach my $user ('boss', 'owner', $super)
{
	my $sql = dump_by($user);
	like($sql, qr/^COPY _redbear\.key_indexes .*\["keeper"\]/ms, 'with the registrations');
	is(join("\n", $sql =~ /$rights/g), 'GRANT ALL ON FUNCTION _redbear.may_register() TO keeper;', 'and the one right that was given');
}

# A dump with rights to the registry is restored by the owner.
my $file = $node->basedir . '/app.sql';
append_to_file($file, dump_by('owner'));
$node->safe_psql('postgres', 'CREATE DATABASE again OWNER owner');
$node->command_ok([ 'psql', '-X', '-q', '-o', '/dev/null', '-v', 'ON_ERROR_STOP=1', '-U', 'owner', '-d', $node->connstr('again'), '-f', $file ],
	'the owner restores');
$db = 'again';
check('keeper', "SELECT rd_share_keys('{again}') IS NOT NULL", 't');
check('guest', "SELECT rd_share_keys('{not again}') IS NOT NULL", $denied);
check('guest', "SELECT count(*) FROM rd_shared_indexes()", $node->safe_psql('app', 'SELECT count(*) + 1 FROM rd_shared_indexes()'));
$node->safe_psql('again', 'DROP OWNED BY keeper');

# Roles go; whoever has the database registers and dumps.
$db = 'app';
$node->safe_psql('app', "REASSIGN OWNED BY boss TO $super; DROP OWNED BY boss; DROP OWNED BY keeper; DROP ROLE boss; DROP ROLE keeper");
$node->safe_psql('app', 'ALTER DATABASE app OWNER TO heir; ALTER TABLE kept OWNER TO heir');
check('owner', "SELECT rd_share_keys('{late}') IS NOT NULL", $denied);
check('heir', "SELECT rd_share_keys('{heir}') IS NOT NULL", 't');
unlike(dump_by('heir'), $rights, 'no right dangles');
$node->safe_psql('postgres', 'REASSIGN OWNED BY owner TO heir; DROP OWNED BY owner');
$node->safe_psql('again', 'REASSIGN OWNED BY owner TO heir; DROP OWNED BY owner; DROP ROLE owner');
unlike(dump_by($_), $rights, 'not when the owner is gone, either') foreach ('heir', $super);
check('guest', 'SELECT count(*) FROM rd_shared_indexes() WHERE registered_by IN ($$boss$$, $$owner$$, $$keeper$$)', '8');

#
# Tools that work on all tables. Two tables have packed rows, of which a third
# party's tool is to leave one alone.
#
$node->safe_psql('postgres', 'CREATE DATABASE tools OWNER heir');
$db = 'tools';
check($super, 'CREATE EXTENSION redbear', '');
check('heir', q{SELECT rd_share_keys('{a,b}') IS NOT NULL}, 't');
check('heir', q{CREATE TABLE schema_migrations (version text); CREATE TABLE first (m reddict); CREATE TABLE second (id serial, m reddict); CREATE VIEW both_of AS SELECT m FROM first}, '');
my $fill = q{INSERT INTO first VALUES ('{"a": 1, "b": 2}'); INSERT INTO second (m) VALUES ('{"a": 3, "b": 4}')};
check('heir', $fill, '');
my $read = q{SELECT m, rd_is_packed(m), (SELECT count(*) FROM rd_shared_indexes()), rd_is_packed('{"b": 1, "a": 1}') FROM first};

# What such tools see: a schema by name, what is in the path, all that is not PostgreSQL's
foreach (
	q{SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1},
	q{SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND pg_table_is_visible(oid) AND relnamespace <> 'pg_catalog'::regnamespace ORDER BY 1},
	q{SELECT table_name FROM information_schema.tables WHERE table_schema = ANY (current_schemas(false)) AND table_type = 'BASE TABLE' ORDER BY 1})
{
	check('heir', $_, "first\nschema_migrations\nsecond");
}
check('heir', q{SELECT viewname FROM pg_views WHERE schemaname = 'public'}, 'both_of');
check('heir', q{SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'}, 'second_id_seq');

my $each = q{DO $$ DECLARE t regclass; BEGIN FOR t IN SELECT format('%%I.%%I', schemaname, tablename) FROM pg_tables WHERE schemaname = ANY (current_schemas(false)) AND tablename <> 'first'
	LOOP EXECUTE format('%s', t); END LOOP; END $$};

# A cleaner, between two tests of an application
check($super, "BEGIN; " . sprintf($each, 'ALTER TABLE %s DISABLE TRIGGER ALL') . '; ' . sprintf($each, 'TRUNCATE TABLE %s RESTART IDENTITY CASCADE') . '; '
	. sprintf($each, 'ALTER TABLE %s ENABLE TRIGGER ALL') . '; COMMIT', '');
check('heir', 'SELECT count(*) FROM second', '0');
check('heir', $read, '{"a": 1, "b": 2}|t|1|t');

# Rights to all that there is
check($super, 'GRANT ALL ON ALL TABLES IN SCHEMA public TO PUBLIC; GRANT ALL ON ALL FUNCTIONS IN SCHEMA public TO PUBLIC;
	GRANT ALL ON SCHEMA public TO PUBLIC; ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO PUBLIC', '');
check('guest', 'SELECT rd_share_keys($${guest}$$)', $denied);
check('guest', 'INSERT INTO _redbear.key_indexes (hash, part, parts, n, keys) VALUES (1, 0, 1, 1, $$["x"]$$)', $denied);
check('guest', 'DELETE FROM _redbear.key_indexes', $denied);
check('guest', $read, '{"a": 1, "b": 2}|t|1|t');

# A migration that drops what it does not know, and one that names what it must
# not touch
check('heir', 'DROP VIEW both_of', '');
check('heir', sprintf($each, 'DROP TABLE %s CASCADE'), '');
check('heir', $_, qr/^ERROR:  (?:must be owner|table "\w+" does not exist|schema)/)
  foreach ('DROP TABLE rd_key_indexes CASCADE', 'DROP TABLE _redbear.key_indexes CASCADE', 'DROP SCHEMA _redbear CASCADE');
check($super, $_, $required) foreach ('DROP TABLE _redbear.key_indexes CASCADE', 'DROP SCHEMA _redbear CASCADE');
check('heir', $read, '{"a": 1, "b": 2}|t|1|t');

# A schema file, loaded into a database that has the extension
my ($schema_file, $error) = run_command([ 'pg_dump', '--schema-only', '--no-owner', '--schema=public', '-U', 'heir', $node->connstr('tools') ]);
unlike($schema_file, qr/_redbear|key_indexes/, 'a schema file has nothing of the registry');
append_to_file($file . '.schema', $schema_file =~ s/^CREATE SCHEMA public;//mr);
$node->safe_psql('postgres', 'CREATE DATABASE loaded OWNER heir');
$node->safe_psql('loaded', 'CREATE EXTENSION redbear');
$node->command_ok([ 'psql', '-X', '-q', '-o', '/dev/null', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('loaded'), '-f', "$file.schema" ], 'and is loaded');

# A schema that gets out of the way of a new one takes the type with it.
check($super, 'ALTER SCHEMA public RENAME TO old; CREATE SCHEMA public; ALTER DATABASE tools SET search_path = public, old', '');
check('heir', $read, '{"a": 1, "b": 2}|t|1|t');
check('heir', 'SELECT rd_share_keys($${after}$$) IS NOT NULL', 't');

$node->stop;
done_testing();
