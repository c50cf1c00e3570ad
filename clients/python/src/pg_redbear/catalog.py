"""Where a database has redbear's types: their oids differ from one to the next."""

from __future__ import annotations

from typing import Any, Dict, Iterable, NamedTuple, Sequence


class NotInstalled(RuntimeError):
    """The database has no extension redbear."""


class Type(NamedTuple):
    name: str
    schema: str
    oid: int
    array_oid: int
    sql: str  # its name where the search_path is what it is now


# By the extension, wherever it is installed and whatever the search_path.
QUERY = """
    SELECT t.typname::text, n.nspname::text, t.oid::bigint, t.typarray::bigint, format_type(t.oid, NULL)
    FROM pg_catalog.pg_extension AS e
        JOIN pg_catalog.pg_depend AS d ON d.refclassid = 'pg_catalog.pg_extension'::regclass AND d.refobjid = e.oid
            AND d.classid = 'pg_catalog.pg_type'::regclass AND d.deptype = 'e'
        JOIN pg_catalog.pg_type AS t ON t.oid = d.objid
        JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
    WHERE e.extname = 'redbear' AND t.typname IN ('reddict', 'redstats')"""


def types(rows: Iterable[Sequence[Any]]) -> Dict[str, Type]:
    """The types, by their names, from the rows of QUERY."""
    result = {}
    for row in rows:
        # Text of an SQL_ASCII database comes as bytes.
        type_ = Type(*(value.decode() if isinstance(value, bytes) else value for value in row))
        result[type_.name] = type_
    if "reddict" not in result:
        raise NotInstalled("this database has no extension redbear: CREATE EXTENSION redbear")
    return result
