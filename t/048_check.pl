# rd_check() searches a table whose files a bad disk has damaged: it says what is
# wrong with which row, and goes on where a value can't be read.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
# Versions differ in whether there are checksums, which would find this first.
$node->append_conf('postgresql.conf', 'ignore_checksum_failure = on');
$node->start;
$node->safe_psql(
	'postgres', q{
	CREATE EXTENSION redbear;
	CREATE TABLE maps (id int, m reddict, s redstats);
	ALTER TABLE maps ALTER m SET STORAGE EXTERNAL;
	INSERT INTO maps SELECT id, reddict(array_agg('key ' || i), array_agg(i)) FROM generate_series(1, 3) AS id, generate_series(1, 1000) AS i GROUP BY id ORDER BY id;
	INSERT INTO maps VALUES (4, '{"a good key": 1}', '{"another good key": [1, 2, 0, 2, 2]}'), (5, '{"a damaged key": 1}', NULL), (6, NULL, '{"another damaged key": [1, 2, 0, 2, 2]}');
	CHECKPOINT});
my $search = 'SELECT id, rd_check(m), rd_check(s) FROM maps WHERE coalesce(rd_check(m), rd_check(s)) IS NOT NULL ORDER BY id';
is($node->safe_psql('postgres', $search), '', 'all is well');

# Bytes of a relation's file are changed while the server is down.
sub damage
{
	my ($relation, $change) = @_;
	my $file = $node->data_dir . '/' . $relation;
	my $bytes = slurp_file($file);
	$change->() for $bytes;
	open my $handle, '>:raw', $file or die $!;
	print $handle $bytes;
	close $handle or die $!;
	return;
}

my ($heap, $toast) = split /\|/,
  $node->safe_psql('postgres', q{SELECT pg_relation_filepath(oid), pg_relation_filepath(reltoastrelid) FROM pg_class WHERE relname = 'maps'});
$node->stop;
damage($heap, sub { s/damaged key/damagex key/g == 2 or die 'no keys' });
damage($toast, sub { substr($_, 0, 8192) = "\0" x 8192 });
$node->start;

my ($status, $stdout, $stderr) = $node->psql('postgres', 'SELECT m FROM maps WHERE id = 1');
isnt($status, 0, 'a value can not be read');
like(
	$node->safe_psql('postgres', "BEGIN; $search; COMMIT"),
	qr/^1\|(missing chunk number 0|unexpected chunk number \d+ \(expected 0\)) for toast value \d+ in pg_toast_\d+\|\n5\|hash is wrong\|\n6\|\|hash is wrong$/,
	'the damaged rows and no others are found');

$node->stop;
done_testing();
