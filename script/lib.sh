# shellcheck shell=bash
#
# What the scripts next to this file share. Source it, then call
#
#     use_postgres            choose a PostgreSQL, or say that there is none
#     make_workspace          a private directory, removed at exit
#     copy_tree               a copy of this tree in the workspace
#     build_and_install       the same, built and installed
#     copy_server             a copy of the server in the workspace, used from then on
#     build_with FLAG...      the tree built with flags, installed in that copy
#     start_server SETTING... a server in the workspace; libpq then finds it, or
#                             the last one, if there are several; under the
#                             command in server_wrapper, if any
#
# When a script ends, however it ends, everything it started has ended and
# its files are gone. So whatever takes time goes through start or run: bash
# looks at a signal only when the foreground command has ended, therefore
# commands run in the background, each in a process group of its own, and
# bash waits for them in the one way that a signal interrupts.

set -euo pipefail
umask 022

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
workspace=
server_wrapper=()

# The caller's servers are none of our business, nor is a make that calls us.
for name in $(compgen -e PG); do
    [[ $name == PG_* ]] || unset "$name"
done
unset name MAKEFLAGS MFLAGS MAKELEVEL

# Progress goes to stderr: the output of a console belongs to its user.
step() {
    printf '==> %s\n' "$*" >&2
}

die() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

is_root() {
    [[ $EUID -eq 0 ]]
}

# --- PostgreSQL ---------------------------------------------------------------

oldest_major=15

# Can one build for, and run, the installation that this pg_config describes?
is_usable() {
    local version
    version=$("$1" --version 2>/dev/null) || return
    [[ $version =~ ^PostgreSQL\ ([0-9]+) ]] || return
    ((BASH_REMATCH[1] >= oldest_major)) || return
    [[ -x $("$1" --bindir)/postgres && -f $("$1" --includedir-server)/postgres.h && -f $("$1" --pgxs) ]]
}

# Prints the pg_config to use: the caller's, or the newest.
find_pg_config() {
    local candidate
    while IFS= read -r candidate; do
        if is_usable "$candidate"; then
            printf '%s\n' "$candidate"
            return 0
        fi
    done < <(
        if [[ -n ${PG_CONFIG:-} ]]; then
            printf '%s\n' "$PG_CONFIG"
        else
            printf '%s\n' /usr/lib/postgresql/*/bin/pg_config | sort -rV
            command -v pg_config
        fi
    )
    return 1
}

use_postgres() {
    pg_config=$(find_pg_config) || die "no PostgreSQL $oldest_major or later with its server headers; see script/bootstrap"
    bindir=$("$pg_config" --bindir)
    if is_root && ! id postgres >/dev/null 2>&1; then
        die "a server refuses to run as root, and there is no user postgres; run this as another user"
    fi
    step "using $("$pg_config" --version), $bindir"
}

# Runs a command as a user who may run a server, and where that user may be.
# setpriv becomes the command; runuser would stay its parent, and a signal to
# runuser would not be one to the command.
as_server() (
    cd "$workspace"
    if is_root; then
        HOME=$workspace exec setpriv --reuid postgres --regid postgres --init-groups -- "$@"
    fi
    exec "$@"
)

# --- processes ----------------------------------------------------------------

# Starts a command in the background, in a process group of its own ("set -m"),
# with its output in the workspace's log NAME. Its process id is in $!.
start() {
    local log=$workspace/$1.log
    shift
    set -m
    "$@" </dev/null >>"$log" 2>&1 &
    set +m
}

# Runs a command to its end, quietly; returns its status.
run() {
    start "$@"
    wait "$!"
}

# The same where failure is the end: shows the log, and dies.
must_run() {
    run "$@" && return
    show_log "$1" >&2
    die "$1 failed"
}

show_log() {
    tail -n 200 "$workspace/$1.log"
}

# Runs a command that talks to the terminal, for which it has to stay in our
# process group. Ctrl-C then belongs to the command: psql cancels a query.
interact() {
    local pid status=0
    [[ ! -t 0 ]] || trap : INT
    "$@" <&0 &
    pid=$!
    wait "$pid" || status=$?
    while kill -0 "$pid" 2>/dev/null; do # it was only the wait that ended
        status=0
        wait "$pid" || status=$?
    done
    trap 'exit 130' INT
    return "$status"
}

# Stops the servers of the workspace, those of TAP tests too, which are no
# children of ours. Fails while one may still be alive.
stop_servers() {
    local pidfile pid alive=0
    while IFS= read -r pidfile; do
        as_server "$bindir/pg_ctl" stop -D "${pidfile%/*}" -m immediate >/dev/null 2>&1 || true
        pid=$(head -n 1 "$pidfile" 2>/dev/null) || continue
        # An empty file is one that a server is about to fill. A crash test
        # leaves behind the file of a server that is gone.
        [[ -n $pid ]] && ! kill -0 "$pid" 2>/dev/null || alive=1
    done < <(find "$workspace" -name postmaster.pid 2>/dev/null)
    return "$alive"
}

# Ends what is running and removes the workspace. It does not leave before it
# is done, so a second Ctrl-C has no effect; all of it takes seconds at worst.
cleanup() {
    local tries pid signal=TERM
    trap - EXIT
    trap '' INT TERM HUP
    [[ -n $workspace ]] || return 0
    for tries in {1..100}; do
        ((tries < 80)) || signal=KILL
        for pid in $(jobs -pr); do
            kill -s "$signal" -- "-$pid" 2>/dev/null || kill -s "$signal" "$pid" 2>/dev/null || true
        done
        # A server just being born fails once its directory is gone.
        if stop_servers && [[ -z $(jobs -pr) ]] && rm -rf "$workspace" 2>/dev/null; then
            break
        fi
        sleep 0.1
    done
    wait
    workspace=
}

trap cleanup EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# --- workspace, build, server -------------------------------------------------

make_workspace() {
    local base
    for base in "${TMPDIR:-/tmp}" /tmp; do
        # The path of a socket may have some 100 bytes.
        ((${#base} <= 60)) || continue
        workspace=$(mktemp -d "$base/redbear.XXXXXX" 2>/dev/null) || continue
        ! is_root || chown postgres: "$workspace"
        # TMPDIR may lie where only its owner gets.
        if as_server test -w "$workspace" 2>/dev/null; then
            # So that the temporary files of the tests go with the rest.
            export TMPDIR=$workspace
            return
        fi
        rmdir "$workspace"
        workspace=
    done
    die "no usable directory for temporary files"
}

# A copy, so that this tree stays as it is, may belong to anybody, and may be a
# snapshot without git.
copy_tree() {
    tree=$workspace/tree
    as_server mkdir "$tree"
    tar -C "$root" -cf - --exclude=./.git --exclude='*.o' --exclude='*.bc' --exclude='*.so' \
        --exclude=./results --exclude=./tmp_check --exclude=./log . |
        as_server tar -C "$tree" -xf -
}

build_and_install() {
    step "building"
    copy_tree
    build_and_install_in "$tree"
}

# DIRECTORY of the copy, with a Makefile
build_and_install_in() {
    # make is silent, so the log holds the compiler's warnings and nothing else.
    must_run build as_server make -s -C "$1" -j"$(nproc)" PG_CONFIG="$pg_config"
    show_log build >&2

    step "installing"
    local install=(make -s -C "$1" install PG_CONFIG="$pg_config")
    if is_root || [[ -w $("$pg_config" --pkglibdir) && -w $("$pg_config" --sharedir)/extension ]]; then
        must_run install "${install[@]}"
    elif sudo -n true 2>/dev/null; then
        must_run install sudo -n "${install[@]}"
    elif [[ -t 0 && -t 2 ]] && command -v sudo >/dev/null; then
        sudo "${install[@]}" || die "install failed"
    else
        die "$(id -un) may not write to $("$pg_config" --pkglibdir), nor use sudo here; run as root: $root/script/${0##*/}"
    fi
}

# A private copy of the server's files, which it finds from where its program is.
copy_server() {
    local dir
    for dir in "$("$pg_config" --pkglibdir)" "$("$pg_config" --sharedir)"; do
        as_server mkdir -p "$workspace/server${dir%/*}"
        as_server cp -R "$dir" "$workspace/server${dir%/*}/"
    done
    as_server mkdir -p "$workspace/server$bindir"
    as_server cp "$bindir"/{initdb,pg_config,pg_ctl,pg_isready,postgres,psql} "$workspace/server$bindir/"
    bindir=$workspace/server$bindir
}

# Builds with more flags for the compiler, and installs into the copy; no bitcode, which has no use for them.
build_with() {
    local make=(make -s -C "$tree" with_llvm=no)
    rm -f "$workspace/build.log"
    must_run build as_server "${make[@]}" clean PG_CONFIG="$pg_config"
    must_run build as_server "${make[@]}" -j"$(nproc)" PG_CONFIG="$pg_config" COPT="$*"
    must_run install as_server "${make[@]}" install PG_CONFIG="$bindir/pg_config"
}

# --- pg_regress ----------------------------------------------------------------

# TESTS VARIABLE...: runs pg_regress against the server that libpq finds.
installcheck() {
    local tests=$1
    shift
    run regress as_server make -s -C "$tree" installcheck PG_CONFIG="$pg_config" REGRESS="$tests" "$@"
}

# A build with -DREDBEAR_RECORD_KEYS writes to the server's log what key sets it
# meets. This makes a database "packed" in which they are registered.
# shellcheck disable=SC2034 # for scripts that source this
packed=(CONTRIB_TESTDB=packed EXTRA_REGRESS_OPTS=--use-existing)
make_packed_database() {
    sed -n 's/^.* LOG:  key set \(\[.*\]\)\( at character [0-9]*\)\{0,1\}$/\1/p' "$workspace/server.log" |
        sort -u >"$workspace/keys"
    must_run register "$bindir/psql" -Xq -v ON_ERROR_STOP=1 -v keys="$workspace/keys" -f "$root/script/register.sql"
}

# After a second run, there. Were maps packed?
check_packed() {
    must_run check "$bindir/psql" -Xq -v ON_ERROR_STOP=1 -d packed -f "$root/script/check-packed.sql"
}

# Takes lines for postgresql.conf. The server listens on a socket in a
# directory that is open to nobody else, which is why it needs no passwords and
# its port number clashes with no other.
next_port=5432
start_server() {
    local port=$((next_port++)) data tries
    data=$workspace/data-$port
    step "starting a throw-away server"
    # An initdb that gets killed leaves shared memory behind. It takes a second,
    # so it runs to its end, in the foreground and where no signal reaches it.
    # (The subshell keeps the redirection to itself: a trap may have to speak.)
    (as_server setsid "$bindir/initdb" --pgdata "$data" --username postgres --auth trust \
        --encoding UTF8 --locale C --no-sync --no-instructions >"$workspace/initdb.log" 2>&1) || {
        show_log initdb >&2
        die "initdb failed"
    }
    printf '%s\n' "listen_addresses = ''" "port = $port" "unix_socket_directories = '$workspace'" \
        'fsync = off' 'full_page_writes = off' "$@" >>"$data/postgresql.conf"
    start server as_server "${server_wrapper[@]}" "$bindir/postgres" -D "$data"
    export PGHOST=$workspace PGPORT=$port PGUSER=postgres PGDATABASE=postgres
    for tries in {1..600}; do
        ! "$bindir/pg_isready" -q || return 0
        kill -0 "$!" 2>/dev/null || break
        sleep 0.1
    done
    show_log server >&2
    die "the server did not start ($tries tries)"
}
