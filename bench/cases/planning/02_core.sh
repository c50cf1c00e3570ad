#!/bin/sh
exec psql -XAtq -c "SELECT plan_nested('cbrt(power(?, 2))', $VARIANT)"
