"""NumPy: the maps of a query as an array of keys and an array of numbers."""

from __future__ import annotations

import io
from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple, Union

import numpy as np

from . import copy, wire
from .maps import MapError


class Table(NamedTuple):
    """n maps with k keys in all."""

    keys: Any  # k of them, of type object
    values: Any  # n rows, k columns of float64


_BLOCK = 1 << 16  # bytes to go through at a time, so that they stay in the cache


def read(connection: Any, query: str, parameters: Sequence[Any] = (), missing: float = np.nan) -> Table:
    """The maps that a query gives, in its order, by a binary COPY.

    The query has one column, of type reddict. The connection is of psycopg 3
    or psycopg2; it need not be registered. Keys are in the server's order if
    all rows have the same, else sorted. What a row lacks is missing; a NULL
    lacks all.
    """
    return from_copy(_copy(connection, query, parameters), missing, _encoding(connection))


async def read_async(connection: Any, query: str, *parameters: Any, missing: float = np.nan) -> Table:
    """The same for a connection of asyncpg, whose parameters are $1, $2, ..."""
    blocks: List[bytes] = []

    async def keep(block: bytes) -> None:
        blocks.append(block)

    await connection.copy_from_query(query, *parameters, output=keep, format="binary")
    return from_copy(b"".join(blocks), missing)


def _module(connection: Any) -> str:
    for cls in type(connection).__mro__:
        module = cls.__module__.partition(".")[0]
        if module in ("psycopg", "psycopg2"):
            return module
    raise TypeError(f"no connection of psycopg or psycopg2: {connection!r}")


def _encoding(connection: Any) -> str:
    if _module(connection) == "psycopg":
        return str(connection.info.encoding)
    from psycopg2 import extensions

    return str(extensions.encodings[connection.encoding])


def _copy(connection: Any, query: str, parameters: Sequence[Any]) -> bytes:
    statement = f"COPY ({query}) TO STDOUT (FORMAT binary)"
    if _module(connection) == "psycopg":
        # COPY takes no parameters: a ClientCursor writes them into the statement.
        import psycopg

        with psycopg.ClientCursor(connection).copy(statement, parameters or None) as blocks:
            return b"".join(blocks)
    file = io.BytesIO()
    with connection.cursor() as cursor:
        if parameters:
            statement = cursor.mogrify(statement, parameters)
        cursor.copy_expert(statement, file)
    return file.getvalue()


def from_copy(data: bytes, missing: float = np.nan, encoding: str = "utf-8") -> Table:
    """The maps of a binary COPY of one column."""
    file = io.BytesIO(data)
    copy.begin(file)
    codec = wire.codec("reddict", encoding)
    table = _strided(codec, data, file.tell())
    return table or _parsed(codec, file, missing)


def _strided(codec: wire.MapCodec, data: bytes, start: int) -> Optional[Table]:
    """If all rows have the keys of the first one, and so are of one size."""
    # A row is an int16, the number of fields; an int32, the size of the field; the field.
    if data[start : start + 2] != b"\0\1" or data[-2:] != b"\xff\xff":
        return None
    size = int.from_bytes(data[start + 2 : start + 6], "big", signed=True)
    if size < 0 or start + 6 + size > len(data):
        return None
    stride = 6 + size
    n, rest = divmod(len(data) - start - 2, stride)
    if rest:
        return None
    keys, positions = codec.walk(data[start + 6 : start + stride])
    rows = np.frombuffer(data, np.uint8, n * stride, start).reshape(n, stride)
    mask = np.full(stride, 255, np.uint8)
    for position in positions:
        mask[6 + position : 14 + position] = 0
    values = np.empty((n, len(keys)))
    step = max(1, _BLOCK // stride)
    for begin in range(0, n, step):
        block = rows[begin : begin + step]
        if ((block ^ rows[0]) & mask).any():
            return None
        for column, position in enumerate(positions):
            doubles: Any = np.ndarray((len(block),), ">f8", data, start + begin * stride + 6 + position, (stride,))
            values[begin : begin + step, column] = doubles
    return Table(_keys(keys), values)


def _keys(keys: Sequence[str]) -> Any:
    result = np.empty(len(keys), object)
    result[:] = keys
    return result


def _parsed(codec: wire.MapCodec, file: io.BytesIO, missing: float) -> Table:
    """Row by row; those that have the same keys are put into their columns together."""
    file.seek(0)
    groups: Dict[Tuple[str, ...], Tuple[List[int], List[Any]]] = {}
    n = 0
    for n, row in enumerate(copy.rows(file), 1):
        if len(row) != 1:
            raise MapError(f"the query has {len(row)} columns, not one of type reddict")
        if row[0] is not None:
            keys, values = codec.read(row[0])
            numbers, maps = groups.setdefault(keys, ([], []))
            numbers.append(n - 1)
            maps.append(values)
    columns = {key: column for column, key in enumerate(sorted(set().union(*groups)))}
    result = np.full((n, len(columns)), missing, float)
    for keys, (numbers, maps) in groups.items():
        if keys:
            result[np.ix_(numbers, [columns[key] for key in keys])] = maps
    return Table(_keys(list(columns)), result)
