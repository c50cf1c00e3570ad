#!/usr/bin/env bash
# A statement that makes a map, of a session that has made one: of 41.
# shellcheck source=bench/cases/registry/session.sh
source "${BASH_SOURCE[0]%/*}/session.sh"
{
    echo '\timing on'
    for _ in {1..41}; do
        echo '\! psql -XqAt -o /dev/null -c "SELECT 1"'
        echo "SELECT rd_is_packed('{\"clicks\": 1, \"set\": 2, \"views\": 3, \"77\": 4}');"
    done
} | ask -f - | times | tail -n +2 | middle
