# Exponential histograms against Python's: which buckets they have, how far
# percentiles are from exact ones, and that merging gives the same in any order
# and grouping; data points as a collector exports them; real data.

use strict;
use warnings;

use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

plan skip_all => 'no Python' if system('python3 -c "import fractions" >/dev/null 2>&1') != 0;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->append_conf('postgresql.conf', "shared_buffers = 128MB\nwork_mem = 64MB\nmax_worker_processes = 8\nmax_parallel_workers_per_gather = 0\nmax_parallel_workers = 8");
$node->start;

my $dir = PostgreSQL::Test::Utils::tempdir;
foreach my $what (qw(rows expected percentiles))
{
	is(system("python3 t/histogram_oracle.py $what >$dir/$what"), 0, "Python gives $what");
}
$node->safe_psql(
	'postgres', qq{
	CREATE EXTENSION redbear;
	CREATE TABLE maps (grp int, i int, part int, m reddict);
	\\copy maps FROM '$dir/rows'
	CREATE TABLE expected (grp int, key text, max_buckets int, max_scale int, point jsonb, sum float8, absolute float8);
	\\copy expected FROM '$dir/expected'
	CREATE TABLE percentiles (grp int, key text, fraction float8, exact float8, ours float8, allowed float8);
	\\copy percentiles FROM '$dir/percentiles'
	-- all of a histogram but its sums, of which the last digits depend on the order
	CREATE FUNCTION but_sums(h redhist) RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
		\$\$ SELECT jsonb_object_agg(key, value - 'sum') FROM jsonb_each(h::jsonb) \$\$;
	-- the sums that are further from exact ones than so many roundings
	CREATE FUNCTION wrong_sums(g int, h redhist) RETURNS SETOF text LANGUAGE sql AS
		\$\$ SELECT key FROM jsonb_each(h::jsonb) JOIN expected USING (key)
			WHERE grp = g AND max_buckets = 2048 AND absolute < 'Infinity'
			AND (abs((value ->> 'sum')::float8 - sum) <= (value ->> 'count')::float8 * 2.0::float8 ^ -53 * absolute) IS NOT TRUE \$\$;
});
is($node->safe_psql('postgres', q{SELECT count(*) > 10000, count(DISTINCT part) FROM maps}), 't|1000', 'there are maps');
is($node->safe_psql('postgres', q{SELECT count(*) > 130, count(DISTINCT point ->> 'scale') > 10, count(*) FILTER (WHERE absolute < 'Infinity') > 100 FROM expected}), 't|t|t', 'of all kinds');

# What is wrong with histograms "grp, h" of some limits
sub wrong
{
	my ($histograms, $max_buckets, $max_scale) = @_;
	return $node->safe_psql(
		'postgres', qq{
		WITH histograms AS MATERIALIZED ($histograms)
		SELECT 'point', grp, key, left(value::text, 300), left(point::text, 300)
		FROM (SELECT grp, key, value FROM histograms, jsonb_each(but_sums(h))) AS given
			FULL JOIN (SELECT * FROM expected WHERE (max_buckets, max_scale) = ($max_buckets, $max_scale)) AS wanted USING (grp, key)
		WHERE value IS DISTINCT FROM point
		UNION ALL
		SELECT 'sum', grp, key, NULL, NULL FROM histograms, wrong_sums(grp, h) AS key
		LIMIT 10});
}
my @limits = map { [ split /\|/ ] } split /\n/, $node->safe_psql('postgres', 'SELECT DISTINCT max_buckets, max_scale FROM expected ORDER BY 1, 2');
cmp_ok(scalar @limits, '>=', 5, 'there are limits');
is(wrong('SELECT grp, redhist(m) AS h FROM maps GROUP BY grp', 2048, 6), '', 'histograms of rows');
is(wrong('SELECT grp, redhist(m ORDER BY md5(i::text)) AS h FROM maps GROUP BY grp', 2048, 6), '', 'in another order');
is(wrong('SELECT grp, rh_merge(m::redhist ORDER BY md5(i::text)) AS h FROM maps GROUP BY grp', 2048, 6), '', 'of single rows');
foreach my $limit (@limits)
{
	my $limits = join ', ', @$limit;
	is(wrong("SELECT grp, redhist(m, $limits) AS h FROM maps GROUP BY grp", @$limit), '', "with limits $limits");
	is(wrong("SELECT grp, redhist(m, $limits ORDER BY i DESC) AS h FROM maps GROUP BY grp", @$limit), '', 'backwards');
	is(wrong("SELECT grp, rh_merge(h) AS h FROM (SELECT grp, redhist(m, $limits) AS h FROM maps GROUP BY grp, part) AS parts GROUP BY grp", @$limit), '', 'in parts');
}
$node->safe_psql('postgres', 'CREATE TABLE histograms AS SELECT grp, redhist(m) AS h FROM maps GROUP BY grp');
is($node->safe_psql('postgres', q{
		SELECT grp, key FROM histograms, jsonb_each(but_sums(h))
		WHERE (rh_count(h) -> key, rh_min(h) -> key, rh_max(h) -> key)
			IS DISTINCT FROM ((value ->> 'count')::float8, (value ->> 'min')::float8, (value ->> 'max')::float8)}), '', 'count, least and greatest');

#
# Percentiles: what stands for each number is within the formula of it, and so is
# what is between two; never outside of all numbers
#
$node->safe_psql('postgres', q{
	CREATE TABLE given AS
	SELECT grp, key, fraction, exact, ours, allowed, rh_percentile(h, fraction) -> key AS given, rh_min(h) -> key AS least, rh_max(h) -> key AS greatest,
		(value ->> 'scale')::int AS scale
	FROM percentiles JOIN histograms USING (grp), jsonb_each(but_sums(h)) AS e(k, value) WHERE k = key});
is($node->safe_psql('postgres', q{SELECT count(*) = (SELECT count(*) FROM percentiles), count(*) > 250, count(*) FILTER (WHERE scale = 6) > 200 FROM given}), 't|t|t', 'there are percentiles');
is($node->safe_psql('postgres', q{
		SELECT grp, key, fraction, given, ours FROM given
		-- the difference of two numbers may cancel, so it may be as far off as these;
		-- no factor gives less than the least double
		WHERE (given = ours OR abs(given - ours) <= 1e-12 * greatest(abs(ours), least(allowed, 1e300), 1e-300)) IS NOT TRUE}), '', 'they are what their definition gives');
is($node->safe_psql('postgres', q{
		SELECT grp, key, fraction, given, exact, allowed FROM given
		WHERE (given = exact OR abs(given - exact) <= allowed) IS NOT TRUE}), '', 'as near to exact ones as the formula says');
is($node->safe_psql('postgres', q{
		SELECT grp, key, fraction, given, exact FROM given
		WHERE scale = 6 AND key NOT IN ('mixed', 'integers', 'bounds', 'special') AND (given = exact OR abs(given - exact) <= 0.00542 * greatest(abs(exact), 1e-300)) IS NOT TRUE}), '', 'at scale 6 within 0.542 %');
is($node->safe_psql('postgres', q{
		SELECT grp, key, fraction, given, least, greatest FROM given WHERE given NOT BETWEEN least AND greatest AND abs(given) < 'Infinity'}), '', 'never outside');
is($node->safe_psql('postgres', q{
		SELECT key, fraction FROM given WHERE key <> 'special' AND key <> 'infinite' AND (fraction = 0 AND given <> least OR fraction = 1 AND given <> greatest)}), '', 'the first and the last are exact');

#
# Merging: 1,000 parts in random orders and groupings
#
my $seed = $ENV{FUZZ_SEED} // 20261127;
note "FUZZ_SEED = $seed";
my $random = 'SELECT setseed(' . ($seed % 1000) / 1000 . ') \g /dev/null' . "\n";
$node->safe_psql('postgres', q{
	CREATE TABLE parts AS SELECT grp, part, redhist(m) AS equal, redhist(m, 160, 9) AS small, NULL::redhist AS mixed FROM maps GROUP BY grp, part;
	-- scales that differ, with a limit that none of them needs, and limits that most do
	UPDATE parts SET mixed = p.h FROM (
		SELECT grp, part, redhist(m, (ARRAY[2048, 4096, 500, 160])[1 + part % 4], (ARRAY[6, 3, 9, 5, 2])[1 + part % 5]) AS h
		FROM maps GROUP BY grp, part) AS p
	WHERE (p.grp, p.part) = (parts.grp, parts.part);
	CREATE TABLE once AS SELECT grp, rh_merge(equal ORDER BY part) AS equal, rh_merge(small ORDER BY part) AS small, rh_merge(mixed ORDER BY part) AS mixed FROM parts GROUP BY grp});
is($node->safe_psql('postgres', 'SELECT count(*) > 1500, count(mixed) = count(*) FROM parts'), 't|t', 'there are parts');
is($node->safe_psql('postgres', q{SELECT grp FROM once JOIN histograms USING (grp) WHERE but_sums(equal) <> but_sums(h) OR equal <> h}), '', 'equal limits: as all rows at once');
is($node->safe_psql('postgres', q{
		SELECT min((value ->> 'maxBuckets')::int), max((value ->> 'maxBuckets')::int), min((value ->> 'maxScale')::int), max((value ->> 'maxScale')::int), max((value ->> 'scale')::int)
		FROM once, jsonb_each(but_sums(mixed)) WHERE key = 'lognormal'}), '160|160|2|2|2', 'of limits the smaller win');
my @sets = qw(equal small mixed);
my $wrong = join ' OR ', map { "but_sums(merged.$_) IS DISTINCT FROM but_sums(once.$_) OR merged.$_ <> once.$_ OR redhist_hash(merged.$_) <> redhist_hash(once.$_)" } @sets;
my $sums = join ' UNION ALL ', map { "SELECT grp, '$_ ' || key FROM merged, wrong_sums(grp, $_) AS key" } @sets;
my $merge = sub { my ($column_suffix, $order) = @_; return join ', ', map { "rh_merge($_$column_suffix$order) AS $_" } @sets };

foreach my $i (1 .. 4)
{
	my %groupings = (
		'random order' => 'SELECT grp, ' . $merge->('', ' ORDER BY random()') . ' FROM parts GROUP BY grp',
		'random groups' => 'SELECT grp, ' . $merge->('', '') . ' FROM (SELECT grp, ' . $merge->('', ' ORDER BY random()')
		  . ' FROM (SELECT *, floor(random() * random() * 100) AS g FROM parts) AS p GROUP BY grp, g) AS t GROUP BY grp',
		'groups of groups' => 'SELECT grp, ' . $merge->('', ' ORDER BY random()') . ' FROM (SELECT grp, ' . $merge->('', '') . ' FROM (SELECT grp, part, ' . $merge->('', '')
		  . ' FROM parts GROUP BY grp, part) AS p GROUP BY grp, part % ' . (3 + $i * 7) . ') AS t GROUP BY grp');
	foreach my $name (sort keys %groupings)
	{
		is($node->safe_psql('postgres', "$random WITH merged AS MATERIALIZED ($groupings{$name}) SELECT grp, NULL FROM merged JOIN once USING (grp) WHERE $wrong UNION ALL $sums"),
			'', "$name: the same but for the last digits of sums, $i");
	}
}
is($node->safe_psql('postgres', qq{
		$random
		CREATE FUNCTION folded(g int, which text) RETURNS redhist LANGUAGE plpgsql AS \$\$
		DECLARE
			part redhist;
			result redhist := '{}';
		BEGIN
			FOR part IN EXECUTE format('SELECT %I FROM parts WHERE grp = %s ORDER BY random()', which, g) LOOP
				result := CASE WHEN random() < 0.5 THEN result + part ELSE part + result END;
			END LOOP;
			RETURN result;
		END \$\$;
		WITH merged AS MATERIALIZED (SELECT grp, folded(grp, 'equal') AS equal, folded(grp, 'small') AS small, folded(grp, 'mixed') AS mixed FROM once)
		SELECT grp FROM merged JOIN once USING (grp) WHERE $wrong}), '', 'by +, from either side');

# Parallel, and by partitions
$node->safe_psql('postgres', q{
	CREATE TABLE by_part (grp int, i int, part int, m reddict) PARTITION BY HASH (i);
	SELECT format('CREATE TABLE by_part_%s PARTITION OF by_part FOR VALUES WITH (MODULUS 5, REMAINDER %1$s)', r) FROM generate_series(0, 4) AS r
	\gexec
	INSERT INTO by_part SELECT * FROM maps;
	ANALYZE});
my $parallel = 'SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;';
my $query = 'SELECT md5(but_sums(redhist(m))::text) FROM';
my $all = $node->safe_psql('postgres', "$query maps");
foreach my $plan (
	[ 'two workers', "$parallel SET max_parallel_workers_per_gather = 2;", 'maps', qr/Workers Planned: 2/ ],
	[ 'partition-wise', 'SET enable_partitionwise_aggregate = on;', 'by_part', qr/Append.*Partial Aggregate/s ],
	[ 'both', "$parallel SET max_parallel_workers_per_gather = 2; SET enable_partitionwise_aggregate = on;", 'by_part', qr/Workers Planned.*Partial/s ])
{
	my ($name, $settings, $table, $wanted) = @$plan;
	like($node->safe_psql('postgres', "$settings EXPLAIN (COSTS OFF) $query $table"), $wanted, "$name: so it is planned");
	is($node->safe_psql('postgres', "$settings $query $table"), $all, "$name: the same");
}

#
# Data points as a collector writes them: ExportMetricsServiceRequest in JSON.
# Of the buckets: at scale 1 that of offset 2 is from 2 to 2 sqrt(2); at scale 0
# those of offsets 0, 1, 2 are from 1 to 2, 4 and 8.
#
my $otlp = slurp_file("$FindBin::RealBin/otlp_histograms.json");
$node->safe_psql('postgres', qq{
	CREATE TABLE points AS
	SELECT attribute ->> 'stringValue' AS host, jsonb_object_agg(metric ->> 'name', point)::redhist AS h
	FROM jsonb_path_query(\$otlp\$$otlp\$otlp\$, '\$.resourceMetrics[*].scopeMetrics[*].metrics[*]') AS metric,
		jsonb_path_query(metric, '\$.exponentialHistogram.dataPoints[*]') AS point,
		jsonb_path_query(point, '\$.attributes[*] ? (\@.key == "host").value') AS attribute
	GROUP BY 1});
is($node->safe_psql('postgres', 'SELECT host, h FROM points ORDER BY 1'), join("\n",
	q(a|{"drift": {"count": 6, "scale": 0, "positive": {"offset": -1, "bucketCounts": [1, 1]}, "negative": {"offset": 1, "bucketCounts": [3, 1]}}, )
	  . q("latency": {"count": 8, "sum": 31.5, "scale": 1, "zeroCount": 1, "positive": {"offset": 2, "bucketCounts": [3, 0, 2, 2]}, "min": 0, "max": 7.5}}),
	q(b|{"drift": {"count": 2, "sum": -1.5, "scale": -1, "zeroCount": 1, "negative": {"offset": 0, "bucketCounts": [1]}, "min": -1.5, "max": 0, "zeroThreshold": 1e-09}, )
	  . q("latency": {"count": 3, "sum": 12, "scale": 0, "positive": {"offset": 0, "bucketCounts": [1, 1, 1]}, "min": 1.5, "max": 7}})),
	'data points of OTLP/JSON are read');
# At scale 0 latency has 3 + 1, 4 + 1 of the buckets 2 to 4, 4 to 8, and 1 of 1 to
# 2; drift at scale -1 has 1 below 1, 1 of 1 to 4, and 1 of -1 to -4 and 3 + 1.
is($node->safe_psql('postgres', 'SELECT rh_merge(h) FROM points'),
	q({"drift": {"count": 8, "scale": -1, "zeroCount": 1, "positive": {"offset": -1, "bucketCounts": [1, 1]}, "negative": {"offset": 0, "bucketCounts": [4, 1]}, "zeroThreshold": 1e-09}, )
	  . q("latency": {"count": 11, "sum": 43.5, "scale": 0, "zeroCount": 1, "positive": {"offset": 0, "bucketCounts": [1, 4, 5]}, "min": 0, "max": 7.5}}),
	'and merge: a sum, least and greatest that one lacks is lacking');
is($node->safe_psql('postgres', q{SELECT rh_sum(h), rh_count(h), rh_percentile(h, 0), rh_percentile(h, 1) -> 'latency' FROM points WHERE host = 'b'}),
	'{"drift": -1.5, "latency": 12}|{"drift": 2, "latency": 3}|{"drift": -1.5, "latency": 1.5}|7', 'and are read from');

#
# Real data: the populations of countries by year
#
SKIP:
{
	my ($csv) = grep { -r $_ } map { "$_/population.csv" } $ENV{REDBEAR_DATA} // (), "$FindBin::RealBin/../../shared/data";
	skip 'no population.csv; REDBEAR_DATA says where it is', 3 unless $csv;

	$node->safe_psql('postgres', qq{
		CREATE TABLE population (country text, code text, year int, value float8);
		\\copy population from '$csv' (format csv, header)
		CREATE TABLE years AS SELECT year, reddict_agg(code, value) AS m FROM population GROUP BY year;
		CREATE TABLE countries AS SELECT code, reddict_agg(year::text, value) AS m FROM population GROUP BY code});
	foreach my $table (qw(years countries))
	{
		is($node->safe_psql('postgres', qq{
			SELECT count(*) > 400, count(*) FILTER (WHERE (abs(e.given - e.exact) <= 0.00542 * e.exact) IS NOT TRUE) AS wrong
			FROM (SELECT array_agg(m) AS maps, redhist(m) AS h FROM $table) AS t, unnest('{0,0.01,0.25,0.5,0.9,0.99,1}'::float8[]) AS fraction,
				LATERAL (SELECT rd_percentile_agg(m, fraction) AS exact, rh_percentile(h, fraction) AS given FROM unnest(maps) AS m) AS p,
				LATERAL (SELECT value AS exact, p.given -> key AS given FROM rd_each(p.exact)) AS e}),
			't|0', "$table: percentiles within 0.542 %");
	}
	is($node->safe_psql('postgres', q{SELECT but_sums(redhist(m)) = (SELECT but_sums(rh_merge(h)) FROM (SELECT year % 7, redhist(m) AS h FROM years GROUP BY 1) AS t) FROM years}), 't', 'and they merge');
}

$node->stop;
done_testing();
