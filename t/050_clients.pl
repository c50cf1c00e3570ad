# The examples of doc/clients.md run, in their order, in one database, and give
# what they say: for SQL as in 004_examples.pl, for programs what follows "=> "
# in a comment. A program whose language or driver is not installed is skipped,
# and the message says for want of what; so is what the document says is not
# run. REDBEAR_NODE_PATH is where the packages of npm are.

use strict;
use warnings;

use Cwd 'abs_path';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $document = 'doc/clients.md';
plan skip_all => 'the document is not here' unless -e $document;

# How a program runs, in sh, whose $1 is the file, and what it needs: names,
# and how one looks whether such a one is there, in sh, whose $1 is the name.
# Debian's Python has Debian's drivers; an environment has its own.
my $debian = 'PATH="${VIRTUAL_ENV:+$VIRTUAL_ENV/bin:}/usr/bin:$PATH"';
my %languages = (
	python => {
		comment => '#',
		run => "$debian python3 \"\$1\"",
		needs => sub { map { split /\s*,\s*/ } $_[0] =~ /^(?:import|from) ([\w., ]+?)(?: import .*| as .*)?$/mg },
		look => "$debian python3 -c \"import \$1\"" },
	js => {
		comment => '//',
		run => 'node "$1"',
		needs => sub { $_[0] =~ /require\("([^"]+)"\)/g },
		look => 'node -e "require(process.argv[1])" "$1"' },
	perl => {
		comment => '#',
		run => 'perl "$1"',
		needs => sub { ($_[0] =~ /^use ([A-Z][\w:]+)/mg, $_[0] =~ /dbi:(\w+)/ ? "DBD::$1" : ()) },
		look => 'perl -M"$1" -e 1' },
	ruby => {
		comment => '#',
		run => 'ruby "$1"',
		needs => sub { $_[0] =~ /^require "([^"\/]+)"/mg },
		look => 'ruby -e "require ARGV[0]" "$1"' },
	php => {
		comment => '//',
		run => 'php "$1"',
		needs => sub { $_[0] =~ /new PDO/ ? 'pdo_pgsql' : 'pgsql' },
		look => 'php -r "exit(extension_loaded(\$argv[1]) ? 0 : 1);" "$1"' },
	go => {
		comment => '//',
		run => 'HOME=. GOCACHE="$PWD/go-cache" GO111MODULE=off GOPATH=/usr/share/gocode go run "$1"',
		needs => sub { ('go', $_[0] =~ /"(github\.com[^"]+)"/g) },
		look => 'if test "$1" = go; then command -v go; else test -d "/usr/share/gocode/src/$1"; fi' },
	java => {
		comment => '//',
		run => 'java -cp /usr/share/java/postgresql.jar "$1" "$JDBC_URL"',
		needs => sub { ('javac', '/usr/share/java/postgresql.jar') },
		look => 'command -v "$1" || test -f "$1"' },
	c => {
		comment => '//',
		run => 'cc -Wall -Werror -I"$(pg_config --includedir)" -o example "$1" -L"$(pg_config --libdir)" -lpq && ./example',
		needs => sub { $_[0] =~ /<(libpq-fe\.h)>/ },
		look => 'echo "#include <$1>" | cc -E -I"$(pg_config --includedir)" -' });

# JDBC knows no Unix sockets. A password, in a file that is only ours, keeps the
# port to us.
my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->append_conf('postgresql.conf', "listen_addresses = '127.0.0.1'");
unlink $node->data_dir . '/pg_hba.conf' or die $!;
$node->append_conf('pg_hba.conf', "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256");
$node->start;
my ($user, $password) = split /\|/, $node->safe_psql('postgres', 'SELECT current_user, gen_random_uuid()');
$node->safe_psql('postgres', qq{ALTER ROLE "$user" PASSWORD '$password'});
my $dir = PostgreSQL::Test::Utils::tempdir();
append_to_file("$dir/pgpass", "*:*:*:*:$password\n");
chmod 0600, "$dir/pgpass" or die $!;
$node->safe_psql('postgres', 'CREATE DATABASE clients');
$node->safe_psql('clients', 'CREATE EXTENSION redbear');

# The path of modules leads to those of the tree.
local %ENV = (%ENV,
	PGHOST => $node->host, PGPORT => $node->port, PGDATABASE => 'clients', PGUSER => $user,
	PGPASSFILE => "$dir/pgpass",
	JDBC_URL => 'jdbc:postgresql://127.0.0.1:' . $node->port . "/clients?user=$user",
	PYTHONPATH => abs_path('.') . '/clients/python/src',
	NODE_PATH => $ENV{REDBEAR_NODE_PATH} // '');

my %extension = (python => 'py', perl => 'pl', ruby => 'rb');
my $text = slurp_file($document);
my ($seen, $number) = (0, 0);
while ($text =~ /(?:^<!-- not run: ([^\n]*) -->\n)?^```(\w+)\n(.*?)^```$/msg)
{
	my ($not_run, $name, $block) = ($1, $2, $3);
	my ($ok, $output, $error);

	if ($name eq 'sql')
	{
		my ($first) = $block =~ /^(.*)$/m;
		my @wanted = $block =~ /(?:^--[ ]+|[;)][ ]*--[ ]+(?=[\d{]))(.*)$/mg;
		s/ *\| */|/g foreach @wanted;
		$ok = $node->psql('clients', $block, on_error_stop => 1, stdout => \$output, stderr => \$error) == 0;
		ok($ok, "SQL runs: $first") or diag($error);
		is($output, join("\n", @wanted), "SQL gives: $first") if @wanted;
		next;
	}
	$seen++;
  SKIP:
	{
		skip "$name: $not_run", 1 if defined $not_run;
		my $language = $languages{$name} or die "$document: no way to run $name";
		my @needs = $language->{needs}->($block);
		my @missing = grep { run_command([ 'sh', '-c', $language->{look}, 'sh', $_ ]); $? != 0 } @needs;
		skip "$name: no " . join(", ", @missing), 1 if @missing;

		my $directory = "$dir/" . ++$number;
		mkdir $directory or die "$directory: $!";
		my $file = 'Example.' . ($extension{$name} // $name);
		append_to_file("$directory/$file", $block);
		($output, $error) = run_command([ 'sh', '-c', "cd '$directory' && $language->{run}", 'sh', $file ]);
		ok($? == 0, "$name runs: @needs") or diag($error);
		is($output, join("\n", $block =~ /\Q$language->{comment}\E => (.*)$/mg), "$name gives: @needs");
	}
}cmp_ok($seen, '>=', 15, 'programs are found');

$node->stop;
done_testing();
