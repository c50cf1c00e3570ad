# Exact sums of maps against Python's fractions, in any order and by any plan;
# against numeric for a million amounts; and random frames of windows.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

plan skip_all => 'no Python' if system('python3 -c "import fractions" >/dev/null 2>&1') != 0;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->append_conf('postgresql.conf', "shared_buffers = 128MB\nwork_mem = 64MB\nmax_worker_processes = 8\nmax_parallel_workers_per_gather = 0\nmax_parallel_workers = 8");
$node->start;

my $dir = PostgreSQL::Test::Utils::tempdir;
foreach my $what (qw(rows expected))
{
	is(system("python3 t/exact_oracle.py $what >$dir/$what"), 0, "Python gives $what");
}
$node->safe_psql(
	'postgres', qq{
	CREATE EXTENSION redbear;
	CREATE TABLE maps (grp int, i int, m reddict);
	\\copy maps FROM '$dir/rows'
	CREATE TABLE expected (grp int, key text, n bigint, nan bigint, plus bigint, minus bigint, numerator numeric, halvings int, sum text, average text);
	\\copy expected FROM '$dir/expected'
	-- N / 2^k is N * 5^k with k decimals
	CREATE VIEW oracle AS SELECT grp, key, n, nan, plus, minus, numerator * 5::numeric ^ halvings * ('1e-' || halvings)::numeric AS exact, sum, average FROM expected;
	CREATE FUNCTION overflows(s redsum) RETURNS text LANGUAGE plpgsql IMMUTABLE AS \$\$
	DECLARE
		detail text;
	BEGIN
		PERFORM rx_sum(s);
		RETURN NULL;
	EXCEPTION WHEN numeric_value_out_of_range THEN
		GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
		RETURN detail;
	END \$\$;
});
is($node->safe_psql('postgres', q{SELECT count(*) > 3000, count(DISTINCT grp) FROM maps}), 't|40', 'there are maps');
is($node->safe_psql('postgres', q{SELECT count(*) > 150, count(*) FILTER (WHERE sum = 'overflow') > 0, count(*) FILTER (WHERE sum IN ('inf', '-inf')) > 0, count(*) FILTER (WHERE sum = 'nan') > 0 FROM expected}),
	't|t|t|t', 'of all kinds');

# What is wrong with sums "grp, s": with what they hold, and with what is read of
# them. Of a group in which a key is too large, that is what the error says.
sub wrong
{
	my $sums = shift;
	return $node->safe_psql(
		'postgres', qq{
		WITH sums AS ($sums),
		held AS (SELECT grp, key, j FROM sums, jsonb_each(s::jsonb) AS e(key, j)),
		overflowing AS (SELECT grp, min(key COLLATE "C") AS key FROM oracle WHERE sum = 'overflow' GROUP BY grp),
		wide AS (SELECT grp, overflows(s) AS detail FROM sums),
		given AS (SELECT grp, key, value AS sum, rx_avg(s) -> key AS average, rx_count(s) -> key AS n FROM sums JOIN wide USING (grp), rd_each(rx_sum(s)) WHERE detail IS NULL)
		SELECT 'held', grp, key FROM held FULL JOIN oracle USING (grp, key)
		WHERE ((j -> 0)::bigint, (j -> 1)::numeric, coalesce((j -> 2)::bigint, 0), coalesce((j -> 3)::bigint, 0), coalesce((j -> 4)::bigint, 0))
			IS DISTINCT FROM (n, exact, nan, plus, minus)
		UNION ALL
		SELECT 'error', grp, key FROM wide FULL JOIN overflowing USING (grp) WHERE detail IS DISTINCT FROM 'The key is "' || key || '".'
		UNION ALL
		SELECT 'given', grp, key FROM given FULL JOIN (SELECT * FROM oracle WHERE grp NOT IN (SELECT grp FROM overflowing)) AS o USING (grp, key)
		WHERE (float8send(given.sum), float8send(given.average), given.n) IS DISTINCT FROM (float8send(o.sum::float8), float8send(o.average::float8), o.n)
		LIMIT 10});
}

is(wrong('SELECT grp, redsum(m) AS s FROM maps GROUP BY grp'), '', 'sums of rows');
is(wrong('SELECT grp, redsum(m ORDER BY md5(i::text)) AS s FROM maps GROUP BY grp'), '', 'in another order');
is(wrong('SELECT grp, rx_merge(m::redsum ORDER BY md5(i::text)) AS s FROM maps GROUP BY grp'), '', 'of sums of single rows');
is(wrong('SELECT grp, rx_merge(s) AS s FROM (SELECT grp, redsum(m) AS s FROM maps GROUP BY grp, i % 10) AS parts GROUP BY grp'), '', 'in parts');
is(wrong('SELECT grp, all_of_it - half AS s FROM (SELECT grp, redsum(m) AS all_of_it, redsum(m) FILTER (WHERE t > 0) AS half FROM maps, generate_series(0, 1) AS t GROUP BY grp) AS twice'),
	'', 'with as much taken away again');
is($node->safe_psql('postgres', q{
		SELECT grp FROM (SELECT grp, redsum(m) AS s, rd_count_agg(m) AS n, rd_exact_avg_agg(m) AS average FROM maps GROUP BY grp) AS t
		WHERE (n, reddict_send(average)) IS DISTINCT FROM (rx_count(s), reddict_send(rx_avg(s)))}), '', 'aggregates give what functions give');

# Months of days of hours, and a thousand parts in random order
$node->safe_psql('postgres', q{
	CREATE TABLE hours AS SELECT i % 1000 AS hour, redsum(m) AS s FROM maps GROUP BY 1;
	CREATE TABLE days AS SELECT hour / 24 AS day, rx_merge(s) AS s FROM hours GROUP BY 1;
	CREATE TABLE parts AS SELECT (grp * 1000 + i) % 1000 AS part, grp, redsum(m) AS s FROM maps GROUP BY 1, 2});
my $once = $node->safe_psql('postgres', 'SELECT redsum_send(redsum(m)) FROM maps');
cmp_ok(length $once, '>', 1000, 'there is a sum of all');
is($node->safe_psql('postgres', 'SELECT redsum_send(rx_merge(s)) FROM (SELECT day / 30 AS month, rx_merge(s) AS s FROM days GROUP BY 1) AS months'), $once, 'months of days of hours');
foreach my $i (1 .. 5)
{
	is($node->safe_psql('postgres', 'SELECT redsum_send(rx_merge(s ORDER BY random())) FROM parts'), $once, "parts in random order, $i");
}

# Parallel, and by partitions
$node->safe_psql('postgres', q{
	CREATE TABLE by_part (grp int, i int, m reddict) PARTITION BY HASH (i);
	SELECT format('CREATE TABLE by_part_%s PARTITION OF by_part FOR VALUES WITH (MODULUS 5, REMAINDER %1$s)', r) FROM generate_series(0, 4) AS r
	\gexec
	INSERT INTO by_part SELECT * FROM maps;
	ANALYZE});
my $query = 'SELECT redsum_send(redsum(m)) FROM ';
my $groups = q{SELECT md5(string_agg(grp || redsum_send(s)::text, ' ' ORDER BY grp)) FROM (SELECT grp, redsum(m) AS s FROM %s GROUP BY grp) AS t};
my $grouped = $node->safe_psql('postgres', sprintf($groups, 'maps'));
my $parallel = 'SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;';
foreach my $plan (
	[ 'two workers', "$parallel SET max_parallel_workers_per_gather = 2;", 'maps', qr/Workers Planned: 2/ ],
	[ 'four workers', "$parallel SET max_parallel_workers_per_gather = 4; ALTER TABLE maps SET (parallel_workers = 4);", 'maps', qr/Workers Planned: 4/ ],
	[ 'partition-wise', 'SET enable_partitionwise_aggregate = on;', 'by_part', qr/Append.*Partial Aggregate/s ],
	[ 'both', "$parallel SET max_parallel_workers_per_gather = 2; SET enable_partitionwise_aggregate = on;", 'by_part', qr/Workers Planned.*Partial/s ])
{
	my ($name, $settings, $table, $wanted) = @$plan;
	like($node->safe_psql('postgres', "$settings EXPLAIN (COSTS OFF) $query $table"), $wanted, "$name: so it is planned");
	is($node->safe_psql('postgres', "$settings $query $table"), $once, "$name: the same bits");
	is($node->safe_psql('postgres', $settings . sprintf($groups, $table)), $grouped, "$name: the same bits by groups");
}

# A million amounts with two decimals, in groups of 1 to 1,000,000 rows: numeric's
# sum; and such that their absolute values add up to just below 10^13.
$node->safe_psql('postgres', q{
	SELECT setseed(0.5);
	CREATE TABLE amounts AS
		SELECT i, amount, reddict('a', amount::float8) AS m
		FROM (SELECT i, (floor(random() * 10 ^ (i % 9 + 1)) * CASE WHEN random() < 0.4 THEN -1 ELSE 1 END / 100)::numeric(14, 2) AS amount
			FROM generate_series(1, 1000000) AS i OFFSET 0) AS t;
	CREATE TABLE large AS
		SELECT i, amount, reddict('a', amount::float8) AS m
		FROM (SELECT i, (9999999 + 0.01 * (i % 90)) * CASE WHEN i % 2 = 0 THEN -1 ELSE 1 END AS amount FROM generate_series(1, 1000000) AS i) AS t});
is($node->safe_psql('postgres', 'SELECT sum(abs(amount)) BETWEEN 9.99e12 AND 1e13 FROM large'), 't', 'amounts are just below the bound');
foreach my $group ('1', 'i % 7', 'i % 1000', 'i / 3', 'i')
{
	foreach my $table (qw(amounts large))
	{
		is($node->safe_psql('postgres', qq{
			SELECT count(*) FROM (
				SELECT $group AS g, rd_round(rd_exact_sum_agg(m), 2) AS rounded, sum(amount) AS exact FROM $table GROUP BY $group) AS t
			WHERE (rounded::jsonb -> 'a')::numeric <> exact OR rounded IS NULL}), 0, "$table by $group: numeric's sums");
	}
}

# Random frames over maps that are NULL or empty, keys that come and go, and
# special numbers that pass through: each what its rows give by themselves.
my $seed = $ENV{FUZZ_SEED} // 20261126;
note "FUZZ_SEED = $seed";
srand $seed;
$node->safe_psql('postgres', q{
	CREATE TABLE series AS
		SELECT row_number() OVER (ORDER BY grp, i)::int AS n, (row_number() OVER (ORDER BY grp, i) / 3)::int AS value,
			CASE WHEN i % 11 IN (3, 4) OR i BETWEEN 40 AND 50 THEN NULL WHEN i % 13 = 5 OR i BETWEEN 60 AND 70 THEN '{}' ELSE m END AS m
		FROM maps WHERE grp < 4});
sub bound
{
	my ($distance) = @_;
	return $distance == 0 ? 'CURRENT ROW' : abs($distance) . ($distance < 0 ? ' PRECEDING' : ' FOLLOWING');
}
foreach my $i (1 .. 40)
{
	my ($from, $to) = sort { $a <=> $b } map { int(rand(12) ** 2 / 4) * (rand() < 0.6 ? -1 : 1) } 1 .. 2;
	my $mode = (qw(ROWS ROWS RANGE GROUPS))[rand 4];
	my $by = $mode eq 'ROWS' ? 'n' : 'value';
	my $start = rand() < 0.1 ? 'UNBOUNDED PRECEDING' : bound($from);
	my $end = rand() < 0.1 ? 'UNBOUNDED FOLLOWING' : bound($to);
	my $exclude = rand() < 0.2 ? (' EXCLUDE CURRENT ROW', ' EXCLUDE GROUP', ' EXCLUDE TIES')[rand 3] : '';
	my $frame = "$mode BETWEEN $start AND $end$exclude";
	my $filter = rand() < 0.3 ? 'FILTER (WHERE n % 3 <> 1)' : '';
	is($node->safe_psql('postgres', qq{
		SELECT count(*) FROM (
			SELECT redsum(m) $filter OVER w AS s, rx_count(rx_merge(m::redsum) $filter OVER w) AS n, rd_count_agg(m) $filter OVER w AS counted, array_agg(n) $filter OVER w AS frame
			FROM series WINDOW w AS (ORDER BY $by $frame)) AS moving
		CROSS JOIN LATERAL (SELECT redsum(m) AS s FROM series WHERE n = ANY (frame)) AS fresh
		WHERE redsum_send(moving.s) IS DISTINCT FROM redsum_send(fresh.s) OR moving.n IS DISTINCT FROM rx_count(fresh.s) OR counted IS DISTINCT FROM rx_count(fresh.s)}),
		0, "$frame $filter");
}

$node->stop;
done_testing();
