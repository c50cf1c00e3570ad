# The examples of the README: all run, in their order, and give what the
# comments behind them say.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

open(my $file, '<', 'README.md') or plan skip_all => 'README.md is not here';
my $readme = do { local $/; <$file> };
my @blocks = $readme =~ /^```sql\n(.*?)^```$/msg;
cmp_ok(scalar @blocks, '>', 10, 'there are examples');

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION redbear');

my $compared = 0;
for my $block (@blocks)
{
	my ($first) = $block =~ /^(.*)$/m;
	my ($code, $output, $error) = $node->psql('postgres', $block, on_error_stop => 1);

	is($code, 0, "runs: $first") or diag($error);

	# "SELECT ...; -- result", and lines "-- result" after a statement, where
	# columns are as psql aligns them
	my @wanted = $block =~ /(?:^|;)[ ]*--[ ]+([\d{].*)$/mg;
	next unless @wanted;
	s/ +\| +/|/g for @wanted;
	is($output, join("\n", @wanted), "gives: $first");
	$compared += @wanted;
}
is($compared, 16, 'results were compared');

$node->stop;
done_testing();
