# Values that were stored long ago, kept in t/stored_values.tsv as hexadecimal
# bytes: each reads as the text beside it, and what is written today is the same.

use strict;
use warnings;

use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

plan skip_all => 'this machine has the high byte first' if unpack('C', pack 'S', 1) != 1;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->start;

my @kept = grep { !/^#/ } split /^/, slurp_file("$FindBin::Bin/stored_values.tsv");
my $dir = PostgreSQL::Test::Utils::tempdir();
append_to_file("$dir/kept", join '', @kept);
my %types = (reddict => 'm', redstats => 's', redsum => 'x');

$node->safe_psql(
	'postgres', qq{
	CREATE EXTENSION redbear;
	CREATE CAST (bytea AS reddict) WITHOUT FUNCTION;
	CREATE CAST (bytea AS redstats) WITHOUT FUNCTION;
	CREATE CAST (bytea AS redsum) WITHOUT FUNCTION;
	CREATE CAST (reddict AS bytea) WITHOUT FUNCTION;
	CREATE CAST (redstats AS bytea) WITHOUT FUNCTION;
	CREATE CAST (redsum AS bytea) WITHOUT FUNCTION;
	CREATE TABLE kept (id int GENERATED ALWAYS AS IDENTITY, type text, form text, bytes bytea, text text);
	CREATE TABLE hex (LIKE kept INCLUDING IDENTITY);
	ALTER TABLE hex ALTER bytes TYPE text USING NULL;
	COPY hex (type, form, bytes, text) FROM '$dir/kept' (FORMAT csv, DELIMITER E'\\t', QUOTE E'\\x01');
	INSERT INTO kept (type, form, bytes, text) SELECT type, form, decode(bytes, 'hex'), text FROM hex ORDER BY id;
	SELECT rd_share_keys(ARRAY(SELECT json_object_keys(text::json))) FROM kept WHERE form ~ 'packed' GROUP BY text;
	CREATE TABLE stored AS SELECT id, form,
		CASE type WHEN 'reddict' THEN bytes::reddict END AS m, CASE type WHEN 'redstats' THEN bytes::redstats END AS s,
		CASE type WHEN 'redsum' THEN bytes::redsum END AS x FROM kept});
$node->restart;

is($node->safe_psql('postgres', 'SELECT count(*), count(m), count(s), count(x) FROM stored'),
	join('|', scalar @kept, map { my $type = $_; scalar grep { /^$type\t/ } @kept } sort keys %types), 'all values are there');
foreach my $type (sort keys %types)
{
	my $column = $types{$type};

	is( $node->safe_psql('postgres', "SELECT kept.form, $column FROM stored JOIN kept USING (id) WHERE $column IS NOT NULL AND $column\::text <> text"),
		'', "a $type reads as it always has");
	is( $node->safe_psql(
			'postgres', qq{
			SELECT kept.form FROM stored JOIN kept USING (id)
			WHERE $column IS NOT NULL AND NOT ($column = text::$type AND $column\::text::$type = text::$type AND ${type}_hash($column) = ${type}_hash(text::$type))}),
		'', 'and is equal to what is read from the text');
	is( $node->safe_psql('postgres', "SELECT form, rd_check($column) FROM stored WHERE rd_check($column) IS NOT NULL"),
		'', 'and sound');
}
is( $node->safe_psql(
		'postgres', q{
		SELECT kept.form, key FROM stored JOIN kept USING (id), json_each_text(text::json)
		WHERE m IS NOT NULL AND (m -> key IS DISTINCT FROM value::float8 OR NOT m ? key)}),
	'', 'the number of each key is found');
is( $node->safe_psql('postgres', 'SELECT form, sum(m) FROM stored WHERE m IS NOT NULL GROUP BY id, form HAVING sum(m) <> min(m)'),
	'', 'the sum of one map is the map');

# What is written today, in each form
foreach my $packed (0, 1)
{
	foreach my $narrow (0, 1)
	{
		my $form = $packed ? 'packed' : 'with keys';
		my $layout = $narrow ? 2 : 1;

		is( $node->safe_psql(
				'postgres', qq{
				SET redbear.pack = $packed;
				SET redbear.narrow = $narrow;
				SELECT form, CASE type WHEN 'reddict' THEN text::reddict::bytea WHEN 'redstats' THEN text::redstats::bytea ELSE text::redsum::bytea END
				FROM kept WHERE form ~ '(layout $layout, |^)$form: '
					AND bytes <> CASE type WHEN 'reddict' THEN text::reddict::bytea WHEN 'redstats' THEN text::redstats::bytea ELSE text::redsum::bytea END}),
			'', "what is written $form in layout $layout is the same as ever");
	}
}

$node->stop;
done_testing();
