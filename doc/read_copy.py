#!/usr/bin/env python3
"""Read what COPY ... TO ... (FORMAT binary) writes: maps and statistics.

    read_copy.py TYPE... <FILE          a type for each column: reddict, redstats

Prints a JSON array a row. storage-format.md describes what is read; keys are
taken to be UTF-8, so that has to be the client's encoding.
"""
import json
import math
import struct
import sys

DOUBLES = {'reddict': 1, 'redstats': 5}  # of a key


def unpack(layout, file):
    """The values of a struct, in network byte order, from a file."""
    return struct.unpack('>' + layout, file.read(struct.calcsize('>' + layout)))


def number(value):
    """JSON has no NaN and no infinities: those are strings."""
    return value if math.isfinite(value) else {'nan': 'NaN', 'inf': 'Infinity', '-inf': '-Infinity'}[str(value)]


def read_map(file, doubles):
    """A value: a version, the number of keys, and for each its length, it, and its doubles."""
    version, n = unpack('bi', file)
    if version != 1:
        raise ValueError('unknown version %d' % version)
    result = {}
    for _ in range(n):
        length, = unpack('i', file)
        key = file.read(length).decode()
        values = [number(value) for value in unpack('%dd' % doubles, file)]
        result[key] = values if doubles > 1 else values[0]
    return result


def read_copy(file, types):
    """The rows of a file: fields have their length before them, -1 for NULL."""
    if file.read(11) != b'PGCOPY\n\xff\r\n\0':
        raise ValueError('not a binary COPY')
    _flags, extension = unpack('ii', file)
    file.read(extension)
    while unpack('h', file) != (-1,):    # the number of fields, or the end
        yield [None if unpack('i', file) == (-1,) else read_map(file, DOUBLES[name]) for name in types]


if __name__ == '__main__':
    for row in read_copy(sys.stdin.buffer, sys.argv[1:]):
        print(json.dumps(row, ensure_ascii=False, allow_nan=False))
