#!/bin/sh
# What merge is compared with: a microsecond for each of its 1,000,000 keys.
awk -v size="$SIZE" 'BEGIN { print 1000 * size }'
