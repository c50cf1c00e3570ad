# The server dies under a write load, twice: after recovery, every transaction
# that was acknowledged is there, and the counters are exactly what the
# transactions that are there have added.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use RedbearTest;
use Test::More;
use Time::HiRes 'usleep';

my $clients = 4;
my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION redbear');
create_counters($node, 'postgres');

# Transactions of each client, as pgbench has logged them: a line begins with
# the number of the client.
sub acknowledged
{
	my $prefix = shift;
	my @transactions = (0) x $clients;
	foreach my $file (glob "$prefix.*")
	{
		$transactions[$_]++ foreach slurp_file($file) =~ /^(\d+) \d+ \d/mg;
	}
	return @transactions;
}

# A new server can't start before the last process of the old one has gone.
sub die_and_recover
{
	my ($pid) = slurp_file($node->data_dir . '/postmaster.pid') =~ /^(\d+)/;
	my $patience = 10 * $PostgreSQL::Test::Utils::timeout_default;
	$node->kill9;
	while (kill(0, $pid) || !$node->start(fail_ok => 1))
	{
		die 'the server does not start again' unless $patience--;
		usleep(100_000);
	}
	return;
}

my $dir = PostgreSQL::Test::Utils::tempdir();
foreach my $round (1, 2)
{
	my $first = 10 * $round;
	my $output = '';
	my $pgbench = start_pgbench(
		$node, 'postgres', \$output,
		[ "--client=$clients", '--jobs=2', '--time=300', "--define=first=$first", '--log', "--log-prefix=$dir/$round" ],
		$upsert, $assign);
	my $written = "SELECT count(*) > 1500 FROM journal WHERE client >= $first";
	$node->poll_query_until('postgres', $written) or die "pgbench does not get on: $output";
	$node->safe_psql('postgres', 'CHECKPOINT');
	$node->poll_query_until('postgres', $written =~ s/1500/3000/r) or die "pgbench does not get on: $output";
	die_and_recover();
	$pgbench->finish;

	my @acknowledged = acknowledged("$dir/$round");
	my @present = split /\n/, $node->safe_psql('postgres',
		"SELECT count(*) FROM journal WHERE client >= $first GROUP BY client ORDER BY client");
	is(scalar @present, $clients, "crash $round: all clients wrote");
	foreach my $client (0 .. $clients - 1)
	{
		# The last one may have been committed, and the acknowledgement lost.
		my ($there, $sure) = ($present[$client], $acknowledged[$client]);
		ok($sure > 0 && ($there == $sure || $there == $sure + 1),
			"crash $round: client $client has what it committed")
		  or diag "acknowledged: $sure, present: $there";
	}
	counters_agree($node, 'postgres', "crash $round");
	sound($node, 'postgres', "crash $round");
}
my $recoveries = () = slurp_file($node->logfile) =~ /database system was not properly shut down.*?redo done/gs;
is($recoveries, 2, 'the server has recovered twice');

$node->stop;
done_testing();
