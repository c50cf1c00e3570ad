CREATE EXTENSION reddict_plperl CASCADE;
CREATE EXTENSION reddict_plperlu CASCADE;

-- A hash comes in.
CREATE FUNCTION show(m reddict) RETURNS text LANGUAGE plperl TRANSFORM FOR TYPE reddict AS $$
my $m = shift;
return join ', ', map { "$_ => $m->{$_} " . length $_ } sort keys %$m;
$$;
SELECT show('{"b": 1, "a": -2.5, "é\"": 1e300}');
SELECT show('{}'), show(NULL);
SELECT show('{"": 0.5}');
SELECT rd_share_keys(ARRAY['packed', 'too']) IS NOT NULL AS shared;
CREATE TEMP TABLE t AS SELECT reddict(ARRAY['packed', 'too'], ARRAY[i, 2 * i]) AS m FROM generate_series(1, 3) AS i;
SELECT show(m), rd_is_packed(m) FROM t;

-- And goes out as it came.
CREATE FUNCTION same(m reddict) RETURNS reddict LANGUAGE plperl TRANSFORM FOR TYPE reddict AS $$
return $_[0];
$$;
SELECT m, same(m) = m AS same FROM (VALUES ('{}'::reddict), ('{"a": 1}'), ('{"nan": "NaN", "é": "-Infinity", "": 1e-300}'),
	(NULL)) AS v(m);
SELECT sum(same(m)) FROM t;
SELECT same(reddict(array_agg('key ' || i), array_agg(i))) = reddict(array_agg('key ' || i), array_agg(i)) AS wide
FROM generate_series(1, 10000) AS i;

-- What is a number: what Perl takes for one.
CREATE FUNCTION give(expression text) RETURNS reddict LANGUAGE plperlu TRANSFORM FOR TYPE reddict AS $$
my $value = eval $_[0];
die $@ if $@;
return $value;
$$;
SELECT give($$ {z => 1, a => 2**53, d => '2.5', e => '-1e3', n => 'NaN', i => 9**9**9} $$);
SELECT give($$ \\{a => 1} $$);
SELECT give($$ bless {a => 1}, 'Counters' $$);
SELECT give($$ require Tie::Hash; tie my %tied, 'Tie::StdHash'; %tied = (a => 1, b => '2.5', c => 3); \%tied $$);
SELECT give($$ sub Answer::TIESCALAR { bless [], 'Answer' } sub Answer::FETCH { 42 } my %hash; tie $hash{a}, 'Answer'; \%hash $$);
SELECT give($$ require Tie::Hash; tie my %tied, 'Tie::StdHash'; $tied{a} = undef; \%tied $$);
-- references that lead to themselves, at once and in a while
SELECT give($$ my $value; $value = \$value $$);
SELECT give($$ my ($a, $b, $c); $a = \$b; $b = \$c; $c = \$b; \\$a $$);
SELECT give($$ undef $$);
SELECT give($$ {a => 'x'} $$);
SELECT give($$ {a => ''} $$);
SELECT give($$ {a => 1, b => undef} $$);
DO $$
BEGIN
	PERFORM give(' {a => [1]} ');
EXCEPTION WHEN datatype_mismatch THEN
	RAISE NOTICE '%', regexp_replace(sqlerrm, '0x[0-9a-f]+', '0x');
END
$$;
SELECT give($$ {"\x{e9}" => 1} $$);
SELECT give($$ [1] $$);
SELECT give($$ 5 $$);
SELECT give($$ +{'k' x 70000 => 1} $$);
SELECT give($$ {"a\0b" => 1} $$);

-- Lists, sets, and parameters
CREATE FUNCTION add(maps reddict[]) RETURNS reddict LANGUAGE plperl TRANSFORM FOR TYPE reddict AS $$
my %total;
foreach my $m (@{ $_[0]->{array} }) {
	$total{$_} += $m->{$_} foreach keys %{ $m // {} };
}
return \%total;
$$;
SELECT add(ARRAY['{"a": 1}', NULL, '{"a": 2, "b": 3}']::reddict[]);
CREATE FUNCTION split(m reddict) RETURNS SETOF reddict LANGUAGE plperl TRANSFORM FOR TYPE reddict AS $$
my $m = shift;
return_next({ $_ => $m->{$_} }) foreach sort keys %$m;
return;
$$;
SELECT split('{"a": 1, "b": 2}');
CREATE FUNCTION query() RETURNS text LANGUAGE plperl TRANSFORM FOR TYPE reddict AS $$
my $plan = spi_prepare('SELECT $1 + 1 AS m', 'reddict');
return spi_exec_prepared($plan, {}, {a => 1})->{rows}->[0]->{m}->{a};
$$;
SELECT query();

-- The example of README.md
CREATE FUNCTION scaled(m reddict, factor float8) RETURNS reddict
    LANGUAGE plperl TRANSFORM FOR TYPE reddict AS $$
my ($m, $factor) = @_;
return { map { $_ => $m->{$_} * $factor } grep { $m->{$_} > 0 } keys %$m };
$$;
SELECT scaled('{"a": 2, "b": -1}', 1.5);

-- Without the transform a map is text.
CREATE FUNCTION plain(m reddict) RETURNS text LANGUAGE plperl AS $$
return $_[0];
$$;
SELECT plain('{"a": 1}');

-- It needs redbear, and redbear does not need it.
DROP TABLE t;
\set VERBOSITY terse
DROP EXTENSION redbear;
DROP FUNCTION show, same, give, add, split, query, scaled, plain;
DROP EXTENSION reddict_plperl;
DROP EXTENSION reddict_plperlu;
