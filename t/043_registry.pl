# The registry of shared key indexes against damage and misuse.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Session;
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
	CREATE TRIGGER t BEFORE INSERT ON theirs FOR EACH ROW EXECUTE FUNCTION _redbear.guard_key_indexes();
	INSERT INTO theirs VALUES (1, 0, 1, 1, 12345)}, qr/another table than the registry/, 'the trigger function keeps to the registry');
refused(q{
	BEGIN;
	CREATE TRIGGER t BEFORE INSERT ON _redbear.key_indexes FOR EACH STATEMENT EXECUTE FUNCTION _redbear.guard_key_indexes();
	SELECT rd_share_keys('{a}')}, qr/must be fired BEFORE INSERT FOR EACH ROW/, 'and to rows');

#
# A registration of many parts
#
is( value(q{
	BEGIN;
	SELECT count(rd_share_keys(ARRAY(SELECT 'key number ' || i FROM generate_series(1, 20000) AS i)));
	SELECT count(*) > 100, (SELECT idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'key_indexes') < 4 * count(*)
	FROM _redbear.key_indexes;
	COMMIT}),
	"1\nt|t", 'reads each part a few times, however many there are');

value(q{
	CREATE TABLE stored AS SELECT * FROM _redbear.key_indexes;
	DROP EXTENSION redbear CASCADE;
	CREATE EXTENSION redbear});
my $all = 'INSERT INTO _redbear.key_indexes (hash, part, parts, n, keys) SELECT hash, part, parts, n, keys FROM stored';
my $fresh = 'DROP EXTENSION redbear CASCADE; CREATE EXTENSION redbear';
sub warned
{
	my ($query, $message, $name) = @_;
	my ($code, undef, $error) = $node->psql('postgres', $query);
	is($code, 0, $name);
	like($error, $message, 'and a warning says why');
	return;
}
warned($all =~ s/keys FROM/CASE part WHEN 1 THEN replace(keys, 'key', 'kez') ELSE keys END FROM/r, qr/WARNING:  skipping a registration of.*\n.*Its keys do not have this hash/,
	'parts of which one is false');
is(value('SELECT count(*) FROM rd_shared_indexes(); SELECT problem FROM rd_check_registry()'), "0\nparts are missing", 'are no registration');
value($fresh);
warned("$all UNION ALL SELECT hash, -1, parts, n + 1, keys FROM stored WHERE part = 0", qr/WARNING:  skipping a row of "key_indexes" that makes no sense/, 'and one more');
is(value('SELECT count(*) FROM rd_shared_indexes()'), 1, 'is skipped alone');
value($fresh);
my $false = q{INSERT INTO _redbear.key_indexes (hash, part, parts, n, keys) SELECT hash, part, parts, n, 'false' FROM stored WHERE part = %d};
value(sprintf($false, 0) . "; $all");
is(value('SELECT count(*) FROM rd_shared_indexes(); SELECT count(*) FROM rd_check_registry(); SELECT count(DISTINCT generation) FROM _redbear.key_indexes'), "1\n0\n2",
	'where there was a false first part, they are a generation of their own');
value($fresh);
value(sprintf($false, 3) . "; $all");
is(value(q{SELECT problem FROM rd_check_registry(); SELECT rd_share_keys(ARRAY(SELECT 'key number ' || i FROM generate_series(1, 20000) AS i)) IS NULL;
	SELECT count(*) FROM rd_shared_indexes(); SELECT problem FROM rd_check_registry()}),
	"parts are missing\nf\n1", 'where there was another, rd_share_keys() mends it');
value($fresh);
# a dump of INSERT commands brings parts one by one
my $packed = q{SELECT rd_is_packed(reddict(ARRAY(SELECT 'key number ' || i FROM generate_series(1, 20000) AS i), array_fill(1::float8, '{20000}')))};
value("$all WHERE part = 0");
is(value($packed), 'f', 'nothing is packed against a first part alone');
value("$all WHERE part > 1");
is(value($packed), 'f', 'nor while one is missing');
value("$all WHERE part = 1");
is(value($packed), 't', 'but when all are there');
value('DROP EXTENSION redbear CASCADE; CREATE EXTENSION redbear');
value("$all WHERE part = 3");
value(q{SELECT rd_share_keys(ARRAY(SELECT 'key number ' || i FROM generate_series(1, 20000) AS i))});
is(value($packed), 't', 'rd_share_keys() adds them as a generation of their own');
value('DROP EXTENSION redbear CASCADE; CREATE EXTENSION redbear');
value(qq{
	ALTER TABLE _redbear.key_indexes DISABLE TRIGGER ALL;
	$all WHERE part = 0;
	CREATE TABLE kept (m reddict);
	DO \$\$
	DECLARE
		k text[] := ARRAY(SELECT 'key number ' || i FROM generate_series(1, 20000) AS i);
		m reddict;
	BEGIN
		$all WHERE part > 0;
		m := reddict(k, array_fill(1::float8, '{20000}'));
		ROLLBACK;
		INSERT INTO kept VALUES (m);
	END \$\$});
is(value('SELECT rd_length(m), m ? \'key number 1\' FROM kept'), '20000|t', 'no keys are lost with parts that are rolled back');
value('DROP EXTENSION redbear CASCADE; CREATE EXTENSION redbear');
value("$all ORDER BY part DESC");
is(value("$all; SELECT count(*) = (SELECT count(*) FROM stored) FROM _redbear.key_indexes"), 't', 'all are taken, and skipped the second time');

#
# Columns that are to be registered and packed
#
value(q{
	CREATE DOMAIN map AS reddict;
	CREATE TABLE domains AS SELECT rd_unpack(reddict('a', i))::map AS m FROM generate_series(1, 10) AS i;
	CREATE FUNCTION rd_index_hash(map) RETURNS int8 LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION $$hostile$$; END';
	CREATE FUNCTION rd_is_packed(map) RETURNS bool LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION $$hostile$$; END';
	CREATE FUNCTION rd_pack(map) RETURNS reddict LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION $$hostile$$; END'});
is(value(q{SELECT rows FROM rd_share_column('domains', 'm', 1); CALL rd_pack_column('domains', 'm');
		SELECT count(*) FROM domains WHERE rd_is_packed(m::reddict)}), "10\n10", 'of a domain, whoever has functions of our names');

value('CREATE VIEW seen AS SELECT m FROM domains');
refused(q{CALL rd_pack_column('seen', 'm')}, qr/"seen" is not a table/, 'a view is not packed in silence');
value('DROP DOMAIN map CASCADE');

SKIP:
{
	skip 'no postgres_fdw', 1
	  if value(q{SELECT count(*) FROM pg_available_extensions WHERE name = 'postgres_fdw'}) == 0;
	value(sprintf q{
		CREATE EXTENSION postgres_fdw;
		CREATE SERVER here FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '%s', port '%s', dbname 'postgres');
		CREATE USER MAPPING FOR CURRENT_USER SERVER here;
		CREATE TABLE near AS SELECT reddict('b', i) AS m FROM generate_series(1, 40000) AS i;
		CREATE FOREIGN TABLE far (m reddict) SERVER here OPTIONS (table_name 'near');
		ANALYZE far}, $node->host, $node->port);
	is(value(q{SELECT rows FROM rd_share_column('far', 'm')}), '40000', 'of a large foreign table, every row is looked at');
}

#
# A transaction's own registrations do not count, not even frozen ones.
#
value(q{SELECT rd_share_keys('{a,b}'); CREATE DATABASE other});
my $rows = value('COPY (SELECT hash, part, parts, n, keys FROM _redbear.key_indexes) TO STDOUT');
is( $node->safe_psql('other', qq(
	BEGIN;
	CREATE EXTENSION redbear;
	COPY _redbear.key_indexes (hash, part, parts, n, keys) FROM STDIN (FREEZE);
$rows
\\.
	SELECT rd_is_packed(rd_pack('{"a": 1, "b": 2}'));
	COMMIT;
	SELECT rd_is_packed(rd_pack('{"a": 1, "b": 2}')))),
	"f\nt", 'rows of COPY FREEZE count from the end of the transaction on');

#
# Whoever owns the registry can break it all the same. What does not stand for
# the keys is as good as nothing to whoever has values with them.
#
foreach my $keys ('garbage', '', '["f"', '["f", "g"] ', '["f", "g"]]', '{"f": "g"}', '["f", 1]', '["f", 1e999999]', '["f", "\ud800"]',
	'["f", "\u0000"]', '["f" "g"]', '["f", "g", "h"]', '["f", "' . 'x' x 70000 . '"]', '[' x 100000)
{
	my $stands_for = $keys eq '["f", "g"] ' ? 't' : 'f';
	value(qq{
		ALTER TABLE _redbear.key_indexes DISABLE TRIGGER ALL, ALTER keys SET STORAGE extended;
		DELETE FROM _redbear.key_indexes WHERE hash = rd_index_hash('{"f": 1, "g": 2}');
		INSERT INTO _redbear.key_indexes (hash, part, parts, n, keys) VALUES (rd_index_hash('{"f": 1, "g": 2}'), 0, 1, 2, \$\$$keys\$\$)});
	is(value(q{SELECT '{"f": 1, "g": 2}'::reddict, rd_is_packed('{"f": 1, "g": 2}')}), qq({"f": 1, "g": 2}|$stands_for),
		'keys that are ' . substr($keys, 0, 20) . ' do no harm');
}
value(q{
	DELETE FROM _redbear.key_indexes;
	ALTER TABLE _redbear.key_indexes ALTER keys SET STORAGE plain,
		ENABLE ALWAYS TRIGGER check_part, ENABLE ALWAYS TRIGGER refuse_change, ENABLE ALWAYS TRIGGER refuse_truncate});
my $pack = q{SELECT rd_is_packed(rd_reset('{"a": 1, "b": 2}', 3));};
is( value(qq{
	SELECT count(rd_share_keys('{a,b}'));
	CREATE TABLE packed AS SELECT rd_pack('{"a": 1, "b": 2}') AS m;
	$pack
	ALTER TABLE _redbear.key_indexes DISABLE TRIGGER ALL;
	DELETE FROM _redbear.key_indexes WHERE n = 2;
	ALTER TABLE _redbear.key_indexes ENABLE ALWAYS TRIGGER refuse_change;
	$pack
	SELECT m FROM packed}),
	qq(1\nt\nf\n{"a": 1, "b": 2}), 'a session packs nothing against keys that were removed, and still reads what it knows');
refused('SELECT m FROM packed', qr/is not registered/, 'which others cannot');
is(value(q{SELECT count(rd_share_keys('{a,b}')); SELECT m FROM packed}), qq(1\n{"a": 1, "b": 2}), 'until the keys are registered again');

#
# A registration that was frozen long ago is nobody's own, though transactions
# come round to its number.
#
value('VACUUM (FREEZE) _redbear.key_indexes');
my $xid = value(q{SELECT xmin FROM _redbear.key_indexes WHERE hash = rd_index_hash('{"a": 1, "b": 2}')});
$node->stop;
command_ok([ 'pg_resetwal', '-e', '1', '-x', $xid, $node->data_dir ], 'the transactions come round');
$node->start;
is( value(q{
		BEGIN;
		SELECT pg_current_xact_id()::xid;
		SELECT rd_is_packed('{"a": 1, "b": 2}'), m FROM packed;
		COMMIT}),
	qq($xid\nt|{"a": 1, "b": 2}), 'a frozen registration is nobody\'s own');

#
# An emptied registry: the same keys, registered again, make the rows readable,
# in the session that saw it emptied, in one that was there before, and in new
# ones.
#
value(q{SELECT rd_share_keys('{late,later}')});
value(q{INSERT INTO packed VALUES ('{"late": 3, "later": 4}')});
my @sessions = map { Session->new($node, 'postgres') } 1 .. 2;
my $all_rows = q{SELECT m FROM packed ORDER BY 1};
my $contents = qq({"a": 1, "b": 2}\n{"late": 3, "later": 4});
is($sessions[0]->ask($all_rows), $contents, 'a session has read them');
foreach my $emptied ('TRUNCATE _redbear.key_indexes', 'DELETE FROM _redbear.key_indexes')
{
	value("ALTER TABLE _redbear.key_indexes DISABLE TRIGGER ALL; $emptied;
		ALTER TABLE _redbear.key_indexes ENABLE ALWAYS TRIGGER check_part, ENABLE ALWAYS TRIGGER refuse_change, ENABLE ALWAYS TRIGGER refuse_truncate");
	like($sessions[1]->ask($all_rows), qr/is not registered\b/, "$emptied: not to be read");
	is($sessions[0]->ask(q{SELECT rd_is_packed('{"a": 1, "b": 2}')}), 'f', 'nor packed against, where the keys are known');
	is($sessions[1]->ask(q{SELECT count(rd_share_keys(k)) FROM (VALUES ('{a,b}'::text[]), ('{late,later}')) AS v(k)}), '2', 'registered again');
	is($_->ask("$all_rows; SELECT DISTINCT rd_is_packed(rd_pack(rd_unpack(m))) FROM packed"), "$contents\nt", 'it can be read and packed') foreach @sessions;
	is(value($all_rows), $contents, 'also by others');
	is(value('SELECT count(*) FROM rd_check_registry()'), 0, 'and all is well');
	$sessions[1]->end;
	$sessions[1] = Session->new($node, 'postgres');
}

#
# A table that somebody has altered: no crash, and an error that says so, or
# none.
#
my $read = q{SELECT m FROM packed ORDER BY 1};
my $build = q{SELECT rd_length('{"a": 1, "b": 2}'), rd_share_keys('{a,b}') IS NOT NULL, count(*) > 0 FROM rd_shared_indexes()};
my $gone = qr/is not registered/;
foreach (
	[ 'ALTER EXTENSION redbear DROP TABLE _redbear.key_indexes', 'ALTER EXTENSION redbear ADD TABLE _redbear.key_indexes', $gone, qr/no registry of key indexes/ ],
	[ 'ALTER TABLE _redbear.key_indexes RENAME TO renamed', 'ALTER TABLE _redbear.renamed RENAME TO key_indexes', $gone, qr/no registry of key indexes/ ],
	[ 'ALTER SCHEMA _redbear RENAME TO renamed', 'ALTER SCHEMA renamed RENAME TO _redbear', $gone, qr/no registry of key indexes/ ],
	[ 'ALTER TABLE _redbear.key_indexes RENAME keys TO k', 'ALTER TABLE _redbear.key_indexes RENAME k TO keys' ],
	[ 'ALTER TABLE _redbear.key_indexes ADD more int, ADD default_given text DEFAULT \'x\'', 'ALTER TABLE _redbear.key_indexes DROP more, DROP default_given' ],
	[ 'ALTER TABLE _redbear.key_indexes ALTER keys DROP NOT NULL, ALTER n DROP NOT NULL, ALTER registered_at DROP NOT NULL, ALTER registered_by DROP NOT NULL, DISABLE TRIGGER ALL;
		INSERT INTO _redbear.key_indexes (hash, generation, part, parts, n, keys, registered_by) SELECT hash, 7, 0, 1, 1, NULL, NULL FROM _redbear.key_indexes;
		INSERT INTO _redbear.key_indexes (hash, generation, part, parts, n, keys) SELECT hash, 8, 0, 1, NULL, $$["a"]$$ FROM _redbear.key_indexes WHERE generation = 7;
		UPDATE _redbear.key_indexes SET registered_at = NULL, registered_by = NULL',
		'DELETE FROM _redbear.key_indexes WHERE generation > 1;
		UPDATE _redbear.key_indexes SET registered_at = now(), registered_by = current_user;
		ALTER TABLE _redbear.key_indexes ENABLE ALWAYS TRIGGER check_part, ENABLE ALWAYS TRIGGER refuse_change, ENABLE ALWAYS TRIGGER refuse_truncate' ],
	[ 'ALTER TABLE _redbear.key_indexes DROP CONSTRAINT key_indexes_pkey', 'ALTER TABLE _redbear.key_indexes ADD PRIMARY KEY (hash, generation, part)' ],
	[ 'ALTER TABLE _redbear.key_indexes DROP CONSTRAINT key_indexes_pkey, ADD PRIMARY KEY (part, generation, hash)',
		'ALTER TABLE _redbear.key_indexes DROP CONSTRAINT key_indexes_pkey, ADD PRIMARY KEY (hash, generation, part)' ],
	[ 'ALTER EXTENSION redbear DROP TABLE _redbear.key_indexes; ALTER TABLE _redbear.key_indexes RENAME TO away;
		CREATE VIEW _redbear.key_indexes AS SELECT * FROM _redbear.away; ALTER EXTENSION redbear ADD VIEW _redbear.key_indexes',
		'ALTER EXTENSION redbear DROP VIEW _redbear.key_indexes; DROP VIEW _redbear.key_indexes; ALTER TABLE _redbear.away RENAME TO key_indexes;
		ALTER EXTENSION redbear ADD TABLE _redbear.key_indexes', $gone, qr/not as the extension's script made it/ ])
{
	my ($change, $back, $read_error, $build_error) = @$_;
	my ($name) = $change =~ /^(.{1,90})/;
	$sessions[1]->end;
	$sessions[1] = Session->new($node, 'postgres');
	value($change);
	is($sessions[0]->ask($read), $contents, "$name: what is known can be read");
	my $got = $sessions[1]->ask($read);
	$read_error ? like($got, $read_error, 'what is not, can not') : is($got, $contents, 'and what is not');
	# (no session is told that a table is no member any more)
	foreach my $session ($change =~ /^ALTER EXTENSION/ ? $sessions[1] : @sessions)
	{
		$got = $session->ask($build);
		$build_error ? like($got, $build_error, 'an error says so') : is($got, '2|t|t', 'it can be used');
	}
	value('SELECT * FROM rd_check_registry(); SELECT * FROM rd_shared_indexes()');
	value($back);
	is($_->ask("$read; $build"), "$contents\n2|t|t", 'afterwards all is as before') foreach @sessions;
}
is(value('SELECT problem FROM rd_check_registry()'), q{the extension's script has not marked the table to be dumped}, 'but that dumps do not have it any more');
# Rows of NULL are told of, and a row that arrives where there is one goes elsewhere.
value(q{
	ALTER TABLE _redbear.key_indexes DROP CONSTRAINT key_indexes_pkey, DISABLE TRIGGER ALL, ALTER hash DROP NOT NULL, ALTER generation DROP NOT NULL,
		ALTER part DROP NOT NULL, ALTER parts DROP NOT NULL, ALTER n DROP NOT NULL, ALTER keys DROP NOT NULL;
	INSERT INTO _redbear.key_indexes (hash, generation) VALUES (NULL, NULL);
	INSERT INTO _redbear.key_indexes (hash, part, parts, n, keys) VALUES (77, 0, 1, NULL, '["x"]');
	INSERT INTO _redbear.key_indexes (hash, part, parts, n, keys) SELECT rd_index_hash('{"null": 1}'), 0, 1, NULL, NULL;
	ALTER TABLE _redbear.key_indexes ENABLE ALWAYS TRIGGER check_part, ENABLE ALWAYS TRIGGER refuse_change, ENABLE ALWAYS TRIGGER refuse_truncate;
	INSERT INTO _redbear.key_indexes (hash, part, parts, n, keys) SELECT rd_index_hash('{"null": 1}'), 0, 1, 1, '["null"]'});
is(value(q{SELECT hash, problem FROM rd_check_registry() WHERE problem !~ 'dumped'; SELECT generation FROM _redbear.key_indexes WHERE keys = '["null"]'}),
	"|the primary key is missing\n|a row has no hash\n77|no row makes sense\n1", 'rows of NULL are told of');
is(value(qq{$read; SELECT rd_is_packed('{"null": 1}'), count(*) FROM rd_shared_indexes() WHERE keys = ARRAY['null']}), "$contents\nt|1", 'and harm nothing');
value('ALTER TABLE _redbear.key_indexes DROP registered_by');
like($_->ask($build), qr/not as the extension's script made it/, 'without a column, an error says so') foreach @sessions;
refused($read, qr/is not registered.*by rd_share_keys\(\)/s, 'an error tells what to do');
is(value(q{SELECT rd_is_packed('{"a": 1, "b": 2}'); SELECT problem FROM rd_check_registry()}), "f\nthere is no table _redbear.key_indexes in the extension, as its script made it", 'what is built has its keys');
$_->end foreach @sessions;
unlike(slurp_file($node->logfile), qr/terminated by signal/, 'nothing crashed');

$node->stop;
done_testing();
