"""psycopg2: register(connection), then maps are dicts. It knows text only."""

from __future__ import annotations

from typing import Any, Callable, Optional

from psycopg2 import extensions

from . import catalog, maps


class _Literal:
    """A map as it is written into a statement."""

    def __init__(self, value: Any):
        self._quoted = extensions.QuotedString(maps.dumps(value))

    def prepare(self, connection: Any) -> None:
        self._quoted.prepare(connection)

    def getquoted(self) -> bytes:
        return bytes(self._quoted.getquoted()) + b"::reddict"


def _cast(loads: Callable[[str], Any]) -> Callable[[Optional[str], Any], Any]:
    return lambda text, cursor: None if text is None else loads(text)


def register(connection: Any, dicts: bool = True) -> None:
    """Has a connection read maps as dicts, and all connections write them.

    Parameters that are dicts are sent as maps. psycopg2 decides that by class
    for the whole process: with dicts=False only those that are pg_redbear.Map
    are, for programs whose dicts are JSON. They are written as
    '{"a": 1}'::reddict, which the search_path has to find. Raises NotInstalled
    if the database has no redbear.
    """
    idle = not connection.autocommit and connection.status == extensions.STATUS_READY
    # Not the connection's own class of cursor, whose rows may be dicts.
    with connection.cursor(cursor_factory=extensions.cursor) as cursor:
        cursor.execute(catalog.QUERY)
        found = catalog.types(cursor.fetchall())
    if idle:
        connection.rollback()
    for name, loads in (("reddict", maps.loads), ("redstats", maps.loads_stats)):
        type_ = found[name]
        cast = extensions.new_type((type_.oid,), name.upper(), _cast(loads))
        extensions.register_type(cast, connection)
        extensions.register_type(extensions.new_array_type((type_.array_oid,), name.upper() + "[]", cast), connection)
    extensions.register_adapter(maps.Map, _Literal)
    if dicts:
        extensions.register_adapter(dict, _Literal)
