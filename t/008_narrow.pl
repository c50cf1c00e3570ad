# Numbers in fewer bytes than doubles take, compiled for each width of vectors
# that the loader may choose: what comes back, and how many bytes it took, against
# a slow reference.  NARROW_ARRAYS says how many arrays of numbers to try, where
# more are wanted; with NARROW_ALL_INTEGERS=1 the fused division is compared with
# the division for all integers of 32 bits, which takes minutes.

use strict;
use warnings;

use Config;
use File::Temp;
use Test::More;

chomp(my $cc = `pg_config --cc`);
plan skip_all => 'no C compiler' if system("$cc --version >/dev/null 2>&1") != 0;

my %flags = $Config{archname} =~ /x86_64/
  ? (sse2 => '', avx2 => '-mavx2 -mfma', avx512 => '-march=x86-64-v4')
  : (portable => '');
$flags{older} = '-DCONVERT_ONE_BY_ONE';
my $dir = File::Temp->newdir;
# and where the compiler has it, with what says that C leaves something open
my $checked = '-fsanitize=undefined -fno-sanitize-recover=all';
$flags{checked} = $checked
  if system("echo 'int main(void) { return 0; }' | $cc $checked -x c -o $dir/empty - >/dev/null 2>&1") == 0;
my $compile = "$cc -Wall -Wextra -Werror -O3 -ffp-contract=off -DKERNEL_CLONES=";
my $arguments = ($ENV{NARROW_ARRAYS} // 200000) . ($ENV{NARROW_ALL_INTEGERS} ? ' all' : '');

foreach my $target (sort keys %flags)
{
	# the test itself, and its reference, without the wider instructions
	is( system("$compile -DTARGET='\"$target\"' -c -o $dir/test.o t/kernels/narrow_test.c"
			  . " && $compile $flags{$target} -o $dir/$target $dir/test.o src/narrow_read.c src/narrow_write.c src/kernels.c -lm"),
		0,
		"$target: compiles");
	my $differences = `$dir/$target $arguments`;
  SKIP:
	{
		skip "$target: not on this machine", 1 if $? >> 8 == 77;
		is("$differences$?", '0', "$target: what the reference gives");
	}
}
done_testing();
