# META.json is what PGXN takes (https://pgxn.org/spec/), and all files that
# give a version, or say which PostgreSQL is wanted, give the same. The SQL
# script has the chapters of the reference, in its order. Lines of documents are at
# most 120 characters long. Files of C call each other one way.

use strict;
use warnings;

use Encode qw(decode_utf8);
use JSON::PP;
use Test::More;

sub slurp
{
	my $path = shift;
	open(my $file, '<', $path) or die "$path: $!";
	local $/;
	return scalar <$file>;
}

# The one match of a pattern in a file
sub find
{
	my ($path, $pattern) = @_;
	my ($match) = slurp($path) =~ $pattern or die "$path has no $pattern";
	return $match;
}

my $meta = decode_json(slurp('META.json'));
my $version = qr/^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:[A-Za-z][0-9A-Za-z-]*)?$/;

# What the specification wants, and what it knows
my %known = map { $_ => 1 } qw(abstract description generated_by license maintainer meta-spec name no_index
  prereqs provides release_status resources tags version);
is_deeply([ grep { !$known{$_} && !/^x_/i } sort keys %$meta ], [], 'no field that PGXN does not know');
ok(length($meta->{$_} // ''), "there is $_") foreach qw(abstract license maintainer meta-spec name provides version);
like($meta->{name}, qr/^[^\s\/\\:[:cntrl:]]{2,}$/, 'a name for PGXN');
like($meta->{version}, $version, 'a semantic version');
is($meta->{license}, 'postgresql', 'a license that the specification lists');
is($meta->{'meta-spec'}{version}, '1.0.0', 'version of the specification');
like($meta->{'meta-spec'}{url}, qr{^https?://}, 'address of the specification');
is_deeply([ grep { ref || !length || length > 255 || /[\/\\[:cntrl:]]/ } @{ $meta->{tags} } ], [], 'tags are words');
foreach my $phase (sort keys %{ $meta->{prereqs} })
{
	like($phase, qr/^(?:configure|build|test|runtime|develop)$/, "$phase is a phase");
	foreach my $relation (sort keys %{ $meta->{prereqs}{$phase} })
	{
		like($relation, qr/^(?:requires|recommends|suggests|conflicts)$/, "$relation is a relation");
		like($_, $version, 'a version that is wanted') foreach values %{ $meta->{prereqs}{$phase}{$relation} };
	}
}

# What it says is so
like($meta->{release_status}, qr/^(?:stable|testing|unstable)$/, 'a status that the specification lists');
if (-f 'debian/control')
{
	is(find('debian/control', qr/^Homepage: (.*)$/m), $meta->{resources}{homepage}, "the Debian package's home");
	is(find('debian/control', qr/^Vcs-Git: (.*)$/m), $meta->{resources}{repository}{url}, 'its repository');
	is(find('debian/control', qr/^Vcs-Browser: (.*)$/m), $meta->{resources}{repository}{web}, 'the same to look at');
	like(slurp('debian/watch'), qr/\Q$meta->{resources}{repository}{web}\E/, 'and where to look for releases');
}
my $provided = $meta->{provides}{redbear};
my $default = find('redbear.control', qr/^default_version = '(.*)'$/m);
is_deeply([ keys %{ $meta->{provides} } ], ['redbear'], 'one extension');
ok(-f $provided->{file}, 'its file is here');
is($provided->{file}, "redbear--$default.sql", 'and is that of the version which is installed');
is($provided->{version}, $meta->{version}, 'its version is that of all');
like($meta->{version}, qr/^\Q$default\E\.\d+$/, "a release of the control file's version");
is(find('CHANGELOG.md', qr/^## (\S+)/m), $meta->{version}, "CHANGELOG's newest");
is(find('debian/changelog', qr/^redbear \(([^)]+)-\d+\)/), $meta->{version}, "the Debian package's")
  if -f 'debian/changelog';
is(find('script/lib.sh', qr/^oldest_major=(\d+)$/m) . '.0.0',
	$meta->{prereqs}{runtime}{requires}{PostgreSQL}, 'the oldest PostgreSQL');
is(find('debian/pgversions', qr/^(\d+)\+$/m) . '.0.0',
	$meta->{prereqs}{runtime}{requires}{PostgreSQL}, "the Debian package's")
  if -f 'debian/pgversions';

# The chapters of the script, "-- NAME" between lines of "--", are headings of
# the reference.
my @headings = slurp('doc/reference.md') =~ /^## (.*)$/mg;
my @chapters = slurp($provided->{file}) =~ /\n\n\n--\n-- (.*)\n--$/mg;
my %chapters = map { $_ => 1 } @chapters;
cmp_ok(scalar @chapters, '>=', 12, "the script's chapters are found");
is_deeply(\@chapters, [ grep { $chapters{$_} } @headings ], 'the script has the chapters of the reference, in its order');

# A tab counts as four.
my $widest = 120;

sub wide_lines
{
	my ($path, $counts) = @_;
	my (@wide, $number);
	foreach my $line (split /\n/, decode_utf8(slurp($path)))
	{
		$number++;
		(my $expanded = $line) =~ s/\t/    /g;
		push @wide, "$path:$number" if $counts->($line) && length $expanded > $widest;
	}
	return @wide;
}

my @documents = grep { -e } glob('*.md doc/*.md bench/*.md clients/*/*.md transforms/*.md');
my @sources = grep { -f } glob('Makefile Dockerfile redbear--*.sql src/*.[ch] sql/*.sql t/*.p[lm] transforms/*.h transforms/*/*.c transforms/*/*.sql script/* .ci/* debian/rules');

# All of a document, code too, but a table's row and a picture
sub document_line
{
	my $line = shift;
	return $line !~ /^(?:\||!\[)/;
}

sub comment
{
	my $line = shift;
	return $line =~ m{^\s*(?:--|#|/\*|\*)\s};
}

is_deeply([ map { wide_lines($_, \&document_line) } @documents ], [], "lines of documents have at most $widest characters");
is_deeply([ map { wide_lines($_, \&comment) } @sources ], [], "lines of comments have at most $widest characters");

# Links from document to document lead to a file, and to a heading of it, whose
# anchor is made as on GitHub.
sub anchors
{
	my $text = decode_utf8(slurp(shift));
	$text =~ s/^```.*?^```$//msg;
	return map { s/[^\w\- ]//gr =~ s/ /-/gr } map { lc } $text =~ /^#+ (.*)$/mg;
}

my @dead;
foreach my $document (@documents)
{
	my $text = decode_utf8(slurp($document));
	my ($directory) = $document =~ m{^(.*/)?};
	while ($text =~ /\]\((?!https?:)([^)#\s]*)(?:#([^)]*))?\)/g)
	{
		my ($to, $anchor) = ($1 eq '' ? $document : ($directory // '') . $1, $2);
		1 while $to =~ s{[^/]+/\.\./}{};
		push @dead, "$document: $to" . (defined $anchor ? "#$anchor" : '')
		  if !-e $to || defined $anchor && !grep { $_ eq $anchor } anchors($to);
	}
}
is(join("\n", @dead), "", "links lead somewhere");

cmp_ok(scalar(split /\n/, slurp('README.md')), '<=', 250, 'the README can be read in one go');

# Files call each other one way, and the document has the list of them.
my $rooms = `script/rooms 2>&1`;
is($?, 0, 'the list of files can be made');
is(join('', grep { /^in a circle/ } split /^/, $rooms), '', 'no files call each other in a circle');
ok(index(slurp('doc/internals.md'), $rooms =~ s/\s+\z//r) >= 0, 'doc/internals.md has the list of files that script/rooms makes');

done_testing();
