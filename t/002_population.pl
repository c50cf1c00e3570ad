# Real data: the population of each country in each year. Each answer is
# compared with plain SQL's over one row for each country and year.

use strict;
use warnings;

use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my ($csv) = grep { -r $_ }
  map { "$_/population.csv" } $ENV{REDBEAR_DATA} // (), "$FindBin::RealBin/../../shared/data";
plan skip_all => 'no population.csv; REDBEAR_DATA says where it is' unless $csv;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->start;
$node->safe_psql(
	'postgres', qq{
	CREATE EXTENSION redbear;
	CREATE TABLE population (country text, code text, year int, value float8, PRIMARY KEY (year, code));
	\\copy population from '$csv' (format csv, header)
	CREATE TABLE years AS
	SELECT year, reddict_agg(code, value) AS m FROM population GROUP BY year;
	CREATE TABLE countries AS
	SELECT code, reddict_agg(year::text, value) AS m FROM population GROUP BY code});
my ($rows, $years, $countries) = split /\|/, $node->safe_psql('postgres',
	'SELECT count(*), count(DISTINCT year), count(DISTINCT code) FROM population');
note "$rows rows, $years years, $countries countries";

# "got" and "want" give (id, key, value); every row must be in both, with the
# same bits, and there must be as many as one expects.
sub same
{
	my ($name, $members, $got, $want, $settings) = @_;
	is( $node->safe_psql(
			'postgres', ($settings // '') . qq{;
			SELECT count(want.value), count(*) FILTER (WHERE float8send(want.value) IS DISTINCT FROM float8send(got.value))
			FROM ($got) AS got FULL JOIN ($want) AS want USING (id, key)}),
		"$members|0", $name);
}

sub value
{
	return $node->safe_psql('postgres', shift);
}

cmp_ok($rows, '>', 10000, 'there are data');
is(value('SELECT count(*) FROM years'), $years, 'a map for each year');
is(value('SELECT count(*) FROM countries'), $countries, 'a map for each country');
cmp_ok(value('SELECT count(DISTINCT rd_keys(m)) FROM years'), '>', 1, 'whose keys vary');

# In and out
same('each map holds its year', $rows,
	'SELECT year AS id, key, value FROM years, rd_each(m)',
	'SELECT year AS id, code AS key, value FROM population');
same('and so does its jsonb', $rows,
	'SELECT year AS id, key, value::float8 FROM years, jsonb_each_text(m::jsonb)',
	'SELECT year AS id, code AS key, value FROM population');
is( value(q{
		SELECT count(*), bool_and(m::jsonb = json AND json::reddict = m AND m::text::jsonb = json AND m::text::reddict = m)
		FROM years JOIN (
			SELECT year, jsonb_object_agg(code, value::int8) AS json FROM population GROUP BY year
		) AS jsons USING (year)}),
	"$years|t", 'jsonb makes the same maps');
same("countries' names as keys", $countries,
	'SELECT 1 AS id, key, value FROM (SELECT reddict_agg(country, value) AS m FROM population) AS total, rd_each(m)',
	'SELECT 1 AS id, country AS key, sum(value) AS value FROM population GROUP BY country');
is( value(q{
		SELECT count(*) FILTER (WHERE country LIKE '%,%') > 0, bool_and((m::text::reddict -> country) = total),
			bool_and((m::jsonb ->> country)::float8 = total)
		FROM (SELECT reddict_agg(country, value) AS m FROM population) AS maps,
			(SELECT country, sum(value) AS total FROM population GROUP BY country) AS totals}),
	't|t|t', 'names with commas survive text and jsonb');

# Key-wise sums, extremes and counts over the years
my $core = 'SELECT 1 AS id, code AS key, %s AS value FROM population GROUP BY code';
foreach my $agg (qw(sum min max))
{
	same("$agg over all years", $countries,
		"SELECT 1 AS id, key, value FROM (SELECT $agg(m) AS m FROM years) AS total, rd_each(m)",
		sprintf($core, "$agg(value)"));
}
my $parallel = 'ALTER TABLE years SET (parallel_workers = 2); SET parallel_setup_cost = 0;'
  . ' SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0';
like(value("$parallel; EXPLAIN SELECT sum(m) FROM years"),
	qr/Finalize Aggregate.*Partial Aggregate/s, 'a parallel plan');
same('sum over all years, in parallel', $countries,
	'SELECT 1 AS id, key, value FROM (SELECT sum(m) AS m FROM years) AS total, rd_each(m)',
	sprintf($core, 'sum(value)'), $parallel);
same('years in which there are data', $countries,
	q{SELECT 1 AS id, key, value FROM (SELECT sum(rd_reset(m, 1)) AS m FROM years) AS total, rd_each(m)},
	sprintf($core, 'count(*)::float8'));
same('sum of numbers that are not whole, in the order of years', $countries,
	q{SELECT 1 AS id, key, value FROM (SELECT sum(m / 7 ORDER BY year) AS m FROM years) AS total, rd_each(m)},
	sprintf($core, 'sum(value / 7 ORDER BY year)'));
is( value(q{
		SELECT (SELECT sum(m)::jsonb FROM years) = (
			SELECT jsonb_object_agg(key, sum)
			FROM (SELECT key, sum(value::numeric) FROM years, jsonb_each_text(m::jsonb) GROUP BY key) AS sums)}),
	't', 'sum over all years, by jsonb');
same('sum by decade', value('SELECT count(DISTINCT (year / 10, code)) FROM population'),
	'SELECT id, key, value FROM (SELECT year / 10 AS id, sum(m) AS m FROM years GROUP BY 1) AS sums, rd_each(m)',
	'SELECT year / 10 AS id, code AS key, sum(value) AS value FROM population GROUP BY 1, 2');
same('maximum over the countries, by year', $years,
	'SELECT 1 AS id, key, value FROM (SELECT max(m) AS m FROM countries) AS maxima, rd_each(m)',
	'SELECT 1 AS id, year::text AS key, max(value) AS value FROM population GROUP BY year');
is(value('SELECT rd_sum(sum(m)) = (SELECT sum(value) FROM population) FROM years'), 't', 'sum of all');

# Shares of the world
my $shares = q{
	SELECT year AS id, p.code AS key, p.value / world.value AS value
	FROM population p JOIN population world USING (year) WHERE world.code = 'WLD'};
same('shares of the world, by a number', $rows,
	q{SELECT year AS id, key, value FROM (SELECT year, m / (m -> 'WLD') AS m FROM years) AS shares, rd_each(m)},
	$shares);
same('shares of the world, by a map', $rows,
	q{SELECT year AS id, key, value FROM (SELECT year, m / rd_reset(m, m -> 'WLD') AS m FROM years) AS shares, rd_each(m)},
	$shares);
is(value(q{SELECT count(*), bool_and((m / m) = rd_reset(m, 1) AND m - m = m * 0 AND m + m = 2 * m) FROM years}),
	"$years|t", 'a map by itself');
is( value(q{SELECT bool_and((m / (m -> 'WLD')) -> 'WLD' = 1) FROM years}),
	't', 'the world has a share of 1');

# Growth from year to year: a key that one year lacks counts as 0 in a
# difference, and is dropped from a quotient.
same('difference from the year before',
	value(q{SELECT count(DISTINCT (y, code)) FROM population, unnest(ARRAY[year, year + 1]) AS y
		WHERE y BETWEEN (SELECT min(year) + 1 FROM population) AND (SELECT max(year) FROM population)}),
	q{SELECT id, key, value FROM (SELECT year AS id, m - lag(m) OVER (ORDER BY year) AS m FROM years) AS growth, rd_each(m)},
	q{SELECT year AS id, code AS key, coalesce(now.value, 0) - coalesce(before.value, 0) AS value
		FROM population AS now FULL JOIN (SELECT code, year + 1 AS year, value FROM population) AS before USING (year, code)
		WHERE year BETWEEN (SELECT min(year) + 1 FROM population) AND (SELECT max(year) FROM population)});
same('quotient with the year before',
	value('SELECT count(*) FROM population AS now JOIN population AS before ON before.code = now.code AND before.year = now.year - 1'),
	q{SELECT id, key, value FROM (SELECT year AS id, m / lag(m) OVER (ORDER BY year) - 1 AS m FROM years) AS growth, rd_each(m)},
	q{SELECT now.year AS id, now.code AS key, now.value / before.value - 1 AS value
		FROM population AS now JOIN population AS before ON before.code = now.code AND before.year = now.year - 1});
same('five-year sums', value(
		q{SELECT count(*) FROM (SELECT DISTINCT y.year, p.code FROM population AS p, years AS y WHERE p.year BETWEEN y.year - 4 AND y.year) AS pairs}),
	q{SELECT id, key, value FROM (SELECT year AS id, sum(m) OVER (ORDER BY year ROWS 4 PRECEDING) AS m FROM years) AS sums, rd_each(m)},
	q{SELECT y.year AS id, p.code AS key, sum(p.value) AS value
		FROM population AS p, years AS y WHERE p.year BETWEEN y.year - 4 AND y.year GROUP BY 1, 2});

# The tables are as they were.
same('nothing has changed', $rows,
	'SELECT year AS id, key, value FROM years, rd_each(m)',
	'SELECT year AS id, code AS key, value FROM population');

$node->stop;
done_testing();
