#!/bin/sh
exec psql -XAtq -c "SELECT plan_nested('rd_sum(reddict(''a'', ?))', $VARIANT)"
