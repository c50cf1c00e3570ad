# Who may install and use the extension, and that a schema which is first in
# the search path, full of look-alikes of core's and redbear's objects, has no
# influence on an answer, nor on the installation.

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
	my ($db, $query, %params) = @_;
	return $node->safe_psql($db, $query, %params);
}

#
# Who
#
is( value('postgres', q{
		SELECT DISTINCT superuser, trusted FROM pg_available_extension_versions WHERE name = 'redbear'}),
	't|t', 'the extension is trusted');
value('postgres', 'CREATE ROLE owner LOGIN');
value('postgres', 'CREATE ROLE guest LOGIN');
value('postgres', 'CREATE DATABASE theirs OWNER owner');

my ($code, undef, $error) = $node->psql('theirs', 'CREATE EXTENSION redbear', extra_params => [ '-U', 'guest' ]);
isnt($code, 0, 'a guest may not install it');
like($error, qr/permission denied to create extension "redbear"/, 'and is told so');

my @owner = (extra_params => [ '-U', 'owner' ]);
value('theirs', 'CREATE EXTENSION redbear SCHEMA public', @owner);
is( value('theirs', q{
		SELECT rolname, rolsuper FROM pg_extension JOIN pg_roles AS r ON r.oid = extowner WHERE extname = 'redbear'}),
	'owner|f', 'an owner of a database who is no superuser may');
is( value('theirs', q{
		CREATE TABLE traffic AS SELECT i AS id, reddict('k' || i % 3, i) AS m FROM generate_series(1, 9) AS i;
		CREATE INDEX ON traffic USING gin (m);
		ANALYZE traffic;
		SELECT sum(m) FROM traffic WHERE m ? 'k1'}, @owner),
	'{"k1": 12}', 'and uses it');
is(value('theirs', q{SELECT '{"a": 1}'::reddict + '{"a": 2}'}, extra_params => [ '-U', 'guest' ]),
	'{"a": 3}', 'and so does a guest');

#
# The look-alikes. Each fails when it is called.
#

# With those of redbear's own names, or of core's only
sub make_hostile
{
	my ($db, $types) = @_;
	return value($db, qq{
	CREATE SCHEMA hostile;
	CREATE FUNCTION pg_temp.make(command text) RETURNS void LANGUAGE plpgsql AS \$\$
	BEGIN
		EXECUTE command;
	EXCEPTION WHEN duplicate_function OR invalid_function_definition OR syntax_error OR feature_not_supported THEN
		NULL; -- of a type or a name that cannot be had
	END \$\$;
	CREATE TEMP VIEW types AS SELECT oid FROM pg_type WHERE typname IN ($types,
		'bool', 'bytea', 'float4', 'float8', '_float8', 'int4', 'int8', 'json', 'jsonb', 'name', 'numeric', 'oid', 'regclass',
		'regproc', 'regtype', 'text', '_text');

	SELECT pg_temp.make(format('CREATE FUNCTION hostile.%I(%s) RETURNS %s LANGUAGE plpgsql AS %L',
			proname, oidvectortypes(proargtypes), prorettype::regtype, 'BEGIN RAISE EXCEPTION ''hostile function''; END'))
	FROM pg_proc AS p
	WHERE prokind IN ('f', 'a') AND NOT proretset
	  AND prorettype IN (TABLE types) AND NOT EXISTS (SELECT unnest(proargtypes) EXCEPT TABLE types);

	SELECT pg_temp.make(format('CREATE FUNCTION hostile.operator(%s) RETURNS %s LANGUAGE plpgsql AS %L',
			concat_ws(', ', nullif(oprleft, 0)::regtype, oprright::regtype), oprresult::regtype,
			'BEGIN RAISE EXCEPTION ''hostile operator''; END')),
		pg_temp.make(format('CREATE OPERATOR hostile.%s (FUNCTION = hostile.operator, %s RIGHTARG = %s)',
			oprname, 'LEFTARG = ' || nullif(oprleft, 0)::regtype || ',', oprright::regtype))
	FROM pg_operator
	WHERE oprright IN (TABLE types) AND oprresult IN (TABLE types) AND (oprleft = 0 OR oprleft IN (TABLE types));

	SELECT format('CREATE DOMAIN hostile.%I AS pg_catalog.int2', typname)
	FROM pg_type WHERE oid IN (TABLE types) AND typname NOT LIKE '\\_%' \\gexec
	SELECT format('CREATE TABLE hostile.%I ()', relname)
	FROM pg_class WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind = 'r' \\gexec

	SELECT 'counts', (SELECT count(*) FROM pg_proc WHERE pronamespace = 'hostile'::regnamespace),
		(SELECT count(*) FROM pg_operator WHERE oprnamespace = 'hostile'::regnamespace)}) =~ /^counts\|(\d+)\|(\d+)$/m;
}

my $clean = "SET search_path = '';";
my $hostile = 'SET search_path = hostile, pg_catalog, public;';

value('postgres', 'CREATE EXTENSION redbear SCHEMA public');
my ($functions, $operators) = make_hostile('postgres', q{'reddict', 'redstats'});
cmp_ok($functions, '>', 500, 'there are hostile functions');
cmp_ok($operators, '>', 200, 'and operators');

foreach my $query (
	'SELECT 1 + 1',
	q{SELECT sum('{"a": 1}'::public.reddict)},
	q{SELECT '{"a": 1}'::public.reddict + '{"a": 1}'::public.reddict},
	q{SELECT rd_sum('{"a": 1}'::public.reddict)},
	q{SELECT '{"a": 1}'::reddict})
{
	my ($code, undef, $error) = $node->psql('postgres', "$hostile $query");
	like($error, qr/hostile|invalid input syntax for type smallint/, "they get in the way of: $query");
}

#
# Every function, operator and cast is called, by its full name, on a path
# without and on a path with the hostile schema.
#
my %sample = (
	'bigint' => [ '7', '8' ],
	'boolean' => [ 'true', 'true' ],
	'double precision' => [ '0.5', '2' ],
	'double precision[]' => [q('{1.5,2.5}'), q('{3,4}')],
	'integer' => [ '1', '2' ],
	'json' => [q('{"a": 1}'), q('{"b": 2}')],
	'jsonb' => [q('{"a": 1}'), q('{"b": 2}')],
	'text' => [q('a'), q('b')],
	'text[]' => [q('{a,b}'), q('{c,d}')],
	'public.reddict' => [q('{"a": 1.5, "b": 2}'), q('{"b": 3, "c": 0.25}')],
	'public.redstats' => [q('{"a": [2, 4, 2, 1, 3]}'), q('{"a": [1, 5, 0, 5, 5]}')],
	'public.redsum' => [q('{"a": [2, 3.5], "b": [2, 7], "c": [3, 1]}'), q('{"a": [1, 5]}')],
	'public.redhist' => [q('{"a": {"count": 2, "sum": 3, "scale": 0, "positive": {"offset": 0, "bucketCounts": [2]}, "min": 1.5, "max": 1.5}}'), q('{"a": {"count": 1, "zeroCount": 1}, "b": {"count": 0, "nanCount": 1}}')],
	'public.reddict[]' => [q('{"{\\"a\\": 1}","{\\"a\\": 1}"}'), undef],
	'record' => [ 'made', undef ],
	'anyelement' => [ 'made', undef ]);
# What takes not just any text, by what it is for
my %special = (
	'keys' => q('either'),
	'on_other' => q('skip'),
	'on_zero' => q('skip'),
	'flags' => q('i'),
	'reddict_in' => q('{"a": 1}'),
	'redstats_in' => q('{"a": [2, 4, 2, 1, 3]}'),
	'redsum_in' => q('{"a": [2, 3.5], "b": [2, 7], "c": [3, 1]}'),
	'redhist_in' => q('{"a": {"count": 2, "sum": 3, "scale": 0, "positive": {"offset": 0, "bucketCounts": [2]}, "min": 1.5, "max": 1.5}}'),
	'public.redhist' => q('{"a": {"count": 2, "sum": 3, "scale": 0, "positive": {"offset": 0, "bucketCounts": [2]}, "min": 1.5, "max": 1.5}}'),
	'public.redsum' => q('{"a": [2, 3.5], "b": [2, 7], "c": [3, 1]}'),
	'public.redstats' => q('{"a": [2, 4, 2, 1, 3]}'));
# What has to be the same in all rows, or not just any number, by its name
my %fixed = ('fraction' => '0.5', 'fractions' => q('{0.5}'), 'max_buckets' => '160', 'max_scale' => '3');

sub sample
{
	my ($type, $number, $schema, $role) = @_;
	return $sample{$type}[$number] if $type =~ /^(record|anyelement)$/;
	my $literal = $fixed{$role} || $type =~ /^(text|cstring|jsonb?)$/ && $special{$role} || ($sample{$type} // [])->[$number];
	my $qualifier = $type =~ /^(text|text\[\]|cstring|jsonb?)$/ ? 'pg_catalog.' : '';
	return defined $literal ? "$literal\::$qualifier" . ($type =~ s/^public\./$schema./r) : undef;
}

# What to call, from the catalogues: [kind, oid, name, result, argument names, types...]
my $members = q{
	SELECT objid FROM pg_depend
	WHERE deptype = 'e' AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'redbear') AND classid = '%s'::regclass};
my $list = q{SET search_path = pg_catalog;
	SELECT prokind, proname, coalesce(array_to_string(proargnames[:pronargs], ','), ''), array_to_string(proargtypes::oid[]::regtype[], ',')
	FROM pg_proc WHERE oid IN (} . sprintf($members, 'pg_proc') . q{)
		AND provolatile <> 'v' -- what writes is called in t/043_registry.pl
		AND proname <> 'may_register' -- is a right, and not called
		AND oid NOT IN (SELECT unnest(ARRAY[aggtransfn, aggcombinefn, aggmtransfn, aggminvtransfn]) FROM pg_aggregate)
	UNION ALL
	SELECT 'o', oprname, '', concat_ws(',', nullif(oprleft, 0)::regtype, oprright::regtype)
	FROM pg_operator WHERE oid IN (} . sprintf($members, 'pg_operator') . q{)
	UNION ALL
	SELECT 'c', casttarget::regtype::text, '', castsource::regtype::text
	FROM pg_cast WHERE oid IN (} . sprintf($members, 'pg_cast') . q{)
	ORDER BY 1, 2, 4};
my @objects = map { [ split /\t/, $_, -1 ] }
  split /\n/, value('postgres', $list, extra_params => [ '-F', "\t" ]);

sub calls
{
	my $schema = shift;
	my @calls;
	foreach (@objects)
	{
		my ($kind, $name, $names, $types) = @$_;
		my @types = split /,/, $types;
		my @names = split /,/, $names;
		next if $name =~ /^rd_program_/ || grep { $_ eq 'internal' || $_ eq 'public.rd_program' } @types; # for core to call

		# the second operand is another map than the first
		my $binary = $kind eq 'o' && @types == 2;
		my @first = map { sample($types[$_], $binary ? $_ : 0, $schema, $names[$_] // $name) } 0 .. $#types;
		die "no sample for $name($types)" if grep { !defined } @first;

		my $call = join(', ', @first);
		if ($kind eq 'a')
		{
			my @columns = map { "x$_" } 0 .. $#types;
			my $second = join(', ', map { sample($types[$_], 1, $schema, $names[$_] // $name) } 0 .. $#types);
			$call = sprintf('SELECT %s.%s(%s) FROM (VALUES (%s), (%s)) AS v(%s)',
				$schema, $name, join(', ', @columns), $call, $second, join(', ', @columns));
		}
		elsif ($kind eq 'o')
		{
			my $right = pop @first;
			$call = join(' ', 'SELECT', @first, "OPERATOR($schema.$name)", $right);
		}
		elsif ($kind eq 'c')
		{
			$name =~ s/^public\././;
			$call = "SELECT $first[0]::" . ($name =~ /^json/ ? "pg_catalog.$name" : "$schema$name");
		}
		else
		{
			$call = "SELECT $schema.$name($call)";
		}
		$call .= " FROM $schema.made" if $call =~ /\bmade\b/;
		push @calls, $call;
	}
	return @calls;
}

sub answers
{
	my ($db, $path, @calls) = @_;
	return value($db, "$path\n\\set ECHO queries\n" . join("\n", map { "$_;" } @calls)) =~ s/^SET\n//r;
}

value('postgres', 'CREATE TABLE public.made AS SELECT 1.5::float8 AS a, 2::int8 AS b');
my @calls = calls('public');
cmp_ok(scalar @calls, '>', 150, 'there is much to call');
my $answers = answers('postgres', $clean, @calls);
is(answers('postgres', $hostile, @calls), $answers, 'every answer is the same with the hostile schema first');

# What core calls: indexes, statistics, sorting, hashing, subscripts, COPY
my $script = q{
	BEGIN;
	CREATE TABLE public.t (id int PRIMARY KEY, m public.reddict, s public.redstats);
	INSERT INTO public.t
		SELECT i, public.reddict(pg_catalog.concat('k', i OPERATOR(pg_catalog.%) 20), i), NULL FROM pg_catalog.generate_series(1, 500) AS i;
	UPDATE public.t SET m['extra'] = 1.5 WHERE id OPERATOR(pg_catalog.<) 4;
	UPDATE public.t SET s = (SELECT public.redstats(u.m) FROM public.t AS u);
	CREATE INDEX ON public.t USING gin (m);
	CREATE INDEX ON public.t (m);
	CREATE INDEX ON public.t USING hash (m);
	CREATE INDEX ON public.t (s);
	ANALYZE public.t;
	SET LOCAL enable_seqscan = off;
	SELECT id, m['extra'] FROM public.t WHERE m OPERATOR(public.?) 'extra'::pg_catalog.text ORDER BY id;
	SELECT pg_catalog.count(*) FROM public.t WHERE m OPERATOR(public.@>) '{"k1": 21}';
	SELECT pg_catalog.count(*) FROM public.t WHERE m OPERATOR(public.<) '{"k3": 5}';
	SELECT pg_catalog.count(*) FROM public.t WHERE m OPERATOR(public.=) '{"k5": 5}';
	EXPLAIN SELECT FROM public.t WHERE m OPERATOR(public.?) 'k1'::pg_catalog.text;
	EXPLAIN SELECT FROM public.t, public.rd_each(m);
	SELECT DISTINCT public.rd_keys(m) FROM public.t ORDER BY 1;
	SELECT m FROM public.t GROUP BY m ORDER BY m DESC LIMIT 3;
	SELECT pg_catalog.count(DISTINCT m), pg_catalog.count(DISTINCT s) FROM public.t;
	SELECT public.avg(m) FROM public.t;
	SELECT pg_catalog.to_jsonb(t.m) FROM public.t LIMIT 1;
	ROLLBACK};
my $wanted = value('postgres', "$clean $script");
like($wanted, qr/^1\|1\.5\n2\|1\.5\n3\|1\.5\n1\n/m, 'core finds what is there');
like($wanted, qr/Bitmap Index Scan on t_m_idx/, 'by an index');
# (EXPLAIN qualifies a type that the path hides.)
is(value('postgres', "$hostile $script") =~ s/pg_catalog\.//gr, $wanted, 'and with the hostile schema first, the same by the same plans');

#
# Installed with hostile look-alikes of core's objects first in the path, and
# into their schema
#
value('postgres', 'CREATE DATABASE trap');
($functions) = make_hostile('trap', q{'unknown'});
cmp_ok($functions, '>', 400, 'there is a trap');
# And of arguments that core has no function or operator for, without a
# conversion: such would be preferred to core's, even where that comes first.
my $nearer = value('trap', q{
	CREATE FUNCTION pg_temp.make(command text) RETURNS void LANGUAGE plpgsql AS $$
	BEGIN
		EXECUTE command;
	EXCEPTION WHEN duplicate_function OR syntax_error THEN
		NULL; -- of a name that cannot be had
	END $$;
	CREATE TEMP TABLE types AS SELECT oid, typname FROM pg_type
	WHERE typname IN ('int2', 'int4', 'int8', 'name', 'text', 'varchar', 'oid', 'timestamptz', 'regclass', 'jsonb') AND typnamespace = 'pg_catalog'::regnamespace;
	SELECT pg_temp.make(format('CREATE FUNCTION hostile.%I(pg_catalog.%I) RETURNS pg_catalog.text LANGUAGE plpgsql AS %L',
			name, typname, 'BEGIN RAISE EXCEPTION ''hostile function''; END'))
	FROM (SELECT DISTINCT proname AS name FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND pronargs = 1
		AND (prokind = 'a' OR proname ~ '^(array|json|string|to)_')) AS f, types
	WHERE NOT EXISTS (SELECT FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND proname = name AND proargtypes::text = types.oid::text);
	SELECT pg_temp.make(format('CREATE FUNCTION hostile.nearer(pg_catalog.%I, pg_catalog.%I) RETURNS pg_catalog.bool LANGUAGE plpgsql AS %L',
			l.typname, r.typname, 'BEGIN RAISE EXCEPTION ''hostile operator''; END')),
		pg_temp.make(format('CREATE OPERATOR hostile.%s (FUNCTION = hostile.nearer, LEFTARG = pg_catalog.%I, RIGHTARG = pg_catalog.%I)',
			name, l.typname, r.typname))
	FROM types AS l, types AS r, unnest('{=,<,>,>=,<=,<>,+,-,||}'::text[]) AS name
	WHERE NOT EXISTS (SELECT FROM pg_operator WHERE oprnamespace = 'pg_catalog'::regnamespace AND (oprname, oprleft, oprright) = (name, l.oid, r.oid));
	SELECT 'counts', (SELECT count(*) FROM pg_proc WHERE pronamespace = 'hostile'::regnamespace),
		(SELECT count(*) FROM pg_operator WHERE oprnamespace = 'hostile'::regnamespace)});
my ($nearer_functions, $nearer_operators) = $nearer =~ /^counts\|(\d+)\|(\d+)$/m;
cmp_ok($nearer_functions - $functions, '>', 500, 'of nearer functions, too');
cmp_ok($nearer_operators, '>', 500, 'and operators');
like(($node->psql('trap', q{SET search_path = hostile, pg_catalog; SELECT min(n) FROM (VALUES ('a'::pg_catalog.name)) AS v(n)}))[2],
	qr/hostile function/, 'which get in the way');
value('trap', "$hostile CREATE EXTENSION redbear SCHEMA hostile;
	CREATE TABLE hostile.made AS SELECT 1.5::pg_catalog.float8 AS a, 2::pg_catalog.int8 AS b");
is( answers('trap', $hostile, calls('hostile')) =~ s/\bhostile\./public./gr,
	$answers, 'an extension that was installed in it gives the same answers');
is( value('trap', q{
		SELECT hostile.rd_share_keys('{a,b}') IS NOT NULL;
		SELECT keys, registered_by FROM hostile.rd_shared_indexes();
		SELECT hostile.rd_is_packed('{"a": 1, "b": 2}')}),
	"t\n{a,b}|postgres\nt", 'and registers keys');

$node->stop;
done_testing();
