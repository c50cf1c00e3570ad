# script/release, in a repository of its own: what it refuses, and that the tag
# it makes has the version and the day everywhere, and archives without what is
# for maintainers.

use strict;
use warnings;

use JSON::PP;
use POSIX qw(strftime);
use PostgreSQL::Test::Utils;
use Test::More;

my @missing = grep { system("command -v $_ >/dev/null") != 0 } qw(git make prove unzip);
plan skip_all => "without @missing" if @missing;
plan skip_all => 'script/release is not here' unless -e 'script/release' && -e '.gitattributes';

my $dir = PostgreSQL::Test::Utils::tempdir() . '/redbear';
mkdir $dir or die $!;
system_or_bail('sh', '-c',
	"tar -cf - --exclude=./tmp_check --exclude='*.o' --exclude='*.bc' --exclude='*.so' --exclude='redbear-*.zip' --exclude='redbear-*.gz' . | tar -C $dir -xf -");
chdir $dir or die $!;
$ENV{"GIT_$_"} = 'test@localhost' foreach qw(AUTHOR_NAME AUTHOR_EMAIL COMMITTER_NAME COMMITTER_EMAIL);
local @ENV{qw(MAKEFLAGS MAKELEVEL)} = ('', '');
my $version = '1.0.0';

sub commit
{
	system_or_bail('git', @$_) foreach [ 'add', '--all' ], [ 'commit', '-q', '-m', shift ];
	return;
}

sub replace
{
	my ($path, $from, $to) = @_;
	my $text = slurp_file($path);
	$text =~ s/$from/$to/ or die "$path has no $from";
	open(my $file, '>', $path) or die $!;
	print $file $text;
	close $file;
	return;
}

sub refused
{
	my ($why, $name, @arguments) = @_;
	command_fails_like([ 'script/release', '--untested', @arguments ], $why, "refused: $name");
	return;
}

system_or_bail('git', 'init', '-q');
# What was released once, or is not to be: back to what comes before a release
replace('CHANGELOG.md', qr/^## \Q$version\E .*$/m, "## $version (unreleased)");
replace('debian/changelog', qr/^redbear \(\S+\) \w+;/, "redbear ($version-1) UNRELEASED;");
replace('SECURITY.md', qr/^/, "redbear\@example.org\n");
commit('start');
refused(qr/want a version/, 'no version');
refused(qr/want a version/, 'half a version', '1.0');
refused(qr/no redbear--9\.9\.sql/, 'a version without a script', '9.9.0');
refused(qr/CHANGELOG\.md has no "## 1\.0\.7/, 'a version that the changelog does not have', '1.0.7');
refused(qr/addresses are not filled in/, 'addresses that stand for others', $version);
open(my $more, '>', 'more') or die $!;
close $more;
refused(qr/not committed/, 'changes', $version);
unlink 'more';

system_or_bail('sh', '-c', q{grep -rl 'example\.org' META.json SECURITY.md debian | xargs sed -i 's/example\.org/localhost/g'});
commit('addresses');
my $before = strftime('%Y-%m-%d', localtime);
command_ok([ 'script/release', '--untested', $version ], 'a release');
my $day = strftime('%Y-%m-%d', localtime);

command_like([ 'git', 'tag', '--points-at', 'HEAD' ], qr/^v\Q$version\E$/, 'is tagged');
command_like([ 'git', 'status', '--porcelain' ], qr/^$/, 'and committed');
like(slurp_file('CHANGELOG.md'), qr/^## \Q$version\E \((?:$before|$day)\)$/m, 'the changelog has the day');
like(slurp_file('debian/changelog'), qr/^redbear \(\Q$version\E-1\) unstable;/, 'so has the package');
my $meta = decode_json(slurp_file('META.json'));
is($meta->{version} . ' ' . $meta->{release_status} . ' ' . $meta->{'meta-spec'}{version}, "$version stable 1.0.0", 'META.json');
refused(qr/there is a tag/, 'the same once more', $version);

foreach my $list ([ 'tar', '-tzf', "redbear-$version.tar.gz" ], [ 'unzip', '-Z1', "redbear-$version.zip" ])
{
	my ($files) = run_command($list);
	my %has = map { s/^redbear-\Q$version\E\///r => 1 } split /\n/, $files;
	ok($has{$_}, "$list->[0]: has $_")
	  foreach qw(META.json Makefile redbear--1.0.sql src/reddict.c sql/algebra.sql t/035_release.pl bench/results/keys.svg);
	is_deeply([ grep { $has{$_} } qw(.github/workflows/ci.yml .gitattributes bench/results/raw.csv bench/cases/sum_10/setup.sql) ],
		[], "$list->[0]: has nothing for maintainers");
}

done_testing();
