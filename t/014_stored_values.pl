# Values that were stored long ago, kept in t/stored_values.tsv as hexadecimal
# bytes: each reads as the text beside it, and what is written today is the same.
# And those that were sent, or copied in binary, in t/sent_values.tsv.

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
my %types = (reddict => 'm', redstats => 's', redsum => 'x', redhist => 'h');
my @types = sort keys %types;
my $casts = join ';', map { ("CREATE CAST (bytea AS $_) WITHOUT FUNCTION", "CREATE CAST ($_ AS bytea) WITHOUT FUNCTION") } @types;
my $columns = join ', ', map { "CASE type WHEN '$_' THEN bytes::$_ END AS $types{$_}" } @types;
my $counts = join ', ', map { "count($types{$_})" } @types;
my $written = 'CASE type ' . join(' ', map { "WHEN '$_' THEN text::$_\::bytea" } @types) . ' END';

$node->safe_psql(
	'postgres', qq{
	CREATE EXTENSION redbear;
	$casts;
	CREATE TABLE kept (id int GENERATED ALWAYS AS IDENTITY, type text, form text, bytes bytea, text text);
	CREATE TABLE hex (LIKE kept INCLUDING IDENTITY);
	ALTER TABLE hex ALTER bytes TYPE text USING NULL;
	COPY hex (type, form, bytes, text) FROM '$dir/kept' (FORMAT csv, DELIMITER E'\\t', QUOTE E'\\x01');
	INSERT INTO kept (type, form, bytes, text) SELECT type, form, decode(bytes, 'hex'), text FROM hex ORDER BY id;
	SELECT rd_share_keys(ARRAY(SELECT json_object_keys(text::json))) FROM kept WHERE form ~ 'packed' GROUP BY text;
	CREATE TABLE stored AS SELECT id, form, $columns FROM kept});
$node->restart;

is( $node->safe_psql('postgres', "SELECT count(*), $counts FROM stored"),
	join('|', scalar @kept, map { my $type = $_; scalar grep { /^$type\t/ } @kept } @types), 'all values are there');
foreach my $type (@types)
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
				SELECT form, $written FROM kept WHERE form ~ '(layout $layout, |^)$form: ' AND bytes <> $written}),
			'', "what is written $form in layout $layout is the same as ever");
	}
}

# What was sent, and copied in binary: the same, received from a file
my @sent = grep { !/^#/ } split /^/, slurp_file("$FindBin::Bin/sent_values.tsv");
foreach my $line (@sent)
{
	my ($type, $what, $hex, $text) = split /\t/, $line =~ s/\n//r;
	my $bytes = pack 'H*', $hex;
	my $column = $types{$type};

	open(my $file, '>:raw', "$dir/sent") or die $!;
	print $file "PGCOPY\n\377\r\n\0", pack('N N n N', 0, 0, 1, length $bytes), $bytes, pack('n', 0xffff);
	close $file;
	$node->safe_psql('postgres', "CREATE TABLE received (v $type); COPY received FROM '$dir/sent' (FORMAT binary)");
	is($node->safe_psql('postgres', 'SELECT v FROM received'), $text, "a $type that was sent is received: $what");
	is($node->safe_psql('postgres', "SELECT encode(${type}_send('$text'), 'hex'); DROP TABLE received"), $hex, 'and is sent today as it was');
}

$node->stop;
done_testing();
