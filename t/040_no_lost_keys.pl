# No keys are lost: whatever becomes of a registration, a value that was stored
# can be read, and is what was put in, which jsonb beside it says. And values
# are packed where they may be.
#
# A matrix of what becomes of a registration (@shapes), how a value is made and
# kept meanwhile (@carriers), and how keys are registered (@ways). Each cell has
# a key set of its own. It is read in the session, in others, on a standby, after
# promotion, and after a crash.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Session;
use Test::More;
use Time::HiRes 'usleep';

my $primary = PostgreSQL::Test::Cluster->new('primary');
$primary->init(allows_streaming => 1, extra => [ '--encoding=UTF8', '--locale=C' ]);
# A plan that is made anew may pack what it held with keys: nothing is to come
# between. And what has not been flushed is to be lost in a crash.
$primary->append_conf('postgresql.conf', q{
	autovacuum = off
	max_prepared_transactions = 5
	wal_writer_delay = 10s});
$primary->start;
$primary->backup('backup');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'backup', has_streaming => 1);
$standby->start;

# verdict() is how a value is: right or not, packed or with its keys.
my $tables = q{
	CREATE EXTENSION redbear;
	CREATE TABLE kept (cell int, step text, m reddict, j jsonb);
	CREATE UNLOGGED TABLE unlogged (LIKE kept);
	CREATE TABLE numbers AS SELECT i FROM generate_series(1, 20) AS i;
	ALTER TABLE numbers SET (parallel_workers = 2);
	CREATE FUNCTION verdict(m reddict, j jsonb) RETURNS text LANGUAGE plpgsql AS $$
	BEGIN
		IF m::jsonb = j AND m = j::reddict AND m = rd_unpack(m) AND rd_unpack(m)::jsonb = j
			AND rd_keys(m) = rd_keys(rd_unpack(m)) AND reddict_hash(m) = reddict_hash(rd_unpack(m))
		THEN
			RETURN CASE WHEN rd_is_packed(m) THEN 'packed' ELSE 'with keys' END;
		END IF;
		RETURN 'differs: ' || m::text;
	EXCEPTION WHEN OTHERS THEN
		RETURN SQLERRM;
	END $$};
$primary->safe_psql('postgres', $tables);

# A session that registers; one that has looked, and then waits idle; one in a
# transaction that has begun before all; and one that looks on the standby.
my $own = Session->new($primary, 'postgres');
my $idle = Session->new($primary, 'postgres');
my $long = Session->new($primary, 'postgres');
$primary->wait_for_catchup($standby, 'replay', $primary->lsn('insert'));
my $far = Session->new($standby, 'postgres');
$own->ask(q{
	SET client_min_messages = warning;
	SET plan_cache_mode = force_generic_plan;
	SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
	SET parallel_leader_participation = off;
	CREATE TEMP TABLE temporary (LIKE kept)});
$long->ask('BEGIN ISOLATION LEVEL REPEATABLE READ');
is($_->ask(q{SELECT rd_is_packed('{"a": 1}')}), 'f', 'a session has looked') foreach $idle, $long, $far;

#
# What becomes of a registration. The statements of a session, with
#
#	<register>	it registers the keys
#	<inside>	makes and stores a value, with what is at hand until <after>
#	<between>	stores a value
#	<meanwhile>	another session stores a value
#	<also>		another session registers the keys, and waits for that
#	<joined>	which has ended
#	<after>		stores a value
#
# Then: whether the keys are registered in the end, whether what was stored
# inside is there, and the error it runs into.
#
my $error = 'ERROR:  division by zero';
my @shapes = (
	[ 'alone', '<inside> <register> <after>', 1, 1 ],
	[ 'commit', 'BEGIN; <register> <inside> <meanwhile> COMMIT; <after>', 1, 1 ],
	[ 'rollback', 'BEGIN; <register> <inside> <meanwhile> ROLLBACK; <after>', 0, 0 ],
	[ 'error', "BEGIN; <register> <inside> <meanwhile> SELECT 1 / 0; COMMIT; <after>", 0, 0, $error ],
	[ 'savepoint, rollback to it', 'BEGIN; SAVEPOINT s; <register> <inside> ROLLBACK TO s; <meanwhile> <after> COMMIT;', 0, 0 ],
	[ 'savepoint, release', 'BEGIN; SAVEPOINT s; <register> RELEASE s; <inside> <meanwhile> COMMIT; <after>', 1, 1 ],
	[ 'savepoint, release, rollback', 'BEGIN; SAVEPOINT s; <register> RELEASE s; <inside> <meanwhile> ROLLBACK; <after>', 0, 0 ],
	[   'savepoints, one within the other',
		'BEGIN; SAVEPOINT r; SAVEPOINT s; <register> RELEASE s; <inside> ROLLBACK TO r; <meanwhile> <between> COMMIT; <after>', 0, 0 ],
	[   'rollback to savepoint, once more',
		'BEGIN; SAVEPOINT s; <register> <inside> ROLLBACK TO s; <register> <meanwhile> <between> COMMIT; <after>', 1, 0 ],
	[   'prepared, commit', q{BEGIN; <register> <inside> PREPARE TRANSACTION 'p'; <meanwhile> <between> COMMIT PREPARED 'p'; <after>}, 1, 1 ],
	[   'prepared, rollback', q{BEGIN; <register> <inside> PREPARE TRANSACTION 'p'; <meanwhile> <between> ROLLBACK PREPARED 'p'; <after>},
		0, 0 ],
	[ 'two at once, commit', 'BEGIN; <register> <inside> <also> COMMIT; <joined> <after>', 1, 1 ],
	[ 'two at once, rollback', 'BEGIN; <register> <inside> <also> ROLLBACK; <joined> <after>', 1, 0 ],
	[ 'repeatable read', 'BEGIN ISOLATION LEVEL REPEATABLE READ; LOCK numbers IN ACCESS SHARE MODE; DECLARE n CURSOR FOR TABLE numbers; <register> <inside> COMMIT; <after>', 1, 1 ],
	[ 'serializable', 'BEGIN ISOLATION LEVEL SERIALIZABLE; LOCK numbers IN ACCESS SHARE MODE; DECLARE n CURSOR FOR TABLE numbers; <register> <inside> COMMIT; <after>', 1, 1 ],
	[ 'procedure, commit', 'CALL: <register> <inside> <variable> COMMIT; <after>', 1, 1 ],
	[ 'procedure, rollback', 'CALL: <register> <inside> <variable> ROLLBACK; <after>', 0, 0 ],
	[ 'procedure, both', 'CALL: <register> <inside> <variable> ROLLBACK; <register> <between> COMMIT; <after>', 1, 0 ],
	[ 'exception block', 'CALL: BEGIN <register> <inside> <variable> PERFORM 1 / 0; EXCEPTION WHEN division_by_zero THEN END; <after>', 0, 0 ],
	[   'exception block, caught within',
		'CALL: BEGIN <register> BEGIN <inside> <variable> PERFORM 1 / 0; EXCEPTION WHEN division_by_zero THEN END; END; <between> COMMIT; <after>',
		1, 0 ]);

#
# How a value is made: as the expression "value", which is stored inside and
# after. Or by statements, of which those of "inside" may leave a constant in a
# plan. Brackets stand for what is of the cell: its number, a map as JSON, in
# which two parts of it, its keys. After shows a packed value where it may be
# one, or never if "packed" is 0.
#
sub store
{
	my ($table, $step, $value) = @_;
	return "INSERT INTO $table SELECT [cell], $step, $value, '[json]'";
}

# What "for" has to say about the steps of a shape, and whether what is stored
# inside is there in the end
my $outside_of_two_phase = sub { $_[0] !~ /PREPARE/ };
my $for_kept = sub { $_[1] };
my $work = q{CREATE TABLE worked AS SELECT ('[json]' || repeat(' ', i))::reddict AS m FROM numbers};
my $worked = 'FROM worked GROUP BY rd_is_packed(m), m; DROP TABLE worked';
my @carriers = (
	{ name => 'text', value => q('[json]') },
	{ name => 'jsonb', value => q('[json]'::jsonb::reddict) },
	{ name => 'operator', value => q('[left]'::reddict || '[right]') },
	{ name => 'aggregate', value => q{(SELECT sum(m) FROM (VALUES ('[left]'::reddict), ('[right]')) AS v(m))} },
	{ name => 'aggregate of pairs', value => q{(SELECT reddict_agg(key, value::text::float8) FROM jsonb_each('[json]'))} },
	{ name => 'rd_pack', value => q{rd_pack('[json]')} },
	{ name => 'off', before => 'SET redbear.pack = off', value => q('[json]'), finally => 'RESET redbear.pack', packed => 0 },
	{ name => 'off, rd_pack', before => 'SET redbear.pack = off', value => q{rd_pack('[json]')}, finally => 'RESET redbear.pack' },
	{ name => 'unlogged table', value => q('[json]'), table => 'unlogged' },
	{ name => 'temporary table', value => q('[json]'), table => 'temporary', for => $outside_of_two_phase },
	{   name => 'constant of a plan',
		inside => 'PREPARE p (text) AS ' . store('kept', '$1', q('[json]')) . q(; EXECUTE p ('inside')),
		after => q{EXECUTE p ('after')},
		finally => 'DEALLOCATE p',
		packed => 0 },
	{   name => 'constant of a function in a plan',
		before => q{CREATE OR REPLACE FUNCTION made() RETURNS reddict LANGUAGE sql IMMUTABLE AS $f$ SELECT '[left]'::reddict + '[right]' $f$},
		inside => 'PREPARE p (text) AS ' . store('kept', '$1', 'made()') . q(; EXECUTE p ('inside')),
		after => q{EXECUTE p ('after')},
		finally => 'DEALLOCATE p',
		packed => 0 },
	{   name => 'constant in PL/pgSQL',
		before => q{CREATE OR REPLACE FUNCTION made() RETURNS reddict LANGUAGE plpgsql AS $f$ BEGIN RETURN '[left]'::reddict || '[right]'; END $f$},
		value => 'made()',
		packed => 0 },
	{   name => 'subscripts in PL/pgSQL',
		before => q{CREATE OR REPLACE FUNCTION made() RETURNS reddict LANGUAGE plpgsql AS
			$f$ DECLARE m reddict; k text; v float8; BEGIN FOR k, v IN SELECT * FROM rd_each('[json]') LOOP m[k] := v; END LOOP; RETURN m; END $f$},
		value => 'made()' },
	{   name => 'default of a column',
		before => 'CREATE TABLE had AS SELECT 1 AS i',
		inside => q{ALTER TABLE had ADD m reddict DEFAULT '[json]'; INSERT INTO had VALUES (2); }
		  . store('kept', q('inside'), '(SELECT DISTINCT m FROM had)'),
		after => 'INSERT INTO had VALUES (3); ' . store('kept', q('after'), '(SELECT DISTINCT m FROM had)'),
		finally => 'DROP TABLE had',
		for => $for_kept,
		packed => 0 },
	{   name => 'constant of a view',
		after => q{CREATE VIEW shows AS SELECT m FROM (VALUES ('[json]'::reddict)) AS v(m); }
		  . store('kept', q('after'), '(SELECT m FROM shows)'),
		finally => 'DROP VIEW shows' },
	{   name => 'cursor WITH HOLD',
		inside => q{DECLARE c CURSOR WITH HOLD FOR SELECT '[left]'::reddict || m FROM (VALUES ('[right]'::reddict)) AS v(m)},
		stores => 0,
		after => q{DO $d$ DECLARE c refcursor := 'c'; v reddict; BEGIN FETCH c INTO v; } . store('kept', q('after'), 'v') . q{; CLOSE c; END $d$},
		for => sub { $for_kept->(@_) && $outside_of_two_phase->(@_) },
		packed => 0 },
	{   name => 'parallel workers',
		inside => "$work; " . store('kept', q('inside'), 'm') . " $worked",
		after => "$work; " . store('kept', q('after'), 'm') . " $worked" },
	{   name => 'rd_pack_column',
		before => q{CREATE TABLE had AS SELECT '[json]'::reddict AS m},
		inside => q{INSERT INTO had VALUES ('[json]'); } . store('kept', q('inside'), '(SELECT max(m) FROM had)'),
		finally => q{CALL rd_pack_column('had', 'm', 1); } . store('kept', q('finally'), 'm')
		  . ' FROM had GROUP BY rd_is_packed(m), m; DROP TABLE had' });

# How keys are registered. The row of the registry is as a dump brings it.
my @ways = (
	{ name => 'rd_share_keys', register => q{rd_share_keys('[keys]')} },
	{ name => 'rd_share_keys_of', register => q{rd_share_keys_of('[json]')} },
	{   name => 'rd_share_column',
		before => q{CREATE TABLE shared AS SELECT '[json]'::reddict AS m},
		register => q{rd_share_column('shared', 'm', 1)},
		finally => 'DROP TABLE shared' },
	{   name => 'INSERT',
		register => q{registered('[json]')} });
$primary->safe_psql(
	'postgres', q{
	CREATE FUNCTION registered(m reddict) RETURNS void LANGUAGE sql AS $$
		INSERT INTO _redbear.key_indexes (hash, part, parts, n, keys)
		VALUES (rd_index_hash(m), 0, 1, cardinality(rd_keys(m)), to_json(rd_keys(m))) $$});

#
# The cells: each with what is to be there in the end, as [table, step, verdict]
#
my @cells;

sub add_cell
{
	my ($shape, $carrier, $way) = @_;
	my ($name, $steps, $registered, $inside, $complaint) = @$shape;
	return if $carrier->{for} && !$carrier->{for}->($steps, $inside);
	my $table = $carrier->{table} // 'kept';
	my $form = $registered ? 'packed' : 'with keys';
	my @wanted = ([ $table, 'after', ($carrier->{packed} // 1) ? $form : 'with keys' ]);
	@wanted = () if $carrier->{name} eq 'rd_pack_column';
	push @wanted, [ $table, 'inside', 'with keys' ] if $inside && ($carrier->{value} || $carrier->{inside}) && ($carrier->{stores} // 1);
	push @wanted, [ 'kept', $1, 'with keys' ] while $steps =~ /<(between|meanwhile|variable)>/g;
	push @wanted, [ 'kept', 'finally', $form ] if $carrier->{name} eq 'rd_pack_column';
	push @wanted, map { [ 'kept', $_, $form ] } qw(end idle long);
	push @cells,
	  { name => "$name, $carrier->{name}, $way->{name}", steps => $steps, complaint => $complaint, carrier => $carrier, way => $way, wanted => \@wanted };
	return;
}

foreach my $shape (@shapes)
{
	add_cell($shape, $_, $ways[0]) foreach @carriers;
	add_cell($shape, $carriers[0], $_) foreach @ways[ 1 .. $#ways ];
}

# Each cell has its own keys, so many every few that a registration has parts.
sub fill_in
{
	my ($text, $cell) = @_;
	my $n = $cells[$cell] && $cells[$cell]{way} == $ways[0] && $cell % 5 == 0 ? 150 : 2 + $cell % 3;
	my @keys = map { ($_ % 2 ? 'é' : 'key ') . "$_ of $cell" } 1 .. $n;
	my @pairs = map { sprintf '"%s": %s', $keys[$_], $_ / 8 - 1 } 0 .. $#keys;
	my %value = (
		cell => $cell,
		keys => '{' . join(',', map { qq("$_") } @keys) . '}',
		json => '{' . join(', ', @pairs) . '}',
		left => "{$pairs[0]}",
		right => '{' . join(', ', @pairs[ 1 .. $#pairs ]) . '}');
	return $text =~ s/\[(cell|keys|json|left|right)\]/$value{$1}/gr;
}

my $found = q{SELECT step, verdict(m, j) FROM (%s) AS t WHERE cell = %s ORDER BY 1};

sub wanted
{
	my ($cell, @tables) = @_;
	my %here = map { $_ => 1 } @tables;
	return join "\n", sort map { "$_->[1]|$_->[2]" } grep { $here{ $_->[0] } } @{ $cells[$cell]{wanted} };
}

sub run_cell
{
	my $number = shift;
	my ($name, $steps, $carrier, $way) = @{ $cells[$number] }{qw(name steps carrier way)};
	my $in_procedure = $steps =~ s/^CALL: //;
	my $table = $carrier->{table} // 'kept';
	my $register = "PERFORM $way->{register};";
	my $statement = sub {
		my $text = shift;
		return '' unless $text;
		return $in_procedure ? "EXECUTE \$e\$ $text \$e\$;" : "$text;";
	};
	my %sql = (
		register => $in_procedure ? $register : "DO \$r\$ BEGIN $register END \$r\$;",
		inside => $statement->($carrier->{inside} // ($carrier->{value} && store($table, q('inside'), $carrier->{value}))),
		after => $statement->($carrier->{after} // ($carrier->{value} && store($table, q('after'), $carrier->{value}))),
		between => store('kept', q('between'), q('[json]')) . ';',
		variable => q{v := '[left]'::reddict || '[right]';});
	my $text = '';
	my $said = '';
	my $ask = sub {
		my ($session, $sql) = @_;
		my $answer = $session->ask(fill_in($sql, $number));
		$said .= "$answer\n" if $answer ne '';
		return;
	};

	$ask->($own, join ';', grep { $_ } $carrier->{before}, $way->{before});
	foreach my $step (split /(<\w+>)/, $steps)
	{
		my ($what) = $step =~ /^<(\w+)>$/;
		if (!$what || $sql{$what} || $what =~ /^(inside|after)$/)
		{
			$text .= $what ? $sql{$what} : $step;
			next;
		}
		$ask->($own, $text);
		$text = '';
		if ($what eq 'meanwhile')
		{
			$ask->($idle, store('kept', q('meanwhile'), q('[json]')));
		}
		elsif ($what eq 'also')
		{
			$idle->tell(fill_in("DO \$r\$ BEGIN $register END \$r\$", $number));
			$idle->wait_for_lock($primary, 'postgres');
		}
		else
		{
			my $answer = $idle->hear;
			$said .= "$answer\n" if $answer ne '';
		}
	}
	$text = "CREATE OR REPLACE PROCEDURE cell() LANGUAGE plpgsql AS \$c\$ DECLARE v reddict; BEGIN $text "
	  . store('kept', q('variable'), 'v') . '; END $c$; CALL cell()'
	  if $in_procedure;
	$ask->($own, $text);
	$ask->($own, join ';', grep { $_ } $carrier->{finally}, $way->{finally}, store('kept', q('end'), q('[json]')));
	$ask->($_->[0], store('kept', "'$_->[1]'", q('[json]'))) foreach [ $idle, 'idle' ], [ $long, 'long' ];

	# What the long transaction has stored is not to be seen yet.
	my @tables = qw(kept unlogged temporary);
	$said .= $own->ask(sprintf $found, join(' UNION ALL ', map { "TABLE $_" } @tables), $number);
	my @wanted = grep { !/^long/ } split /\n/, wanted($number, @tables);
	is($said, join("\n", grep { defined } $cells[$number]{complaint}, @wanted), "$name: in the session");
	return;
}

# What a session or a node finds of all cells
sub see_all
{
	my ($where, $query, @tables) = @_;
	my %found;
	foreach (split /\n/, $query->("SELECT cell, step, verdict(m, j) FROM (" . join(' UNION ALL ', map { "TABLE $_" } @tables) . ') AS t ORDER BY 1, 2'))
	{
		my ($cell, $rest) = /^(\d+)\|(.*)$/;
		push @{ $found{$cell} }, $rest;
	}
	is(join("\n", @{ $found{$_} // [] }), wanted($_, @tables), "$cells[$_]{name}: $where") foreach 0 .. $#cells;
	return;
}

like($own->ask("EXPLAIN (COSTS OFF) $work"), qr/Workers Planned: 2/, 'workers make values')
  foreach map { s/\[json\]/{}/r } $work;
run_cell($_) foreach 0 .. $#cells;
is($long->ask('COMMIT'), '', 'the long transaction ends');
see_all('in an idle session', sub { $idle->ask(@_) }, qw(kept unlogged));
see_all('in a new session', sub { $primary->safe_psql('postgres', @_) }, qw(kept unlogged));


# On the standby: by one that has looked before there were registrations, and
# by one that comes now. It makes packed values, too.
my $registered = (grep { wanted($_, 'kept') =~ /^end\|packed/m } 0 .. $#cells)[0];
my $made = fill_in(q{SELECT verdict('[json]', '[json]')}, $registered);
$primary->wait_for_catchup($standby, 'replay', $primary->lsn('insert'));
see_all('on the standby, by one that waited', sub { $far->ask(@_) }, 'kept');
see_all('on the standby', sub { $standby->safe_psql('postgres', @_) }, 'kept');
is($far->ask($made), 'packed', 'the standby makes packed values');
like(
	$far->ask(q{SELECT rd_share_keys('{a,b}')}),
	qr/^ERROR:  cannot execute rd_share_keys\(\) in a read-only transaction|during recovery/,
	'but registers nothing');

#
# Registrations that are committed or open when a server ends. What one session
# does, how another commits what it stores then, and how that is afterwards, as
# what is stored anew is. (An open registration keeps others from registering,
# so it is the last before the server ends. What was not flushed may be lost, and
# the value with it.)
#
my $prepared = [ 'prepared', q(BEGIN; <register> PREPARE TRANSACTION 'open'), 'on', 'with keys' ];
my @crashes = (
	[   [ 'committed', '<register>', 'on', 'packed' ],
		[ 'committed, not flushed', 'SET synchronous_commit = off; <register>', 'on', 'packed' ],
		[ 'in progress', 'BEGIN; <register>', 'on', 'with keys' ] ],
	[ [ 'not flushed, nor what came after', 'SET synchronous_commit = off; <register>', 'off' ] ],
	[$prepared]);
my $next = @cells;

sub register_and_store
{
	my ($name, $steps, $synchronous) = @_;
	my $number = $next++;
	my $session = Session->new($primary, 'postgres');
	my $register = fill_in(q{DO $r$ BEGIN PERFORM rd_share_keys('[keys]'); END $r$;}, $number);
	is($session->ask($steps =~ s/<register>/$register/r), '', "$name: a registration");
	is($idle->ask("SET synchronous_commit = $synchronous;" . fill_in(store('kept', q('idle'), q('[json]')), $number)), '', "$name: a value is stored");
	return ($number, $session);
}

# Stores one more value, and compares all of these keys.
sub store_and_see
{
	my ($node, $number, $name, $step, @wanted) = @_;
	$node->safe_psql('postgres', fill_in(store('kept', "'$step'", q('[json]')), $number));
	is($node->safe_psql('postgres', sprintf $found, 'TABLE kept', $number), join("\n", sort @wanted), $name);
	return;
}

my ($number) = register_and_store(@$prepared);
$primary->wait_for_catchup($standby, 'replay', $primary->lsn('insert'));
$standby->promote;
see_all('promoted', sub { $standby->safe_psql('postgres', @_) }, 'kept');
is($far->ask($made), 'packed', 'one that waited makes packed values there');
store_and_see($standby, $number, 'promoted, with a registration prepared', 'now', 'idle|with keys', 'now|with keys');
$standby->safe_psql('postgres', q{COMMIT PREPARED 'open'});
store_and_see($standby, $number, 'promoted, committed there', 'then', 'idle|with keys', 'now|with keys', 'then|packed');
$standby->safe_psql('postgres', q{SELECT rd_share_keys('{promoted}')});
is($far->ask(q{SELECT verdict('{"promoted": 1}', '{"promoted": 1}')}), 'packed', 'promoted, it registers');
$primary->safe_psql('postgres', q{ROLLBACK PREPARED 'open'});

# A new server can't start before the last process of the old one has gone.
sub crash
{
	my ($pid) = slurp_file($primary->data_dir . '/postmaster.pid') =~ /^(\d+)/;
	my $patience = 10 * $PostgreSQL::Test::Utils::timeout_default;
	$primary->kill9;
	while (kill(0, $pid) || !$primary->start(fail_ok => 1))
	{
		die 'the server does not start again' unless $patience--;
		usleep(100_000);
	}
	return;
}

foreach my $ends (@crashes)
{
	$idle = Session->new($primary, 'postgres');
	my @registered = map { [ register_and_store(@$_) ] } @$ends;
	crash();
	foreach my $n (0 .. $#$ends)
	{
		my ($name, undef, undef, $form) = @{ $ends->[$n] };
		my $number = $registered[$n][0];
		my $stored = "idle|$form" if $form;
		if (!$form)
		{
			$stored = $primary->safe_psql('postgres', sprintf $found, 'TABLE kept', $number);
			like($stored, qr/^(idle\|packed)?$/, "$name: if it is there, it can be read");
			$form = $primary->safe_psql('postgres',
				fill_in(q{SELECT CASE count(*) WHEN 0 THEN 'with keys' ELSE 'packed' END FROM rd_shared_indexes() WHERE hash = rd_index_hash('[json]')}, $number));
			note "a new value: $form";
		}
		store_and_see($primary, $number, "$name: after a crash", 'now', grep { $_ } $stored, "now|$form");
	}
}
$primary->safe_psql('postgres', q{COMMIT PREPARED 'open'});
store_and_see($primary, $next - 1, 'prepared, committed after a crash', 'then', 'idle|with keys', 'now|with keys', 'then|packed');
see_all('after crashes', sub { $primary->safe_psql('postgres', @_) }, 'kept');

$primary->stop;
$standby->stop;
done_testing();
