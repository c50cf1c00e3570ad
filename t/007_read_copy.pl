# What the Python package, which knows no more than doc/storage-format.md says,
# reads of a binary COPY is what the server says in JSON. It needs no driver.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

plan skip_all => 'there is no python3' unless eval { run_command([ 'python3', '--version' ]); 1 };

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->start;

my $dir = PostgreSQL::Test::Utils::tempdir();
$node->safe_psql(
	'postgres', q{
	CREATE EXTENSION redbear;
	CREATE TABLE original (id int, m reddict, s redstats);
	INSERT INTO original VALUES
		(1, '{}', NULL),
		(2, NULL, '{}'),
		(3, '{"": -1.5, "\u00e9\"\\\\": 5e-324, "tab\t": 1.7976931348623157e308, "nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}',
			'{"a": [2, 4, 2, 1, 3], "b": [1, "NaN", "NaN", "NaN", "NaN"]}');
	INSERT INTO original
		SELECT 3 + i, reddict(array_agg(repeat('k', j) || i * j), array_agg(1 / (i + j)::float8)), redstats(reddict('key ' || j % 7, sqrt(j)))
		FROM generate_series(1, 100) AS i, generate_series(1, 3 * i) AS j GROUP BY i});
$node->safe_psql('postgres', "COPY (SELECT m, s FROM original ORDER BY id) TO '$dir/binary' (FORMAT binary)");

local $ENV{PYTHONPATH} = 'clients/python/src';
my $rows = '';
my $error;
ok( run_log(
		[ 'python3', '-m', 'pg_redbear', 'reddict', 'redstats' ], '<', "$dir/binary", '>', \$rows, '2>', \$error),
	'the file is read') or diag($error);
append_to_file("$dir/json", $rows);

# Numbers are compared as doubles, since two printers may end in different digits.
$node->safe_psql(
	'postgres', qq{
	CREATE TABLE copied (id serial, r jsonb);
	COPY copied (r) FROM '$dir/json' (FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02');
	CREATE FUNCTION numbers(jsonb) RETURNS TABLE (key text, i bigint, number float8) LANGUAGE sql AS \$\$
		SELECT key, i, number::float8 FROM jsonb_each(\$1),
			jsonb_array_elements_text(CASE jsonb_typeof(value) WHEN 'array' THEN value ELSE jsonb_build_array(value) END)
				WITH ORDINALITY AS a(number, i)
	\$\$;
	CREATE VIEW pairs AS
		SELECT id, wanted, nullif(got, 'null') AS got FROM original JOIN copied USING (id),
			unnest(ARRAY[m::jsonb, s::jsonb], ARRAY[r -> 0, r -> 1]) AS u(wanted, got)});
is( $node->safe_psql(
		'postgres', q{
		SELECT count(*), count(got), (SELECT count(*) FROM pairs, numbers(got)) FROM pairs}),
	'206|204|18641', 'there are as many rows, values and numbers as there should be');
is( $node->safe_psql(
		'postgres', q{
		SELECT id, wanted, got FROM pairs WHERE (wanted IS NULL) <> (got IS NULL)
			OR EXISTS (SELECT FROM numbers(wanted) AS w FULL JOIN numbers(got) AS g USING (key, i) WHERE w.number IS DISTINCT FROM g.number)}),
	'', 'they are what the server says in JSON');

$node->stop;
done_testing();
