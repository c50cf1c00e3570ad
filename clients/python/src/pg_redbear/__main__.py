"""Prints what COPY ... TO ... (FORMAT binary) writes.

    python3 -m pg_redbear TYPE... <FILE     a type for each column: reddict, redstats

A JSON array a row. Keys are taken to be UTF-8, so that has to be the client's
encoding. JSON has no NaN and no infinities: those are strings, as the server
prints them.
"""

import json
import math
import sys
from typing import Any

from .copy import read_copy
from .wire import TYPES


def _printable(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _printable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_printable(item) for item in value]
    if value is None or math.isfinite(value):
        return value
    return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}[str(value)]


if __name__ == "__main__":
    if len(sys.argv) < 2 or not set(sys.argv[1:]) <= set(TYPES):
        sys.exit(__doc__)
    for row in read_copy(sys.stdin.buffer, sys.argv[1:]):
        print(json.dumps(_printable(row), ensure_ascii=False, allow_nan=False))
