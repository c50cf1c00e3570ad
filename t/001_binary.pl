# Binary COPY: what goes out comes back, bit by bit, under any encoding, and
# nothing that comes in can hurt the server.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->start;

my $dir = PostgreSQL::Test::Utils::tempdir();
my $started = $node->safe_psql('postgres', 'SELECT pg_postmaster_start_time()');

# Databases in three encodings; "bits" shows keys and values byte by byte.
my %encoding = (postgres => 'UTF8', latin1 => 'LATIN1', win1252 => 'WIN1252');
foreach my $db (sort keys %encoding)
{
	$node->safe_psql('postgres',
		"CREATE DATABASE $db TEMPLATE template0 ENCODING $encoding{$db} LOCALE 'C'")
	  if $db ne 'postgres';
	$node->safe_psql(
		$db, q{
		CREATE EXTENSION redbear;
		CREATE TABLE source (id int, m reddict);
		CREATE TABLE target (id int, m reddict);
		CREATE FUNCTION bits(m reddict) RETURNS text LANGUAGE sql AS $$
			SELECT string_agg(encode(convert_to(key, 'UTF8'), 'hex') || '=' ||
				encode(float8send(value), 'hex'), ' ' ORDER BY n)
			FROM rd_each(m) WITH ORDINALITY AS e (key, value, n)
		$$});
}

# Run a query as a client of an encoding.
sub query
{
	my ($db, $encoding, $sql) = @_;
	local $ENV{PGCLIENTENCODING} = $encoding;
	return $node->safe_psql($db, $sql);
}

# The SQLSTATE and message of the error that a query raises, or 'none'.
sub failure
{
	my ($db, $encoding, $sql) = @_;
	local $ENV{PGCLIENTENCODING} = $encoding;
	my ($status, $stdout, $stderr) = $node->psql($db, "\\set VERBOSITY verbose\n$sql");
	return $stderr =~ /^.*ERROR:  (\w{5}: .*)$/m ? $1 : "none: $stdout$stderr";
}

# A file as COPY ... (FORMAT binary) has it, of rows of one column.
sub write_copy
{
	my ($path, @fields) = @_;
	open my $file, '>:raw', $path or die "$path: $!";
	print $file "PGCOPY\n\xff\r\n\0", pack('N N', 0, 0);
	print $file pack('n N/a*', 1, $_) foreach @fields;
	print $file pack('n', 0xffff);
	close $file or die "$path: $!";
	return $path;
}

# The binary form, as doc/storage-format.md has it.
sub binary
{
	my ($version, $n, @members) = @_;
	my $binary = pack('C N', $version, $n);
	while (my ($key, $value) = splice @members, 0, 2)
	{
		$binary .= pack('N/a* d>', $key, $value);
	}
	return $binary;
}

# The bytes themselves, and what stands for them here
is( $node->safe_psql(
		'postgres', q{SELECT encode(reddict_send('{"b": -1.5, "a": 1, "": 0}'), 'hex')}),
	'01'
	  . '00000003'
	  . '00000000'
	  . '0000000000000000'
	  . '00000001' . '61'
	  . '3ff0000000000000'
	  . '00000001' . '62'
	  . 'bff8000000000000',
	'binary form');
is( $node->safe_psql('postgres', q{SELECT encode(reddict_send('{}'), 'hex')}),
	'0100000000', 'binary form of the empty map');
is( unpack('H*', binary(1, 3, '', 0, 'a', 1, 'b', -1.5)),
	$node->safe_psql(
		'postgres', q{SELECT encode(reddict_send('{"b": -1.5, "a": 1, "": 0}'), 'hex')}),
	'the test makes the same');

#
# Round trip, through the server's files
#
my %special = (
	'-0' => '8000000000000000',
	'0' => '0000000000000000',
	'5e-324' => '0000000000000001',
	'-5e-324' => '8000000000000001',
	'2.225073858507201e-308' => '000fffffffffffff',
	'2.2250738585072014e-308' => '0010000000000000',
	'1.7976931348623157e308' => '7fefffffffffffff',
	'-1.7976931348623157e308' => 'ffefffffffffffff',
	'9007199254740991' => '433fffffffffffff',
	'9007199254740993' => '4340000000000000',
	'9007199254740994' => '4340000000000001',
	'0.1' => '3fb999999999999a',
	'"Infinity"' => '7ff0000000000000',
	'"-Infinity"' => 'fff0000000000000',
	'"NaN"' => '7ff8000000000000');
my @special = sort keys %special;
my $id = 0;
$node->safe_psql('postgres',
	join '', map { $id++; "INSERT INTO source VALUES ($id, '{\"k\": $_}');" } @special);
$node->safe_psql(
	'postgres', q{
	INSERT INTO source SELECT 100 + n, coalesce((
			SELECT reddict(array_agg('key ' || i), array_agg(i / 7.0::float8))
			FROM generate_series(1, n) AS i), '{}')
		FROM unnest('{0, 1, 10, 100000}'::int[]) AS n;
	INSERT INTO source VALUES
		(1, '{"": 1, "é": 2, "日本": 3, "😀": 4, "\"\\\\": 5, " ": 6, "e\u0301": 7}'),
		(2, NULL),
		(3, '{}')});
$node->safe_psql(
	'postgres', qq{
	COPY source TO '$dir/source' (FORMAT binary);
	COPY target FROM '$dir/source' (FORMAT binary);
	COPY target TO '$dir/target' (FORMAT binary)});
is( $node->safe_psql(
		'postgres', q{
		SELECT string_agg(DISTINCT substr(bits(m), 4), ' ' ORDER BY substr(bits(m), 4))
		FROM target WHERE rd_keys(m) = '{k}'}),
	join(' ', sort values %special),
	'special values arrive bit by bit');
is( $node->safe_psql(
		'postgres', q{
		SELECT count(*), count(*) FILTER (WHERE s.m IS DISTINCT FROM t.m OR
			bits(s.m) IS DISTINCT FROM bits(t.m) OR pg_column_size(s.m) IS DISTINCT FROM pg_column_size(t.m)),
			max(rd_length(t.m))
		FROM (SELECT *, row_number() OVER () AS n FROM source) AS s
			FULL JOIN (SELECT *, row_number() OVER () AS n FROM target) AS t USING (n, id)}),
	(@special + 7) . '|0|100000',
	'all rows arrive, equal and bit by bit');
ok(slurp_file("$dir/source") eq slurp_file("$dir/target"), 'and go out again as they came');
is( $node->safe_psql('postgres', 'SELECT bits(m) FROM target WHERE id = 1 AND rd_length(m) = 7'),
	join(' ',
		'=3ff0000000000000',                  # ""
		'20=4018000000000000',                # " "
		'225c=4014000000000000',              # "\
		'65cc81=401c000000000000',            # e, combining acute accent
		'c3a9=4000000000000000',              # é
		'e697a5e69cac=4008000000000000',      # 日本
		'f09f9880=4010000000000000'),         # 😀
	'keys are in byte order');

# Whatever bits a NaN has, it goes out, and comes in, in its canonical form.
write_copy("$dir/nan", map { pack 'H*', $_ } qw(fff8000000000000 7ff0000000000001 ffffffffffffffff));
$node->safe_psql(
	'postgres', qq{
	CREATE TABLE nan (v float8);
	COPY nan FROM '$dir/nan' (FORMAT binary);
	INSERT INTO nan SELECT ('{"k": "Infinity"}'::reddict - '{"k": "Infinity"}') -> 'k'});
is( $node->safe_psql('postgres', q{SELECT count(*), count(DISTINCT float8send(v)) >= 3 FROM nan}),
	'4|t', 'NaNs of several bits');
is( $node->safe_psql(
		'postgres', q{SELECT DISTINCT encode(reddict_send(reddict('k', v)), 'hex') FROM nan}),
	'0100000001' . '000000016b' . '7ff8000000000000',
	'NaN goes out in its canonical form');
write_copy("$dir/nan",
	map { pack('C N', 1, 1) . pack('N/a* H*', 'k', $_) }
	  qw(fff8000000000000 7ff0000000000001 ffffffffffffffff 7ff8000000000000));
$node->safe_psql(
	'postgres', qq{
	TRUNCATE target;
	COPY target (m) FROM '$dir/nan' (FORMAT binary)});
is( $node->safe_psql('postgres', q{SELECT count(*), string_agg(DISTINCT bits(m), ', ') FROM target}),
	'4|6b=7ff8000000000000', 'NaN is stored in its canonical form');

#
# Encodings
#
# é, ß, ÿ and a key of 300: one byte each in LATIN1, two in UTF8, lengths
# that are wide in one only
my $latin = q{'{"\u00e9": 1, "\u00df": 2, "\u00ff": 3, "\u00c0a": 4, "z": 5}'};
my $long = q{reddict(repeat(U&'\00e9', 200), 6)};
my $insert = "INSERT INTO source VALUES (1, $latin), (2, $long), (3, '{}')";
my $bits = q{SELECT string_agg(id || ': ' || bits(m), '; ' ORDER BY id) FROM };
my $latin_bits =
	'1: 7a=4014000000000000 c38061=4010000000000000 c39f=4000000000000000'
  . ' c3a9=3ff0000000000000 c3bf=4008000000000000; 2: '
  . 'c3a9' x 200
  . '=4018000000000000';

$node->safe_psql($_, "TRUNCATE source, target; $insert") foreach qw(postgres latin1);
is($node->safe_psql($_, $bits . 'source'), $latin_bits, "keys in database $_")
  foreach qw(postgres latin1);

# out of a database to a client, and back
foreach my $db (qw(postgres latin1))
{
	foreach my $client (qw(LATIN1 UTF8))
	{
		my $path = "$dir/$db-$client";
		query($db, $client, "\\copy source to '$path' (format binary)");
		my $bytes = slurp_file($path);
		my ($key, $other) = (pack('N/a*', "\xe9"), pack('N/a*', "\xc3\xa9"));
		($key, $other) = ($other, $key) if $client eq 'UTF8';
		ok(index($bytes, $key) > 0 && index($bytes, $other) < 0,
			"$db sends keys in $client");
		query($db, $client, "TRUNCATE target; \\copy target from '$path' (format binary)");
		is( $node->safe_psql(
				$db,
				'SELECT count(*), bool_and(s.m = t.m AND pg_column_size(s.m) = pg_column_size(t.m))'
				  . ' FROM source s FULL JOIN target t USING (id)'),
			'3|t',
			"$db has them back from $client");
		is($node->safe_psql($db, $bits . 'target'), $latin_bits, 'bit by bit');
	}
}

# from one database to the other
foreach my $client (qw(LATIN1 UTF8))
{
	my ($utf8, $latin1) = ("$dir/postgres-$client", "$dir/latin1-$client");
	ok(slurp_file($utf8) eq slurp_file($latin1), "both databases send the same to $client");
	query('latin1', $client, "TRUNCATE target; \\copy target from '$utf8' (format binary)");
	query('postgres', $client, "TRUNCATE target; \\copy target from '$latin1' (format binary)");
	is($node->safe_psql($_, $bits . 'target'), $latin_bits, "$_ has what the other sent to $client")
	  foreach qw(postgres latin1);
}

# In WIN1252 the euro sign comes before é, in UTF8 after it: what arrives is
# sorted anew.
my $euro = q{TRUNCATE source, target; INSERT INTO source VALUES (1, '{"\u00e9": 1, "\u20ac": 2}')};
$node->safe_psql($_, $euro) foreach qw(postgres win1252);
query($_, 'UTF8', "\\copy source to '$dir/$_-euro' (format binary)") foreach qw(postgres win1252);
my ($euro_first, $e_first) =
  map { join '', map { pack 'N/a* d>', @$_ } @$_ }
  ([ [ "\xe2\x82\xac", 2 ], [ "\xc3\xa9", 1 ] ], [ [ "\xc3\xa9", 1 ], [ "\xe2\x82\xac", 2 ] ]);
ok(index(slurp_file("$dir/win1252-euro"), $euro_first) > 0, 'WIN1252 sends the euro sign first');
ok(index(slurp_file("$dir/postgres-euro"), $e_first) > 0, 'UTF8 sends it last');
query('postgres', 'UTF8', "\\copy target from '$dir/win1252-euro' (format binary)");
query('win1252', 'UTF8', "\\copy target from '$dir/postgres-euro' (format binary)");
is( $node->safe_psql('postgres', 'SELECT bits(m) FROM target'),
	'c3a9=3ff0000000000000 e282ac=4000000000000000',
	'UTF8 sorts anew what WIN1252 sent');
is( $node->safe_psql('win1252', 'SELECT bits(m) FROM target'),
	'e282ac=4000000000000000 c3a9=3ff0000000000000',
	'WIN1252 sorts anew what UTF8 sent');
is( $node->safe_psql($_, 'SELECT s.m = t.m, t.m -> U&\'\20ac\' FROM source s, target t'),
	't|2', "$_ finds it equal, and its keys")
  foreach qw(postgres win1252);

# what one side cannot express
like(
	failure('postgres', 'LATIN1', "\\copy source to '$dir/refused' (format binary)"),
	qr/^22P05: character with byte sequence 0xe2 0x82 0xac in encoding "UTF8" has no equivalent in encoding "LATIN1"/,
	'a key that the client cannot express');
like(
	failure('latin1', 'UTF8', "\\copy target from '$dir/postgres-euro' (format binary)"),
	qr/^22P05: character with byte sequence 0xe2 0x82 0xac in encoding "UTF8" has no equivalent in encoding "LATIN1"/,
	'a key that the server cannot express');
like(
	failure('postgres', 'UTF8', "\\copy target from '$dir/postgres-LATIN1' (format binary)"),
	qr/^22021: invalid byte sequence for encoding "UTF8": 0x/,
	'a file in another encoding');

# The limit is on the key's length in the server.
write_copy("$dir/long", binary(1, 1, "\xe9" x 40000, 1));
like(
	failure('postgres', 'LATIN1', "COPY target (m) FROM '$dir/long' (FORMAT binary)"),
	qr/^54000: reddict key too long/,
	'a key too long after conversion');
write_copy("$dir/long", binary(1, 1, "\xc3\xa9" x 40000, 1));
query('latin1', 'UTF8', "TRUNCATE target; COPY target (m) FROM '$dir/long' (FORMAT binary)");
is( $node->safe_psql('latin1', "SELECT rd_keys(m) = ARRAY[repeat(U&'\\00e9', 40000)] FROM target"),
	't', 'a key too long before it');

# Two byte sequences for one character
write_copy("$dir/sjis", binary(1, 2, "\xed\x40", 1, "\xfa\x5c", 2));
like(
	failure('postgres', 'SJIS', "COPY target (m) FROM '$dir/sjis' (FORMAT binary)"),
	qr/^22P03: duplicate key/,
	'keys that are the same after conversion');

#
# Malformed input
#
my $truncated = binary(1, 1, 'key', 1);
chop $truncated;
my @malformed = (
	[ 'nothing', '', '08P01: no data left in message' ],
	[ 'version 0', binary(0, 0), '22P03: unsupported reddict version number 0' ],
	[ 'version 2', binary(2, 1, 'a', 1), '22P03: unsupported reddict version number 2' ],
	[ 'version 255', binary(255, 0), '22P03: unsupported reddict version number 255' ],
	[ 'no number of keys', "\1", '08P01: insufficient data left in message' ],
	[ 'half a number of keys', "\1\0\0", '08P01: insufficient data left in message' ],
	[ '-1 keys', binary(1, 0xffffffff, 'a', 1), '22P03: invalid number of keys in external "reddict" value: -1' ],
	[ '-2^31 keys', binary(1, 0x80000000, 'a', 1), '22P03: invalid number of keys in external "reddict" value: -2147483648' ],
	[ '2^31-1 keys', binary(1, 0x7fffffff, 'a', 1), '22P03: invalid number of keys in external "reddict" value: 2147483647' ],
	[ '178956971 keys', binary(1, 178956971, 'a', 1), '22P03: invalid number of keys in external "reddict" value: 178956971' ],
	[ 'a key too few', binary(1, 2, 'a', 1), '22P03: invalid number of keys in external "reddict" value: 2' ],
	[ 'no key', binary(1, 1), '22P03: invalid number of keys in external "reddict" value: 1' ],
	[ 'key length -1', pack('C N N a d>', 1, 1, 0xffffffff, 'a', 1), '22P03: invalid key length in external "reddict" value: -1' ],
	[ 'key length -2^31', pack('C N N a d>', 1, 1, 0x80000000, 'a', 1), '22P03: invalid key length in external "reddict" value: -2147483648' ],
	[ 'key length 2^31-1', pack('C N N a d>', 1, 1, 0x7fffffff, 'a', 1), '08P01: insufficient data left in message' ],
	[ 'key length beyond the message', pack('C N N a d>', 1, 1, 10, 'a', 1), '08P01: insufficient data left in message' ],
	[ 'key length beyond the value', pack('C N N a d>', 1, 1, 2, 'a', 1), '08P01: insufficient data left in message' ],
	[ 'second key length beyond the message', binary(1, 2, 'a', 1) . pack('N a d>', 64, 'b', 1), '08P01: insufficient data left in message' ],
	[ 'truncated value', $truncated, '08P01: insufficient data left in message' ],
	[ 'trailing byte', binary(1, 1, 'a', 1) . "\0", '22P03: incorrect binary data format' ],
	[ 'a key too many', binary(1, 1, 'a', 1, 'b', 2), '22P03: incorrect binary data format' ],
	[ 'duplicate key', binary(1, 2, 'a', 1, 'a', 1), '22P03: duplicate key "a" in external "reddict" value' ],
	[ 'duplicate key, unsorted', binary(1, 3, 'b', 1, 'a', 2, 'b', 3), '22P03: duplicate key "b" in external "reddict" value' ],
	[ 'duplicate empty key', binary(1, 2, '', 1, '', 2), '22P03: duplicate key "" in external "reddict" value' ],
	[ 'stray continuation byte', binary(1, 1, "a\x80", 1), '22021: invalid byte sequence for encoding "UTF8": 0x80' ],
	[ 'truncated character', binary(1, 1, "a\xe6\x97", 1), '22021: invalid byte sequence for encoding "UTF8": 0xe6 0x97' ],
	[ 'overlong character', binary(1, 1, "\xc0\x80", 1), '22021: invalid byte sequence for encoding "UTF8": 0xc0 0x80' ],
	[ 'surrogate', binary(1, 1, "\xed\xa0\x80", 1), '22021: invalid byte sequence for encoding "UTF8": 0xed 0xa0 0x80' ],
	[ 'NUL in a key', binary(1, 1, "a\0b", 1), '22021: invalid byte sequence for encoding "UTF8": 0x00' ],
	[ 'NUL as a key', binary(1, 1, "\0", 1), '22021: invalid byte sequence for encoding "UTF8": 0x00' ],
	[ 'key too long', binary(1, 1, 'k' x 65536, 1), '54000: reddict key too long' ],
	[ 'duplicate of keys too long', binary(1, 2, 'k' x 65536, 1, 'k' x 65536, 1), '54000: reddict key too long' ]);
$node->safe_psql('postgres', 'TRUNCATE target');
foreach my $case (@malformed)
{
	my ($name, $bytes, $error) = @$case;
	write_copy("$dir/malformed", $bytes);
	is(failure('postgres', 'UTF8', "COPY target (m) FROM '$dir/malformed' (FORMAT binary)"),
		$error, "refused: $name");
}
is($node->safe_psql('postgres', 'SELECT count(*) FROM target'), 0, 'nothing came in');

# Other encodings check as strictly.
write_copy("$dir/malformed", binary(1, 1, "a\0b", 1));
foreach my $encodings ([ 'postgres', 'LATIN1' ], [ 'postgres', 'SQL_ASCII' ], [ 'latin1', 'UTF8' ], [ 'latin1', 'LATIN1' ])
{
	my ($db, $client) = @$encodings;
	like(failure($db, $client, "COPY target (m) FROM '$dir/malformed' (FORMAT binary)"),
		qr/^22021: invalid byte sequence for encoding "\w+": 0x00/,
		"refused: NUL in a key, from $client to $db");
}
write_copy("$dir/malformed", binary(1, 1, "\xe9", 1));
like(failure('postgres', 'SQL_ASCII', "COPY target (m) FROM '$dir/malformed' (FORMAT binary)"),
	qr/^22021: invalid byte sequence for encoding "UTF8": 0xe9/,
	'refused: bytes of no encoding that are not the server\'s');

# What is unusual and right
write_copy("$dir/unsorted", binary(1, 4, 'b', 2, "\xc3\xa9", 4, 'a', 1, 'ab', 3), binary(1, 1, 'k' x 65535, 1));
$node->safe_psql('postgres', "COPY target (m) FROM '$dir/unsorted' (FORMAT binary)");
is( $node->safe_psql(
		'postgres', q{
		SELECT bits(m), m = '{"a": 1, "ab": 3, "b": 2, "\u00e9": 4}',
			pg_column_size(m) = pg_column_size('{"a": 1, "ab": 3, "b": 2, "\u00e9": 4}'::reddict) - 3
		FROM target WHERE rd_length(m) = 4}),
	'61=3ff0000000000000 6162=4008000000000000 62=4000000000000000 c3a9=4010000000000000|t|t',
	'unsorted keys are sorted');
is( $node->safe_psql('postgres', q{SELECT rd_keys(m) = ARRAY[repeat('k', 65535)] FROM target WHERE rd_length(m) = 1}),
	't', 'the longest key');

# Every byte of a value damaged in four ways, and the value cut off anywhere:
# an error, or a value that is one.
my $good = binary(1, 3, 'a', 1, "\xc3\xa9\xe6\x97\xa5", -2, 'zz', 3);
my @cut = map { substr $good, 0, $_ } 0 .. length($good) - 1;
my @damaged = map {
	my $at = $_;
	map { my $copy = $good; substr($copy, $at, 1) = $_; $copy } "\0", "\x01", "\x7f", "\xff"
} 0 .. length($good) - 1;
my $script = "\\set VERBOSITY sqlstate\nTRUNCATE target;\n";
my $number = 0;
foreach my $bytes (@cut, @damaged)
{
	$number++;
	write_copy("$dir/damaged-$number", $bytes);
	$script .= "COPY target (m) FROM '$dir/damaged-$number' (FORMAT binary);\n";
}
my ($status, $stdout, $stderr) = $node->psql('postgres', $script, on_error_stop => 0);
my %states;
$states{$_}++ foreach $stderr =~ /ERROR:  (\w+)$/mg;
my $errors = 0;
$errors += $_ foreach values %states;
is($status, 0, 'the session goes on');
is_deeply([ sort keys %states ], [ '08P01', '22021', '22P03' ], 'damage that is seen is an error')
  or diag $stderr;
cmp_ok($errors, '>', @cut, 'as what is cut off is');
is( $node->safe_psql(
		'postgres', q{
		SELECT count(*), bool_and(rd_keys(m) = (SELECT array_agg(key ORDER BY key COLLATE "C") FROM rd_each(m)) AND
			m::text::reddict = m AND m = reddict(rd_keys(m), rd_values(m)) AND rd_length(m) = 3)
		FROM target}),
	(@cut + @damaged - $errors) . '|t',
	'damage that is not makes another value');
is( $node->safe_psql('postgres', q{SELECT count(DISTINCT m) > 50 FROM target}),
	't', 'of which there are many');

# The server has lived through all of it.
is($node->safe_psql('postgres', 'SELECT pg_postmaster_start_time()'), $started, 'the same server');
unlike(slurp_file($node->logfile),
	qr/PANIC|TRAP:|terminated by signal|was terminated|invalid memory alloc/,
	'no crash, and no allocation by an untrusted number, in its log');

$node->stop;
done_testing();
