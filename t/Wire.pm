# A client that speaks the protocol itself: so a test can send any bytes as a
# value, a hundred thousand times in a few seconds.

package Wire;

use strict;
use warnings;

use IO::Socket::UNIX;

# What may be sent ahead before answers are read.  The socket's buffer takes it
# all, so that neither side ever waits for the other.
my $AHEAD = 32 * 1024;

# Connect to a database of a server that asks for no password.
sub new
{
	my ($class, $host, $port, $database) = @_;
	my $socket = IO::Socket::UNIX->new(Peer => "$host/.s.PGSQL.$port") or die "connect: $!";
	my $self = bless { socket => $socket }, $class;
	my $user = getpwuid $<;
	my $startup = pack 'n n (Z*)*', 3, 0, 'user', $user, 'database', $database, 'client_encoding', 'UTF8', '';
	$self->write(pack 'N a*', 4 + length $startup, $startup);
	my $answer = $self->answer;
	die "connect: $answer->{error}" if $answer->{error};
	return $self;
}

sub write
{
	my ($self, $bytes) = @_;
	local $SIG{PIPE} = 'IGNORE';
	while (length $bytes)
	{
		my $n = syswrite $self->{socket}, $bytes;
		die "the connection is lost: $!" unless $n;
		substr($bytes, 0, $n) = '';
	}
}

sub message
{
	my ($type, $body) = @_;
	return pack 'a N a*', $type, 4 + length $body, $body;
}

# The next message's type and body
sub read
{
	my $self = shift;
	my $header = $self->bytes(5);
	my ($type, $length) = unpack 'a N', $header;
	return ($type, $self->bytes($length - 4));
}

sub bytes
{
	my ($self, $n) = @_;
	$self->{buffer} //= '';
	while (length $self->{buffer} < $n)
	{
		sysread $self->{socket}, $self->{buffer}, 65536, length $self->{buffer}
		  or die 'the connection is lost';
	}
	return substr $self->{buffer}, 0, $n, '';
}

# What the server says up to when it is ready for more: { columns of the last
# row, error: its SQLSTATE, message }
sub answer
{
	my $self = shift;
	my %answer;
	while (1)
	{
		my ($type, $body) = $self->read;
		if ($type eq 'Z') { return \%answer }
		elsif ($type eq 'K') { $self->{pid} = unpack 'N', $body }
		elsif ($type eq 'D')
		{
			my ($n, @rest) = unpack 'n', $body;
			my $at = 2;
			for (1 .. $n)
			{
				my $length = unpack 'l>', substr $body, $at, 4;
				push @rest, $length < 0 ? undef : substr $body, $at + 4, $length;
				$at += 4 + ($length < 0 ? 0 : $length);
			}
			$answer{columns} = \@rest;
		}
		elsif ($type eq 'E')
		{
			my %fields = map { unpack 'a a*', $_ } split /\0/, $body;
			@answer{qw(error message)} = @fields{qw(C M)};
		}
	}
}

# Prepare a statement.
sub prepare
{
	my ($self, $name, $sql) = @_;
	$self->write(message('P', pack 'Z* Z* n', $name, $sql, 0) . message('S', ''));
	my $answer = $self->answer;
	die "$sql: $answer->{message}" if $answer->{error};
}

# Execute a statement once for each value of its only parameter.  $format, of
# the parameter and of the results: 0 is text, 1 is binary.  Returns answers.
sub execute
{
	my ($self, $name, $format, @values) = @_;
	my @answers;
	my ($ahead, $sent) = ('', 0);
	foreach my $value (@values)
	{
		my $request = message('B', pack 'Z* Z* n n n N/a* n n', '', $name, 1, $format, 1, $value, 1, $format)
		  . message('E', pack 'Z* N', '', 0) . message('S', '');
		if ($sent && length($ahead) + length($request) > $AHEAD)
		{
			$self->write($ahead);
			push @answers, $self->answer while $sent--;
			($ahead, $sent) = ('', 0);
		}
		$ahead .= $request;
		$sent++;
	}
	$self->write($ahead);
	push @answers, $self->answer while $sent--;
	return @answers;
}

1;
