# The examples of the README and of doc/: all run, in their order, and give
# what the comments behind them say. Those that a reader goes through one after
# the other do so in one database; the others, which look into the registry or
# connect elsewhere, have one of their own.
#
# A result is what follows "-- " behind a statement, if it begins with a digit or
# a brace, or on lines of its own below it; columns are as psql aligns them.
# Programs in other languages are in doc/clients.md, for 050_clients.pl.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

# One after the other, in one database
my @tour = qw(README.md doc/reference.md doc/shared-keys.md doc/recipes.md doc/faq.md);

my %in_tour = map { $_ => 1 } @tour;
my @documents = grep { -e } @tour, grep { !$in_tour{$_} && $_ ne 'doc/clients.md' } sort glob('doc/*.md');
plan skip_all => 'the documents are not here' unless @documents;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->start;

# The results that a block shows
sub wanted
{
	my $block = shift;
	my @wanted = $block =~ /(?:^--[ ]+|[;)][ ]*--[ ]+(?=[\d{]))(.*)$/mg;

	s/ *\| */|/g foreach @wanted;
	return @wanted;
}

foreach my $document (@documents)
{
	(my $db = $in_tour{$document} ? 'tour' : lc $document) =~ s/\W/_/g;
	if ($node->safe_psql('postgres', "SELECT count(*) FROM pg_database WHERE datname = '$db'") == 0)
	{
		$node->safe_psql('postgres', "CREATE DATABASE $db");
		$node->safe_psql($db, 'CREATE EXTENSION redbear');
	}

	my $compared = 0;
	my $text = slurp_file($document);
	while ($text =~ /^```sql\n(.*?)^```$/msg)
	{
		my $block = $1;
		my ($first) = $block =~ /^(.*)$/m;
		my @wanted = wanted($block);
		$compared += @wanted;

		my $ok = $node->psql($db, $block, on_error_stop => 1, stdout => \my $output, stderr => \my $error) == 0;
		ok($ok, "$document runs: $first") or diag($error);
		$output =~ s/^ +//mg;
		is($output, join("\n", @wanted), "$document gives: $first") if @wanted;
	}
	# None got lost: each line that begins as a result is one, and so are others
	my $lines = 0;
	$lines += () = $1 =~ /^-- /mg while $text =~ /^```sql\n(.*?)^```$/msg;
	cmp_ok($compared, '>=', $lines, "$document: results were compared");
}

# The reference has every function and aggregate that is there to be called.
# Others serve an operator, a cast, an aggregate, a type, an index or the
# planner, or are in the schema of the registry.
my @public = split /\n/, $node->safe_psql('tour', q{
	SELECT DISTINCT proname FROM pg_proc AS p
		JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
		JOIN pg_extension AS e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND extname = 'redbear'
	WHERE pronamespace = extnamespace AND p.oid NOT IN (
		SELECT castfunc FROM pg_cast
		UNION SELECT unnest(ARRAY[oprcode, oprrest, oprjoin]) FROM pg_operator
		UNION SELECT unnest(ARRAY[aggtransfn, aggfinalfn, aggcombinefn, aggserialfn, aggdeserialfn, aggmtransfn, aggminvtransfn, aggmfinalfn])
			FROM pg_aggregate
		UNION SELECT unnest(ARRAY[typinput, typoutput, typreceive, typsend, typanalyze, typsubscript]) FROM pg_type
		UNION SELECT amproc FROM pg_amproc
		UNION SELECT prosupport FROM pg_proc)
	ORDER BY 1});
my $reference = slurp_file('doc/reference.md');
cmp_ok(scalar @public, '>', 80, 'there are functions to look for');
is_deeply([ grep { $reference !~ /`[^`]*\b\Q$_\E\b[^`]*`/ } @public ], [], 'doc/reference.md has all of them');

# The README's comparison with jsonb runs as it stands, and counts the same.
my $readme = slurp_file('README.md');
my ($comparison) = $readme =~ /^```sh\n(createdb .*?)^```$/ms;
ok($comparison, 'README.md compares');
foreach my $line (split /\n/, $comparison // '')
{
	local %ENV = (%ENV, PGHOST => $node->host, PGPORT => $node->port);
	my ($output, $error) = run_command([ 'sh', '-c', $line ]);
	ok($? == 0, "README.md runs: $line") or diag($error);
	like($output, qr/^ +\d+\.\d{3} .*as_$_/m, "pgbench gives the milliseconds of $_")
	  foreach $line =~ /pgbench/ ? ('jsonb', 'reddict') : ();
}
is($node->safe_psql('compare', 'SELECT count(*), count(*) FILTER (WHERE a.m::reddict <> b.m)
	FROM redbear_compare.as_jsonb AS a FULL JOIN redbear_compare.as_reddict AS b USING (id)'),
	'100000|0', 'both ways count the same');

$node->stop;
done_testing();
