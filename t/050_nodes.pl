# Key sets on all nodes, and columns of distributed tables. Citus is not needed:
# two databases stand for two nodes, and what redbear uses of Citus' catalogue
# and functions is made. script/cluster does the same with Citus itself.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->append_conf('postgresql.conf', 'autovacuum = off');
$node->start;

sub value
{
	my ($sql, $db) = @_;
	return $node->safe_psql($db // 'postgres', $sql);
}

# What statements give, and what they say
sub says
{
	my ($sql, $db) = @_;
	my ($status, $out, $messages) = $node->psql($db // 'postgres', $sql);
	$messages =~ s/^psql:<stdin>:\d+: //mg;
	return ($out, $messages);
}

sub key_sets
{
	return value(q{SELECT string_agg(keys::text, ' ' ORDER BY keys::text COLLATE "C") FROM rd_shared_indexes()}, shift);
}

if (value(q{SELECT count(*) FROM pg_available_extensions WHERE name = 'dblink'}) == 0)
{
	plan skip_all => 'no dblink';
}

# Without Citus
value('CREATE EXTENSION redbear');
my ($out, $messages) = says(q{SELECT rd_share_keys_everywhere('{b,a}') = rd_index_hash('{"a": 1, "b": 2}')});
is($out, 't', 'keys are registered here');
is($messages, q{NOTICE:  keys are registered in this database alone
DETAIL:  There is no Citus in it that knows of other nodes.}, 'and it is said that they are here alone');
($out, $messages) = says('SELECT * FROM rd_sync_keys()');
is($out, 'this node|0', 'there is nothing to bring');
is($messages, q{NOTICE:  there are no other nodes to share keys with
DETAIL:  There is no Citus in this database that knows of any.}, 'and it is said that there is nobody to ask');

# A function of that name, which is not of Citus, is not asked.
value('SET allow_system_table_mods = on;
	CREATE FUNCTION pg_catalog.run_command_on_all_nodes(command text, parallel bool, warn bool, OUT nodeid int, OUT success bool, OUT result text)
	RETURNS SETOF record LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION $m$harm$m$; END $$');
is((says('SELECT * FROM rd_sync_keys()'))[0], 'this node|0', 'a function that is not of Citus is not asked');

#
# Two nodes. The local group's number is what tells one from the other.
#
my $port = $node->port;
my $host = $node->host;
value('CREATE DATABASE worker');
foreach my $db ('postgres', 'worker')
{
	value('CREATE EXTENSION redbear', $db) if $db eq 'worker';
	my $group = $db eq 'worker' ? 1 : 0;
	value(qq{
		CREATE EXTENSION dblink;
		SET allow_system_table_mods = on;
		SET search_path = pg_catalog, public;
		CREATE TABLE pg_catalog.pg_dist_local_group AS SELECT $group AS groupid;
		CREATE TABLE pg_catalog.pg_dist_node AS SELECT * FROM (VALUES
			(1, 0, 'coordinator', 1, 'primary', 'postgres'), (2, 1, 'worker', 2, 'primary', 'worker'), (3, 1, 'standby', 3, 'secondary', 'nowhere'))
			AS n (nodeid, groupid, nodename, nodeport, noderole, db);
		CREATE TABLE pg_catalog.pg_dist_partition (logicalrelid regclass);
		CREATE TABLE pg_catalog.pg_dist_shard (logicalrelid regclass, shardid int8);
		CREATE TABLE pg_catalog.pg_dist_placement (shardid int8, groupid int);
		CREATE FUNCTION pg_catalog.shard_name(t regclass, s int8) RETURNS text LANGUAGE sql
			AS \$\$ SELECT relname || '_' || s FROM pg_class WHERE oid = t \$\$;
		CREATE FUNCTION pg_catalog.run_in(db text, command text, OUT success bool, OUT result text) LANGUAGE plpgsql AS \$\$
		BEGIN
			IF command ~ '^CALL' THEN
				result := public.dblink_exec(format('host=%s port=%s dbname=%s', '$host', $port, db), command);
			ELSE
				SELECT r INTO result FROM public.dblink(format('host=%s port=%s dbname=%s', '$host', $port, db), command) AS d(r text);
			END IF;
			success := true;
			result := coalesce(result, '');
		EXCEPTION WHEN OTHERS THEN
			success := false;
			result := 'ERROR:  ' || SQLERRM;
		END \$\$;
		CREATE OR REPLACE FUNCTION pg_catalog.run_command_on_all_nodes(command text, parallel bool, warn bool, OUT nodeid int, OUT success bool, OUT result text)
			RETURNS SETOF record LANGUAGE sql
			AS \$\$ SELECT n.nodeid, r.* FROM pg_dist_node AS n, run_in(db, command) AS r WHERE noderole = 'primary' ORDER BY 1 \$\$;
		CREATE FUNCTION pg_catalog.master_run_on_worker(hosts text[], ports int[], commands text[], parallel bool,
			OUT node_name text, OUT node_port int, OUT success bool, OUT result text) RETURNS SETOF record LANGUAGE sql
			AS \$\$ SELECT nodename, nodeport, r.* FROM pg_dist_node AS n, run_in(db, commands[1]) AS r
				WHERE nodename = hosts[1] AND nodeport = ports[1] \$\$;
		INSERT INTO pg_extension SELECT 99990, 'citus', 10, 'pg_catalog'::regnamespace, false, '1';
		ALTER EXTENSION citus ADD TABLE pg_catalog.pg_dist_partition;
		ALTER EXTENSION citus ADD FUNCTION pg_catalog.run_command_on_all_nodes(text, bool, bool)}, $db);
}

is(value('SELECT * FROM rd_sync_keys()'), "this node|0\nworker:2|1", 'a node without any key sets gets those of the others');
is((says(q{SELECT rd_share_keys_everywhere('{x,"y \"z\"","é''\\\\"}')}))[1], '', 'keys are registered everywhere, and nothing is to be said');
is(value(q{SELECT keys = '{x,"y \"z\"","é''\\\\"}' FROM rd_shared_indexes() WHERE 'x' = ANY (keys)}, 'worker'), 't', 'on the other node');
is(value(q{SELECT count(*) FROM rd_shared_indexes() WHERE keys = '{x,"y \"z\"","é''\\\\"}'}), '1', 'and on this one');
like((says(q{SELECT rd_share_keys_everywhere('{x,NULL}')}))[1], qr/^ERROR:  node worker:2 did not do what it was asked\nDETAIL:  It says: ERROR:  null value not allowed/m,
	'an error on a node is one here');

# The union, from either side, in parts that more than one statement brings
value(q{SELECT count(rd_share_keys(ARRAY['only', 'here ' || i])) FROM generate_series(1, 1500) AS i});
value(q{SELECT rd_share_keys('{only,there}')}, 'worker');
is(value('SELECT * FROM rd_sync_keys()'), "this node|1\nworker:2|1500", 'each node gets what it lacks');
is(key_sets('worker'), key_sets('postgres'), 'so all have the same');
is(value('SELECT * FROM rd_sync_keys()'), "this node|0\nworker:2|0", 'then nothing is left to do');
value(q{SELECT rd_share_keys('{later}')});
is(value('SELECT * FROM rd_sync_keys()', 'worker'), "this node|1\ncoordinator:1|0", 'a worker may call it, too');
is(value(q{BEGIN; SELECT rd_share_keys('{p}') <> 0; SELECT rd_share_keys_everywhere('{q}') <> 0; COMMIT}), "t\nt",
	'this node is not asked to wait for itself');

# Rights are those of the caller, on each node.
value('CREATE ROLE guest LOGIN');
like((says(q{SET ROLE guest; SELECT rd_share_keys_everywhere('{r}')}))[1], qr/^ERROR:  permission denied/m, 'who may not register, may not here either');

# A worker that does not know the coordinator can't reach all nodes.
value(q{SET allow_system_table_mods = on; DELETE FROM pg_dist_node WHERE groupid = 0}, 'worker');
like((says(q{SELECT rd_share_keys_everywhere('{s}')}, 'worker'))[1], qr/^ERROR:  Citus does not tell its workers where the coordinator is/m,
	'it is said where the coordinator is not known');

#
# A distributed table: its shards are on both nodes, and one on two.
#
value('CREATE TABLE shell (id int, "the m" reddict)');
foreach my $placement ([ 'postgres', 1 ], [ 'worker', 2 ], [ 'worker', 3 ], [ 'postgres', 3 ])
{
	my ($db, $shard) = @$placement;
	value(qq{
		SET redbear.pack = off;
		CREATE TABLE shell_$shard (id int, "the m" reddict);
		INSERT INTO shell_$shard SELECT i, reddict('{c,d}', ARRAY[i, i]) FROM generate_series(1, 10 * $shard) AS i;
		INSERT INTO shell_$shard VALUES (0, '{"other": 1}'), (0, NULL)}, $db);
	value(sprintf q{SET allow_system_table_mods = on; INSERT INTO pg_dist_placement VALUES (%d, %d)}, $shard, $db eq 'worker' ? 1 : 0);
}
value(q{SET allow_system_table_mods = on;
	INSERT INTO pg_dist_partition VALUES ('shell');
	INSERT INTO pg_dist_shard VALUES ('shell', 1), ('shell', 2), ('shell', 3)});
value(q{INSERT INTO shell SELECT i, reddict('{c,d}', ARRAY[i, i]) FROM generate_series(1, 2000) AS i});
is(value(q{SELECT n, rows, saved > 0, action FROM rd_share_column('shell', 'the m')}), '2|2000|t|registered on all nodes',
	'key sets of a distributed table are registered on all nodes');
is(value(q{SELECT count(*) FROM rd_shared_indexes() WHERE keys = '{c,d}'}, 'worker'), '1', 'indeed');
(undef, $messages) = says(q{CALL rd_pack_column('shell', 'the m', 7)});
is($messages, q{NOTICE:  public.shell_1 on coordinator:1: 10 of 11 maps are packed, 1 of 4 shards
NOTICE:  public.shell_2 on worker:2: 20 of 21 maps are packed, 2 of 4 shards
NOTICE:  public.shell_3 on coordinator:1: 30 of 31 maps are packed, 3 of 4 shards
NOTICE:  public.shell_3 on worker:2: 30 of 31 maps are packed, 4 of 4 shards}, 'shards are packed where they are');
is(value(q{SELECT count(*) FILTER (WHERE rd_is_packed("the m")), count(*) FROM shell_3}, 'worker'), '30|32', 'indeed');

# What is not packed there is told here.
value(q{CREATE FUNCTION skip() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
	CREATE TRIGGER skip BEFORE UPDATE ON shell_2 FOR EACH ROW EXECUTE FUNCTION skip();
	INSERT INTO shell_2 SELECT 1, rd_unpack('{"c": 1, "d": 2}') FROM generate_series(1, 3)}, 'worker');
like((says(q{CALL rd_pack_column('shell', 'the m')}))[1], qr/^WARNING:  rows of shard public.shell_2 on worker:2 are not packed
DETAIL:  Of its maps, 3 could be\.
HINT:  Call rd_pack_column\(\) for the shard on its node, to see what it says\.$/m, 'rows that were not packed are counted');
value('DROP TABLE shell_1');
like((says(q{CALL rd_pack_column('shell', 'the m')}))[1], qr/^ERROR:  node coordinator:1 did not do what it was asked for shard public.shell_1
DETAIL:  It says: ERROR:  relation "public.shell_1" does not exist$/m, 'an error of a node is one here');

# A partition that is dropped meanwhile has no shards.
value(q{SET allow_system_table_mods = on;
	CREATE TABLE split (id int, m reddict) PARTITION BY LIST (id);
	CREATE TABLE split_a PARTITION OF split FOR VALUES IN (1);
	CREATE TABLE split_b PARTITION OF split FOR VALUES IN (2);
	CREATE TABLE split_a_4 (id int, m reddict);
	INSERT INTO split_a_4 VALUES (1, rd_unpack('{"c": 1, "d": 2}'));
	CREATE FUNCTION drop_b() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN DROP TABLE split_b; RETURN NEW; END';
	CREATE TRIGGER drop_b BEFORE UPDATE ON split_a_4 FOR EACH ROW EXECUTE FUNCTION drop_b();
	INSERT INTO pg_dist_partition VALUES ('split'), ('split_a'), ('split_b');
	INSERT INTO pg_dist_shard VALUES ('split_a', 4);
	INSERT INTO pg_dist_placement VALUES (4, 0)});
is((says(q{CALL rd_pack_column('split', 'm')}))[1], 'NOTICE:  public.split_a_4 on coordinator:1: 1 of 1 maps are packed, 1 of 1 shards',
	'a partition that is dropped meanwhile is passed over');

#
# States of aggregates, in databases of two encodings: keys beyond ASCII go as
# JSON, which a connection converts, where the database is not in UTF-8.
#
my %sent;
foreach my $encoding ('UTF8', 'LATIN1')
{
	value("CREATE DATABASE $encoding ENCODING '$encoding' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'");
	value('CREATE EXTENSION redbear;
		CREATE AGGREGATE sent(reddict) (SFUNC = reddict_sum_trans, STYPE = reddict, FINALFUNC = reddict_out)', lc $encoding);
	$sent{$encoding} = value(q{SET client_encoding = 'UTF8'; SELECT sent(m) FROM (VALUES ('{"\u00e9t\u00e9 2026": 7}'::reddict)) AS v(m)}, lc $encoding);
}
like($sent{UTF8}, qr/^~/, 'in UTF-8, the state of keys beyond ASCII is compact');
is($sent{LATIN1}, qq({"\xc3\xa9t\xc3\xa9 2026": 7}), 'in LATIN1 it is JSON');
my $read = q{SET client_encoding = 'UTF8'; SELECT '%s'::reddict -> U&'\00E9t\00E9 2026'};
is(value(sprintf($read, $sent{UTF8}), 'utf8'), '7', 'in UTF-8 it is read');
is(value(sprintf($read, $sent{LATIN1}), 'latin1'), '7', 'in LATIN1 JSON is');
like((says(sprintf($read, $sent{UTF8}), 'latin1'))[1], qr/^ERROR:  invalid input syntax for type reddict.*\n(LINE.*\n.*\n)?DETAIL:  The compact form of a state is damaged/m,
	'but no bytes of another encoding');
my $ascii = value(q{SELECT sent(m) FROM (VALUES ('{"a": 7}'::reddict)) AS v(m)}, 'latin1');
like($ascii, qr/^~/, 'in LATIN1 ASCII is compact');
is(value("SELECT '$ascii'::reddict", 'utf8'), '{"a": 7}', 'and read everywhere');

$node->stop;
done_testing();
