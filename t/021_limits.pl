# At the limits: the longest keys, a million of them, values of 128 MB, numbers
# that lie about sizes; and whatever takes long can be cancelled.
#
#     REDBEAR_LONG_TESTS  set it for what takes some seconds each, too

use strict;
use warnings;

use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use lib $FindBin::RealBin;
use Wire;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->append_conf('postgresql.conf', "log_statement = none\njit = off");
$node->start;
$node->safe_psql(
	'postgres', q{
	CREATE EXTENSION redbear;
	CREATE TABLE maps (name text PRIMARY KEY, m reddict);
	ALTER TABLE maps ALTER m SET STORAGE EXTERNAL});

sub is_true
{
	my ($sql, $name) = @_;
	is($node->safe_psql('postgres', $sql), 't', $name);
}

sub is_refused
{
	my ($sql, $state, $name) = @_;
	my ($status, $stdout, $stderr) = $node->psql('postgres', "\\set VERBOSITY sqlstate\n$sql");
	like($stderr, qr/ERROR:  $state$/m, $name);
}

#
# Keys of 65,535 bytes, and one byte more.  Some functions take part of a long
# key only, so "%s" is the key.
#
my %makers = (
	'text' => q{format('{"%s": 1}', %s)::reddict},
	'json' => q{json_build_object(%s, 1)::reddict},
	'jsonb' => q{jsonb_build_object(%s, 1)::reddict},
	'arrays' => q{reddict(ARRAY[%s], '{1}')},
	'a pair' => q{reddict(%s, 1)},
	'an aggregate' => q{(SELECT reddict_agg(key, 1) FROM (VALUES (%s)) AS t(key))},
	'rd_rename' => q{rd_rename('{"a": 1}', '{a}', ARRAY[%s])},
	'rd_reindex' => q{rd_reindex('{}', ARRAY[%s], 1)},
	'redstats, text' => q{rs_sum(format('{"%s": [1, 1, 0, 1, 1]}', %s)::redstats)},
	'redsum, text' => q{rx_sum(format('{"%s": [1, 1]}', %s)::redsum)},
	'redhist, text' => q{rh_count(format('{"%s": {"count": 1, "zeroCount": 1}}', %s)::redhist)});
foreach my $name (sort keys %makers)
{
	my $maker = $makers{$name};
	my ($good, $bad) = map { my $sql = $maker; $sql =~ s/%s(?!")/repeat('k', $_)/g; $sql } 65535, 65536;
	is_true("SELECT rd_keys($good) = ARRAY[repeat('k', 65535)] AND $good -> repeat('k', 65535) = 1", "the longest key by $name");
	is_refused("SELECT $bad", '54000', "a key too long by $name");
}
$node->safe_psql('postgres', q{INSERT INTO maps VALUES ('subscript', '{}')});
is_refused(q{UPDATE maps SET m[repeat('k', 65536)] = 1}, '54000', 'a key too long by subscript');
is_true(q{SELECT NOT '{"a": 1}'::reddict ? repeat('k', 65536) AND rd_slice('{"a": 1}', ARRAY[repeat('k', 65536)]) = '{}'}, 'a key too long is not there');

#
# A million keys
#
$node->safe_psql(
	'postgres', q{
	INSERT INTO maps SELECT name, reddict(array_agg('key ' || i), array_agg(i))
	FROM (VALUES ('first', 1, 1000000), ('second', 500001, 1500000)) AS v(name, low, high), generate_series(low, high) i
	GROUP BY name});
my $both = q{FROM (SELECT m AS a FROM maps WHERE name = 'first') AS a, (SELECT m AS b FROM maps WHERE name = 'second') AS b};
is_true("SELECT rd_length(a) = 1000000 AND rd_sum(a) = 500000500000 $both", 'a million keys');
is_true(
	"SELECT rd_length(a + b) = 1500000 AND rd_sum(a + b) = 500000500000 + 1000000500000.0 AND (a + b) -> 'key 500001' = 1000002
		AND rd_length(a * b) = 500000 AND (a * b) -> 'key 1000000' = 1e12
		AND rd_length(a || b) = 1500000 AND rd_sum(a || b) = 1500000 * 1500001.0 / 2 $both",
	'two of them aligned');
is_true(
	"SELECT a -> keys = vals AND NOT a ?| others $both,
		(SELECT array_agg('key ' || i) AS keys, array_agg(i::float8) AS vals, array_agg('key' || i) AS others FROM generate_series(1, 1000000, 97) i) AS wanted", 'they are found');
is_true("SELECT a::text::reddict = a AND a::jsonb::reddict = a AND reddict(rd_keys(a), rd_values(a)) = a $both", 'they come back');
is_true("SELECT rd_keys(a) = (SELECT array_agg(key ORDER BY key COLLATE \"C\") FROM (SELECT 'key ' || generate_series(1, 1000000)) AS t(key)) $both", 'in order');
is_true("SELECT rd_sum(sum(m)) = 500000500000 + 1000000500000.0 AND rd_length(rs_count(redstats(m))) = 1500000 AND rd_exact_sum_agg(m) = sum(m) AND rd_length(rx_count(redsum(m))) = 1500000 FROM maps WHERE name <> 'subscript'", 'summed up by rows');
# A state of histograms has 168 bytes a key at least
is_true("SELECT rh_min(h) = m AND rh_max(h) = m AND rh_count(h + h) -> 'key 1' = 6
		FROM (SELECT m, redhist(m) AS h FROM (SELECT rd_slice(m, (rd_keys(m))[1:500000]) AS m FROM maps WHERE name = 'first' OFFSET 0) AS t, generate_series(1, 3) GROUP BY m) AS u",
	'histograms of half of them');
is_refused("SELECT redhist(m) FROM maps WHERE name = 'first'", '54000', 'and of all');

# Exact percentiles have all numbers, and keys that never come again
is_true("SELECT rd_median_agg(m) = m FROM maps, generate_series(1, 3) WHERE name = 'first' GROUP BY m", 'their medians');
is_true("SELECT rd_length(rd_median_agg(reddict('key ' || i, i))) = 200000 FROM generate_series(1, 200000) AS i", 'and of as many rows');
is_refused("SELECT rd_median_agg(m) FROM maps, generate_series(1, 1000) WHERE name = 'first'", '54000', 'more numbers than 1 GB')
  if $ENV{REDBEAR_LONG_TESTS};

#
# Keys that share a long prefix, 60 MB of it
#
is_true(
	q{
	WITH keys AS MATERIALIZED (SELECT array_agg(repeat('k', 60000) || i) AS keys, array_agg(i) AS vals FROM generate_series(1000, 1999) i),
		maps AS MATERIALIZED (SELECT keys, vals, reddict(keys, vals) AS m FROM keys)
	SELECT rd_keys(m) = keys AND m -> keys = vals::float8[] AND rd_length(rd_prefix(m, repeat('k', 60000) || '15')) = 100
		AND (m + rd_delete(m, keys[1])) -> keys[2] = 2002 AND NOT m ? repeat('k', 60000) AND rd_length(m || reddict(repeat('k', 60000), 1)) = 1001
	FROM maps},
	'keys that share a long prefix');

#
# 128 MB: 16 bytes of headers; of each key 8 and 2 bytes and its own; and an
# offset for every 32 keys but the first.  2,047 of the longest keys and one of
# 46,835 bytes make it full.
#
$node->safe_psql(
	'postgres', q{
	CREATE FUNCTION full_map(more int) RETURNS reddict LANGUAGE sql AS $$
		SELECT reddict(array_agg(rpad(i || ' ', CASE i WHEN 1 THEN 46835 + more ELSE 65535 END, 'k')), array_agg(i)) FROM generate_series(1, 2048) i $$;
	CREATE TABLE full_maps (m reddict);
	ALTER TABLE full_maps ALTER m SET STORAGE EXTERNAL;
	SET redbear.narrow = off;
	INSERT INTO full_maps VALUES (full_map(0))});
is_true('SELECT pg_column_size(m) = 134217728 - 4 AND rd_length(m) = 2048 AND rd_sum(m) = 2048 * 2049 / 2 FROM full_maps', 'a full value');
is_true('SELECT m + m = 2 * m AND m::text::reddict = m FROM full_maps', 'which can be computed with, and printed');
is_refused('SELECT full_map(1)', '54000', 'one byte more');
# A value that is packed counts with its keys: statistics of 2,800,000 keys of 7
# bytes take 112.0 million bytes without them and 134.7 million with them, where 134.2
# are the limit.
my $many = q{(SELECT array_agg(to_char(i, 'FM0000000')) FROM generate_series(1, 2800000) i)};
is_true("SELECT rd_share_keys($many) = rd_index_hash(reddict($many, array_fill(1, ARRAY[2800000])::float8[]))", 'many keys are registered');
$node->safe_psql('postgres', "CREATE TABLE many_keys AS SELECT reddict($many, array_fill(1, ARRAY[2800000])::float8[]) AS m");
is_true('SELECT rd_is_packed(m) AND rd_is_packed(m + m) AND rd_sum(m + m) = 5600000 FROM many_keys', 'and a map of them is packed');
is_refused('SELECT redstats(m) FROM many_keys', '54000', 'packed statistics that are too large with their keys');
is_refused('SELECT avg(m) FROM many_keys, generate_series(1, 2)', '54000', 'also as a state');
is_refused('SELECT rd_count_agg(m) FROM many_keys, generate_series(1, 2)', '54000', 'also of exact sums');
is_true('SELECT rd_length(rs_sum(redstats(rd_slice(m, (rd_keys(m))[1:2700000])))) = 2700000 FROM many_keys', 'of fewer keys');

foreach my $sql (q{m + '{"a": 1}'}, q{m || '{"a": 1}'}, q{'{"a": 1}' || m}, q{rd_add(m, '{"a": 1}', 0, 'either')}, q{rd_greatest(m, '{"a": 1}')},
	$ENV{REDBEAR_LONG_TESTS} ? q((rtrim(m::text, '}') || ', "a": 1}')::reddict) : (), q{rd_rename(m, (rd_keys(m)) [1:1], ARRAY[(rd_keys(m)) [1] || 'k'])})
{
	is_refused("SELECT $sql FROM full_maps", '54000', "one pair more: $sql");
}
foreach my $aggregate (qw(sum max rd_concat_agg redstats redsum redhist rd_exact_sum_agg rd_median_agg))
{
	is_refused("SELECT $aggregate(v) FROM (SELECT m FROM full_maps UNION ALL SELECT '{\"a\": 1}') AS t(v)", '54000', "one row more: $aggregate");
}
is_refused(q{SELECT reddict_agg(i::text || repeat('k', 60000), 1) FROM generate_series(1, 2400) i}, '54000', 'one key more: reddict_agg');
is_refused(q{SELECT reddict(array_agg(i::text), array_agg(i)) FROM generate_series(1, 10000000) i}, '54000', 'ten million keys')
  if $ENV{REDBEAR_LONG_TESTS};

#
# Numbers that lie: nothing is allocated by them.
#
my $wire = Wire->new($node->host, $node->port, 'postgres');
$wire->prepare('pid', 'SELECT pg_backend_pid()::text || $1::text');
SKIP:
{
	my $status = "/proc/$wire->{pid}/status";
	skip 'no /proc', 1 unless -r $status;
	my $peak = sub { my ($kb) = slurp_file($status) =~ /^VmPeak:\s+(\d+) kB$/m; return $kb };
	my $before = 0;
	foreach my $type (qw(reddict redstats redsum redhist))
	{
		$wire->prepare($type, "SELECT \$1::$type");
		my @lies = map { my $n = $_; map { pack 'C N N a*', 1, $n, $_, 'k' x 20 } 1, 65535, 2**27, 2**31 - 1 } 1, 2, 3, 1000, 2**24, 2**27 - 1, 2**31 - 1;
		my @states;
		# The first time, whatever the server needs for errors is allocated.
		foreach my $round (0, 1)
		{
			$before = $peak->() if $round;
			@states = map { $_->{error} } $wire->execute($type, 1, @lies);
		}
		is_deeply([ grep { !/^(08P01|22P03)$/ } @states ], [], "$type: lies are refused");
		cmp_ok($peak->() - $before, '<', 1024, 'and nothing is allocated for them');
	}
}

#
# Cancel.  The session asks to be cancelled, computes, and takes a lock, all in
# one row of results, between the parts of which the executor does not look
# whether it is cancelled.  So if the lock is taken, the function did not look.
#
$node->safe_psql(
	'postgres', q{
	CREATE TABLE operands AS
	SELECT m, other, s, rx_of(m) AS x, rh_of(m) AS h, m::text AS t, m::json AS json, m::jsonb AS jsonb, s::text AS st, rx_of(m)::text AS xt, rh_of(m)::text AS ht, rd_keys(m) AS keys, rd_values(m) AS vals
	FROM (
		SELECT reddict(array_agg('k' || i), array_agg(i)) AS m, reddict(array_agg('l' || i), array_agg(i)) AS other
		FROM generate_series(1, 100) i) AS a, (SELECT redstats(reddict('k', 1)) AS s) AS b});
my @long = split ' ', q{
	t::reddict m::text json::reddict m::json jsonb::reddict m::jsonb reddict(keys,vals) reddict_send(m)
	st::redstats s::text s::json redstats_send(s)
	ht::redhist h::text h::json redhist_send(h) rh_of(m) rh_count(h) rh_sum(h) rh_percentile(h,0.5) rh_percentiles(h,'{0.5}')
	rh_fraction_below(h,m) rh_slice(h,keys) h+h h+other
	xt::redsum x::text x::json redsum_send(x) rx_of(m) rx_sum(x) rx_avg(x) rx_count(x) x+x x-x x+other
	m+other m-other m*other m/other m||other rd_add(m,other,0,'either') rd_greatest(m,other) rd_dot(m,other)
	rd_slice(m,keys) rd_delete(m,keys) rd_rename(m,keys,keys) rd_reindex(m,keys) rd_top(m,10) rd_top_keys(m,10)
	m->keys m@>m+0 other@>m m?|keys m?&keys rd_sqrt(m) rd_round(m,1)};
foreach my $sql (@long)
{
	my ($status, $stdout, $stderr) = $node->psql(
		'postgres', qq{
		\\set VERBOSITY sqlstate
		SELECT pg_cancel_backend(pg_backend_pid()), $sql, pg_advisory_lock(1) FROM (SELECT * FROM operands OFFSET 0) AS operands;
		SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'},
		on_error_stop => 0);
	is("$stderr $stdout", 'psql:<stdin>:3: ERROR:  57014 0', "can be cancelled: $sql");
}

# The same with a timeout, and a text of 100 MB
$node->safe_psql(
	'postgres', q{
	CREATE TABLE texts (t text);
	ALTER TABLE texts ALTER t SET STORAGE EXTERNAL;
	INSERT INTO texts SELECT '{' || string_agg(format('"key %s": %s', i, i), ', ') || '}' FROM generate_series(1, 4500000) i});
is_refused('SET statement_timeout = 100; SELECT t::reddict IS NULL FROM texts', '57014', 'a long text takes a timeout');
is_refused("SET statement_timeout = 30; SELECT count(a + b || a + b || a) $both, generate_series(1, 100)", '57014', 'an alignment takes a timeout');

unlike(slurp_file($node->logfile), qr/PANIC|TRAP:|terminated by signal|was terminated|invalid memory alloc/, 'no crash in the log');
$node->stop;
done_testing();
