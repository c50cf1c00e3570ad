"""psycopg 3: register(connection), then maps are dicts, in text and binary."""

from __future__ import annotations

from typing import Any, Callable, Iterable, Optional, Sequence, Type

import psycopg
from psycopg.abc import AdaptContext
from psycopg.adapt import Dumper, Loader
from psycopg.pq import Format
from psycopg.types import TypeInfo

from . import catalog, maps, wire


def _encoding(connection: Any) -> str:
    return str(connection.info.encoding) if connection else "utf-8"


def _loader(name: str, loads: Callable[[str], Any], binary: bool) -> Type[Loader]:
    class _Loader(Loader):
        format = Format.BINARY if binary else Format.TEXT

        def __init__(self, oid: int, context: Optional[AdaptContext] = None):
            super().__init__(oid, context)
            encoding = _encoding(self.connection)
            load: Callable[[Any], Any]
            if binary:
                load = wire.codec(name, encoding).decode
            elif encoding == "ascii":
                load = lambda data: loads(str(data, "utf-8", "surrogateescape"))
            else:
                load = lambda data: loads(str(data, encoding))
            setattr(self, "load", load)  # itself, so that no call is between

        def load(self, data: Any) -> Any:
            raise NotImplementedError  # each has its own

    return _Loader


def _dumper(type_: catalog.Type, dumps: Callable[[Any], str], binary: bool) -> Type[Dumper]:
    class _Dumper(Dumper):
        format = Format.BINARY if binary else Format.TEXT
        oid = type_.oid

        def __init__(self, cls: type, context: Optional[AdaptContext] = None):
            super().__init__(cls, context)
            if binary:
                setattr(self, "dump", wire.codec(type_.name, _encoding(self.connection)).encode)

        def dump(self, obj: Any) -> bytes:
            return dumps(obj).encode()

    return _Dumper


def _register(context: Any, rows: Iterable[Sequence[Any]], dicts: bool) -> None:
    found = catalog.types(rows)
    adapters = context.adapters
    for name, loads, dumps, classes in (
        ("redstats", maps.loads_stats, maps.dumps_stats, (None,)),
        ("reddict", maps.loads, maps.dumps, (maps.Map, dict) if dicts else (maps.Map,)),
    ):
        type_ = found[name]
        TypeInfo(name, type_.oid, type_.array_oid, regtype=type_.sql).register(context)
        # The last one is what %s sends. None is for COPY, where set_types() says what a dict is.
        for binary in (False, True):
            adapters.register_loader(type_.oid, _loader(name, loads, binary))
            for cls in classes:
                adapters.register_dumper(cls, _dumper(type_, dumps, binary))


def register(connection: psycopg.Connection[Any], dicts: bool = True) -> None:
    """Has a connection read and write maps as dicts.

    Parameters that are dicts are sent as maps; with dicts=False only those
    that are pg_redbear.Map, for connections whose dicts are JSON. Raises
    NotInstalled if the database has no redbear. Cursors that there are
    already stay as they are.
    """
    with connection.transaction():
        cursor = connection.cursor(row_factory=psycopg.rows.tuple_row)
        rows = cursor.execute(catalog.QUERY).fetchall()
    _register(connection, rows, dicts)


async def register_async(connection: psycopg.AsyncConnection[Any], dicts: bool = True) -> None:
    """The same for an AsyncConnection."""
    async with connection.transaction():
        cursor = connection.cursor(row_factory=psycopg.rows.tuple_row)
        await cursor.execute(catalog.QUERY)
        rows = await cursor.fetchall()
    _register(connection, rows, dicts)
