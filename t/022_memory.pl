# No leaks: the memory of a session stays flat through ten million steps of
# aggregates, and a million calls of operators, in one statement.
#
# The measure is the peak of the backend's own memory, as Linux counts it.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

plan skip_all => 'no /proc/self/status here' unless -r '/proc/self/status';

# A leak of two bytes a step would be 20 MB.
my $limit = 16 * 1024;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
# Shared memory counts only when it is touched: little of it, so little noise.
$node->append_conf('postgresql.conf', "log_statement = none\njit = off\nshared_buffers = 1MB\nmax_parallel_workers_per_gather = 0\nwork_mem = 4MB");
$node->start;
$node->safe_psql(
	'postgres', q{
	CREATE EXTENSION redbear;
	CREATE FUNCTION peak() RETURNS int8 LANGUAGE sql VOLATILE AS
	$$ SELECT substring(pg_read_file('/proc/self/status') FROM 'VmHWM:\s+(\d+) kB')::int8 $$;
	-- the same keys; keys that vary, within few and within many; and a value
	-- that is compressed, so that each call makes a copy
	CREATE TABLE rows AS
	SELECT i, reddict(ARRAY['a', 'b', 'c'], ARRAY[i, 1, 2]) AS same, reddict('k' || i % 7, i) AS few, reddict('k' || i, i) AS many,
		rd_reset(wide, i) AS wide, redstats(reddict('k' || i % 7, i)) AS stats, rx_of(reddict('k' || i % 7, i)) AS sums
	FROM generate_series(1, 100) i, (SELECT reddict(array_agg('key ' || j), array_agg(j)) AS wide FROM generate_series(1, 1000) j) AS w
	GROUP BY i, wide;
	VACUUM ANALYZE rows});

# What a statement over each row as often as "times" adds to the peak, beyond
# what it takes to do it once
sub is_flat
{
	my ($name, $times, $sql) = @_;
	my $run = sub { sprintf "SELECT num_nonnulls(%s) FROM generate_series(1, %d) g, rows;", $sql, shift };
	my (undef, $before, undef, $after) = split /\n/, $node->safe_psql('postgres', $run->(1) . 'SELECT peak();' . $run->($times) . 'SELECT peak()');
	cmp_ok($after - $before, '<', $limit, "$name, " . $times * 100 . ' times: ' . ($after - $before) . ' kB');
}

is_flat('aggregate, the same keys', 100000, 'sum(same)');
is_flat('aggregates, keys that vary', 10000, 'sum(few), max(many), rd_concat_agg(few), redstats(few), avg(many), rs_merge(stats), reddict_agg(i::text, i)');
is_flat('exact sums, the same keys', 30000, 'rd_exact_sum_agg(same)');
is_flat('exact sums, compressed rows', 300, 'rd_count_agg(wide)');
is_flat('exact sums, keys that vary', 3000, 'redsum(few), redsum(many), rx_merge(sums), rd_exact_avg_agg(many * 1e300)');
is_flat('histograms, the same keys', 30000, 'redhist(same)');
is_flat('histograms, keys that vary', 3000, 'redhist(few), redhist(many * random()), rh_merge(many::redhist), redhist(few * 10 ^ (g % 300), 50, 4)');
is_flat('histograms, read', 1000, q{count(rh_percentile(many::redhist + same, 0.5) || rh_sum(few::redhist::text::redhist)), count(rh_slice(many::redhist, '{a}') = few::redhist)});
is_flat('aggregate, compressed rows', 300, 'sum(wide)');
is_flat('operators', 10000,
	q{count(((same + few) * 2 - many || few) = (few / 3) OR same ? 'a' OR same @> few OR (same -> 'a') > 1 OR same < few OR reddict_hash(same) = 1)});
is_flat('functions', 3000,
	q{count(rd_length(rd_slice(same, ARRAY['a', 'x']) || rd_delete(many, 'a') || rd_rename(same, '{a}', '{b}') || rd_top(same, 1) || rs_avg(stats)) + rd_sum(rd_sqrt(same)))});
is_flat('input and output', 3000,
	q{count(length(few::text::reddict::text || few::jsonb::reddict::text || few::json::text || rd_keys(few)::text || stats::text::redstats::text || sums::text::redsum::text || (sums + sums - sums)::text) + length(reddict_send(few)))});
is_flat('operators, compressed values', 100, q{count(wide = wide OR wide < wide OR wide -> 'key 5' = 1 OR rd_sum(wide) = 1 OR wide @> wide)});

# Support functions of indexes, and a loop: what they use they keep until all
# is done.
my ($before, $after) = split /\n/, $node->safe_psql(
	'postgres', q{
	CREATE TABLE many_rows AS SELECT wide FROM rows, generate_series(1, 200);
	DO $$ DECLARE m reddict := '{"a": 1}'; BEGIN FOR i IN 1..1000 LOOP m := m + 1; m['b'] := i; END LOOP; END $$;
	CREATE INDEX ON rows USING hash (wide);
	CREATE INDEX ON rows USING gin (wide);
	SELECT count(*) FROM (SELECT DISTINCT wide FROM rows) AS d \g /dev/null
	SELECT peak();
	DO $$ DECLARE m reddict := '{"a": 1}'; BEGIN FOR i IN 1..300000 LOOP m := m + 1; m['b'] := i; END LOOP; END $$;
	CREATE INDEX ON many_rows USING hash (wide);
	SET enable_hashagg = off;
	SELECT count(*) FROM (SELECT DISTINCT wide FROM many_rows) AS d \g /dev/null
	SELECT peak()});
cmp_ok($after - $before, '<', $limit, 'indexes, sorts and loops: ' . ($after - $before) . ' kB');

$node->stop;
done_testing();
