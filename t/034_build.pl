# The Makefile: flags that answers rest on are given whatever else is, and a
# build in another directory (VPATH) finds everything.

use strict;
use warnings;

use PostgreSQL::Test::Utils;
use Test::More;

plan skip_all => 'make is not here' if system('command -v make >/dev/null') != 0;

# The sources as they come, without what was built of them
my $dir = PostgreSQL::Test::Utils::tempdir();
my $makefile = "$dir/sources/Makefile";
mkdir "$dir/$_" or die $! foreach qw(sources elsewhere);
system_or_bail('cp', '-r', 'Makefile', 'redbear.control', glob('redbear--*.sql'), 'sql', 'src', "$dir/sources");
unlink glob("$dir/sources/src/*.o"), glob("$dir/sources/src/*.bc");
chdir "$dir/elsewhere" or die $!;

# What make prints, by itself as if from a command line
sub make
{
	my @arguments = @_;
	local @ENV{qw(MAKEFLAGS MAKELEVEL)} = ('', '');
	my ($output) = run_command([ 'make', '-f', $makefile, 'PG_CONFIG=pg_config', @arguments ]);
	return $output;
}

foreach my $flags ('PG_CFLAGS=-g', 'PG_CFLAGS=-ffp-contract=fast', 'COPT=-ffp-contract=fast', 'CFLAGS=-ffp-contract=fast', 'BITCODE_CFLAGS=-O2')
{
	my @compilations = grep { / -c .*kernels\.c/ } split /\n/, make('-n', $flags, 'src/kernels.o', 'src/kernels.bc');
	is(scalar(@compilations), 2, "$flags: an object file and its bitcode");
	unlike($_, qr/-ffp-contract=off(?!.*-ffp-contract=off).*-ffp-contract=fast/, 'no later flag says otherwise') foreach @compilations;
	like($_, qr/-ffp-contract=off/, 'without fused multiply-add') foreach @compilations;
}

make('with_llvm=no', 'src/redbear.o');
ok(-s 'src/redbear.o', 'compiled in another directory');
like(make('-n', 'with_llvm=no', 'install'), qr/redbear--1\.0\.sql/, 'which installs the script');
like(make('-n', 'with_llvm=no', 'installcheck'), qr/ algebra .* subscript/, 'and runs the tests');

done_testing();
