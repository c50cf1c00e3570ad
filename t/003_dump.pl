# Dump and restore: tables, defaults, indexes, views, partitions and statistics
# come back bit by bit, whatever the format, and whatever extra_float_digits says.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use RedbearTest;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->start;

my $dir = PostgreSQL::Test::Utils::tempdir();
my @restored = qw(plain custom inserts directory);
$node->safe_psql('postgres', join ';', map { "CREATE DATABASE $_" } 'original', @restored);
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
	CREATE AGGREGATE total(reddict) (SFUNC = reddict_sum_trans, STYPE = reddict, INITCOND = '{"start": 0.1}');

	CREATE INDEX traffic_keys ON traffic USING gin (m);
	CREATE INDEX traffic_pairs ON traffic USING gin (m reddict_pair_ops);
	CREATE INDEX traffic_some ON traffic USING gin ((rd_prefix(m, 'key 1')));

	CREATE TABLE daily (
		day int PRIMARY KEY,
		s redstats NOT NULL DEFAULT '{"": [3, 0.3, 0.02, -0, 0.2]}',
		average reddict GENERATED ALWAYS AS (rs_avg(s)) STORED);
	INSERT INTO daily SELECT id / 5, redstats(m ORDER BY id) FROM traffic WHERE id <= 300 GROUP BY 1;
	INSERT INTO daily (day) VALUES (1000);
	CREATE INDEX daily_s ON daily USING hash (s);
	CREATE MATERIALIZED VIEW monthly AS SELECT day / 10 AS month, rs_merge(s ORDER BY day) AS s FROM daily GROUP BY 1;
	CREATE UNIQUE INDEX monthly_s ON monthly (s);

	-- a sum as it is printed, and as an aggregate keeps it
	CREATE AGGREGATE exact_state(reddict) (SFUNC = redsum_trans, STYPE = redsum);
	CREATE TABLE exact (
		day int PRIMARY KEY,
		s redsum NOT NULL DEFAULT '{"": [3, 0.5, 1, 0, 0]}',
		state redsum,
		n reddict GENERATED ALWAYS AS (rx_count(s)) STORED);
	INSERT INTO exact SELECT id / 5, redsum(m), exact_state(m) FROM traffic GROUP BY 1;
	INSERT INTO exact (day) VALUES (-1);
	CREATE INDEX exact_hash ON exact USING hash (s);
	CREATE INDEX exact_s ON exact (s) WHERE day BETWEEN -1 AND 50;

	-- histograms, with limits of their own and as an aggregate keeps them
	CREATE AGGREGATE histogram_state(reddict) (SFUNC = redhist_trans, STYPE = redhist);
	CREATE TABLE histograms (
		day int PRIMARY KEY,
		h redhist NOT NULL DEFAULT '{"": {"count": 2, "scale": 20, "negative": {"offset": -3, "bucketCounts": [2]}, "minusInfinityCount": 1}}',
		coarse redhist,
		state redhist,
		n reddict GENERATED ALWAYS AS (rh_count(h)) STORED);
	INSERT INTO histograms SELECT id / 5, redhist(m ORDER BY id), redhist(m, 20, 3 ORDER BY id), histogram_state(m ORDER BY id) FROM traffic GROUP BY 1;
	INSERT INTO histograms (day) VALUES (-1);
	CREATE INDEX histograms_hash ON histograms USING hash (h);
	CREATE INDEX histograms_h ON histograms (coarse) WHERE day BETWEEN -1 AND 50;

	CREATE TABLE hashed (m reddict, id int) PARTITION BY HASH (m);
	CREATE TABLE hashed_0 PARTITION OF hashed FOR VALUES WITH (MODULUS 2, REMAINDER 0);
	CREATE TABLE hashed_1 PARTITION OF hashed FOR VALUES WITH (MODULUS 2, REMAINDER 1);
	INSERT INTO hashed SELECT m, id FROM traffic;
	CREATE INDEX ON hashed USING gin (m);
	CREATE TABLE ranged (m reddict PRIMARY KEY, id int) PARTITION BY RANGE (m);
	CREATE TABLE ranged_low PARTITION OF ranged FOR VALUES FROM (MINVALUE) TO ('{"key": -0.1}');
	CREATE TABLE ranged_high PARTITION OF ranged FOR VALUES FROM ('{"key": -0.1}') TO ('{"key": "NaN"}');
	CREATE TABLE ranged_other PARTITION OF ranged DEFAULT;
	INSERT INTO ranged VALUES ('{}', 1), ('{"key": -1}', 2), ('{"key": -0.1}', 3), ('{"key": "Infinity"}', 4), ('{"key": "NaN"}', 5), ('{"a": 1, "b": 2}', 6);
	CREATE TABLE listed (m reddict, id int) PARTITION BY LIST (m);
	CREATE TABLE listed_special PARTITION OF listed FOR VALUES IN ('{}', '{"\u00e9": "-Infinity"}', NULL);
	CREATE TABLE listed_other PARTITION OF listed DEFAULT;
	INSERT INTO listed VALUES ('{}', 1), (NULL, 2), ('{"\u00e9": "-Infinity"}', 3), ('{"e": 1}', 4);

	CREATE DOMAIN few AS reddict CHECK (rd_length(VALUE) <= 2) DEFAULT '{"few": 0.1}';
	CREATE TYPE pair AS (a reddict, b redstats);
	CREATE TABLE nested (few few, maps reddict[], pair pair);
	INSERT INTO nested VALUES (DEFAULT, ARRAY['{"\\"": -0, ",": "NaN"}', NULL, '{}']::reddict[], ('{"(": 1}', '{")": [1, 2, 0, 2, 2]}'))});
create_specimens($node, 'original');

# What is in a database, values in binary
sub contents
{
	my $db = shift;
	return image(
		$node, $db,
		'SELECT * FROM specimen ORDER BY id',
		'SELECT id, m, negative FROM traffic ORDER BY id',
		'SELECT part, m FROM states ORDER BY part',
		'SELECT part, sum(m ORDER BY part) FROM states GROUP BY part ORDER BY part',
		'SELECT total(m ORDER BY id) FROM traffic WHERE id <= 300',
		'SELECT * FROM daily ORDER BY day',
		'SELECT * FROM monthly ORDER BY month',
		'SELECT * FROM exact ORDER BY day',
		'SELECT day, state = s, rx_merge(s) OVER (ORDER BY day ROWS 3 PRECEDING) FROM exact ORDER BY day',
		'SELECT * FROM histograms ORDER BY day',
		'SELECT day, state = h, rh_merge(h) OVER (ORDER BY day ROWS 3 PRECEDING), rh_percentile(coarse, 0.9) FROM histograms ORDER BY day',
		'SELECT tableoid::regclass::text, * FROM hashed ORDER BY id',
		'SELECT tableoid::regclass::text, * FROM ranged ORDER BY id',
		'SELECT tableoid::regclass::text, * FROM listed ORDER BY id',
		'SELECT few, (pair).a, (pair).b, map FROM nested, unnest(maps) AS map');
}

my $original = contents('original');
unlike($original, qr/: 21 bytes/, 'there is something to dump in each');

# The worst settings a server may have for a dump
$node->safe_psql('original', "ALTER DATABASE original SET extra_float_digits = -15");
is($node->safe_psql('original', q{SELECT 0.3333333333333333::float8}), '0.3', 'floats lose digits here');
is( $node->safe_psql('original', q{SELECT m FROM traffic WHERE id = 1000}),
	qq({"": 0, "third": 0.3333333333333333, "\xc3\xa9\\"\\\\": 1e-320}),
	'a reddict does not');
is(contents('original'), $original, 'what is dumped does not depend on it');

$node->command_ok([ 'pg_dump', '--file', "$dir/plain", $node->connstr('original') ], 'dump as SQL');
$node->command_ok([ 'pg_dump', '--format=custom', '--file', "$dir/custom", $node->connstr('original') ],
	'dump in custom format');
$node->command_ok([ 'pg_dump', '--format=directory', '--jobs=2', '--file', "$dir/directory", $node->connstr('original') ],
	'dump as a directory, in parallel');
$node->command_ok([ 'pg_dump', '--inserts', '--load-via-partition-root', '--file', "$dir/inserts", $node->connstr('original') ],
	'dump as INSERT commands, to whole tables');
$node->command_ok([ 'psql', '--no-psqlrc', '--quiet', '--set=ON_ERROR_STOP=1', '--file', "$dir/$_", $node->connstr($_) ],
	"restore $_")
  foreach qw(plain inserts);
$node->command_ok([ 'pg_restore', '--exit-on-error', '--dbname', $node->connstr('custom'), "$dir/custom" ],
	'restore custom');
$node->command_ok([ 'pg_restore', '--exit-on-error', '--jobs=2', '--dbname', $node->connstr('directory'), "$dir/directory" ],
	'restore directory, in parallel');

# Definitions, without the random word of \restrict
sub definitions
{
	my $db = shift;
	my ($sql, $error) = run_command([ 'pg_dump', '--schema-only', $node->connstr($db) ]);
	$sql =~ s/^\\(?:un)?restrict .*\n//mg;
	return $sql;
}

my $definitions = definitions('original');
like($definitions, qr/USING gin/, 'there are definitions');

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

foreach my $db (@restored)
{
	is(contents($db), $original, "$db: values are the same, bit by bit");
	is( $node->safe_psql(
			$db, q{
			INSERT INTO traffic (id) VALUES (2000);
			SELECT a.m = b.m, float8send(a.m -> 'third') = float8send(b.m -> 'third'), a.negative = b.negative
			FROM traffic a, traffic b WHERE a.id = 1000 AND b.id = 2000}),
		't|t|t', "$db: the default is the same");
	is( $node->safe_psql($db, q{SELECT bool_and(t.m = s.m), count(*) FROM totals t JOIN states s USING (part)}),
		't|10', "$db: the view is the same");
	is( $node->safe_psql($db, q{INSERT INTO daily (day) VALUES (2000); SELECT DISTINCT s, average = rs_avg(s) FROM daily WHERE day >= 1000}),
		'{"": [3, 0.3, 0.02, -0, 0.2]}|t', "$db: so is that of statistics, and what is generated from them");
	is(definitions($db), $definitions, "$db: definitions are the same");
	indexes_agree(
		$node, $db, $db, 'traffic',
		q(m = '{}'),
		q(m -> 'key 7' = 1 / 23::float8),
		q(m ? 'key 29'),
		q(m @> '{"0": -0, "nan": "NaN"}'),
		q(m ?| '{nan,key 4999}'),
		q(m @> '{"third": 0.3333333333333333}'),
		q(rd_prefix(m, 'key 1') ?& '{key 10,key 19}'));
	indexes_agree($node, $db, "$db, in partitions", 'hashed', q(m ? 'key 29'));
	my ($status, $stdout, $stderr) =
	  $node->psql($db, q{INSERT INTO traffic VALUES (3000, '{"forbidden": 1.0}')});
	like($stderr, qr/violates check constraint/, "$db: so is the constraint");
}

$node->stop;
done_testing();
