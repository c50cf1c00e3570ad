# pg_upgrade between major versions: values, indexes and partitions, whose files
# it takes over as they are, are to the new server what they were to the old one.
#
# It wants another installation of PostgreSQL that has redbear: where packages
# put it, or where REDBEAR_OTHER_BINDIR says.

use strict;
use warnings;

use File::Basename 'dirname';
use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use RedbearTest;
use Test::More;

# An installation that has redbear, or nothing
sub installation
{
	my $bindir = shift;
	return unless -x "$bindir/pg_config" && -x "$bindir/postgres";
	my ($version, $libdir, $sharedir) =
	  map { (run_command([ "$bindir/pg_config", $_ ]))[0] } qw(--version --pkglibdir --sharedir);
	return unless -e "$sharedir/extension/redbear.control" && -e "$libdir/redbear.so";
	return { bindir => $bindir, major => $version =~ /(\d+)/ };
}

my ($bindir) = run_command([ 'pg_config', '--bindir' ]);
my $own = installation($bindir) or die "no redbear in $bindir";
my @other = grep { $_->{major} != $own->{major} }
  map { installation($_) } $ENV{REDBEAR_OTHER_BINDIR} // (), glob '/usr/lib/postgresql/*/bin /usr/pgsql-*/bin';
plan skip_all => "no installation but that of PostgreSQL $own->{major} has redbear" unless @other;

my @pair = sort { $a->{major} <=> $b->{major} } $own, $other[0];
note "from PostgreSQL $pair[0]{major} to $pair[1]{major}";
my ($old, $new) = map { PostgreSQL::Test::Cluster->new("version$_->{major}", install_path => dirname($_->{bindir})) } @pair;

# (Versions differ in whether there are checksums by default.)
$_->init(extra => [ '--encoding=UTF8', '--locale=C', '--data-checksums' ]) foreach $old, $new;
$old->start;
$old->safe_psql('postgres', 'CREATE EXTENSION redbear');
create_specimens($old, 'postgres');
create_counters($old, 'postgres');
$old->safe_psql(
	'postgres', q{
	CREATE TABLE maps (id int, m reddict, sum float8 GENERATED ALWAYS AS (rd_sum(m)) STORED) PARTITION BY HASH (m);
	CREATE TABLE maps_0 PARTITION OF maps FOR VALUES WITH (MODULUS 2, REMAINDER 0);
	CREATE TABLE maps_1 PARTITION OF maps FOR VALUES WITH (MODULUS 2, REMAINDER 1);
	INSERT INTO maps SELECT id, m FROM specimen WHERE id > 100 OR id < 4;
	CREATE INDEX ON maps USING btree (m) WHERE rd_length(m) < 50;
	CREATE INDEX ON maps USING hash (m);
	CREATE INDEX ON maps USING gin (m);
	CREATE INDEX ON maps USING gin (m reddict_pair_ops);
	CREATE MATERIALIZED VIEW states AS SELECT redstats(m ORDER BY id) AS s FROM specimen WHERE id > 100});

# Shared key indexes: the registry comes along as it is, and so do packed values.
$old->safe_psql(
	'postgres', q{
	SELECT rd_share_keys(ARRAY['clicks', 'é']);
	SELECT rd_share_keys(array_agg('key ' || i)) FROM generate_series(1, 500) AS i});
$old->safe_psql(
	'postgres', q{
	CREATE TABLE packed (id int, m reddict DEFAULT '{"clicks": 0.1, "é": -0}', CHECK (m <> '{"clicks": 1, "é": "NaN"}'));
	INSERT INTO packed SELECT i, reddict(ARRAY['clicks', 'é'], ARRAY[i, 1 / i::float8]) FROM generate_series(1, 100) AS i;
	INSERT INTO packed SELECT i, (SELECT reddict(array_agg('key ' || k), array_agg(sqrt(k * i))) FROM generate_series(1, 500) AS k) FROM generate_series(101, 104) AS i;
	INSERT INTO packed SELECT i, reddict('other', i) FROM generate_series(105, 110) AS i;
	CREATE INDEX ON packed (m) WHERE rd_length(m) < 50;
	CREATE INDEX ON packed USING hash (m);
	CREATE INDEX ON packed USING gin (m);
	CREATE INDEX ON packed USING gin (m reddict_pair_ops);
	CREATE INDEX ON packed ((m -> 'clicks'))});
my $registry = q{
	SELECT c.reloptions, c.reltoastrelid <> 0, c.relacl::text, e.extconfig::regclass[]::text, e.extcondition
	FROM pg_extension AS e JOIN pg_class AS c ON c.oid = ANY (extconfig) WHERE extname = 'redbear';
	SELECT attname, attstorage, atttypid::regtype, attnotnull FROM pg_attribute
	WHERE attrelid = '_redbear.key_indexes'::regclass AND attnum > 0 ORDER BY attnum;
	SELECT tgname, tgenabled, tgtype, tginitdeferred FROM pg_trigger WHERE tgrelid = '_redbear.key_indexes'::regclass ORDER BY tgname};
my $registry_was = $old->safe_psql('postgres', $registry);
like($registry_was, qr/\{user_catalog_table=true\}\|f\|.*\ncheck_part\|A/s, 'the registry has properties to keep');
my $output = '';
start_pgbench($old, 'postgres', \$output, [ '--client=2', '--transactions=100', '--define=first=0' ], $upsert, $assign)->finish
  or die $output;

my @tables = (
	'SELECT * FROM specimen ORDER BY id',
	'SELECT * FROM counters ORDER BY id',
	'SELECT tableoid::regclass::text, * FROM maps ORDER BY id',
	'SELECT * FROM states',
	'SELECT id, m, rd_is_packed(m) FROM packed ORDER BY id',
	'SELECT * FROM _redbear.key_indexes ORDER BY hash, part',
	'SELECT id, reddict_hash_extended(m, 0) FROM specimen ORDER BY id');
my $image = image($old, 'postgres', @tables);
$old->stop;

chdir PostgreSQL::Test::Utils::tempdir();
$new->command_ok(
	[
		'pg_upgrade', '--no-sync',
		'--old-bindir', $pair[0]{bindir}, '--new-bindir', $pair[1]{bindir},
		'--old-datadir', $old->data_dir, '--new-datadir', $new->data_dir,
		'--old-port', $old->port, '--new-port', $new->port, '--socketdir', $new->host
	],
	'pg_upgrade');
$new->start;
is(image($new, 'postgres', @tables), $image, 'values are the same, bit by bit, and so are their hashes');
indexes_agree($new, 'postgres', 'upgraded', 'maps', q(m = '{}'), q(m ? 'key 29'), q(m @> '{"": 0}'), q(m @> '{"key 7": 1, "key 14": 2}'), q(m > '{"key 1": 0}' AND rd_length(m) < 50));
is($new->safe_psql('postgres', $registry), $registry_was, 'the registry has the properties that it had');
indexes_agree($new, 'postgres', 'packed', 'packed', q(m ? 'é'), q(m = '{"clicks": 2, "é": 0.5}'), q(m @> '{"clicks": 2}'), q(m -> 'clicks' > 98));
# (A default was read from text, before there were registrations.)
is( $new->safe_psql('postgres', q{INSERT INTO packed VALUES (1000, DEFAULT), (1001, '{"clicks": 1, "é": 2}'); SELECT m, rd_is_packed(m) FROM packed WHERE id >= 1000 ORDER BY id}),
	qq({"clicks": 0.1, "é": -0}|f\n{"clicks": 1, "é": 2}|t), 'what is new is packed');
is($new->safe_psql('postgres', q{SELECT rd_share_keys('{other}') IS NULL; CALL rd_pack_column('packed', 'm'); SELECT count(*) FROM packed WHERE NOT rd_is_packed(m)}),
	"f\n0", 'and what is registered now');
counters_agree($new, 'postgres', 'upgraded');
sound($new, 'postgres', 'upgraded');

start_pgbench($new, 'postgres', \$output, [ '--client=2', '--transactions=100', '--define=first=10' ], $upsert, $assign)->finish
  or die $output;
counters_agree($new, 'postgres', 'and used');

$new->stop;
done_testing();
