#!/usr/bin/env bash
# The same, in a session that has done it before.
export PGDATABASE=registry_cache PGOPTIONS='-c redbear.pack=on'
[[ $SIZE != 0 ]] || exit 0
psql -XqAt -v ON_ERROR_STOP=1 -c "SELECT count(m -> 'key 7 of 7') FROM maps" -c '\timing on' -c "SELECT count(m -> 'key 7 of 7') FROM maps" |
    awk '$1 == "Time:" { print $2 }'
