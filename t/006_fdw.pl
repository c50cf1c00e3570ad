# One table on three servers, by postgres_fdw: what the shards are asked to do,
# and that the answers are those of the same rows in one table.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

sub new_server
{
	my ($name, @params) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name);
	$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
	$node->append_conf('postgresql.conf', 'shared_buffers = 16MB');
	$node->start;
	$node->safe_psql('postgres', slurp_file('script/shard-setup.sql'), extra_params => \@params);
	return $node;
}

my @shards = map { new_server("shard$_") } 1 .. 3;
my $node = new_server('main', '--set', 'shards=' . join(',', map { $_->port } @shards));

# Each shard has some of the rows, and none is on two.
my @counts = map { $_->safe_psql('postgres', 'SELECT count(*), count(DISTINCT site) FROM traffic') } @shards;
my ($rows, $sites) = (0, 0);
foreach (@counts)
{
	my ($r, $s) = split /\|/;
	cmp_ok($r, '>', 0, 'a shard has rows');
	($rows, $sites) = ($rows + $r, $sites + $s);
}
is("$rows|$sites", '30000|30', 'the shards have the rows, each site on one');

# A query's answer, which for a map is exact
sub answer
{
	my $query = shift;
	return $node->safe_psql('postgres', "SET enable_partitionwise_aggregate = on; $query");
}

sub plan_of
{
	return answer('EXPLAIN (VERBOSE, COSTS OFF) ' . shift);
}

# What a query asks of each of the shards
sub remote
{
	my $plan = plan_of(shift);
	return ($plan, $plan =~ /Remote SQL: (.*)/g);
}

# The answer is that of the table here, whatever the plan.
sub same_answer
{
	my ($query, $name) = @_;
	(my $here = $query) =~ s/\btraffic\b/traffic_here/g;
	my $wanted = answer($here);

	cmp_ok(length $wanted, '>', 0, "$name: there is an answer");
	is(answer($query), $wanted, "$name: it is that of the rows here");
}

# Conditions that the shards check: nothing is left to filter here
foreach my $condition (
	q{m['clicks'] > 5},
	q{m['site 7'] IS NOT NULL},
	q{m @> '{"clicks": 3, "views": 10}'},
	q{m + '{"x": 1}' > m},
	q{rd_sum(m * 2 - 1) > 150},
	q{rd_dot(m, '{"clicks": 1, "views": 2}') > 180},
	q{rd_top(m, 1) <> rd_compact(m)},
	q{rd_length(rd_between(m, 5, 10)) = 2},
	q{m = '{"clicks": 3, "revenue": 0.5, "views": 24, "site 24": 1}'},
	q{m -> 'clicks' > 5},
	q{m -> 'clicks'::name > 5},
	q{m -> ARRAY['clicks', 'views'] = '{3,10}'},
	q{m ? 'site 7'},
	q{m ?| ARRAY['site 3', 'site 4']},
	q{m ?& ARRAY['clicks', 'site 4']},
	q{rd_fetchval(m, 'clicks') > 5},
	q{rd_exists(m, 'site 7')},
	q{rd_get(m, 'site 7', 0) = 1})
{
	my $query = "SELECT site, day, m FROM traffic WHERE $condition";
	my ($plan, @remote) = remote($query);

	is(scalar(grep { /WHERE/ } @remote), 3, "checked there: $condition");
	unlike($plan, qr/Filter:/, "not checked here: $condition");
	same_answer("$query ORDER BY site, day, m", $condition);
}

# Of a foreign table itself as of its partitioned one, others are not asked for
# what the planner makes of several operators here.
foreach my $table ('traffic', 'traffic_1')
{
	my $query = "SELECT site, (m * 2 + 1) / 3 FROM $table WHERE rd_sum(m * m - 1) > 5000";
	my ($plan, @remote) = remote($query);

	unlike($plan, qr/rd_evaluate/, "$table: step by step");
	is(scalar(grep { /rd_sum\(/ } @remote), $table eq 'traffic' ? 3 : 1, "$table: there");
}
$node->safe_psql('postgres', q{
	CREATE TABLE parent (m reddict);
	CREATE TABLE child () INHERITS (parent);
	INSERT INTO child VALUES ('{"a": 1}')});
like(plan_of('SELECT m * 2 + 1 FROM parent'), qr/rd_evaluate/, 'here in one pass: children that are here');
$node->safe_psql('postgres', q{CREATE FOREIGN TABLE far () INHERITS (parent) SERVER shard_1 OPTIONS (table_name 'traffic')});
unlike(plan_of('SELECT m * 2 + 1 FROM parent'), qr/rd_evaluate/, 'step by step: one that is elsewhere');
like(plan_of('SELECT m * 2 + 1 FROM ONLY parent'), qr/rd_evaluate/, 'here in one pass: without it');
# a program is never sent, not even where nobody saw that it would be
unlike(plan_of('SELECT f.site FROM traffic_1 AS f, traffic_here AS h WHERE f.m = h.m * 2 + 1'), qr/Remote SQL: .*rd_evaluate/,
	'nothing to send');
$node->safe_psql('postgres', 'DROP TABLE parent CASCADE');

# Not so where a collation matters, or a map comes of the keys.
foreach my $condition (
	q{rd_slice(m, ARRAY['clicks', 'views']) = '{"clicks": 3, "views": 10}'},
	q{rd_length(rd_like(m, 'site %')) = 0},
	q{(m ->> 'clicks') = '5'})
{
	my $query = "SELECT site, day, m FROM traffic WHERE $condition";

	like(plan_of($query), qr/Filter:/, "checked here: $condition");
	my ($plan, @remote) = remote($query);
	is(scalar(grep { /WHERE/ } @remote), 0, "not there: $condition");
}
same_answer(q{SELECT site, day, m FROM traffic WHERE rd_slice(m, ARRAY['clicks', 'views']) = '{"clicks": 3, "views": 10}' ORDER BY site, day, m},
	'a map of keys');

# Aggregates by the key of the shards are computed there.
foreach my $aggregate (
	'sum(m)', 'min(m)', 'max(m)', 'avg(m)',
	'variance(m)', 'var_pop(m)', 'var_samp(m)', 'stddev(m)', 'stddev_pop(m)', 'stddev_samp(m)',
	'redstats(m)', 'redsum(m)', 'rd_exact_sum_agg(m)', 'redhist(m ORDER BY m)', 'rd_percentile_agg(m, 0.9)', 'rd_median_agg(m)', 'rd_concat_agg(m ORDER BY m)', q{sum(m['clicks'])},
	q{sum(m -> 'clicks')}, q{count(*) FILTER (WHERE m ? 'site 7')})
{
	my ($plan, @remote) = remote("SELECT site, $aggregate FROM traffic GROUP BY site");

	is(scalar(grep { /GROUP BY/ } @remote), 3, "computed there: $aggregate");
	unlike($plan, qr/Aggregate$/m, "not computed here: $aggregate");
	same_answer("SELECT site, $aggregate FROM traffic GROUP BY site ORDER BY site", $aggregate);
}
# an array of maps is of no type of the extension's before PostgreSQL 17, so this may come here
same_answer(q{SELECT site, rd_percentiles_agg(m, '{0.5,NULL,0.9}') FROM traffic GROUP BY site ORDER BY site}, 'several percentiles');
{
	my ($plan, @remote) =
	  remote('SELECT site, sum(m) FROM traffic GROUP BY site HAVING rd_sum(sum(m)) > 50000');
	is(scalar(grep { /HAVING/ } @remote), 3, 'so is HAVING');
	same_answer('SELECT site, sum(m) FROM traffic GROUP BY site HAVING rd_sum(sum(m)) > 50000 ORDER BY site',
		'HAVING');
}

# Aggregates of all rows, from those of the shards
foreach my $pair (
	[ 'sum(part)', 'sum(m) AS part', 'sum(m)' ],
	[ 'max(part)', 'max(m) AS part', 'max(m)' ],
	[ 'rs_sum(rs_merge(part))', 'redstats(m) AS part', 'sum(m)' ],
	[ 'rx_sum(rx_merge(part))', 'redsum(m) AS part', 'rd_exact_sum_agg(m)' ],
	[ 'rx_merge(part)', 'redsum(m * 0.1) AS part', 'redsum(m * 0.1)' ],
	[ 'rh_percentile(rh_merge(part), 0.9)', 'redhist(m) AS part', 'rh_percentile(redhist(m), 0.9)' ],
	[ 'rh_merge(part)', 'redhist(m, 20, 3) AS part', 'redhist(m, 20, 3)' ],
	[ 'rd_round(rs_avg(rs_merge(part)), 9)', 'redstats(m) AS part', 'rd_round(avg(m), 9)' ],
	[ 'rd_round(rs_stddev_samp(rs_merge(part)), 9)', 'redstats(m) AS part', 'rd_round(stddev(m), 9)' ])
{
	my ($outer, $inner, $whole) = @$pair;
	my $query = "SELECT $outer FROM (SELECT site, $inner FROM traffic GROUP BY site) AS p";
	my ($plan, @remote) = remote($query);

	is(scalar(grep { /GROUP BY/ } @remote), 3, "in two steps: $outer");
	is(answer($query), answer("SELECT $whole FROM traffic_here"), "gives $whole");
}
same_answer('SELECT sum(m) FROM traffic', 'in one step');

# Numbers arrive as they were sent, and rows are changed where they are.
$node->safe_psql(
	'postgres', q{
	INSERT INTO traffic VALUES (99, '2027-01-01', '{"max": 1.7976931348623157e308, "min": 5e-324, "-0": -0, "third": 0.3333333333333333,
		"nan": "NaN", "inf": "-Infinity", "\u00e9\"": 1e22}')});
is( $node->safe_psql('postgres', q{SELECT m FROM traffic WHERE site = 99}),
	qq({"-0": -0, "inf": "-Infinity", "max": 1.7976931348623157e+308, "min": 5e-324, "nan": "NaN", "third": 0.3333333333333333, "\xc3\xa9\\"": 1e+22}),
	'there and back, no digit is lost');
my $update = q{UPDATE traffic SET m = rd_slice(m, ARRAY['third']) * 3 + '{"one": 1}' WHERE site = 99};
my $increment = q{UPDATE traffic SET m = m + '{"clicks": 1}' WHERE site = 3};
like(plan_of($increment), qr/Remote SQL: UPDATE .* SET m = \(m OPERATOR/, 'an increment is done there');
$node->safe_psql('postgres', $_) foreach $update, $increment, $increment =~ s/traffic/traffic_here/r;
is($node->safe_psql('postgres', q{SELECT m FROM traffic WHERE site = 99}), '{"one": 1, "third": 1}', 'update');
same_answer('SELECT sum(m) FROM traffic WHERE site < 30', 'after an increment');

# postgres_fdw knows no subscripts to assign to, so these rows come here and go back.
my $assignment = q{UPDATE traffic SET m['clicks'] = 7 WHERE site = 3};
like(plan_of($assignment), qr/Remote SQL: UPDATE public.traffic SET m = \$2 WHERE ctid = \$1/, 'an assignment to a key goes row by row');
my $greatest = q{UPDATE traffic SET m = m || '{"clicks": 7}' WHERE site = 3};
like(plan_of($greatest), qr/Remote SQL: UPDATE .* SET m = \(m OPERATOR/, 'as || it is done there');
$node->safe_psql('postgres', $_) foreach $assignment, $greatest =~ s/traffic/traffic_here/r;
same_answer('SELECT sum(m) FROM traffic WHERE site < 30', 'after an assignment');

$_->stop foreach $node, @shards;
done_testing();
