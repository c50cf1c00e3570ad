"""Reads what COPY ... TO ... (FORMAT binary) writes."""

from __future__ import annotations

import struct
from typing import BinaryIO, Iterator, List, Optional, Sequence

from .maps import MapError

SIGNATURE = b"PGCOPY\n\xff\r\n\0"
_int16 = struct.Struct(">h")
_int32 = struct.Struct(">i")


def _read(file: BinaryIO, n: int) -> bytes:
    data = file.read(n)
    if len(data) != n:
        raise MapError("the binary COPY ends too soon")
    return data


def begin(file: BinaryIO) -> None:
    """Reads what is before the rows."""
    if file.read(len(SIGNATURE)) != SIGNATURE:
        raise MapError("not a binary COPY")
    _read(file, _int32.size)  # flags
    _read(file, _int32.unpack(_read(file, _int32.size))[0])


def rows(file: BinaryIO) -> Iterator[List[Optional[bytes]]]:
    """The fields of each row, as they are; None for NULL."""
    begin(file)
    while True:
        (n,) = _int16.unpack(_read(file, _int16.size))
        if n == -1:
            return
        row: List[Optional[bytes]] = []
        for _ in range(n):
            (length,) = _int32.unpack(_read(file, _int32.size))
            row.append(None if length == -1 else _read(file, length))
        yield row


def read_copy(file: BinaryIO, types: Sequence[str]) -> Iterator[List[Optional[object]]]:
    """The rows of a file whose columns have these types, reddict or redstats."""
    from .wire import codec

    decoders = [codec(name).decode for name in types]
    for row in rows(file):
        if len(row) != len(decoders):
            raise MapError(f"a row has {len(row)} columns, not {len(decoders)}")
        yield [None if field is None else decode(field) for decode, field in zip(decoders, row)]
