# The loops over doubles, compiled for each width that the loader may choose,
# compared with a scalar reference; and exact sums with a slow one.

use strict;
use warnings;

use Config;
use File::Temp;
use Test::More;

chomp(my $cc = `pg_config --cc`);
plan skip_all => 'no C compiler' if system("$cc --version >/dev/null 2>&1") != 0;

my %flags = $Config{archname} =~ /x86_64/
  ? (sse2 => '', avx2 => '-mavx2', avx512 => '-march=x86-64-v4')
  : (portable => '');
my $dir = File::Temp->newdir;
my $compile = "$cc -Wall -Werror -O3 -ffp-contract=off -DKERNEL_CLONES=";

# a test, and what it tests
my %tests = (kernels => [ 'src/kernels.c' ], exact_sum => [ 'src/exact_sum.c', 'src/exact_digits.c' ]);

foreach my $test (sort keys %tests)
{
	foreach my $target (sort keys %flags)
	{
		# the test itself, and its reference, without the wider instructions
		my $tested = join ' ', @{ $tests{$test} };
		is( system("$compile -DTARGET='\"$target\"' -c -o $dir/test.o t/kernels/${test}_test.c"
				  . " && $compile $flags{$target} -o $dir/$target $dir/test.o $tested -lm"),
			0,
			"$test, $target: compiles");
		my $differences = `$dir/$target`;
	  SKIP:
		{
			skip "$test, $target: not on this machine", 1 if $? >> 8 == 77;
			is("$differences$?", '0', "$test, $target: what the reference gives");
		}
	}
}
done_testing();
