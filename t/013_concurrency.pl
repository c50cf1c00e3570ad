# Eight clients count, while indexes are built, tables vacuumed, and the
# extension comes and goes in another database. No count is lost, no
# transaction fails, and all readers see a consistent state.
#
# It takes 5 seconds, or 30 if the environment has REDBEAR_LONG_TESTS.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use RedbearTest;
use Test::More;

my $seconds = $ENV{REDBEAR_LONG_TESTS} ? 30 : 5;
my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION redbear; CREATE DATABASE other');
create_counters($node, 'postgres');

# (a division by zero ends pgbench)
my %work = (
	count => [ 'postgres', 8, $upsert, $assign ],
	look => [
		'postgres', 1, q{
		\sleep 20 ms
		SELECT 1 / (rd_sum(sum(m)) = (SELECT sum(value) FROM journal))::int FROM counters;
		SELECT 1 / (count(*) = (SELECT count(DISTINCT id) FROM journal WHERE key = 'start 1'))::int FROM counters WHERE m ? 'start 1';
	} ],
	index => [
		'postgres', 1, q{
		CREATE INDEX CONCURRENTLY counters_more ON counters USING gin (m);
		REINDEX INDEX CONCURRENTLY counters_keys;
		DROP INDEX CONCURRENTLY counters_more;
		ANALYZE counters;
	} ],
	vacuum => [ 'postgres', 1, q{
		VACUUM counters;
		\sleep 50 ms
	} ],
	extension => [
		'other', 1, q{
		SET client_min_messages = warning;
		CREATE EXTENSION redbear;
		CREATE TABLE t AS SELECT i, reddict_agg('k' || j, j) AS m FROM generate_series(1, 50) AS i, generate_series(1, i) AS j GROUP BY i;
		CREATE INDEX ON t USING gin (m);
		SELECT 1 / (rd_sum(sum(m)) = 22100)::int FROM t;
		DROP EXTENSION redbear CASCADE;
		DROP TABLE t;
	} ]);
my (%pgbench, %output);
foreach my $name (sort keys %work)
{
	my ($db, $clients, @scripts) = @{ $work{$name} };
	$output{$name} = '';
	$pgbench{$name} = start_pgbench($node, $db, \$output{$name},
		[ "--client=$clients", "--time=$seconds", '--define=first=0' ], @scripts);
}
my %transactions;
foreach my $name (sort keys %work)
{
	ok($pgbench{$name}->finish, "$name: no client fails") or diag $output{$name};
	($transactions{$name}) = $output{$name} =~ /^number of transactions actually processed: (\d+)/m;
	cmp_ok($transactions{$name}, '>', 0, "$name: it was done");
}
note join ', ', map { "$_ $transactions{$_}" } sort keys %transactions;

is($node->safe_psql('postgres', 'SELECT count(*), count(DISTINCT client) FROM journal WHERE client >= 0'),
	"$transactions{count}|8", 'the journal has what was committed');
counters_agree($node, 'postgres', 'at the end');
sound($node, 'postgres', 'at the end');
my @complaints = slurp_file($node->logfile) =~ /^.*(?:ERROR|FATAL|PANIC): .*$/mg;
is_deeply(\@complaints, [], 'nothing went wrong, and nobody waited for each other');

$node->stop;
done_testing();
