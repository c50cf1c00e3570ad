#!/usr/bin/env bash
# The first map of a session, with the loading of redbear: of 21 sessions.
# shellcheck source=bench/cases/registry/session.sh
source "${BASH_SOURCE[0]%/*}/session.sh"
for _ in {1..21}; do
    ask -c '\timing on' -c "SELECT '{\"clicks\": 1, \"views\": 2}'::reddict" | times
done | middle
