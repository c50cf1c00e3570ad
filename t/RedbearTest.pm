# What several tests share: values of every form, and comparisons of what two
# databases hold.

package RedbearTest;

use strict;
use warnings;

use Digest::MD5 'md5_hex';
use Exporter 'import';
use PostgreSQL::Test::Utils;
use Test::More;

our @EXPORT = qw(create_specimens image indexes_agree create_counters $upsert $assign start_pgbench counters_agree sound);

# A table of values as they can be: special numbers, keys that are hard on
# encodings and delimiters, lengths of one and two bytes, and every form that a
# datum has in a table.
sub create_specimens
{
	my ($node, $db) = @_;
	$node->safe_psql(
		$db, q{
		CREATE TABLE specimen (id int PRIMARY KEY, m reddict, external reddict, s redstats);
		ALTER TABLE specimen ALTER external SET STORAGE EXTERNAL;
		INSERT INTO specimen (id, m) VALUES
			(1, NULL),
			(2, '{}'),
			(3, '{"": -0}'),
			(4, '{"-0": -0, "0": 0, "min": 5e-324, "-min": -5e-324, "subnormal": 2.225073858507201e-308, "normal": 2.2250738585072014e-308,
				"max": 1.7976931348623157e308, "-max": -1.7976931348623157e308, "inf": "Infinity", "-inf": "-Infinity", "nan": "NaN",
				"2^53-1": 9007199254740991, "2^53+2": 9007199254740994, "0.1": 0.1, "1e23": 1e23, "third": 0.3333333333333333}'),
			(5, reddict('made nan', 'Infinity'::float8 - 'Infinity')),
			(6, '{"é": 1, "e\u0301": 2, "日本": 3, "😀": 4, "\"\\\\": 5, " ": 6, "\t\n\r": 7, "\\\\N": 8, "\\\\.": 9, "a,b;c": 10, "''": 11, "NULL": 12}'),
			(7, reddict(ARRAY[repeat('k', 255), repeat('k', 256), repeat('é', 200), repeat('w', 65535)], ARRAY[255, 256, 400, 65535]));
		-- with the short header and the long one
		INSERT INTO specimen (id, m)
			SELECT 100 + n, reddict(array_agg('key ' || i), array_agg(i / 7.0::float8)) FROM generate_series(1, 40) AS n, generate_series(1, n) AS i GROUP BY n;
		-- compressed in the row, and out of it
		INSERT INTO specimen (id, m)
			SELECT 200 + n, reddict(array_agg('key ' || i), array_agg(CASE WHEN n < 1000 THEN n ELSE sqrt(i) END))
			FROM unnest(ARRAY[300, 5000]) AS n, generate_series(1, n) AS i GROUP BY n;
		UPDATE specimen SET external = m || '{}', s = (SELECT redstats(m) FROM (VALUES (m)) AS v(m));
		-- of more than one map
		INSERT INTO specimen (id, s) SELECT 10000 + id % 3, redstats(m ORDER BY id) FROM specimen WHERE id BETWEEN 101 AND 5200 GROUP BY 1});
	is( $node->safe_psql(
			$db, q{
			SELECT bool_and(pg_column_compression(m) IS NOT NULL AND pg_column_size(m) < 2000) FILTER (WHERE id = 500),
				bool_and(pg_column_compression(m) IS NOT NULL AND pg_column_size(m) > 20000) FILTER (WHERE id = 5200),
				bool_and(pg_column_compression(external) IS NULL AND pg_column_size(external) > 80000) FILTER (WHERE id = 5200),
				min(pg_column_size(m)), count(*) FILTER (WHERE pg_column_size(m) BETWEEN 100 AND 200) > 5
			FROM specimen}),
		't|t|t|13|t', 'specimens are compressed, in the row and out of it, and short');
	return;
}

# The rows of queries, to be compared bit by bit: what becomes of them in binary
sub image
{
	my ($node, $db, @queries) = @_;
	my $dir = PostgreSQL::Test::Utils::tempdir();
	my $image = '';
	$node->safe_psql($db, join ';', map { "COPY ($queries[$_]) TO '$dir/$_' (FORMAT binary)" } 0 .. $#queries);
	foreach my $n (0 .. $#queries)
	{
		my $bytes = slurp_file("$dir/$n");
		$image .= sprintf "%s: %d bytes, %s\n", $queries[$n], length $bytes, md5_hex($bytes);
	}
	return $image;
}

# For each condition: indexes find the rows of the table that reading all of it
# finds, of which there are some. And by a GIN index on m, each key is found in
# the rows that have it.
sub indexes_agree
{
	my ($node, $db, $name, $table, @conditions) = @_;
	my @queries = map { "SELECT count(*), array_agg(id ORDER BY id) FROM $table WHERE $_" } @conditions;
	my $found = sub {
		my ($settings, $prefix) = @_;
		return $node->safe_psql($db, join ';', $settings, map { "$prefix $_" } @queries);
	};
	my $no_table = 'SET enable_seqscan = off';
	my $no_index = 'SET enable_indexscan = off; SET enable_indexonlyscan = off; SET enable_bitmapscan = off';
	my $wanted = $found->($no_index, '');
	unlike($found->($no_table, 'EXPLAIN (COSTS OFF)'), qr/Seq Scan/, "$name: by index");
	unlike($wanted, qr/^0\|/m, "$name: there is something to find");
	is($found->($no_table, ''), $wanted, "$name: indexes find what is there");

	my $keys = "SELECT key, array_agg(id ORDER BY id) AS ids FROM $table, rd_each(m) GROUP BY key";
	my $wrong = "SELECT key FROM ($keys) AS k WHERE ids IS DISTINCT FROM ARRAY(SELECT id FROM $table WHERE m ? key ORDER BY id)";
	my $by_gin = "$no_table; SET enable_indexscan = off";
	like($node->safe_psql($db, "$by_gin; EXPLAIN (COSTS OFF) $wrong"), qr/Index Cond: \(m \? /, "$name: keys by index");
	is($node->safe_psql($db, "$by_gin; $wrong ORDER BY key LIMIT 5"), '', "$name: each key is found where it is");
	return;
}

# Tables for counting: counters, and a journal of
# plain columns that says what was added to them. The last counters are out of
# line. All numbers are integers, so sums are exact.
sub create_counters
{
	my ($node, $db) = @_;
	$node->safe_psql(
		$db, q{
		CREATE TABLE counters (id int PRIMARY KEY, m reddict NOT NULL);
		CREATE TABLE journal (client int, id int, key text, value float8);
		INSERT INTO journal SELECT -1, id, 'start ' || i, i * i FROM generate_series(11, 20) AS id, generate_series(1, CASE WHEN id < 19 THEN 3 ELSE 400 END) AS i;
		INSERT INTO counters SELECT id, reddict_agg(key, value) FROM journal GROUP BY id;
		CREATE INDEX counters_keys ON counters USING gin (m);
		CREATE INDEX counters_k1 ON counters ((m -> 'k1'))});
	is($node->safe_psql($db, 'SELECT count(*) FROM counters WHERE pg_column_size(m) > 2000'),
		2, 'there are counters out of line');
	return;
}

# Two ways to count. Clients have numbers from :first on.
my $count = q{
	\set key random(1, 40)
	\set value random(-100, 100)
	BEGIN;
	INSERT INTO journal VALUES (:first + :client_id, :id, 'k' || :key, :value);
	%s;
	COMMIT;
};
our $upsert = "\\set id random(1, 20)\n" . sprintf $count,
  q{INSERT INTO counters VALUES (:id, reddict('k' || :key, :value)) ON CONFLICT (id) DO UPDATE SET m = counters.m + EXCLUDED.m};
our $assign = "\\set id random(11, 20)\n" . sprintf $count,
  q{UPDATE counters SET m['k' || :key] = rd_get(m, 'k' || :key, 0) + :value WHERE id = :id};

# Starts pgbench on scripts, with a fixed seed. Its output goes to the string.
sub start_pgbench
{
	my ($node, $db, $output, $options, @scripts) = @_;
	my $dir = PostgreSQL::Test::Utils::tempdir();
	my @files = map { "$dir/$_.sql" } 0 .. $#scripts;
	append_to_file($files[$_], $scripts[$_]) foreach 0 .. $#scripts;
	return IPC::Run::start(
		[ 'pgbench', '--no-vacuum', '--random-seed=6', @$options, (map { ('--file', $_) } @files), $node->connstr($db) ],
		'>&', $output);
}

# Are the counters exactly what the journal says?
sub counters_agree
{
	my ($node, $db, $name) = @_;
	is( $node->safe_psql(
			$db, q{
			SELECT count(*) > 0, count(*) FILTER (WHERE counted.value IS DISTINCT FROM wanted.value)
			FROM (SELECT id, key, value FROM counters, rd_each(m)) AS counted
				FULL JOIN (SELECT id, key, sum(value) AS value FROM journal GROUP BY id, key) AS wanted USING (id, key)}),
		't|0', "$name: counters are what was added");
	indexes_agree($node, $db, $name, 'counters', q(m ? 'k7'), q(m ?& '{k1,start 400}'), q(m ?| '{k2,start 3}'), q(m -> 'k1' > 0));
	return;
}

# Does contrib's amcheck find nothing wrong with tables and indexes?
sub sound
{
	my ($node, $db, $name) = @_;
  SKIP:
	{
		skip 'contrib/amcheck is not installed', 1
		  unless $node->safe_psql($db, q{SELECT count(*) FROM pg_available_extensions WHERE name = 'amcheck'})
		  && grep { -x "$_/pg_amcheck" } split /:/, $ENV{PATH};
		$node->command_ok(
			[ 'pg_amcheck', '--install-missing', '--heapallindexed', '--parent-check', '--rootdescend', $db ],
			"$name: tables and indexes are sound");

		# (from PostgreSQL 18 on)
		$node->safe_psql(
			$db, q{SELECT gin_index_check(c.oid) FROM pg_class AS c JOIN pg_am AS a ON a.oid = relam WHERE amname = 'gin' AND relkind = 'i'})
		  if $node->safe_psql($db, q{SELECT to_regprocedure('gin_index_check(regclass)') IS NOT NULL}) eq 't';
	}
	return;
}

1;
