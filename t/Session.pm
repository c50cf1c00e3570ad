# A psql that stays, for tests in which sessions take turns.
#
#     my $session = Session->new($node, $db);
#     my $text = $session->ask($sql);     # what it prints, errors too
#     $session->tell($sql);               # or do not wait, and
#     my $text = $session->hear;          # hear of it later
#
# "is", that it prints nothing, or what is wanted, tells of every error.

package Session;

use strict;
use warnings;

use PostgreSQL::Test::Utils;

sub new
{
	my ($class, $node, $db) = @_;
	my $self = bless { in => '', out => '', asked => 0 }, $class;
	my @psql = ('psql', '-XAtq', '-F', '|', '-v', 'VERBOSITY=terse', '-d', $node->connstr($db), '-f', '-');
	$self->{psql} = IPC::Run::start(\@psql, '<', \$self->{in}, '>&', \$self->{out},
		IPC::Run::timeout($PostgreSQL::Test::Utils::timeout_default));
	$self->{pid} = $self->ask('SELECT pg_backend_pid()');
	return $self;
}

sub tell
{
	my ($self, $sql) = @_;
	$self->{asked}++;
	$self->{in} .= "$sql\n;\n\\echo end of $self->{asked}\n";
	$self->{psql}->pump_nb;
	return;
}

sub hear
{
	my $self = shift;
	my $end = qr/^end of $self->{asked}\n/m;
	$self->{psql}->pump until $self->{out} =~ $end || !$self->{psql}->pumpable;
	die "psql has ended: $self->{out}" unless $self->{out} =~ s/$end//;
	my $text = $self->{out} =~ s/^psql:<stdin>:\d+: //gmr;
	$self->{out} = '';
	chomp $text;
	return $text;
}

sub ask
{
	my ($self, $sql) = @_;
	$self->tell($sql);
	return $self->hear;
}

# Is its backend waiting for a lock?
sub wait_for_lock
{
	my ($self, $node, $db) = @_;
	return $node->poll_query_until($db,
		"SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = $self->{pid}");
}

sub end
{
	my $self = shift;
	$self->{in} .= "\\q\n";
	return $self->{psql}->finish;
}

# A server has gone, and the session with it, or is about to.
sub forget
{
	my $self = shift;
	$self->{psql}->kill_kill;
	return;
}

1;
