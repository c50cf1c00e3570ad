# The Debian package: built, looked at by lintian, unpacked over a copy of the
# server that has no redbear, and tested there by installcheck. Nothing of it
# stays, and nothing that is installed on this machine is touched.

use strict;
use warnings;

use File::Basename;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my ($major) = `pg_config --version` =~ /^PostgreSQL (\d+)/;
chomp(my $bindir = `pg_config --bindir`);
chomp(my $sharedir = `pg_config --sharedir`);
my @missing = grep { system("command -v $_ >/dev/null") != 0 } qw(dpkg-buildpackage dh pg_buildext lintian);

plan skip_all => 'the Debian package is tested on Debian only' if system('command -v dpkg-deb >/dev/null') != 0;
plan skip_all => "without @missing; script/bootstrap --packaging installs them" if @missing;
plan skip_all => "PostgreSQL in $bindir is not Debian's" if $bindir !~ m{/usr/lib/postgresql/$major/bin$};
plan skip_all => 'debian/ is not here' unless -d 'debian';
my $unmet = `dpkg-checkbuilddeps -P nocheck 2>&1`;
plan skip_all => "$unmet; script/bootstrap --packaging installs them" if $? != 0;

# In a path as short as a socket's has to be
my $dir = PostgreSQL::Test::Utils::tempdir_short();

# What debian/control says of other versions is for them.
mkdir "$dir/redbear";
system_or_bail('sh', '-c',
	"tar -cf - --exclude=./.git --exclude=./tmp_check --exclude='*.o' --exclude='*.bc' --exclude='*.so' . | tar -C $dir/redbear -xf -");
$ENV{PG_SUPPORTED_VERSIONS} = $ENV{DEB_PG_SUPPORTED_VERSIONS} = $major;
$ENV{PG_UPDATECONTROL} = 'yes';
$ENV{DEB_BUILD_OPTIONS} = $ENV{DEB_BUILD_PROFILES} = 'nocheck';
command_ok([ 'sh', '-c', "cd $dir/redbear && dpkg-buildpackage -b -us -uc" ], 'the package is built');
my ($package) = glob("$dir/postgresql-$major-redbear_*_*.deb");
ok($package, "it is postgresql-$major-redbear") or BAIL_OUT('no package');
# It is not in Debian, so there is no request for it to close.
command_like([ 'sh', '-c', "lintian --allow-root --suppress-tags initial-upload-closes-no-bugs --fail-on error,warning $dir/*.changes && echo clean" ], qr/^clean$/, 'lintian has nothing to say');

# postgres finds its files from where it is itself, links resolved.
my $server = "$dir/server";
foreach my $path (dirname($bindir), $sharedir)
{
	(my $at = $path) =~ s{^.*(?=/usr/)}{$server};
	system_or_bail('mkdir', '-p', dirname($at));
	system_or_bail('cp', '-rs', $path, $at);
}
my $bin = "$server/usr/lib/postgresql/$major/bin";
system_or_bail('sh', '-c', "cp --remove-destination $bindir/* $bin/");
system_or_bail('find', $server, '-name', 'redbear*', '-prune', '-exec', 'rm', '-r', '{}', '+');
system_or_bail('dpkg-deb', '-x', $package, $server);
chomp(my $pkglibdir = `$bin/pg_config --pkglibdir`);
like($pkglibdir, qr/^\Q$server\E/, 'the server is the copy');

{
	local $ENV{PATH} = "$bin:$ENV{PATH}";
	my $node = PostgreSQL::Test::Cluster->new('main');
	$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
	$node->start;
	command_ok(
		[
			'make', '-s', '-C', "$dir/redbear", 'installcheck',
			"PG_CONFIG=$bin/pg_config", 'PGHOST=' . $node->host, 'PGPORT=' . $node->port
		],
		'installcheck of what the package installed');
	is( $node->safe_psql('postgres', q{CREATE EXTENSION redbear; SELECT sum(m) FROM (VALUES ('{"a": 1}'::reddict), ('{"a": 2}')) AS t(m)}),
		'{"a": 3}', 'it works');
	$node->stop;
}

done_testing();
