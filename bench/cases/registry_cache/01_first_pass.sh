#!/usr/bin/env bash
# Looks up a key in every map, in a new session.
export PGDATABASE=registry_cache PGOPTIONS='-c redbear.pack=on'
[[ $SIZE != 0 ]] || exit 0
psql -XqAt -v ON_ERROR_STOP=1 -c "SELECT '{\"a\": 1}'::reddict" -c '\timing on' -c "SELECT count(m -> 'key 7 of 7') FROM maps" |
    awk '$1 == "Time:" { print $2 }'
