# Tables whose rows or index entries fit only as long as they are packed, and
# that are restored as early as can be: each restore brings all rows and all
# indexes, as a superuser and as the database's owner, who did not install
# redbear. Restores that may come to a table before the registry's own data
# take two steps, as doc/shared-keys.md has them.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use RedbearTest;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->start;
my $dir = PostgreSQL::Test::Utils::tempdir();
my @owner = (extra_params => [ '-U', 'owner' ]);
$node->safe_psql('postgres', 'CREATE ROLE owner LOGIN');

# Key sets of 120 keys of 32 characters, of 400 and of 900; and maps with them.
# (Hexadecimal digits of a hash don't compress well.)
my $functions = q{
	CREATE FUNCTION keys(n int) RETURNS text[] IMMUTABLE RETURN (SELECT array_agg(md5(i::text)) FROM generate_series(1, n) AS i);
	CREATE FUNCTION make(n int, id int) RETURNS %s.reddict IMMUTABLE RETURN %1$s.reddict(keys(n), (SELECT array_agg((i * id) %% 100) FROM generate_series(1, n) AS i)::float8[])};
my $register = 'SELECT %s.rd_share_keys(keys(n)) FROM (VALUES (120), (400), (900)) AS v(n)';
my $create = q{
	CREATE TABLE %2$s.aaa (m %1$s.reddict PRIMARY KEY);
	INSERT INTO %2$s.aaa SELECT make(120, id) FROM generate_series(1, 60) AS id;
	CREATE TABLE %2$s.aab (id int, m %1$s.reddict);
	INSERT INTO %2$s.aab SELECT id, make(400, id) FROM generate_series(1, 30) AS id;
	CREATE UNIQUE INDEX aab_m ON %2$s.aab (id) INCLUDE (m);
	CREATE TABLE %2$s.aac (id int PRIMARY KEY, m %1$s.reddict);
	ALTER TABLE %2$s.aac ALTER m SET STORAGE PLAIN;
	INSERT INTO %2$s.aac SELECT id, make(900, id) FROM generate_series(1, 20) AS id};

# (When and by whom key sets were registered is noted anew, unless a superuser
# brings it.)
sub queries
{
	my ($schema, $user) = @_;
	my $noted = $user eq 'owner' ? '' : ', registered_at, registered_by';
	return ("SELECT m FROM $schema.aaa ORDER BY m::text", "SELECT * FROM $schema.aab ORDER BY id", "SELECT * FROM $schema.aac ORDER BY id",
		"SELECT hash, generation, part, parts, n, keys$noted FROM _redbear.key_indexes ORDER BY hash, generation, part");
}

sub definitions
{
	my ($sql, $error) = run_command([ 'pg_dump', '--schema-only', '-U', 'owner', $node->connstr(shift) ]);
	return $sql =~ s/^\\(?:un)?restrict .*\n//mgr;
}

# Three databases: of two, tables are in public, and in a schema that sorts
# before _redbear; of the third, the extension is in a schema of its own.
my %schemas = (plain => [qw(public public)], early => [ 'public', '"A"' ], moved => [qw(maps public)]);
foreach my $db (sort keys %schemas)
{
	my ($extension, $tables) = @{ $schemas{$db} };
	$node->safe_psql('postgres', "CREATE DATABASE $db OWNER owner");
	$node->safe_psql($db, 'CREATE SCHEMA maps AUTHORIZATION owner') if $extension eq 'maps';
	$node->safe_psql($db, 'CREATE SCHEMA "A"', @owner) if $tables eq '"A"';
	$node->safe_psql($db, "CREATE EXTENSION redbear SCHEMA $extension");
	$node->safe_psql($db, sprintf($functions, $extension), @owner);
	$node->safe_psql($db, sprintf($register, $extension), @owner);
	$node->safe_psql($db, sprintf($create, $extension, $tables), @owner);
	is( $node->safe_psql($db, "SELECT count(*) FROM (SELECT m FROM $tables.aaa UNION ALL SELECT m FROM $tables.aab UNION ALL SELECT m FROM $tables.aac) AS t WHERE NOT $extension.rd_is_packed(m)"),
		0, "$db: all is packed");
	foreach my $format (qw(plain custom directory))
	{
		$node->command_ok([ 'pg_dump', '-U', 'owner', "--format=$format", '--file', "$dir/$db.$format", $node->connstr($db) ],
			"$db: the owner dumps as $format");
	}
}

# Not packed, nothing of this fits.
$node->safe_psql('postgres', 'CREATE DATABASE control OWNER owner');
$node->safe_psql('control', 'CREATE EXTENSION redbear; ' . sprintf($functions, 'public'), @owner);
my @refused = map { ($node->psql('control', $_, @owner))[2] =~ /^.*?ERROR:  (.*?) [\d"]/m ? $1 : '' } (
	'CREATE TABLE t AS SELECT make(120, 1) AS m; CREATE UNIQUE INDEX ON t (m)',
	'CREATE TABLE u AS SELECT make(400, 1) AS m; CREATE INDEX ON u ((1)) INCLUDE (m)',
	'CREATE TABLE v (m reddict); ALTER TABLE v ALTER m SET STORAGE PLAIN; INSERT INTO v SELECT make(900, 1)');
is_deeply(\@refused, [ 'index row size', 'index row requires', 'row is too big: size' ], 'not packed, rows and index entries do not fit');

# Run commands that restore a dump, in turn, and compare; @at, @new and @old
# stand for user, database and files.
my $number = 0;

sub restored
{
	my ($db, $name, $user, @commands) = @_;
	my ($extension, $tables) = @{ $schemas{$db} };
	my $new = 'new' . ++$number;
	$node->safe_psql('postgres', "CREATE DATABASE $new TEMPLATE template0 OWNER owner");
	foreach (@commands)
	{
		my $command = s/pg_restore /pg_restore --exit-on-error /r;
		$command =~ s/psql /psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --output=$dir\/out /;
		$command =~ s/\bold\.(\w+)/$dir\/$db.$1/g;
		$command =~ s/\bnew\b/$new/;
		$command =~ s/\bold\b/$db/;
		local %ENV = (%ENV, PGHOST => $node->host, PGPORT => $node->port, PGUSER => $user);
		command_ok([ 'bash', '-o', 'pipefail', '-c', $command ], "$name, as $user: $_");
	}
	is(image($node, $new, queries($tables, $user)), image($node, $db, queries($tables, $user)), "$name, as $user: all rows are there, and registrations");
	is(definitions($new), definitions($db), "$name, as $user: all indexes are there");
	is( $node->safe_psql($new, "SELECT count(*) FROM (SELECT m FROM $tables.aaa UNION ALL SELECT m FROM $tables.aab UNION ALL SELECT m FROM $tables.aac) AS t WHERE NOT $extension.rd_is_packed(m)"),
		0, "$name, as $user: all is packed");
	return;
}

# The commands of doc/shared-keys.md
my @two_steps = (
	[ 'psql new -c "CREATE EXTENSION redbear"', 'pg_restore --data-only --schema _redbear --dbname new old.custom' ],
	[ 'psql new -c "CREATE EXTENSION redbear"', 'pg_dump --data-only --table _redbear.key_indexes old | psql new' ]);
my @sections = ('pg_restore --section pre-data --dbname new old.custom', 'pg_restore --data-only --schema _redbear --dbname new old.custom');

foreach my $user (qw(owner postgres))
{
	# One step, for which there is nothing to know
	restored('plain', 'as SQL', $user, 'psql new -f old.plain');
	restored('plain', 'serially', $user, 'pg_restore --dbname new old.custom');
	restored('moved', 'as SQL, of another schema', $user, 'psql new -f old.plain');

	# Two steps
	restored('plain', 'in parallel', $user, @{ $two_steps[0] }, 'pg_restore --jobs 2 --dbname new old.custom');
	restored('plain', 'in parallel, of a directory', $user, @{ $two_steps[1] }, 'pg_restore --jobs 2 --dbname new old.directory');
	restored('plain', 'in one transaction', $user, @{ $two_steps[0] }, 'pg_restore -1 --dbname new old.custom');
	restored('early', 'a schema that sorts first', $user, @{ $two_steps[0] }, 'pg_restore --dbname new old.custom');
	restored('early', 'a schema that sorts first, as SQL', $user, @{ $two_steps[1] }, 'psql new -f old.plain');
	restored('moved', 'in parallel, of another schema', $user, @sections, 'pg_restore --jobs 2 --section data --section post-data --dbname new old.custom');
	restored('early', 'in one transaction, of sections', $user, @sections, 'pg_restore -1 --section data --section post-data --dbname new old.custom');
}

# What comes too early is refused, and said; no row is lost in silence.
$node->safe_psql('postgres', 'CREATE DATABASE early_1 TEMPLATE template0 OWNER owner');
$node->command_fails_like([ 'pg_restore', '--exit-on-error', '-U', 'owner', '--dbname', $node->connstr('early_1'), "$dir/early.custom" ],
	qr/ERROR:  row is too big: size/, 'a schema that sorts first, in one step: what does not fit is an error');

$node->stop;
done_testing();
