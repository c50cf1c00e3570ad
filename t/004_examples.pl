# The examples of the README and of doc/: all run, in their order, and give
# what the comments behind them say. Each document has a database of its own.
#
# A result is what follows "-- " ("# ", "// ") behind a statement, if it begins
# with a digit or a brace, or on lines of its own below it; columns are as psql
# aligns them. Blocks of other languages are not run.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

# How many results there are to compare, so that none gets lost
my %results = (
	'README.md' => 8,
	'doc/beyond-one-machine.md' => 11,
	'doc/recipes.md' => 62,
	'doc/reference.md' => 13,
	'doc/shared-keys.md' => 4,
	'doc/storage-format.md' => 10);

# Clients other than psql, which run where they are installed
my %clients = (
	python => { run => [ 'python3', '-c' ], needs => 'import psycopg2', comment => '#' },
	js => { run => [ 'node', '-e' ], needs => 'require("pg")', comment => '//' });

# False if the client, or what it needs, is not installed
sub installed
{
	my $client = shift;
	return eval { run_command([ @{ $client->{run} }, $client->{needs} ]); $? == 0 };
}

my @documents = grep { -e } 'README.md', sort glob('doc/*.md');
plan skip_all => 'the documents are not here' unless @documents;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->start;

# The results that a block shows
sub wanted
{
	my ($block, $comment) = @_;
	my @wanted = $block =~ /(?:^$comment[ ]+|[;)][ ]*$comment[ ]+(?=[\d{]))(.*)$/mg;

	s/ *\| */|/g foreach @wanted;
	return @wanted;
}

foreach my $document (@documents)
{
	(my $db = lc $document) =~ s/\W/_/g;
	$node->safe_psql('postgres', "CREATE DATABASE $db");
	$node->safe_psql($db, 'CREATE EXTENSION redbear');

	my $compared = 0;
	my $text = slurp_file($document);
	while ($text =~ /^```(\w+)\n(.*?)^```$/msg)
	{
		my ($language, $block) = ($1, $2);
		my $client = $clients{$language};
		my ($first) = $block =~ /^(.*)$/m;
		my ($ok, $output, $error);

		next unless $client || $language eq 'sql';
		my @wanted = wanted($block, $client ? $client->{comment} : '--');
		$compared += @wanted;

		if (!$client)
		{
			$ok = $node->psql($db, $block, on_error_stop => 1, stdout => \$output, stderr => \$error) == 0;
		}
		elsif (installed($client))
		{
			local %ENV = (%ENV, PGHOST => $node->host, PGPORT => $node->port,
				PGDATABASE => $db, PGUSER => scalar getpwuid($<));
			($output, $error) = run_command([ @{ $client->{run} }, $block ]);
			$ok = $? == 0;
		}
		else
		{
			note("$document: $client->{run}[0] can't $client->{needs}, so this is not run");
			next;
		}
		ok($ok, "$document runs: $first") or diag($error);
		$output =~ s/^ +//mg;
		is($output, join("\n", @wanted), "$document gives: $first") if @wanted;
	}
	is($compared, $results{$document} // 0, "$document: results were compared");
}

$node->stop;
done_testing();
