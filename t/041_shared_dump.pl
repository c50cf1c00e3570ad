# Dump and restore with shared key indexes: by a superuser and by a plain owner
# of the database, in every order that tables and the registry can come in.
# Values and the registry are the same, bit by bit; what comes after the
# registry is packed, and rd_pack_column() packs the rest.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use RedbearTest;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->start;
my $dir = PostgreSQL::Test::Utils::tempdir();
my @keeper = (extra_params => [ '-U', 'keeper' ]);
$node->safe_psql('postgres', 'CREATE ROLE keeper LOGIN CREATEDB');

# Key sets, which are registered in one of two databases: the last ones in
# several parts, and never used.
my $register = q{
	SELECT rd_share_keys('{clicks,views,revenue}');
	SELECT rd_share_keys(ARRAY['', 'é', '"\\\\', E'\t\n\r\x01', '日本', '\\N', '\\.', 'a,b;c', '''', '😀']);
	SELECT rd_share_keys('{one}');
	SELECT rd_share_keys(array_agg('key é ' || i)) FROM generate_series(1, 900) AS i;
	SELECT rd_share_keys(array_agg(repeat('😀', i) || '"')) FROM generate_series(1, 100) AS i};

# Tables come in the order of their names, and the registry between them.
my $create = q{
	CREATE TYPE sort_of AS (m reddict, n int);
	CREATE TABLE a_traffic (
		id int PRIMARY KEY,
		m reddict DEFAULT '{"clicks": 1, "views": 0.1, "revenue": -0}',
		twice reddict GENERATED ALWAYS AS (m * 2) STORED,
		CHECK (m <> '{"clicks": 1e300, "views": "NaN", "revenue": 5e-324}'));
	INSERT INTO a_traffic (id, m)
		SELECT i, CASE i % 5
			WHEN 0 THEN reddict('{clicks,views,revenue}', ARRAY[i, i / 7.0, -i])
			WHEN 1 THEN reddict(ARRAY['', 'é', '"\\\\', E'\t\n\r\x01', '日本', '\\N', '\\.', 'a,b;c', '''', '😀'],
				ARRAY[i, 'NaN', 'Infinity', '-Infinity', 5e-324, -0.0::float8, 1e23, 1.2345678901234567e300, 2.2250738585072014e-308, 0.1])
			WHEN 2 THEN reddict('one', 1 / i::float8)
			WHEN 3 THEN reddict('other ' || i % 4, i)
		END FROM generate_series(1, 500) AS i;
	INSERT INTO a_traffic VALUES (501, '{}'), (502, '{"one": -0}');
	INSERT INTO a_traffic (id, m) SELECT 503, reddict(array_agg('key é ' || i), array_agg(sqrt(i))) FROM generate_series(1, 900) AS i;
	INSERT INTO a_traffic (id) VALUES (600);
	CREATE TABLE z_traffic (LIKE a_traffic INCLUDING ALL);
	INSERT INTO z_traffic (id, m) SELECT id, m FROM a_traffic;
	CREATE INDEX ON z_traffic ((m -> 'clicks'));
	CREATE INDEX ON z_traffic (m) WHERE m > '{"clicks": 0, "views": 0, "revenue": 0}' AND rd_length(m) < 50;
	CREATE INDEX ON z_traffic USING gin (m);
	CREATE INDEX ON z_traffic USING hash ((m + '{"one": 1}'));

	CREATE TABLE listed (m reddict, id int) PARTITION BY LIST (m);
	CREATE TABLE listed_some PARTITION OF listed FOR VALUES IN ('{"one": -0}', '{"clicks": 5, "views": 0.7142857142857143, "revenue": -5}', NULL);
	CREATE TABLE listed_other PARTITION OF listed DEFAULT;
	INSERT INTO listed SELECT m, id FROM a_traffic;
	CREATE TABLE hashed (m reddict, id int) PARTITION BY HASH (m);
	CREATE TABLE hashed_0 PARTITION OF hashed FOR VALUES WITH (MODULUS 2, REMAINDER 0);
	CREATE TABLE hashed_1 PARTITION OF hashed FOR VALUES WITH (MODULUS 2, REMAINDER 1);
	INSERT INTO hashed SELECT m, id FROM a_traffic;

	CREATE VIEW totals AS SELECT id % 10 AS part, sum(m + '{"clicks": 0.1, "views": 0, "revenue": 0}' ORDER BY id) AS m
		FROM a_traffic WHERE id <= 500 GROUP BY 1;
	CREATE MATERIALIZED VIEW states AS SELECT * FROM totals UNION ALL SELECT -1, '{"one": 0.1}';
	CREATE FUNCTION constant() RETURNS reddict RETURN '{"clicks": 1, "views": 0.1, "revenue": "NaN"}'::reddict;
	CREATE DOMAIN single AS reddict CHECK (VALUE <> '{"one": 13}') DEFAULT '{"one": 12}';
	CREATE TABLE nested (single single, maps reddict[], pair sort_of);
	INSERT INTO nested VALUES (DEFAULT, ARRAY['{"one": -0}', NULL, '{"two": 2}', '{"clicks": 1, "views": 2, "revenue": 3}']::reddict[], ('{"one": 3}', 3));
	CREATE TABLE late (id int, m reddict);
	CREATE RULE twice AS ON INSERT TO late WHERE NEW.id = 1 DO ALSO INSERT INTO late VALUES (2, '{"one": 2}')};

# Where values are, in binary; the indexes' order too
my @tables = (
	(map { "SELECT tableoid::regclass::text, * FROM $_ ORDER BY id" } qw(a_traffic z_traffic listed hashed)),
	'SELECT * FROM states ORDER BY part',
	'SELECT part, m FROM totals ORDER BY part',
	'SELECT id FROM z_traffic WHERE m IS NOT NULL ORDER BY m, id',
	'SELECT constant(), single, map, (pair).m, (pair).n FROM nested, unnest(maps) AS map');
my @columns = ([ 'a_traffic', 'm' ], [ 'z_traffic', 'm' ], [ 'listed', 'm' ], [ 'hashed', 'm' ]);

# How many maps of tables are packed, and how many could be, by the keys as text
sub packed
{
	my ($db, @which) = @_;
	return join ' ', map {
		$node->safe_psql(
			$db, qq{
			SELECT count(*) FILTER (WHERE rd_is_packed(m)) || '/' ||
				count(*) FILTER (WHERE ARRAY(SELECT unnest(rd_keys(m)) ORDER BY 1) IN (SELECT ARRAY(SELECT unnest(keys) ORDER BY 1) FROM rd_shared_indexes()))
			FROM $_})
	} @which;
}

# Definitions, without the random word of \restrict
sub definitions
{
	my $db = shift;
	my ($sql, $error) = run_command([ 'pg_dump', '--schema-only', '-U', 'keeper', $node->connstr($db) ]);
	return $sql =~ s/^\\(?:un)?restrict .*\n//mgr;
}

# The same data without shared key indexes are the oracle.
$node->safe_psql('postgres', 'CREATE DATABASE plain OWNER keeper; CREATE DATABASE original OWNER keeper');
$node->safe_psql($_, 'CREATE EXTENSION redbear', @keeper) foreach qw(plain original);
$node->safe_psql('original', $register, @keeper);
$node->safe_psql($_, $create, @keeper) foreach qw(plain original);
my $contents = image($node, 'plain', @tables);
my $definitions = definitions('plain');

# The registry's rows (when they were registered, only a superuser brings along)
my $registrations = 'SELECT hash, generation, part, parts, n, keys, registered_by FROM _redbear.key_indexes ORDER BY hash, part';
my $registry = image($node, 'original', $registrations);

is(packed('plain', 'a_traffic'), '0/0', 'nothing is packed in a database without registrations');
my $all = packed('original', qw(a_traffic z_traffic listed hashed));
is($all, '303/303 303/303 303/303 303/303', 'and all that can be with them');
is(image($node, 'original', @tables), $contents, 'packed values are the same in binary');
is(definitions('original'), $definitions, 'and packed constants in definitions');
is( $node->safe_psql(
		'original', q{
		SET redbear.pack = off;
		INSERT INTO a_traffic (id) VALUES (601);
		SELECT rd_is_packed(m), rd_is_packed(constant()), rd_is_packed('{"one": 1}') FROM a_traffic WHERE id = 601;
		DELETE FROM a_traffic WHERE id = 601}),
	't|t|f', 'which are packed in the catalogues');
is( $node->safe_psql('original', 'SELECT count(DISTINCT hash) || \' \' || (count(*) > 12)::text FROM _redbear.key_indexes'),
	'5 true', 'registrations are of several parts');

sub dump_to
{
	my ($file, @options) = @_;
	$node->command_ok([ 'pg_dump', '--file', "$dir/$file", '-U', 'keeper', @options, $node->connstr('original') ],
		"the owner dumps $file");
	return;
}
dump_to('sql');
dump_to('inserts', '--inserts');
dump_to('rows', '--column-inserts', '--rows-per-insert=3');
dump_to('custom', '--format=custom');
dump_to('directory', '--format=directory', '--jobs=4');
dump_to('tables', '--format=custom', '--exclude-table-data=_redbear.key_indexes');
dump_to('traffic', '--format=custom', '--data-only', '--table=a_traffic');

# Of the data a list in another order, for pg_restore
my ($list) = run_command([ 'pg_restore', '--list', "$dir/custom" ]);
my @data = grep { /TABLE DATA/ } split /\n/, $list;
my @rest = grep { !/TABLE DATA/ && !/^;/ } split /\n/, $list;
my ($first_after) = grep { $rest[$_] =~ / (?:CONSTRAINT|INDEX|MATERIALIZED VIEW DATA) / } 0 .. $#rest;
my ($registry_data) = grep { /key_indexes/ } @data;
my @others = grep { !/key_indexes/ } @data;
my %order = (first => [ $registry_data, @others ], last => [ @others, $registry_data ], none => \@others);
append_to_file("$dir/$_", join "\n", @rest[ 0 .. $first_after - 1 ], @{ $order{$_} }, @rest[ $first_after .. $#rest ], '')
  foreach keys %order;
is(scalar grep({ /key_indexes/ } @data), 1, 'the registry is in the dump once');
unlike(join("\n", grep { !/EXTENSION/ } @rest), qr/rd_|redbear|key_indexes/, 'and nothing else of the extension');

# Restores into a database of its own, and compares
my $number = 0;

sub restored
{
	my ($name, $user, $wanted, @command) = @_;
	my %with = ref $command[0] eq 'HASH' ? %{ shift @command } : ();
	my $db = 'restored' . ++$number;
	my @tool =
	  $command[0] =~ /^-/ || @command > 1
	  ? ('pg_restore', '--exit-on-error')
	  : ('psql', '--no-psqlrc', '--quiet', '--set=ON_ERROR_STOP=1', '--output=/dev/null');
	my $file = pop @command;
	push @command, '--file' if $tool[0] eq 'psql';
	$node->safe_psql('postgres', "CREATE DATABASE $db TEMPLATE template0 OWNER keeper");
	$node->safe_psql($db, $_, @keeper) foreach @{ $with{before} // [] };
	$node->command_ok([ @tool, '-U', $user, '--dbname', $node->connstr($db), @command, "$dir/$file" ], "$name, as $user");
	is(image($node, $db, @tables), $contents, "$name, as $user: values are the same, bit by bit");
	is($node->safe_psql($db, 'SELECT count(*) FROM _redbear.key_indexes') eq '0' ? '' : image($node, $db, $registrations),
		$with{registry} // $registry, "$name, as $user: the registry is what it should be");
	is(definitions($db), $definitions, "$name, as $user: definitions are the same");
	is(packed($db, qw(a_traffic z_traffic)), $wanted, "$name, as $user: packed at first");
	$node->safe_psql($db, "CALL rd_pack_column('$_->[0]', '$_->[1]', 100)", @keeper) foreach @columns;
	is(packed($db, qw(a_traffic z_traffic listed hashed)), $with{all} // $all, "$name, as $user: packed in the end");
	is(image($node, $db, @tables), $contents, "$name, as $user: and still the same");
	return $db;
}

my $none = '0/0 0/0 0/0 0/0';
my $db;
foreach my $user (qw(keeper postgres))
{
	# (what comes first of a parallel restore is anybody's guess)
	restored('as SQL', $user, '303/303 303/303', 'sql');
	restored('as INSERT commands', $user, '303/303 303/303', 'inserts');
	restored('in one transaction', $user, '0/303 0/303', '--single-transaction', 'custom');
	restored('registry first', $user, '303/303 303/303', "--use-list=$dir/first", 'custom');
	restored('registry last', $user, '0/303 0/303', "--use-list=$dir/last", 'custom');
}
restored('as INSERT commands of rows', 'keeper', '303/303 303/303', 'rows');
$db = restored('without the registry', 'keeper', '0/0 0/0', { registry => '', all => $none }, "--use-list=$dir/none", 'custom');
restored('dumped without it', 'keeper', '0/0 0/0', { registry => '', all => $none }, '--no-comments', 'tables');

# The registry comes later, and brings no more than it has.
foreach (1, 2)
{
	$node->command_ok([ 'pg_restore', '--exit-on-error', '-U', 'keeper', '--data-only', '--schema=_redbear',
			'--dbname', $node->connstr($db), "$dir/custom" ],
		"the registry after all else, for the ${_}th time");
	is(image($node, $db, $registrations), $registry, 'is there once');
}
$node->safe_psql($db, "CALL rd_pack_column('$_->[0]', '$_->[1]')", @keeper) foreach @columns;
is(packed($db, qw(a_traffic z_traffic listed hashed)), $all, 'and all can be packed');
is(image($node, $db, @tables), $contents, 'and is the same');

# In parallel: whatever is packed by then
$node->safe_psql('postgres', 'CREATE DATABASE parallel OWNER keeper');
$node->command_ok([ 'pg_restore', '--exit-on-error', '--jobs=4', '-U', 'keeper', '--dbname', $node->connstr('parallel'), "$dir/directory" ],
	'in parallel');
is(image($node, 'parallel', @tables), $contents, 'in parallel: values are the same');
is(image($node, 'parallel', $registrations), $registry, 'in parallel: so is the registry');
$node->safe_psql('parallel', "CALL rd_pack_column('$_->[0]', '$_->[1]')", @keeper) foreach @columns;
is(packed('parallel', qw(a_traffic z_traffic listed hashed)), $all, 'in parallel: all can be packed');

# Where the same sets, and another, are registered already, all is packed at
# once; the first registration stays.
$node->safe_psql('postgres', 'CREATE DATABASE registered OWNER keeper');
$node->safe_psql('registered', "CREATE EXTENSION redbear; $register; SELECT rd_share_keys('{another}')", @keeper);
my $before = image($node, 'registered', $registrations);
$node->command_ok([ 'pg_restore', '--exit-on-error', '-U', 'keeper', '--dbname', $node->connstr('registered'), "$dir/custom" ],
	'sets are registered already');
is(image($node, 'registered', $registrations), $before, 'and stay as they are');
is(packed('registered', qw(a_traffic z_traffic listed hashed)), $all, 'what is restored is packed');
is(image($node, 'registered', @tables), $contents, 'and is the same');

# Data only, with triggers disabled, which only a superuser may: afterwards they
# are enabled, but no longer ALWAYS.
$node->safe_psql('postgres', 'CREATE DATABASE disabled OWNER keeper');
$node->command_ok([ 'pg_restore', '--exit-on-error', '--schema-only', '-U', 'keeper', '--dbname', $node->connstr('disabled'), "$dir/custom" ],
	'definitions alone');
is($node->safe_psql('disabled', 'SELECT count(*) FROM _redbear.key_indexes'), '0', 'bring no registrations');
$node->command_ok([ 'pg_restore', '--exit-on-error', '--data-only', '--disable-triggers', '--dbname', $node->connstr('disabled'), "$dir/custom" ],
	'data alone, triggers disabled');
$node->safe_psql('disabled', 'REFRESH MATERIALIZED VIEW states', @keeper);
is(image($node, 'disabled', @tables), $contents, 'triggers disabled: values are the same');
is(image($node, 'disabled', $registrations), $registry, 'triggers disabled: so is the registry');
is(packed('disabled', qw(a_traffic z_traffic)), '303/303 303/303', 'triggers disabled: packed at first');

# The extension in another schema: of what is dumped from there, and of a table
# that is restored to there
$node->safe_psql('postgres', "CREATE DATABASE $_ OWNER keeper; ALTER DATABASE $_ SET search_path = public, \"Other Maps\"") foreach qw(moved back);
$node->safe_psql('moved', "CREATE SCHEMA \"Other Maps\"; CREATE EXTENSION redbear SCHEMA \"Other Maps\"; $register; $create", @keeper);
is(image($node, 'moved', @tables), $contents, 'in another schema: values are the same');
$node->command_ok([ 'pg_dump', '--format=custom', '--file', "$dir/moved", '-U', 'keeper', $node->connstr('moved') ],
	'dump from another schema');
$node->command_ok([ 'pg_restore', '--exit-on-error', '-U', 'keeper', '--dbname', $node->connstr('back'), "$dir/moved" ],
	'and restore');
is(image($node, 'back', @tables), $contents, 'from another schema: values are the same');
is(image($node, 'back', $registrations), $registry, 'from another schema: so is the registry');
$node->safe_psql('back', 'TRUNCATE a_traffic', @keeper);
$node->command_ok([ 'pg_restore', '--exit-on-error', '-U', 'keeper', '--dbname', $node->connstr('back'), "$dir/traffic" ],
	'a table to another schema');
is(image($node, 'back', @tables), $contents, 'to another schema: values are the same');
is(packed('back', 'a_traffic'), '303/303', 'to another schema: and packed, the registry being there');

# What a restore was stopped in the middle of can be completed. Till then it is
# not packed against, nor in the transaction that completes it, which may be
# rolled back to any point.
$node->safe_psql('postgres', 'CREATE DATABASE partly OWNER keeper');
$node->safe_psql('partly', 'CREATE EXTENSION redbear', @keeper);
my $part = slurp_file("$dir/inserts") =~ s/.*?(INSERT INTO _redbear.key_indexes VALUES [^;]*, 0, 0, [2-9], 900, .*?;\n).*/$1/sr;
like($part, qr/^INSERT INTO \S+ VALUES \([-0-9]+, 0, 0, \d+, 900, [^\n]*\);$/, 'the first part of some');
$node->safe_psql('partly', $part, @keeper);
is($node->safe_psql('partly', 'SELECT count(*) FROM _redbear.key_indexes') . $node->safe_psql('partly', 'SELECT count(*) FROM rd_shared_indexes()'),
	'10', 'may come alone, and is no registration then');
my $keys = q{(SELECT array_agg('key é ' || i) FROM generate_series(1, 900) AS i)};
is( $node->safe_psql(
		'partly', qq{
		CREATE TABLE kept (m reddict);
		DO \$\$
		DECLARE
			m reddict;
		BEGIN
			m := reddict($keys, array_fill(1.0, ARRAY[900]));
			ASSERT NOT rd_is_packed(m);
			BEGIN
				PERFORM rd_share_keys($keys);
				ASSERT (SELECT count(*) FROM rd_shared_indexes()) = 1;
				m := rd_pack(reddict($keys, array_fill(2.0, ARRAY[900])));
				RAISE unique_violation;
			EXCEPTION WHEN unique_violation THEN
				INSERT INTO kept VALUES (m);
			END;
		END \$\$;
		SELECT rd_is_packed(m), rd_sum(m), (SELECT count(*) FROM rd_shared_indexes()) FROM kept;
		SELECT rd_share_keys($keys) IS NULL;
		SELECT count(*) FROM rd_shared_indexes();
		SELECT rd_is_packed(rd_pack(m)) FROM kept}, @keeper),
	"f|1800|0\nf\n1\nt", 'not complete, it is not packed against; completed, it is');

#
# Into a database of another encoding: key sets with keys beyond ASCII are left
# out, though that encoding lacks them, and no row is.
#
$node->safe_psql('postgres', q{
	CREATE DATABASE wide;
	CREATE DATABASE narrow ENCODING 'LATIN1' TEMPLATE template0;
	CREATE DATABASE ascii ENCODING 'SQL_ASCII' TEMPLATE template0});
$node->safe_psql('wide', q{
	CREATE EXTENSION redbear;
	SELECT count(rd_share_keys(k)) FROM (VALUES (ARRAY['p', 'q']), (ARRAY['é']), (ARRAY['日', '😀']), (ARRAY['last'])) AS v(k);
	CREATE TABLE t AS SELECT m, m::text AS wanted FROM (VALUES ('{"p": 1, "q": 2}'::reddict), ('{"é": 3}'), ('{"last": 4}')) AS v(m)});
# in parts, of which most are ASCII
$node->safe_psql('wide', q{SELECT count(rd_share_keys(ARRAY(SELECT CASE i WHEN 500 THEN 'z é' ELSE 'key ' || i END FROM generate_series(1, 500) AS i)))});
foreach ([ 'narrow', [] ], [ 'narrow', [ '--encoding=LATIN1' ] ], [ 'ascii', [] ])
{
	my ($db, $options) = @$_;
	my $file = "$dir/wide" . @$options . $db;
	command_ok([ 'pg_dump', @$options, '--file', $file, '--dbname', $node->connstr('wide') ], "dumped: @$options");
	my (undef, undef, $errors) = $node->psql($db, "DROP EXTENSION IF EXISTS redbear CASCADE; DROP TABLE IF EXISTS t;\n\\i $file");
	unlike($errors, qr/ERROR/, "$db: restored without an error");
	is(() = $errors =~ /WARNING:  skipping a registration/g, 3, 'with a warning for each set of keys that is left out');
	is( $node->safe_psql($db, q{
			SELECT keys FROM rd_shared_indexes() ORDER BY keys;
			SELECT count(*) FROM rd_check_registry();
			SELECT count(*), bool_and(m::text = wanted AND m = wanted::reddict), count(*) FILTER (WHERE rd_is_packed(m)) FROM t}),
		"{last}\n{p,q}\n0\n3|t|2", 'all rows are there, packed where their keys are registered');
}

$node->stop;
done_testing();
