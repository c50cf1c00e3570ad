# Dump and restore: tables, defaults, indexes, views and partial states come
# back bit by bit, whatever extra_float_digits says.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->start;

my $dir = PostgreSQL::Test::Utils::tempdir();
$node->safe_psql(
	'postgres', q{
	CREATE DATABASE original;
	CREATE DATABASE plain;
	CREATE DATABASE custom;
	CREATE DATABASE inserts});
$node->safe_psql(
	'original', q{
	CREATE EXTENSION redbear;
	CREATE TABLE traffic (
		id int PRIMARY KEY,
		m reddict NOT NULL DEFAULT '{"": 0, "third": 0.3333333333333333, "\u00e9\"\\\\": 1e-320}',
		negative reddict GENERATED ALWAYS AS (-m) STORED,
		CHECK (m <> '{"forbidden": 1}'));
	INSERT INTO traffic SELECT i, reddict(array_agg('key ' || i % j), array_agg(1 / (i + j)::float8))
		FROM generate_series(1, 300) AS i, generate_series(1, 30) AS j GROUP BY i ORDER BY i;
	INSERT INTO traffic (id) VALUES (1000);
	INSERT INTO traffic VALUES
		(1001, '{}'),
		(1002, '{"-0": -0, "0": 0, "min": 5e-324, "max": 1.7976931348623157e308, "normal": 2.2250738585072014e-308,
			"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN", "2^53+2": 9007199254740994, "0.1": 0.1, "1e23": 1e23}');
	INSERT INTO traffic (id, m) SELECT 1003, reddict(array_agg('key ' || i), array_agg(sqrt(i) * 1e-300::float8)) FROM generate_series(1, 5000) AS i;
	INSERT INTO traffic (id, m) SELECT 1004, '{"other": "Infinity"}'::reddict - '{"other": "Infinity"}';
	CREATE INDEX traffic_m ON traffic (m) WHERE rd_length(m) < 50;
	CREATE INDEX traffic_hash ON traffic USING hash (m);
	CREATE UNIQUE INDEX traffic_key ON traffic ((m -> 'key 7'), id);
	CREATE VIEW totals AS SELECT id % 10 AS part, sum(m) AS m FROM traffic WHERE id <= 300 GROUP BY 1;
	CREATE MATERIALIZED VIEW states AS SELECT * FROM totals;
	CREATE AGGREGATE total(reddict) (SFUNC = reddict_sum_trans, STYPE = reddict, INITCOND = '{"start": 0.1}')});

# What is in a database, as one file: values in binary
sub contents
{
	my $db = shift;
	my $bytes = '';
	foreach my $query (
		'SELECT id, m, negative FROM traffic ORDER BY id',
		'SELECT part, m FROM states ORDER BY part',
		'SELECT part, sum(m ORDER BY part) FROM states GROUP BY part ORDER BY part',
		'SELECT total(m ORDER BY id) FROM traffic WHERE id <= 300')
	{
		$node->safe_psql($db, "COPY ($query) TO '$dir/contents' (FORMAT binary)");
		$bytes .= slurp_file("$dir/contents");
	}
	return $bytes;
}

my $original = contents('original');
cmp_ok(length $original, '>', 300000, 'there is something to dump');

# The worst settings a server may have for a dump
$node->safe_psql('original', "ALTER DATABASE original SET extra_float_digits = -15");
is($node->safe_psql('original', q{SELECT 0.3333333333333333::float8}), '0.3', 'floats lose digits here');
is( $node->safe_psql('original', q{SELECT m FROM traffic WHERE id = 1000}),
	qq({"": 0, "third": 0.3333333333333333, "\xc3\xa9\\"\\\\": 1e-320}),
	'a reddict does not');
ok(contents('original') eq $original, 'what is dumped does not depend on it');

$node->command_ok([ 'pg_dump', '--file', "$dir/plain", $node->connstr('original') ], 'dump as SQL');
$node->command_ok([ 'pg_dump', '--format=custom', '--file', "$dir/custom", $node->connstr('original') ],
	'dump in custom format');
$node->command_ok([ 'pg_dump', '--inserts', '--file', "$dir/inserts", $node->connstr('original') ],
	'dump as INSERT commands');
$node->command_ok([ 'psql', '--no-psqlrc', '--quiet', '--set=ON_ERROR_STOP=1', '--file', "$dir/$_", $node->connstr($_) ],
	"restore $_")
  foreach qw(plain inserts);
$node->command_ok([ 'pg_restore', '--exit-on-error', '--dbname', $node->connstr('custom'), "$dir/custom" ],
	'restore custom');

# COPY in text, which unlike pg_dump does not set extra_float_digits itself
foreach my $digits (-15, 0, 3)
{
	$node->safe_psql(
		'original', qq{
		SET extra_float_digits = $digits;
		COPY (SELECT id, m FROM traffic) TO '$dir/text';
		CREATE TEMP TABLE copied (id int, m reddict);
		COPY copied FROM '$dir/text';
		COPY (SELECT id, m, -m FROM copied ORDER BY id) TO '$dir/copied' (FORMAT binary);
		COPY (SELECT id, m, negative FROM traffic ORDER BY id) TO '$dir/contents' (FORMAT binary)});
	ok(slurp_file("$dir/copied") eq slurp_file("$dir/contents"), "COPY under extra_float_digits = $digits");
}

my $indexes = q{SELECT indexdef FROM pg_indexes WHERE tablename = 'traffic' ORDER BY indexname};
foreach my $db (qw(plain custom inserts))
{
	ok(contents($db) eq $original, "$db: values are the same, bit by bit");
	is( $node->safe_psql(
			$db, q{
			INSERT INTO traffic (id) VALUES (2000);
			SELECT a.m = b.m, float8send(a.m -> 'third') = float8send(b.m -> 'third'), a.negative = b.negative
			FROM traffic a, traffic b WHERE a.id = 1000 AND b.id = 2000}),
		't|t|t', "$db: the default is the same");
	is( $node->safe_psql($db, q{SELECT bool_and(t.m = s.m), count(*) FROM totals t JOIN states s USING (part)}),
		't|10', "$db: the view is the same");
	is($node->safe_psql($db, $indexes), $node->safe_psql('original', $indexes), "$db: so are the indexes");
	is( $node->safe_psql(
			$db, q{
			SET enable_seqscan = off;
			SELECT id FROM traffic WHERE m = '{}'}),
		1001, "$db: which find what is there");
	my ($status, $stdout, $stderr) =
	  $node->psql($db, q{INSERT INTO traffic VALUES (3000, '{"forbidden": 1.0}')});
	like($stderr, qr/violates check constraint/, "$db: so is the constraint");
}

$node->stop;
done_testing();
