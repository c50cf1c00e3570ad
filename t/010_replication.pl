# Replication: a streaming standby, and logical subscribers that are sent text
# and binary, hold what the primary holds, bit by bit, and answer as it does.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use RedbearTest;
use Test::More;

my @locale = (extra => [ '--encoding=UTF8', '--locale=C' ]);
my $primary = PostgreSQL::Test::Cluster->new('primary');
$primary->init(allows_streaming => 'logical', @locale);
$primary->start;
$primary->backup('backup');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'backup', has_streaming => 1);
$standby->start;
my $subscriber = PostgreSQL::Test::Cluster->new('subscriber');
$subscriber->init(allows_streaming => 'logical', @locale);
$subscriber->start;

# Tables that find a row by a number, by a map, and by all that is in it
$primary->safe_psql('postgres', 'CREATE EXTENSION redbear');
create_specimens($primary, 'postgres');
$primary->safe_psql(
	'postgres', q{
	CREATE TABLE numbered (id int PRIMARY KEY, n int, m reddict, external reddict, s redstats, x redsum, h redhist);
	ALTER TABLE numbered ALTER external SET STORAGE EXTERNAL;
	INSERT INTO numbered SELECT id, 0, m, external, s, m, redhist(m, 160, 9) FROM specimen GROUP BY id;
	CREATE INDEX numbered_keys ON numbered USING gin (m);
	CREATE TABLE named (m reddict PRIMARY KEY, n int);
	INSERT INTO named SELECT m, id FROM specimen WHERE id BETWEEN 2 AND 6 OR id BETWEEN 101 AND 120;
	CREATE TABLE histograms (h redhist PRIMARY KEY, n int);
	INSERT INTO histograms SELECT redhist(m), min(id) FROM specimen WHERE rd_length(m) < 10 GROUP BY m ON CONFLICT DO NOTHING;
	CREATE TABLE whole (n int, m reddict, s redstats);
	ALTER TABLE whole REPLICA IDENTITY FULL;
	INSERT INTO whole SELECT id, m, s FROM specimen WHERE m IS NOT NULL;
	-- used from PostgreSQL 17 on, which does not find NULLs by it, of whatever type
	CREATE INDEX whole_m ON whole USING hash (m);
	CREATE PUBLICATION everything FOR ALL TABLES});
my @tables = (
	'SELECT * FROM specimen ORDER BY id',
	'SELECT * FROM numbered ORDER BY id',
	'SELECT * FROM named ORDER BY n, m',
	'SELECT * FROM histograms ORDER BY n, h',
	'SELECT * FROM whole ORDER BY n, m');

my ($schema) = run_command([ 'pg_dump', '--schema-only', '--no-publications', $primary->connstr('postgres') ]);
my %binary = (as_text => 'false', as_binary => 'true');
foreach my $db (sort keys %binary)
{
	$subscriber->safe_psql('postgres', "CREATE DATABASE $db");
	$subscriber->safe_psql($db, $schema);
	$subscriber->safe_psql($db,
		    "CREATE SUBSCRIPTION $db CONNECTION '"
		  . $primary->connstr
		  . " dbname=postgres' PUBLICATION everything WITH (binary = $binary{$db})");
}
$subscriber->wait_for_subscription_sync($primary, $_, $_) foreach sort keys %binary;

# Do all hold what the primary does, which is not what it was before?
my $contents = '';

sub all_same
{
	my ($name, $sql) = @_;
	my $before = $contents;
	$primary->safe_psql('postgres', $sql);
	$contents = image($primary, 'postgres', @tables);
	isnt($contents, $before, "$name: something changes");
	foreach my $db (sort keys %binary)
	{
		$primary->wait_for_catchup($db);
		is(image($subscriber, $db, @tables), $contents, "$name: sent $db");
	}
	$primary->wait_for_catchup($standby, 'replay', $primary->lsn('insert'));
	is(image($standby, 'postgres', @tables), $contents, "$name: on the standby");
	return;
}

all_same('first copy', '');
all_same('insert', q{
	INSERT INTO numbered SELECT -id, 1, m, external, s, external, m FROM specimen;
	INSERT INTO named VALUES ('{"\u00e9": "Infinity"}', 1);
	INSERT INTO whole SELECT -id, m, s FROM specimen WHERE m IS NOT NULL});
# what is out of line and does not change is not sent
all_same('update of another column', 'UPDATE numbered SET n = n + 1; UPDATE named SET n = -n; UPDATE whole SET n = n + 20000');
all_same('update of one key', q{
	UPDATE numbered SET m['key 7'] = '-0' WHERE id > 0;
	UPDATE numbered SET external['new'] = 5e-324 WHERE id < 0;
	UPDATE whole SET m['key 7'] = 'NaN' WHERE n % 2 = 0});
all_same('update of all', q{
	UPDATE numbered SET m = m * 2, external = m, s = (SELECT redstats(x) FROM unnest(ARRAY[m, external]) AS x), x = x + m, h = h + h + m WHERE id > 100;
	UPDATE numbered SET m = NULL, s = NULL WHERE id = 5200;
	UPDATE whole SET m = whole.m || external FROM specimen WHERE n = id + 20000});
all_same('update of what rows are found by', q{
	UPDATE named SET m['more'] = n;
	UPDATE histograms SET h = h + reddict('more', n);
	UPDATE numbered SET id = id + 100000 WHERE id < 0});
all_same('delete', q{
	DELETE FROM numbered WHERE id % 2 = 0;
	DELETE FROM named WHERE n % 2 = 0;
	DELETE FROM whole WHERE n % 2 = 0});
all_same('rolled back in part', q{
	BEGIN;
	UPDATE numbered SET m['kept'] = 1;
	SAVEPOINT s;
	UPDATE numbered SET m = '{}', external = m;
	ROLLBACK TO s;
	UPDATE whole SET n = -n;
	COMMIT});
all_same('truncate', 'TRUNCATE named');
is($primary->safe_psql('postgres', 'SELECT count(*) > 20 FROM numbered') . $primary->safe_psql('postgres', 'SELECT count(*) > 20 FROM whole'),
	'tt', 'there are rows left');

# Queries on the standby, before and after it becomes a primary
my @queries = (
	"SELECT id, m -> 'key 7' AS a, m ? 'kept' AS b, rd_sum(m) AS c, m + external AS d, s::text AS e FROM numbered ORDER BY id",
	'SELECT sum(m), avg(m), redstats(m), rs_merge(s) FROM (SELECT * FROM numbered WHERE id > 100 ORDER BY id) AS t',
	"SELECT count(*) FROM numbered WHERE m ?& '{kept,key 7}' AND m <> '{}'",
	'SELECT m, count(*) FROM whole GROUP BY m ORDER BY m');
my @conditions = (q(m ? 'key 7'), q(m ?& '{kept,key 3}'), q(m @> '{"kept": 1, "key 7": -0}'));
my $answers = image($primary, 'postgres', @queries);
is(image($standby, 'postgres', @queries), $answers, 'the standby answers as the primary');
indexes_agree($standby, 'postgres', 'standby', 'numbered', @conditions);

$primary->stop;
$standby->promote;
is(image($standby, 'postgres', @queries), $answers, 'promoted, it answers the same');
is($standby->safe_psql('postgres', q{UPDATE numbered SET m = m + '{"kept": 1}' WHERE m ? 'kept'; SELECT DISTINCT m -> 'kept' FROM numbered WHERE m IS NOT NULL}),
	2, 'and is written to');
indexes_agree($standby, 'postgres', 'promoted', 'numbered', @conditions[ 0, 1 ], q(m @> '{"kept": 2, "key 7": -0}'));
sound($standby, 'postgres', 'promoted');

$standby->stop;
$subscriber->stop;
done_testing();
