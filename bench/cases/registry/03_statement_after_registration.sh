#!/usr/bin/env bash
# The same, each time after another session has registered a key set.
# shellcheck source=bench/cases/registry/session.sh
source "${BASH_SOURCE[0]%/*}/session.sh"
{
    echo '\timing on'
    for i in {1..41}; do
        echo "\\! psql -XqAt -o /dev/null -c \"SELECT rd_share_keys(ARRAY['$$ $RANDOM', '$i'])\""
        echo "SELECT rd_is_packed('{\"clicks\": 1, \"set\": 2, \"views\": 3, \"77\": 4}');"
    done
} | ask -f - | times | tail -n +2 | middle
