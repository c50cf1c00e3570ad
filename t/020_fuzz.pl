# Hostile input: mutated binary values, texts and states, and jsonb of every shape.
# Each is accepted, and then it is what an oracle says it is and reads back to
# the same, or it is refused, by the oracle too, with an error of the kind.
#
#     REDBEAR_FUZZ_SEED   seed of the mutations, a number or "time"; 1 unless
#                         given.  It is printed, so that a run can be repeated.
#     REDBEAR_FUZZ_COUNT  values of each sort; 100000 unless given
#
# The oracle of binary values is here, in Perl; that of texts and jsonb is core:
# json_each() and jsonb_each(), and float8.

use strict;
use warnings;

use FindBin;
use List::Util qw(shuffle);
use MIME::Base64;
use POSIX qw(ceil floor);
use Math::BigInt;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use lib $FindBin::RealBin;
use Wire;

our $count = $ENV{REDBEAR_FUZZ_COUNT} // 100000;
my $seed = $ENV{REDBEAR_FUZZ_SEED} // 1;
$seed = time if $seed eq 'time';
srand($seed);
note "seed $seed, $count values of each sort";

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
# The log is to show crashes, not a million errors.
$node->append_conf('postgresql.conf', "log_statement = none\nlog_min_messages = log");
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION redbear');
my $started = $node->safe_psql('postgres', 'SELECT pg_postmaster_start_time()');
my $wire = Wire->new($node->host, $node->port, 'postgres');

#
# Chance
#

sub pick
{
	return $_[ int rand @_ ];
}

sub random_bytes
{
	my $n = shift;
	return join '', map { chr int rand 256 } 1 .. $n;
}

my @limits = map { pack 'N', $_ }
  (0, 1, 2, 3, 255, 256, 65535, 65536, 2**24, 2**27 - 1, 178956970, 178956971, 2**31 - 1, 2**31, 2**32 - 1);
my @doubles = map { pack 'H*', $_ }
  qw(0000000000000000 8000000000000000 3ff0000000000000 bff0000000000000 4000000000000000 4008000000000000
  3fb999999999999a 0000000000000001 7fefffffffffffff 7ff0000000000000 fff0000000000000 7ff8000000000000
  fff8000000000000 7ff0000000000001 ffffffffffffffff);
# well-formed and not: stray, truncated, overlong, surrogate, beyond Unicode
my @characters = ("\xc3\xa9", "\xe6\x97\xa5", "\xf0\x9f\x98\x80", "\xef\xbf\xbf", "\x7f", "\x01", '"', '\\');
my @no_characters = ("\0", "\x80", "\xc3", "\xe6\x97", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "\xff");

sub random_key
{
	return pick('a', 'b', 'c', '', 'key') if rand() < 0.3;
	return 'k' x pick(254, 255, 256, 257) if rand() < 0.01;
	return 'k' x pick(65534, 65535, 65536) if rand() < 0.0003;
	return join '', map { rand() < 0.8 ? chr(97 + int rand 26) : pick(@characters) } 1 .. rand 8;
}

sub random_double
{
	return rand() < 0.8 ? pick(@doubles) : random_bytes(8);
}

# The five numbers of some statistics, mostly valid
sub random_statistics
{
	my @numbers = map { int rand 100 } 0 .. rand 3;
	my ($n, $sum, $sxx) = (scalar @numbers, 0, 0);
	$sum += $_ foreach @numbers;
	$sxx += ($_ - $sum / $n)**2 foreach @numbers;
	my ($least, $greatest) = (sort { $a <=> $b } @numbers)[ 0, -1 ];
	my @statistics = map { pack 'd>', $_ } $n, $sum, $sxx, $least, $greatest;
	$statistics[ int rand 5 ] = random_double() if rand() < 0.05;
	return join '', @statistics;
}

# An exact sum, mostly valid: rows, of these with NaN and infinities; sign,
# exponent and digits of the sum
sub random_sum
{
	my @counts = (1 + int rand 5, map { rand() < 0.9 ? 0 : 1 } 1 .. 3);
	$counts[ int rand 4 ] = pick(-1, 0, 6, 2**53, 2**53 + 1, 2**62) if rand() < 0.05;
	my $digits = $counts[1] + $counts[2] + $counts[3] < $counts[0] || rand() < 0.1 ? random_bytes(int rand 12) : '';
	$digits = random_bytes(pick(269, 270, 271, 272, 273)) if rand() < 0.01;
	my $exponent = length $digits && rand() < 0.8 ? int rand(40) - 20 : pick(0, 0, -1074, -1075, 1000, 1085, 1086, 1100, 2160, 2161);
	return pack 'q>4 C l> N/a*', @counts, rand() < 0.98 ? int rand 2 : int rand 256, $exponent, $digits;
}

# The counts of buckets, mostly few
sub random_buckets
{
	return () if rand() < 0.3;
	return map { rand() < 0.6 ? int rand 4 : rand() < 0.99 ? int rand 2**pick(8, 16, 30) : pick(2**53 - 1, 2**53, 2**53 + 1, 2**60) } 0 .. rand 8;
}

sub varint
{
	my $count = shift;
	my $bytes = '';
	while ($count > 127)
	{
		$bytes .= chr(128 | $count & 127);
		$count >>= 7;
	}
	return $bytes . chr $count;
}

# The bound below bucket i of a scale
sub bucket_bound
{
	my ($i, $scale) = @_;
	return 2**($i * 2**-$scale);
}

# Where the number at an end is to be found: the sign of a side, and its bucket;
# 0 for zero; nothing where there are no numbers
sub end_bucket
{
	my ($is_max, $zero, $positive, $negative) = @_;
	my ($outer, $inner) = $is_max ? ($positive, $negative) : ($negative, $positive);
	my $sign = $is_max ? 1 : -1;
	return ($sign, $outer->[1]) if @$outer;
	return (0) if $zero != 0;
	return @$inner ? (-$sign, $inner->[0]) : ();
}

# The first and last of buckets that have counts, or nothing
sub counted_buckets
{
	my ($offset, @counts) = @_;
	my @at = grep { $counts[$_] != 0 } 0 .. $#counts;
	return @at ? [ $offset + $at[0], $offset + $at[-1] ] : [];
}

# A number that is at an end, or near it, or elsewhere; no bound of a bucket but 1
sub random_end
{
	my ($scale, $is_max, @ends) = @_;
	my ($sign, $i) = end_bucket($is_max, @ends);
	return $is_max ? 1 : -1 if rand() < 0.02;
	return $is_max ? 2.5 : -1.5 if rand() < 0.02 || !defined $sign;
	return $sign == 0 ? pick(0, 0, 0, 0.25, 0.3, -0.1) : $sign * bucket_bound($i + pick((0.5) x 20, (1.5, -0.5) x 3, 2.5, -1.5), $scale);
}

# A histogram, mostly valid: scale and limits, what it has, sum and so on, counts,
# and buckets
sub random_histogram
{
	my $scale = rand() < 0.98 ? pick(6, 6, 3, 0, -2, 20, -10) : int(rand 256) - 128;
	my $max_scale = rand() < 0.98 ? pick($scale, 20) : int(rand 256) - 128;
	my $max_buckets = rand() < 0.98 ? pick(2048, 160, 8, 65536) : pick(-1, 0, 2, 3, 65537);
	my @sides = map { [ random_buckets() ] } 1 .. 2;
	my @counts = map { rand() < 0.7 ? 0 : rand() < 0.98 ? int rand 10 : pick(-1, 2**53, 2**53 + 1, 2**62) } 1 .. 4;
	my $some = $counts[0] != 0 || grep { $_ != 0 } map { @$_ } @sides;
	my @offsets = map { rand() < 0.96 ? int(rand 40) - 20 : pick(-2**31, -1100, -1075, 1000, 2**26, 2**31 - 1) } @sides;
	my @ends = ($counts[0], map { counted_buckets($offsets[$_], @{ $sides[$_] }) } 0, 1);
	my $has = $some && rand() < 0.5 ? int rand 8 : rand() < 0.98 ? 7 : int rand 256;
	my ($sum, $least, $greatest, $threshold) = map { pack 'd>', $_ }
	  $some ? (rand(100) - 50, random_end($scale, 0, @ends), random_end($scale, 1, @ends)) : (0, 0, 0), rand() < 0.8 ? 0 : 0.5;
	$_ = rand() < 0.02 ? random_double() : $_ foreach $sum, $least, $greatest, $threshold;
	return pack('c c C l>', $scale, $max_scale, $has, $max_buckets) . $sum . $least . $greatest . $threshold . pack('q>4', @counts)
	  . join '', map { pack('l> l>', $offsets[$_], scalar @{ $sides[$_] }) . join '', map { varint($_) } @{ $sides[$_] } } 0, 1;
}

sub random_keys
{
	my %seen;
	return grep { !$seen{$_}++ } map { random_key() } 1 .. (rand() < 0.02 ? 100 : rand 6);
}

#
# Binary values
#

# A message, as doc/storage-format.md has it, with what can be wrong in it
sub random_message
{
	my $planes = shift;
	my @keys = random_keys();
	@keys = sort @keys if rand() < 0.5;
	push @keys, pick(@keys) if @keys && rand() < 0.05;
	if (@keys && rand() < 0.1)
	{
		my $key = \$keys[ int rand @keys ];
		substr($$key, int rand 1 + length $$key, 0) = pick(@no_characters);
	}
	my $version = rand() < 0.02 ? int rand 256 : 1;
	my $n = pack 'N', scalar @keys;
	$n = pick(@limits, pack('N', @keys + 1)) if rand() < 0.05;
	my $message = chr($version) . $n;
	foreach my $key (@keys)
	{
		my $length = pack 'N', length $key;
		$length = pick(@limits, pack('N', 1 + length $key)) if rand() < 0.01;
		$message .= $length . $key . ($planes eq 'sum' ? random_sum() : $planes eq 'histogram' ? random_histogram() : $planes == 1 ? random_double() : random_statistics());
	}
	return $message;
}

# Damage that knows nothing of what it damages
sub mutate
{
	my ($bytes, $other) = @_;
	my $at = int rand 1 + length $bytes;
	my $kind = int rand 6;
	if ($kind == 0 && length $bytes)
	{
		$at = int rand length $bytes;
		substr($bytes, $at, 1) ^= chr(1 << int rand 8);
	}
	elsif ($kind == 1) { $bytes = substr $bytes, 0, $at }
	elsif ($kind == 2) { $bytes .= random_bytes(1 + rand 16) }
	elsif ($kind == 3) { substr($bytes, $at) = substr $other, int rand 1 + length $other }
	elsif ($kind == 4) { substr($bytes, $at, 4) = pick(@limits) }
	else { substr($bytes, $at, rand 4) = random_bytes(rand 4) }
	return $bytes;
}

my $character = qr/
	[\x01-\x7f]++ | [\xc2-\xdf][\x80-\xbf]
	| \xe0[\xa0-\xbf][\x80-\xbf] | [\xe1-\xec\xee\xef][\x80-\xbf]{2} | \xed[\x80-\x9f][\x80-\xbf]
	| \xf0[\x90-\xbf][\x80-\xbf]{2} | [\xf1-\xf3][\x80-\xbf]{3} | \xf4[\x80-\x8f][\x80-\xbf]{2}/x;

# As float8 compares: NaN is the largest, and equal to itself
sub greater
{
	my ($x, $y) = @_;
	return $y == $y && ($x != $x || $x > $y);
}

sub valid_statistics
{
	my ($n, $sum, $sxx, $least, $greatest) = @_;
	return 0 unless $n >= 1 && $n == int $n && $n < 9**9**9;
	return 0 if $sxx < 0 || greater($least, $greatest);
	return $n > 1 || !($sxx > 0) && !greater($greatest, $least) && !greater($sum, $least) && !greater($least, $sum);
}

# What follows a key at the start of a message, in its canonical form, and how
# long it is there; nothing where it is to be refused
sub expected_numbers
{
	my ($planes, $message) = @_;
	my $nan = pack 'H*', '7ff8000000000000';
	return () if length $message < 8 * $planes;
	my @doubles = unpack '(a8)*', substr $message, 0, 8 * $planes;
	my @numbers = map { unpack 'd>', $_ } @doubles;
	return () if $planes > 1 && !valid_statistics(@numbers);
	return (join('', map { $numbers[$_] == $numbers[$_] ? $doubles[$_] : $nan } 0 .. $#numbers), 8 * $planes);
}

sub expected_sum
{
	my $message = shift;
	return () if length $message < 41;
	my ($n, $nan, $plus, $minus, $negative, $exponent, $length) = unpack 'q>4 C l> N', $message;
	return () if $n < 1 || $n > 9007199254740992 || grep { $_ < 0 || $_ > $n } $nan, $plus, $minus;
	return () if $negative > 1 || $exponent < -1074 || $exponent > 2160 || $length > 272 || 41 + $length > length $message;
	my $digits = Math::BigInt->from_hex(unpack('H*', substr $message, 41, $length) || '0');
	if ($digits->is_zero) { ($negative, $exponent) = (0, 0) }
	else
	{
		my $bits = $digits->as_bin;
		my ($zeros) = $bits =~ /(0*)\z/;
		return () if length($bits) - 2 + $exponent + 1074 > 2160;
		$digits->brsft(length $zeros);
		$exponent += length $zeros;
	}
	my $special = $nan + $plus + $minus;
	return () if $special > $n || ($special == $n && !$digits->is_zero);
	(my $hex = $digits->is_zero ? '' : $digits->as_hex) =~ s/^0x//;
	return (pack('q>4 C l> N/a*', $n, $nan, $plus, $minus, $negative, $exponent, pack 'H*', (length($hex) % 2 ? '0' : '') . $hex), 41 + $length);
}

# The first and the last bucket of a scale that a double is in
sub bucket_limits
{
	my $scale = shift;
	return $scale >= 0 ? (-1074 * 2**$scale - 1, 1024 * 2**$scale - 1) : (floor(-1075 / 2**-$scale), floor(1023 / 2**-$scale));
}

# Buckets without those before the first and after the last count: first, counts
sub trimmed_buckets
{
	my ($first, @counts) = @_;
	while (@counts && $counts[0] == 0) { shift @counts; $first++ }
	while (@counts && $counts[-1] == 0) { pop @counts }
	return (@counts ? $first : 0, @counts);
}

my $least_normal = 2**-1022;

# The bucket of a number
sub bucket_of
{
	my ($number, $scale) = @_;
	my $i = ceil(log($number) / log(2) * 2**$scale) - 1;
	$i++ while $number > bucket_bound($i + 1, $scale);
	$i-- while $number <= bucket_bound($i, $scale);
	return $i;
}

# Is a minimum or maximum in the bucket at its end, or in the one beside?
sub end_fits
{
	my ($end, $scale, $threshold, $is_max, @ends) = @_;
	my ($sign, $i) = end_bucket($is_max, @ends);
	my $magnitude = abs $end;
	if ($sign == 0)
	{
		return 1 if $magnitude <= $least_normal;
		return $threshold > 0 && $magnitude <= bucket_bound(bucket_of($threshold, $scale) + 2, $scale);
	}
	return 0 if $end * $sign <= 0;
	return ($magnitude < $least_normal ? $least_normal : $magnitude) > bucket_bound($i - 1, $scale)
	  && ($magnitude <= $least_normal || $magnitude <= bucket_bound($i + 2, $scale));
}

sub expected_histogram
{
	my $message = shift;
	return () if length $message < 87;
	my ($scale, $max_scale, $has, $max_buckets, @rest) = unpack 'c c C l> a8 a8 a8 a8 q>4', $message;
	my @doubles = splice @rest, 0, 4;
	my @counts = @rest;
	my $at = 71;
	my $total = $counts[0];
	my (@sides, @ends);
	return () if $scale < -10 || $scale > 20 || $max_scale < $scale || $max_scale > 20 || $has > 7 || $max_buckets < 3 || $max_buckets > 65536;
	return () if grep { $_ < 0 || $_ > 9007199254740992 } @counts;
	for (1, 2)
	{
		return () if $at + 8 > length $message;
		my ($first, $n) = unpack 'l> l>', substr $message, $at, 8;
		my @buckets;
		$at += 8;
		return () if $n < 0 || $n > 65536 || $first > 2**31 - 1 - 65536;
		for (1 .. $n)
		{
			# at most eight bytes, the last one below 128
			return () unless substr($message, $at, 8) =~ /^([\x80-\xff]{0,7}[\x00-\x7f])/s;
			my ($count, $shift) = (0, 0);
			foreach (unpack 'C*', $1) { $count |= ($_ & 127) << $shift; $shift += 7 }
			return () if $count > 9007199254740992;
			$total += $count;
			push @buckets, $count;
			$at += length $1;
		}
		($first, @buckets) = trimmed_buckets($first, @buckets);
		my ($least, $greatest) = bucket_limits($scale);
		return () if @buckets && ($first < $least || $first + $#buckets > $greatest || @buckets > $max_buckets);
		push @ends, counted_buckets($first, @buckets);
		push @sides, pack('l> l>', $first, scalar @buckets) . join '', map { varint($_) } @buckets;
	}
	return () if $total > 9007199254740992;
	my @numbers = map { unpack 'd>', $_ } @doubles;
	return () unless $numbers[3] >= 0 && $numbers[3] < 9**9**9;
	# of no numbers all is known, of some what it has
	my ($least, $greatest) = map { $total > 0 && $has & $_ } 2, 4;
	return () if $total == 0 && ($has != 7 || $numbers[0] != 0 || !grep { $numbers[1] == $_ } 0, 9**9**9);
	return () if $total == 0 && !grep { $numbers[2] == $_ } 0, -9**9**9;
	return () if grep { !(abs($_) < 9**9**9) } $least ? $numbers[1] : (), $greatest ? $numbers[2] : ();
	return () if $least && $greatest && $numbers[1] > $numbers[2];
	return () if $least && !end_fits($numbers[1], $scale, $numbers[3], 0, $counts[0], @ends);
	return () if $greatest && !end_fits($numbers[2], $scale, $numbers[3], 1, $counts[0], @ends);
	@doubles = map { $numbers[$_] != $numbers[$_] ? pack 'H*', '7ff8000000000000' : $numbers[$_] == 0 ? "\0" x 8 : $doubles[$_] } 0 .. 3;
	$doubles[0] = "\0" x 8 unless $has & 1;
	$doubles[1] = "\0" x 8 unless $least;
	$doubles[2] = "\0" x 8 unless $greatest;
	return (pack('c c C l>', $scale, $max_scale, $has, $max_buckets) . join('', @doubles) . pack('q>4', @counts) . join('', @sides), $at);
}

# What a message has to be sent back as, or undef where it is to be refused
sub expected_message
{
	my ($planes, $message) = @_;
	my %values;
	return undef if length $message < 5;
	my ($version, $n) = unpack 'C N', $message;
	return undef if $version != 1 || $n > length $message;
	my $at = 5;
	for (1 .. $n)
	{
		return undef if $at + 4 > length $message;
		my $length = unpack 'N', substr $message, $at, 4;
		return undef if $length > 65535 || $at + 4 + $length > length $message;
		my $key = substr $message, $at + 4, $length;
		my $rest = substr $message, $at + 4 + $length;
		my ($value, $taken) = $planes eq 'sum' ? expected_sum($rest) : $planes eq 'histogram' ? expected_histogram($rest) : expected_numbers($planes, $rest);
		return undef if !defined $value || exists $values{$key} || $key !~ /^$character*+\z/;
		$values{$key} = $value;
		$at += 4 + $length + $taken;
	}
	return undef if $at < length $message;
	return join '', pack('C N', 1, $n), map { pack('N/a*', $_) . $values{$_} } sort keys %values;
}

#
# Texts
#

my @names = ('"NaN"', '"Infinity"', '"-Infinity"');
my @numbers = (qw(0 -0 1 -1.5 3 10.50 1e2 1E+2 -2e-2 0.1 1e308 4.9e-324 9007199254740993 123456789012345678901234567890), @names);
my @no_numbers = (qw(1e309 -1e400 1e-400 null true false "" "x" "1" "nan" [] {} [1] {"a":1} {"a":{}} [[]] 01 1. .5 +1 nan -NaN 1NaN 1e));
my @bare = qw(NaN Infinity -Infinity);
my @tokens = (@numbers, @no_numbers, @bare, split(//, '{}[]:,"'), qw(\\ \\" \\u0000 \\u00e9 \\ud83d \\ude00 \\ud83d\\ude00 \\u12 \\n \\x), ' ', "\t", "\n",
	@characters, @no_characters);

# Of exact sums: numbers of rows, and sums, most of them multiples of 2^-1074
my @counts = (1, 2, 3, 5, 5, 5, '3.0', '50e-1', '0.4e1', 9007199254740992, 9007199254740993, 0, -1, 1.5, '1e16', '1e400', '1e-400');
my @exact = (qw(0 -0 -0.0e3 1 -1.5 10.50 1e2 1E+2 -25e-2 1e22 -1e308 5.0e-1 0.375 123456789012345678901234567890
	0.1000000000000000055511151231257827021181583404541015625 -1.00000000000000088817841970012523233890533447265625), '1' . '0' x 325, '0.5' . '0' x 30,
	qw(0.1 1e-2 -3.3 1e327 -1e340 1e-1074 4.9e-324 1e400 1e-400));

sub json_string
{
	my $string = shift;
	my $escaped = rand() < 0.1 ? qr/["\\\x01-\x1fa-c]/ : qr/["\\\x01-\x1f]/;
	$string =~ s/($escaped)/sprintf '\\u%04x', ord $1/ge;
	return "\"$string\"";
}

sub random_text
{
	my $planes = shift;
	my @members = map {
		my $value = pick(@numbers);
		if ($planes eq 'sum')
		{
			my @sum = (pick(@counts), pick(@exact));
			push @sum, map { pick(0, 0, 0, 1) } 1 .. 3 if rand() < 0.3;
			push @sum, 0 if rand() < 0.02;
			$value = '[' . join(', ', @sum) . ']';
		}
		elsif ($planes eq 'histogram')
		{
			$value = random_point();
		}
		elsif ($planes > 1)
		{
			my @statistics = map { $_ != $_ ? pick('"NaN"', 'NaN') : $_ * 0 != 0 ? ($_ > 0 ? '"Infinity"' : '-Infinity') : sprintf '%.17g', $_ }
			  unpack '(d>)*', random_statistics();
			$value = '[' . join(', ', @statistics) . ']';
		}
		$value = pick(@bare) if $planes eq '1' && rand() < 0.02;
		$value = pick(@no_numbers) if rand() < 0.02;
		json_string($_) . pick(':', ': ', ' : ') . $value
	} random_keys();
	push @members, pick(@members) if @members && rand() < 0.1;
	return '{' . join(pick(',', ', ', ",\n"), @members) . '}';
}

# The data point of a histogram as text, mostly valid; as a collector writes it,
# and not
sub random_point
{
	my %sides = map { ($_ => [ random_buckets() ]) } qw(positive negative);
	my $zero = rand() < 0.7 ? 0 : int rand 10;
	my $total = $zero;
	$total += $_ foreach map { @$_ } values %sides;
	my $integer = sub { my $n = shift; return rand() < 0.8 ? sprintf '%d', $n : rand() < 0.5 ? sprintf '"%d"', $n : sprintf '%d.0', $n };
	my @members = ('"count": ' . $integer->(rand() < 0.97 ? $total : pick(0, 1, 7)));
	my $scale = rand() < 0.2 ? 0 : rand() < 0.95 ? pick(6, 6, 3, 0, -2, 20, -10) : pick(21, -11, 0.5, '"7"', '1e1');
	my @ends = ($zero, [], []);
	push @members, "\"scale\": $scale" if $scale ne '0' || rand() < 0.5;
	push @members, '"zeroCount": ' . $integer->($zero) if $zero || rand() < 0.2;
	foreach my $side (qw(positive negative))
	{
		next unless @{ $sides{$side} } || rand() < 0.2;
		my $offset = rand() < 0.95 ? int(rand 40) - 20 : pick(-1100, -1075, 2**31, -2**31 - 1, '"3"', '[]');
		my @counts = map { $integer->($_) } @{ $sides{$side} };
		$ends[ $side eq 'positive' ? 1 : 2 ] = counted_buckets($offset, @{ $sides{$side} }) if $offset =~ /^-?\d+$/;
		push @members, qq("$side": {) . join(', ', $offset ? qq("offset": $offset) : (), rand() < 0.05 ? '"other": [{"offset": 1}]' : (), '"bucketCounts": [' . join(', ', @counts) . ']') . '}';
	}
	my ($least, $greatest) = map { sprintf '%.17g', random_end($scale =~ /^-?\d+$/ ? $scale : 0, $_, @ends) } 0, 1;
	push @members, '"sum": ' . pick(@numbers) if rand() < 0.7;
	push @members, '"min": ' . pick(($least) x 20, @numbers) if rand() < 0.3 && $least !~ /inf/i;
	push @members, '"max": ' . pick(($greatest) x 20, @numbers) if rand() < 0.3 && $greatest !~ /inf/i;
	push @members, '"zeroThreshold": ' . pick(0, 0.25, '1e-3', @numbers) if rand() < 0.1;
	push @members, '"maxBuckets": ' . pick(2048, 160, 65536, 8, 2, 65537, 0) if rand() < 0.1;
	push @members, '"maxScale": ' . pick(6, 20, 3, -10, 21) if rand() < 0.1;
	push @members, "\"$_\": " . $integer->(rand 5) foreach grep { rand() < 0.1 } qw(nanCount infinityCount minusInfinityCount);
	push @members, pick('"flags": 0', '"exemplars": [{"count": [1, {"sum": 2}]}]', '"timeUnixNano": "1764144060000000000"', '"min": null', '"positive": null') if rand() < 0.2;
	push @members, pick(@members) if rand() < 0.02;
	return '{' . join(', ', shuffle(@members)) . '}';
}

sub mutate_text
{
	my ($text, $other) = @_;
	my $at = int rand 1 + length $text;
	return rand() < 0.5 ? mutate($text, $other) : substr($text, 0, $at) . pick(@tokens) . substr($text, rand() < 0.5 ? $at : int rand 1 + length $text);
}

# A text with quotes about bare names where a value may be: that core can read.
sub quote_bare
{
	my $text = shift;
	$text =~ s/("(?:[^"\\]|\\.)*")|(?<=[:,\[])([ \t\n\r]*)(NaN|-?Infinity)(?=[ \t\n\r]*[,\]}])/defined $1 ? $1 : "$2\"$3\""/ges;
	return $text;
}

# What core makes of a text.  The keys are the last given of each, in byte
# order.  Where the text is none of a map, there is an error.
foreach my $json (qw(json jsonb))
{
	$node->safe_psql(
		'postgres', qq{
		CREATE FUNCTION number(j $json) RETURNS float8 LANGUAGE sql AS \$\$
			SELECT CASE
				WHEN ${json}_typeof(j) = 'number' OR
					${json}_typeof(j) = 'string' AND j #>> '{}' IN ('NaN', 'Infinity', '-Infinity') THEN (j #>> '{}')::float8
				ELSE ('refused: ' || j::text)::float8
			END \$\$});
}
$node->safe_psql(
	'postgres', q{
	CREATE FUNCTION number_text(v float8) RETURNS text LANGUAGE sql AS $$
		SELECT CASE WHEN v IN ('NaN', 'Infinity', '-Infinity') THEN to_json(v::text)::text
			WHEN abs(v) <= 9007199254740992 AND v = trunc(v) AND v::text <> '-0' THEN v::bigint::text ELSE v::text END $$;
	CREATE FUNCTION statistics_text(j json) RETURNS text LANGUAGE sql AS $$
		SELECT CASE WHEN count(*) = 5 AND max(n) >= 1 AND max(n) = trunc(max(n)) AND max(n) < 'Infinity' AND max(sxx) >= 0 AND max(least) <= max(greatest)
			AND (max(n) > 1 OR max(sum) = max(least) AND max(sum) = max(greatest) AND max(sxx) IN (0, 'NaN'))
			THEN '[' || string_agg(number_text(v), ', ' ORDER BY i) || ']'
			ELSE ('refused: ' || j::text)::float8::text END
		FROM (SELECT v, i, CASE i WHEN 1 THEN v END AS n, CASE i WHEN 2 THEN v END AS sum, CASE i WHEN 3 THEN v END AS sxx,
				CASE i WHEN 4 THEN v END AS least, CASE i WHEN 5 THEN v END AS greatest
			FROM (SELECT number(value) AS v, ordinality AS i FROM json_array_elements(j) WITH ORDINALITY) AS numbers) AS named $$;
	CREATE FUNCTION sum_text(j json) RETURNS text LANGUAGE sql AS $$
		SELECT CASE WHEN count(*) IN (2, 5) AND bool_and(json_typeof(value) = 'number') AND bool_and(i = 2 OR v = trunc(v) AND v BETWEEN 0 AND 9007199254740992)
				AND max(v) FILTER (WHERE i = 1) >= greatest(1, max(v) FILTER (WHERE i > 2), sum(v) FILTER (WHERE i > 2))
				AND (max(v) FILTER (WHERE i = 1) > coalesce(sum(v) FILTER (WHERE i > 2), 0) OR max(v) FILTER (WHERE i = 2) = 0)
				AND bool_and(i <> 2 OR abs(v) < 2::numeric ^ 1086 AND v * 2::numeric ^ 1074 = trunc(v * 2::numeric ^ 1074))
			THEN '[' || string_agg(trim_scale(v)::text, ', ' ORDER BY i) FILTER (WHERE i <= 2 OR rest > 0) || ']'
			ELSE ('refused: ' || j::text)::float8::text END
		FROM (SELECT value, i, v, sum(v) FILTER (WHERE i > 2) OVER () AS rest
			FROM (SELECT value, ordinality AS i, CASE json_typeof(value) WHEN 'number' THEN (value #>> '{}')::numeric END AS v FROM json_array_elements(j) WITH ORDINALITY) AS numbers) AS named $$;
	-- what a number of a data point may be: a number, or a string of one
	CREATE FUNCTION point_number(j json) RETURNS float8 LANGUAGE sql AS $$
		SELECT CASE WHEN json_typeof(j) = 'number' OR json_typeof(j) = 'string' AND
				j #>> '{}' ~ '^(-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][-+]?[0-9]+)?|NaN|-?Infinity)$' THEN (j #>> '{}')::float8
			ELSE ('refused: ' || j::text)::float8 END $$;
	CREATE FUNCTION point_integer(j json, low int8 DEFAULT 0) RETURNS int8 LANGUAGE sql AS $$
		SELECT CASE WHEN v = trunc(v) AND v BETWEEN low AND 9007199254740992 THEN v::int8 ELSE ('refused: ' || j::text)::int8 END
		FROM (SELECT CASE WHEN json_typeof(j) = 'number' OR json_typeof(j) = 'string' AND
				j #>> '{}' ~ '^-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][-+]?[0-9]+)?$' THEN (j #>> '{}')::numeric END AS v) AS t $$;
	CREATE FUNCTION refuse_unless(valid boolean, what text) RETURNS void LANGUAGE plpgsql AS $$
	BEGIN
		IF valid IS NOT TRUE THEN
			RAISE invalid_text_representation USING MESSAGE = what;
		END IF;
	END $$;
	-- an offset, and counts from the first to the last that is not 0
	CREATE FUNCTION point_buckets(j json) RETURNS int8[] LANGUAGE plpgsql AS $$
	DECLARE
		m record;
		start int8 := 0;
		counts int8[] := '{}';
	BEGIN
		PERFORM refuse_unless(json_typeof(j) = 'object', 'buckets');
		FOR m IN SELECT key, value FROM json_each(j) WHERE json_typeof(value) <> 'null' LOOP
			IF m.key = 'offset' THEN
				start := point_integer(m.value, -9007199254740992);
			ELSIF m.key = 'bucketCounts' THEN
				PERFORM refuse_unless(json_typeof(m.value) = 'array', 'counts');
				counts := ARRAY(SELECT point_integer(value) FROM json_array_elements(m.value) WITH ORDINALITY ORDER BY ordinality);
			END IF;
		END LOOP;
		WHILE counts[1] = 0 LOOP
			counts := counts[2:];
			start := start + 1;
		END LOOP;
		WHILE counts[cardinality(counts)] = 0 LOOP
			counts := counts[:cardinality(counts) - 1];
		END LOOP;
		RETURN start || counts;
	END $$;
	CREATE FUNCTION side_text(name text, side int8[]) RETURNS text LANGUAGE sql AS $$
		SELECT format(', "%s": {"offset": %s, "bucketCounts": [%s]}', name, side[1], array_to_string(side[2:], ', ')) WHERE cardinality(side) > 1 $$;
	-- the bound below a bucket; 0 and Infinity where core has none
	CREATE FUNCTION bucket_bound(i int8, scale int8) RETURNS float8 LANGUAGE sql AS $$
		SELECT CASE WHEN e < -1074 THEN 0 WHEN e >= 1024 THEN 'Infinity' ELSE power(2::float8, e) END
		FROM (SELECT i * power(2::float8, -scale)) AS t(e) $$;
	CREATE FUNCTION bucket_of(v float8, scale int8) RETURNS int8 LANGUAGE plpgsql AS $$
	DECLARE
		i int8 := ceil(ln(v) / ln(2::float8) * power(2::float8, scale)) - 1;
	BEGIN
		WHILE v > bucket_bound(i + 1, scale) LOOP i := i + 1; END LOOP;
		WHILE v <= bucket_bound(i, scale) LOOP i := i - 1; END LOOP;
		RETURN i;
	END $$;
	-- is a minimum (sign -1) or maximum (1) in the bucket at its end, or in the one beside?
	CREATE FUNCTION end_fits(v float8, sign int, scale int8, zero int8, threshold float8, positive int8[], negative int8[]) RETURNS boolean LANGUAGE plpgsql STRICT AS $$
	DECLARE
		outward int8[] := CASE sign WHEN 1 THEN positive ELSE negative END;
		inward int8[] := CASE sign WHEN 1 THEN negative ELSE positive END;
		i int8;
		least_normal float8 := power(2::float8, -1022);
	BEGIN
		IF cardinality(outward) > 1 THEN
			i := outward[1] + cardinality(outward) - 2;
		ELSIF zero > 0 THEN
			RETURN abs(v) <= least_normal OR
				CASE WHEN threshold > 0 THEN abs(v) <= bucket_bound(bucket_of(threshold, scale) + 2, scale) ELSE false END;
		ELSE
			i := inward[1];
			sign := -sign;
		END IF;
		RETURN sign(v) = sign AND greatest(abs(v), least_normal) > bucket_bound(i - 1, scale) AND
			(abs(v) <= least_normal OR abs(v) <= bucket_bound(i + 2, scale));
	END $$;
	CREATE FUNCTION point_text(j json) RETURNS text LANGUAGE plpgsql AS $$
	DECLARE
		m record;
		n int8 := 0; zero int8 := 0; nan int8 := 0; plus int8 := 0; minus int8 := 0; scale int8 := 0;
		total numeric;
		buckets int8; finest int8;
		s float8; low float8; high float8; threshold float8 := 0;
		positive int8[] := '{0}';
		negative int8[] := '{0}';
		side int8[];
	BEGIN
		PERFORM refuse_unless(json_typeof(j) = 'object', 'point');
		FOR m IN SELECT key, value FROM json_each(j) WHERE json_typeof(value) <> 'null' LOOP
			CASE m.key
				WHEN 'count' THEN n := point_integer(m.value);
				WHEN 'zeroCount' THEN zero := point_integer(m.value);
				WHEN 'nanCount' THEN nan := point_integer(m.value);
				WHEN 'infinityCount' THEN plus := point_integer(m.value);
				WHEN 'minusInfinityCount' THEN minus := point_integer(m.value);
				WHEN 'scale' THEN scale := point_integer(m.value, -9007199254740992);
				WHEN 'maxScale' THEN finest := point_integer(m.value, -9007199254740992);
				WHEN 'maxBuckets' THEN buckets := point_integer(m.value);
				WHEN 'sum' THEN s := point_number(m.value);
				WHEN 'min' THEN low := point_number(m.value);
				WHEN 'max' THEN high := point_number(m.value);
				WHEN 'zeroThreshold' THEN threshold := point_number(m.value);
				WHEN 'positive' THEN positive := point_buckets(m.value);
				WHEN 'negative' THEN negative := point_buckets(m.value);
				ELSE NULL;
			END CASE;
		END LOOP;
		total := zero + (SELECT coalesce(sum(v), 0) FROM unnest(positive[2:] || negative[2:]) AS v);
		PERFORM refuse_unless(scale BETWEEN -10 AND 20 AND total = n, 'scale or count');
		buckets := coalesce(buckets, greatest(2048, cardinality(positive) - 1, cardinality(negative) - 1));
		finest := coalesce(finest, greatest(6, scale));
		PERFORM refuse_unless(buckets BETWEEN 3 AND 65536 AND finest BETWEEN scale AND 20, 'limits');
		FOR i IN 1..2 LOOP
			side := CASE i WHEN 1 THEN positive ELSE negative END;
			PERFORM refuse_unless(cardinality(side) = 1 OR cardinality(side) - 1 <= buckets
				AND side[1] >= CASE WHEN scale >= 0 THEN -1074 * 2 ^ scale - 1 ELSE floor(-1075 / 2 ^ -scale) END
				AND side[1] + cardinality(side) - 2 <= CASE WHEN scale >= 0 THEN 1024 * 2 ^ scale - 1 ELSE floor(1023 / 2 ^ -scale) END, 'buckets');
		END LOOP;
		PERFORM refuse_unless(threshold >= 0 AND threshold < 'Infinity', 'threshold');
		IF n = 0 THEN
			PERFORM refuse_unless(coalesce(s = 0, true) AND coalesce(low IN (0, 'Infinity'), true) AND coalesce(high IN (0, '-Infinity'), true), 'of no numbers');
			s := 0;
			low := NULL;
			high := NULL;
		END IF;
		PERFORM refuse_unless(coalesce(abs(low) < 'Infinity', true) AND coalesce(abs(high) < 'Infinity', true) AND coalesce(low <= high, true), 'min or max');
		PERFORM refuse_unless(coalesce(end_fits(low, -1, scale, zero, threshold, positive, negative), low IS NULL)
			AND coalesce(end_fits(high, 1, scale, zero, threshold, positive, negative), high IS NULL), 'min or max beside the buckets');
		RETURN format('{"count": %s', n) || coalesce(', "sum": ' || number_text(s + 0), '') || format(', "scale": %s', scale)
			|| CASE WHEN zero > 0 THEN format(', "zeroCount": %s', zero) ELSE '' END
			|| coalesce(side_text('positive', positive), '') || coalesce(side_text('negative', negative), '')
			|| coalesce(', "min": ' || number_text(low + 0), '') || coalesce(', "max": ' || number_text(high + 0), '')
			|| CASE WHEN threshold <> 0 THEN ', "zeroThreshold": ' || number_text(threshold) ELSE '' END
			|| CASE WHEN buckets <> 2048 THEN format(', "maxBuckets": %s', buckets) ELSE '' END
			|| CASE WHEN finest <> 6 THEN format(', "maxScale": %s', finest) ELSE '' END
			|| CASE WHEN nan > 0 THEN format(', "nanCount": %s', nan) ELSE '' END
			|| CASE WHEN plus > 0 THEN format(', "infinityCount": %s', plus) ELSE '' END
			|| CASE WHEN minus > 0 THEN format(', "minusInfinityCount": %s', minus) ELSE '' END || '}';
	END $$;
	CREATE FUNCTION key_checked(key text) RETURNS text LANGUAGE sql AS $$
		SELECT CASE WHEN octet_length(key) <= 65535 THEN key ELSE key::float8::text END $$});

sub oracle
{
	my ($json, $member) = @_;
	return qq{
		SELECT '{' || coalesce(string_agg(to_json(key)::text || ': ' || value, ', ' ORDER BY key COLLATE "C"), '') || '}'
		FROM (
			SELECT DISTINCT ON (key COLLATE "C") key, value
			FROM (
				SELECT key_checked(key) AS key, $member AS value, ordinality
				FROM ${json}_each(\$1::$json) WITH ORDINALITY OFFSET 0) AS members
			ORDER BY key COLLATE "C", ordinality DESC) AS last};
}
$wire->prepare('reddict text oracle', oracle('json', 'number_text(number(value))'));
$wire->prepare('redstats text oracle', oracle('json', 'statistics_text(value)'));
$wire->prepare('redsum text oracle', oracle('json', 'sum_text(value)'));
$wire->prepare('redhist text oracle', oracle('json', 'point_text(value)'));
$wire->prepare('jsonb oracle', oracle('jsonb', 'number_text(number(value))'));
foreach my $type (qw(reddict redstats redsum redhist))
{
	$wire->prepare("$type binary", "SELECT \$1::$type, \$1::$type\::text::$type");
	$wire->prepare("$type text", "SELECT \$1::$type\::text, \$1::$type\::text::$type\::text");
}
$wire->prepare('jsonb', 'SELECT $1::jsonb::reddict::text, $1::jsonb::reddict::jsonb::reddict::text');

#
# jsonb
#

sub random_json
{
	my $depth = shift;
	my $kind = rand() * ($depth > 3 ? 2 : 4);
	return pick(@numbers, 1, 2.5, '1' . '0' x 300, '0.' . '0' x 300 . '1', '1e400', '1e-400') if $kind < 1.6;
	return pick(qw(null true false), json_string(random_key())) if $kind < 2;
	return '[' . join(', ', map { random_json($depth + 1) } 1 .. rand 4) . ']' if $kind < 3;
	return '{' . join(', ', map { json_string($_) . ': ' . random_json($depth + 1) } random_keys()) . '}';
}

sub random_object
{
	my @members = map { json_string($_) . ': ' . (rand() < 0.97 ? pick(@numbers) : random_json(1)) } random_keys();
	return '{' . join(', ', @members) . '}';
}

# Documents: objects of all that JSON has, and keys that come twice
sub random_tree
{
	my $depth = shift;
	my $kind = $depth > 4 ? 1 : rand;
	return '[' . join(', ', map { random_tree($depth + 1) } 1 .. rand 4) . ']' if $kind < 0.15;
	return random_document($depth) if $kind < 0.3;
	return pick(@numbers, qw(null true false "1.5" "nan" "1e3" "x" ""), rand() < 0.02 ? qw(1e400 "1e400") : json_string(random_key()));
}

sub random_document
{
	my $depth = shift;
	my @keys = map { rand() < 0.8 ? pick(qw(a b a.b b.0 0 1), '') : random_key() } 1 .. rand 5;
	return '{' . join(', ', map { json_string($_) . ': ' . random_tree($depth + 1) } @keys) . '}';
}

# What SQL makes of a document by all choices of rd_from_jsonb() but 'error': a
# walk through jsonb, of which a path may come once.
$node->safe_psql(
	'postgres', q{
	CREATE FUNCTION try_number(v text) RETURNS float8 LANGUAGE plpgsql AS $$
		BEGIN
			RETURN v::float8;
		EXCEPTION WHEN invalid_text_representation THEN
			RETURN NULL;
		END $$;
	CREATE FUNCTION flattened(j jsonb) RETURNS text LANGUAGE sql SET jit = off AS $$
		WITH RECURSIVE walk AS (
			SELECT key AS path, value FROM jsonb_each(j)
			UNION ALL
			SELECT path || '.' || m.key, m.value FROM walk AS w,
				LATERAL (SELECT key, v.value FROM jsonb_each(CASE jsonb_typeof(w.value) WHEN 'object' THEN w.value ELSE '{}' END) AS v
					UNION ALL SELECT (n - 1)::text, v.value FROM jsonb_array_elements(CASE jsonb_typeof(w.value) WHEN 'array' THEN w.value ELSE '[]' END)
						WITH ORDINALITY AS v(value, n)) AS m
		), pairs AS (
			SELECT key_checked(path) AS path, CASE jsonb_typeof(value) WHEN 'boolean' THEN (value = 'true')::int::float8
				WHEN 'number' THEN (value #>> '{}')::float8 WHEN 'string' THEN try_number(value #>> '{}') END AS v
			FROM walk
		)
		SELECT CASE WHEN count(*) = count(DISTINCT path COLLATE "C")
			THEN '{' || coalesce(string_agg(to_json(path)::text || ': ' || number_text(v), ', ' ORDER BY path COLLATE "C"), '') || '}'
			ELSE ('a path comes twice: ' || count(*))::float8::text END
		FROM pairs WHERE v IS NOT NULL $$});
$wire->prepare('document oracle', 'SELECT flattened($1::jsonb)');
my $choices = q{'skip, flatten, arrays, strings, booleans'};
$wire->prepare('document', "SELECT (rd_from_json(\$1::json, $choices) + 0)::text, rd_from_jsonb(\$1::jsonb, $choices)::text");

#
# All of it
#

# Take values by the thousand: "make" gives one, "expected" gives what is
# expected of each of a list, undef for an error.
sub fuzz
{
	my ($name, $statement, $format, $make, $expected, @errors) = @_;
	my ($accepted, @wrong, %errors) = (0);
	my $done = 0;
	while ($done < $count && @wrong < 5)
	{
		my @values = map { $make->() } 1 .. 1000;
		my @wanted = $expected->(@values);
		my @answers = $wire->execute($statement, $format, @values);
		foreach my $i (0 .. $#values)
		{
			my ($answer, $wanted) = ($answers[$i], $wanted[$i]);
			my @got = map { $answer->{error} ? undef : $answer->{columns}[$_] } 0, 1;
			my $right = !grep { defined $wanted ? !defined $_ || $_ ne $wanted : defined $_ } @got;
			$right ? $answer->{error} ? $errors{ $answer->{error} }++ : $accepted++ : push @wrong, [ $values[$i], $wanted, @got, $answer ];
		}
		$done += @values;
	}
	is(scalar @wrong, 0, "$name: each is refused, or accepted and as expected");
	diag explain [ map { [ map { ref || !defined ? $_ : /[^ -~\n]/ ? unpack 'H*' : $_ } @$_ ] } @wrong ] if @wrong;
	is_deeply([ grep { my $error = $_; !grep { $_ eq $error } @errors } sort keys %errors ], [], 'errors are of the kind');
	cmp_ok($accepted, '>', $done / 10, 'many are accepted');
	cmp_ok($done - $accepted, '>', $done / 10, 'and many refused');
	note join ', ', "$done values, $accepted accepted", map { "$errors{$_} $_" } sort keys %errors;
}

foreach my $type ([ 'reddict', 1 ], [ 'redstats', 5 ], [ 'redsum', 'sum' ], [ 'redhist', 'histogram' ])
{
	my ($name, $planes) = @$type;
	# the oracle takes its time
	local $count = $count / 5 if $planes eq 'histogram';
	my @pool = map { random_message($planes) } 1 .. 100;
	fuzz(
		"$name, binary", "$name binary", 1,
		sub {
			my $message = $pool[ int rand @pool ] = random_message($planes);
			$message = mutate($message, pick(@pool)) for 1 .. pick(0, 0, 1, 1, 2, 3);
			return $message;
		},
		sub { map { expected_message($planes, $_) } @_ },
		qw(08P01 22021 22P03 54000));

	@pool = map { random_text($planes) } 1 .. 100;
	fuzz(
		"$name, text", "$name text", 0,
		sub {
			my $text = $pool[ int rand @pool ] = random_text($planes);
			$text = mutate_text($text, pick(@pool)) for 1 .. pick(0, 0, 0, 1, 1, 2);
			return $text;
		},
		sub { map { $_->{columns}[0] } $wire->execute("$name text oracle", 0, map { quote_bare($_) } @_) },
		qw(22003 22021 22P02 22P05 54000));
}
fuzz(
	'jsonb', 'jsonb', 0,
	sub { rand() < 0.7 ? random_object() : random_json(0) },
	sub { map { $_->{columns}[0] } $wire->execute('jsonb oracle', 0, @_) },
	qw(22003 22023 54000));

# The oracle takes its time.  (jsonb has no -0.)
{
	local $count = $count / 20;
	fuzz(
		'documents', 'document', 0,
		sub { rand() < 0.8 ? random_document(0) : random_tree(0) },
		sub { map { $_->{columns}[0] } $wire->execute('document oracle', 0, @_) },
		qw(22003 22023 22030 54000));
}

#
# States as nodes send them to each other: whole they are what they were, and
# damaged they are refused, or sound values that read back to the same.
#
foreach my $type ([ 'reddict', 1, 'reddict_sum_trans' ], [ 'redstats', 5, 'redstats_combine' ], [ 'redsum', 'sum', 'redsum_combine' ])
{
	my ($name, $planes, $transition) = @$type;
	my %texts = map { random_text($planes) => 1 } 1 .. 3000;
	$node->safe_psql('postgres', "CREATE AGGREGATE sent($name) (SFUNC = $transition, STYPE = $name, FINALFUNC = ${name}_out)");
	$wire->prepare("$name sent", "SELECT sent(v)::text, v::text FROM (SELECT \$1::$name AS v) AS s GROUP BY v");
	my @sent = map { $_->{columns} } grep { !$_->{error} } $wire->execute("$name sent", 0, keys %texts);
	cmp_ok(scalar(grep { $_->[0] =~ /^~/ } @sent), '>', 200, "$name: there are states to send");

	$wire->prepare("$name compact", "SELECT v::text, CASE WHEN rd_check(v) IS NULL THEN v::text::$name\::text END FROM (SELECT \$1::$name AS v OFFSET 0) AS s");
	my ($accepted, $refused, @wrong, %errors) = (0, 0);
	for (my $done = 0; $done < $count && @wrong < 5; $done += 1000)
	{
		my @values = map {
			my ($state, $text) = @{ $sent[ int rand @sent ] };
			if (rand() < 0.8 && $state =~ /^~/)
			{
				my $bytes = decode_base64(substr $state, 1);
				$bytes = mutate($bytes, decode_base64(substr pick(@sent)->[0], 1)) for 1 .. pick(1, 1, 2);
				$state = '~' . encode_base64($bytes, '');
				$state = mutate_text($state, pick(@sent)->[0]) if rand() < 0.1;
				$text = undef;
			}
			[ $state, $text ];
		} 1 .. 1000;
		my @answers = $wire->execute("$name compact", 0, map { $_->[0] } @values);
		foreach my $i (0 .. $#values)
		{
			my ($answer, $text) = ($answers[$i], $values[$i][1]);
			my ($value, $again) = $answer->{error} ? () : @{ $answer->{columns} };
			if ($answer->{error}) { $errors{ $answer->{error} }++; $refused++ }
			else { $accepted++ }
			push @wrong, [ $values[$i], $answer ]
			  if (defined $text ? $answer->{error} || $value ne $text : 0) || (!$answer->{error} && (!defined $again || $value ne $again));
		}
	}
	is_deeply(\@wrong, [], "$name, compact: each is what it was, refused, or sound");
	is_deeply([ grep { !/^(22021|22P02|55000|54000)$/ } sort keys %errors ], [], 'errors are of the kind');
	cmp_ok($accepted, '>', $count / 10, 'many are accepted');
	cmp_ok($refused, '>', $count / 10, 'and many refused');
}

# The server, and the session, have lived through all of it.
$wire->prepare('pid', 'SELECT pg_backend_pid() FROM (SELECT $1::text) AS t');
is(($wire->execute('pid', 0, ''))[0]{columns}[0], $wire->{pid}, 'the same session');
is($node->safe_psql('postgres', 'SELECT pg_postmaster_start_time()'), $started, 'the same server');
unlike(slurp_file($node->logfile), qr/PANIC|TRAP:|terminated by signal|was terminated/, 'no crash in its log');

$node->stop;
done_testing();
