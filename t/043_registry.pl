# The registry of shared key indexes against damage and misuse.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->start;

sub value
{
	return $node->safe_psql('postgres', @_);
}

sub refused
{
	my ($query, $message, $name) = @_;
	my ($code, undef, $error) = $node->psql('postgres', $query);
	isnt($code, 0, $name);
	like($error, $message, 'and says why');
	return;
}

value('CREATE EXTENSION redbear');

#
# The trigger function on a table of somebody's, whose columns are of other types
#
refused(q{
	CREATE TABLE theirs (hash int8, part int4, parts int4, n int4, keys int8);
	CREATE TRIGGER t BEFORE INSERT ON theirs FOR EACH ROW EXECUTE FUNCTION rd_guard_registry();
	INSERT INTO theirs VALUES (1, 0, 1, 1, 12345)}, qr/another table than the registry/, 'the trigger function keeps to the registry');

$node->stop;
done_testing();
