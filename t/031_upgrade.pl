# The oldest version, upgraded script by script, is what a fresh install of the
# default version is: the catalogues say the same. Where there is one version,
# it is compared with itself, which is then known to work.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->start;

sub rows
{
	my ($db, $query) = @_;
	return split /\n/, $node->safe_psql($db, $query);
}

# All that the catalogues have in a database beyond what every database has:
# each row, with names for the numbers of objects.
sub listing
{
	my $db = shift;
	my $own = '16384'; # FirstNormalObjectId
	my %name = map { split /\t/, $_, 2 } rows($db,
		qq{SELECT DISTINCT objid || E'\\t' || pg_describe_object(classid, objid, 0) FROM pg_depend WHERE objid >= $own});
	my %key = (
		(map { $_ => 'oid' } rows($db, "SELECT DISTINCT classid::regclass FROM pg_depend WHERE objid >= $own")),
		pg_aggregate => 'aggfnoid',
		pg_depend => 'objid',
		pg_description => 'objoid',
		pg_init_privs => 'objoid');
	my @rows;
	foreach my $catalog (sort keys %key)
	{
		push @rows, map { "$catalog $_" }
		  rows($db, "SELECT row_to_json(c) FROM $catalog AS c WHERE $key{$catalog}::oid >= $own");
	}
	foreach (@rows)
	{
		s/"rel(?:frozenxid|minmxid)":"\d+",//g;
		s/ :(?:stmt_)?(?:location|len) \d+//g; # in the script, of a default or a view
		s/\b(\d{5,})\b/$name{$1} \/\/ $1/ge;
	}
	return [ sort @rows ];
}

my ($default) = rows('postgres', q{SELECT default_version FROM pg_available_extensions WHERE name = 'redbear'});
my @versions = rows('postgres', q{
	SELECT version FROM pg_available_extension_versions WHERE name = 'redbear'
	ORDER BY string_to_array(version, '.')::int[]});
is($versions[-1], $default, 'the default version is the newest');
is_deeply(
	[ sort glob('redbear--*.sql') ],
	[ sort map { "redbear--$_.sql" } rows('postgres', q{
		SELECT regexp_replace(name, '^redbear--|\.sql$', '', 'g')
		FROM pg_ls_dir((SELECT setting FROM pg_config WHERE name = 'SHAREDIR') || '/extension') AS name
		WHERE name LIKE 'redbear--%.sql'}) ],
	'all scripts that are here are installed, and no others');
is_deeply(
	[ rows('postgres', qq{
		SELECT source FROM pg_extension_update_paths('redbear') WHERE target = '$default' AND path IS NULL}) ],
	[], 'every version can be upgraded to the default');

$node->safe_psql('postgres', 'CREATE DATABASE fresh');
$node->safe_psql('fresh', "CREATE EXTENSION redbear VERSION '$default'");
my $fresh = listing('fresh');
cmp_ok(scalar @$fresh, '>', 1000, 'the catalogues say much of a fresh install');
is_deeply([ grep { /\b(?:1[6-9]|[2-9]\d)\d{3}\b/ } @$fresh ], [], 'no object is without a name');

$node->safe_psql('postgres', 'CREATE DATABASE upgraded');
$node->safe_psql('upgraded', qq{
	CREATE EXTENSION redbear VERSION '$versions[0]';
	CREATE TABLE data AS SELECT i AS id, reddict('key ' || i % 7, i) AS m FROM generate_series(1, 100) AS i;
	CREATE TABLE report AS SELECT id % 3 AS id, redstats(m) AS s FROM data GROUP BY 1;
	CREATE INDEX ON data USING gin (m)});

sub contents
{
	return $node->safe_psql('upgraded', q{
		SELECT id, reddict_send(m) FROM data ORDER BY id;
		SELECT id, redstats_send(s) FROM report ORDER BY id;
		SELECT sum(m) FROM data WHERE m ? 'key 1'});
}
my $before = contents();

foreach my $i (1 .. $#versions)
{
	my ($code, undef, $error) =
	  $node->psql('upgraded', "ALTER EXTENSION redbear UPDATE TO '$versions[$i]'", on_error_stop => 1);
	is($code, 0, "upgrade from $versions[$i - 1] to $versions[$i]") or diag($error);
}
is(contents(), $before, 'values are what they were');
$node->safe_psql('upgraded', 'DROP TABLE data, report');
is_deeply(listing('upgraded'), $fresh, "$versions[0], upgraded, is $default");

# Would it have been seen?
foreach my $change (
	'ALTER FUNCTION rd_sum(reddict) COST 7',
	q{COMMENT ON OPERATOR + (reddict, reddict) IS 'addition'},
	'ALTER OPERATOR <> (reddict, reddict) SET (RESTRICT = NONE)',
	'ALTER EXTENSION redbear DROP CAST (json AS reddict)',
	'CREATE FUNCTION forgotten(reddict) RETURNS int RETURN 1')
{
	$node->safe_psql('postgres', 'CREATE DATABASE changed TEMPLATE upgraded');
	$node->safe_psql('changed', $change);
	isnt(join("\n", @{ listing('changed') }), join("\n", @$fresh), "seen: $change");
	$node->safe_psql('postgres', 'DROP DATABASE changed');
}

$node->stop;
done_testing();
