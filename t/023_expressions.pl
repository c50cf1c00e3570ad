# Random expressions in one pass: their answers, or errors, are those of the
# same expressions with redbear.one_pass off, which take one step after the other.
#
#     REDBEAR_FUZZ_SEED   seed of chance, a number or "time"; 1 unless given.
#                         It is printed, so that a run can be repeated.
#     REDBEAR_FUZZ_COUNT  expressions; 4000 unless given
#
# Where those raise an error, these may raise none, or another one, if an operand
# is NULL, since that makes the result NULL at once, or an expression that may be
# NULL or raise an error itself, since operands are evaluated before all steps.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $count = $ENV{REDBEAR_FUZZ_COUNT} // 4000;
my $seed = $ENV{REDBEAR_FUZZ_SEED} // 1;
$seed = time if $seed eq 'time';
srand($seed);
note "seed $seed, $count expressions";

my $rows = 400;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
# The log is to show crashes, not all the errors that are expected.
$node->append_conf('postgresql.conf', "log_statement = none\nlog_min_messages = log\njit = off");
$node->start;

sub pick
{
	return $_[ int rand @_ ];
}

#
# Operands: rows of four maps, mostly of the same keys, and two numbers
#

my @key_sets = (
	[], ['a'], [qw(a b c)], [qw(b c d)], [ 'a' .. 't' ], [ map { "k$_" } 1 .. 40 ],
	[ 'a', map { sprintf 'key %04d', $_ } 1 .. 1100 ]);
my @numbers = qw(0 1 -1 2 3 0.5 0.1 -7.25 100 1e10 12345.678 -0);
my @strange = qw(NaN Infinity -Infinity 1e308 -1e308 1e-308 5e-324 1e200 -1e-200 0);

sub random_number
{
	my $strange = shift;
	return rand() < $strange ? pick(@strange) : rand() < 0.7 ? pick(@numbers) : sprintf '%.3f', rand(2000) - 1000;
}

sub random_map
{
	my ($keys, $strange) = @_;
	return '{' . join(', ', map { my $n = random_number($strange); '"' . $_ . '": ' . ($n =~ /[NI]/ ? qq("$n") : $n) } @$keys) . '}';
}

my @inserts;
foreach my $id (1 .. $rows)
{
	my $keys = pick(@key_sets[ 0 .. ($id % 20 == 0 ? $#key_sets : $#key_sets - 1) ]);
	my $strange = pick(0, 0, 0.02, 0.3);
	my @maps = map {
		my $map = rand() < 0.04 ? 'NULL::reddict' : "'" . random_map(rand() < 0.12 ? pick(@key_sets[ 0 .. 4 ]) : $keys, $strange) . "'::reddict";
		# packed, or not, narrow, or not
		$map = pick('', 'rd_unpack') . "($map)";
		$map = "$map || '{}'" if rand() < 0.1;
		$map
	} 1 .. 4;
	push @inserts, sprintf "SET redbear.narrow = %s; INSERT INTO operand VALUES (%d, %s, %s, %s);\n",
	  pick('on', 'off'), $id, join(', ', @maps), map { rand() < 0.04 ? 'NULL' : "'" . random_number($strange) . "'" } 1 .. 2;
}
my $shared = join ";\n", map { "SELECT rd_share_keys('{" . join(',', map { qq("$_") } @$_) . "}')" } @key_sets[ 2 .. 6 ];

$node->safe_psql('postgres', <<"EOF_SQL");
CREATE EXTENSION redbear;
$shared;
CREATE TABLE operand (id int PRIMARY KEY, a reddict, b reddict, c reddict, d reddict, x float8, y float8);
@inserts
RESET redbear.narrow;
ANALYZE operand;

-- what a query answers, with or without the rewriting
CREATE FUNCTION answer(query text, one_pass bool) RETURNS text LANGUAGE plpgsql AS \$\$
DECLARE
	result text;
	state text;
	message text;
	detail text;
	context text;
BEGIN
	PERFORM set_config('redbear.one_pass', one_pass::text, false);
	EXECUTE query INTO result;
	RETURN result;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT,
		detail = PG_EXCEPTION_DETAIL, context = PG_EXCEPTION_CONTEXT;
	RETURN concat_ws(' / ', 'error', state, message, detail, regexp_replace(context, 'SQL statement.*', ''));
END \$\$;
CREATE FUNCTION rewritten(query text) RETURNS bool LANGUAGE plpgsql AS \$\$
DECLARE
	line text;
BEGIN
	SET redbear.one_pass = on;
	FOR line IN EXECUTE 'EXPLAIN (VERBOSE, COSTS off) ' || query LOOP
		IF line ~ 'rd_evaluate' THEN
			RETURN true;
		END IF;
	END LOOP;
	RETURN false;
EXCEPTION WHEN OTHERS THEN
	-- what is constant is computed here
	RETURN false;
END \$\$;
-- queries whose answers differ; where grouping sets make operands NULL, likewise
CREATE FUNCTION differs(query text, OUT stepwise text, OUT one_pass text) LANGUAGE plpgsql AS \$\$
DECLARE
	nulls bool := query ~ 'GROUP BY' OR (SELECT num_nulls(a, b, c, d, x, y) > 0 FROM operand WHERE id::text = substring(query from 'id = (\\d+)'));
BEGIN
	stepwise := answer(query, false);
	one_pass := answer(query, true);
	-- whatever may be NULL, or raise an error, before any step
	IF stepwise IS NOT DISTINCT FROM one_pass OR
		(stepwise ~ '^error' AND (nulls OR query ~ 'rd_[a-z]+ \\(|[|][|]|coalesce|rd_slice|skip|CASE')) THEN
		stepwise := NULL;
		one_pass := NULL;
	ELSE
		stepwise := coalesce(stepwise, 'NULL');
		one_pass := coalesce(one_pass, 'NULL');
	END IF;
END \$\$;
EOF_SQL

#
# Expressions
#

# the names that maps and numbers have in an expression
my (@maps, @scalars);

sub scalar_expression
{
	my $depth = shift;
	return pick(@scalars) if @scalars && rand() < 0.4;
	# with a space: these are operands
	return pick(qw(rd_sum rd_max rd_min rd_avg rd_norm)) . ' (' . map_expression($depth - 1) . ')' if $depth > 0 && rand() < 0.15;
	return "'" . random_number(0.1) . "'::float8";
}

sub map_expression
{
	my $depth = shift;
	return pick(@maps) if $depth <= 0 || rand() < 0.1;
	return "'" . random_map(pick(@key_sets[ 0 .. 4 ]), 0.05) . "'::reddict" if rand() < 0.03;

	my $sort = rand;
	my $m = sub { map_expression($depth - 1) };
	my $n = sub { scalar_expression($depth - 1) };
	return '(' . $m->() . ' ' . pick(qw(+ - * /)) . ' ' . $m->() . ')' if $sort < 0.35;
	return '(' . $m->() . ' ' . pick(qw(+ - * / + - *)) . ' ' . $n->() . ')' if $sort < 0.55;
	return '(' . $n->() . ' ' . pick(qw(+ - * /)) . ' ' . $m->() . ')' if $sort < 0.62;
	return '(- ' . $m->() . ')' if $sort < 0.66;
	if ($sort < 0.75)
	{
		my @more = (random_number(0.1), pick(qw(left right both either)));
		return pick(qw(rd_add rd_subtract rd_multiply rd_divide)) . '(' . $m->() . ', ' . $m->() . join('', map { ", '$_'" } @more[ 0 .. int(rand 3) - 1 ]) . ')';
	}
	return pick(qw(rd_abs rd_round rd_floor rd_ceil rd_sign rd_trunc rd_abs rd_sqrt rd_cbrt rd_ln rd_exp rd_log)) . '(' . $m->() . ')' if $sort < 0.87;
	return 'rd_round(' . $m->() . ', ' . pick(-1, 0, 1, 2, 5) . ')' if $sort < 0.89;
	return 'rd_clamp(' . $m->() . ', ' . pick("'-100', '100'", "'0', 'Infinity'", $n->() . ', ' . $n->()) . ')' if $sort < 0.92;
	return pick('rd_power', 'rd_mod', 'rd_reset') . '(' . $m->() . ', ' . $n->() . ')' if $sort < 0.94;
	return pick('rd_greatest', 'rd_least') . '(' . $m->() . ', ' . $m->() . ')' if $sort < 0.96;
	# what is none of the steps
	return pick(
		'(' . $m->() . ' || ' . $m->() . ')',
		'coalesce(' . $m->() . ', ' . $m->() . ')',
		'rd_slice(' . $m->() . q{, '{a,b,c}')},
		'rd_divide(' . $m->() . ', ' . $m->() . q{, 1, 'left', 'skip')},
		'CASE WHEN ' . (@scalars ? pick(@scalars) . ' > 0' : 'true') . ' THEN ' . $m->() . ' ELSE ' . $m->() . ' END');
}

sub expression
{
	my $depth = shift;
	my $sort = rand;
	return pick(qw(rd_sum rd_product rd_min rd_max rd_argmin rd_argmax rd_avg rd_stddev_pop rd_stddev_samp rd_norm)) . '(' . map_expression($depth) . ')'
	  if $sort < 0.2;
	return '(' . map_expression($depth) . q{) -> 'a'} if $sort < 0.25;
	return 'rd_dot(' . map_expression($depth) . ', ' . map_expression(1) . ')' if $sort < 0.28;
	return map_expression($depth);
}

# Of one row, most of which are alike but for the numbers
sub row_query
{
	@maps = qw(a b c d);
	@scalars = qw(x y);
	return sprintf 'SELECT (%s)::text FROM operand WHERE id = %d', expression(pick(1 .. 4, 6)), 1 + rand $rows;
}

# Of many rows: what calls learn in the first ones must not change the answer
sub table_query
{
	my $from = 1 + rand $rows;
	@maps = qw(a b c d);
	@scalars = qw(x y);
	return sprintf "SELECT string_agg(coalesce((%s)::text, 'null'), ' ' ORDER BY id) FROM operand WHERE id BETWEEN %d AND %d AND num_nulls(a, b, c, d, x, y) = 0", expression(pick(1 .. 4)), $from, $from + 20;
}

# Of groups by a sub-expression; one of them is a part of others
sub group_query
{
	@maps = qw(a b);
	@scalars = ();
	my $group = map_expression(pick(1, 2, 2));
	@maps = ($group, $group, 'c', "sum(d)");
	my @results = map { map_expression(pick(1 .. 3)) } 1 .. 2;
	my $having = rand() < 0.2 ? 'HAVING rd_sum(' . map_expression(1) . ') > 0' : '';
	my $by = pick("$group, c", "ROLLUP ($group, c)", "CUBE ($group, c)", "GROUPING SETS (($group), (c), ())");
	my $from = 1 + rand $rows;
	return sprintf q{SELECT string_agg(s::text, '; ' ORDER BY s::text) FROM (SELECT %s, %s, %s, c FROM operand WHERE id BETWEEN %d AND %d AND num_nulls(a, b, c, d) = 0 GROUP BY %s %s) AS s},
	  @results, $group, $from, $from + 8, $by, $having;
}

my ($done, $rewritten, $errors, @differences) = (0, 0, 0);
while ($done < $count && @differences < 5)
{
	my @queries = map { my $sort = rand; $sort < 0.85 ? row_query() : $sort < 0.93 ? table_query() : group_query() } 1 .. 1000;
	my $script = join '', map { "SELECT * FROM differs(\$query\$$_\$query\$) AS d, (VALUES (\$query\$$_\$query\$)) AS q (query) WHERE stepwise IS NOT NULL;\n" } @queries;
	push @differences, split /\n/, $node->safe_psql('postgres', $script);
	$done += @queries;

	# how much of this is what is to be tested
	my $sample = join ' UNION ALL ', map { "SELECT \$query\$$_\$query\$" } @queries[ 0 .. 49 ];
	my ($r, $e) = split /\|/, $node->safe_psql('postgres',
		"SELECT count(*) FILTER (WHERE rewritten(q)), count(*) FILTER (WHERE answer(q, true) ~ '^error') FROM ($sample) AS s (q)");
	$rewritten += $r;
	$errors += $e;
}
is(join("\n", @differences), '', "$done expressions have the same answers");
my $sampled = 50 * $done / 1000;
note "of $sampled expressions $rewritten were rewritten, $errors raised errors";
cmp_ok($rewritten, '>', $sampled / 2, 'most of them were rewritten');
cmp_ok($errors, '>', $sampled / 50, 'some raise errors');
cmp_ok($errors, '<', $sampled / 2, 'most do not');

done_testing();
