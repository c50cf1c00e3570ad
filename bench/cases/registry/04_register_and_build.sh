#!/usr/bin/env bash
# Registering a key set and making a map of these keys, in turn: one of 200.
# shellcheck source=bench/cases/registry/session.sh
source "${BASH_SOURCE[0]%/*}/session.sh"
{
    echo '\timing on'
    for i in {1..200}; do
        keys="{$$ $RANDOM,$i}"
        echo "SELECT rd_share_keys('$keys');"
        echo "SELECT rd_is_packed(reddict('$keys'::text[], '{1,2}'));"
    done
} | ask -f - | times | paste - - | awk '{ print $1 + $2 }' | middle
