# What doc/recipes.md builds goes through a dump and a restore: tables,
# materialized views, functions, triggers; and a generated column, an index and
# a constraint that use what it builds.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use RedbearTest;
use Test::More;

plan skip_all => 'the recipes are not here' unless -e 'doc/recipes.md';

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->start;
plan skip_all => 'no hstore'
  if $node->safe_psql('postgres', q{SELECT count(*) FROM pg_available_extensions WHERE name = 'hstore'}) == 0;

$node->safe_psql('postgres', 'CREATE DATABASE recipes');
$node->safe_psql('recipes', 'CREATE EXTENSION redbear');
my @blocks = slurp_file('doc/recipes.md') =~ /^```sql\n(.*?)^```$/msg;
cmp_ok(scalar @blocks, '>', 20, 'there are recipes');
$node->safe_psql('recipes', $_) foreach @blocks;
$node->safe_psql(
	'recipes', q{
	CREATE FUNCTION increase(now reddict, before reddict) RETURNS reddict LANGUAGE sql IMMUTABLE PARALLEL SAFE
	BEGIN ATOMIC
		SELECT rd_delete(d, fallen) || rd_slice(now, fallen)
		FROM (SELECT now - before AS d) AS changes,
			LATERAL (SELECT rd_keys(rd_between(rd_compact(d), '-Infinity', 0)) AS fallen) AS resets;
	END;
	CREATE TABLE changes (
		id int PRIMARY KEY, was reddict, now reddict,
		rise reddict GENERATED ALWAYS AS (increase(now, was)) STORED,
		CHECK (increase(now, was) -> 'a' > 0));
	INSERT INTO changes VALUES (1, '{"a": 3, "b": 5}', '{"a": 5, "b": 2}'), (2, '{}', '{"a": 0.1}'), (3, NULL, '{}');
	CREATE INDEX changes_rise ON changes USING gin (increase(now, was))});
is($node->safe_psql('recipes', 'SELECT id, rise FROM changes ORDER BY id'), qq(1|{"a": 2, "b": 2}\n2|{"a": 0.1}\n3|),
	'a generated column gives what it should');

# All rows of all tables and materialized views, in an order that does not
# depend on where they are
my @tables = split /\n/, $node->safe_psql(
	'recipes', q{SELECT oid::regclass FROM pg_class WHERE relkind IN ('r', 'm') AND relnamespace = 'public'::regnamespace
		AND oid NOT IN (SELECT objid FROM pg_depend WHERE deptype = 'e') ORDER BY 1});
cmp_ok(scalar(grep { /^(?:load_hours|rises|changes)$/ } @tables), '==', 3, 'materialized views and a generated column among them');
my @queries = map { "SELECT t.* FROM $_ AS t ORDER BY t::text" } @tables;
my $contents = image($node, 'recipes', @queries);

# Definitions, without the random word of \restrict
sub definitions
{
	my ($sql, $error) = run_command([ 'pg_dump', '--schema-only', $node->connstr(shift) ]);
	return $sql =~ s/^\\(?:un)?restrict .*\n//mgr;
}
my $definitions = definitions('recipes');

my $dir = PostgreSQL::Test::Utils::tempdir();
my %restore = (
	plain => [ 'psql', '--no-psqlrc', '--quiet', '--set=ON_ERROR_STOP=1', '--output=/dev/null', '--file' ],
	custom => [ 'pg_restore', '--exit-on-error' ]);
foreach my $format (sort keys %restore)
{
	$node->command_ok([ 'pg_dump', "--format=$format", '--file', "$dir/$format", $node->connstr('recipes') ], "$format: dumped");
	$node->safe_psql('postgres', "CREATE DATABASE from_$format TEMPLATE template0");
	my ($tool, @options) = @{ $restore{$format} };
	$node->command_ok([ $tool, '--dbname', $node->connstr("from_$format"), @options, "$dir/$format" ], "$format: restored");
	is(image($node, "from_$format", @queries), $contents, "$format: all rows are the same");
	is(definitions("from_$format"), $definitions, "$format: definitions are the same");
	is( $node->safe_psql("from_$format", q{SET enable_seqscan = off; SELECT id FROM changes WHERE increase(now, was) ? 'b'}),
		1, "$format: by index");
}

$node->stop;
done_testing();
