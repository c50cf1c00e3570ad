"""SQLAlchemy 1.4 and 2: the type Reddict, with any driver for PostgreSQL.

Maps go as text and come as text, so the driver's connections need not be
registered; they may be. Importing this module also makes reflection know the
types.
"""

from __future__ import annotations

from numbers import Real
from typing import Any, Callable, Mapping, Optional

from sqlalchemy import ARRAY, Float, Text, cast, func, literal
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.sql import operators
from sqlalchemy.sql.type_api import UserDefinedType

from . import maps

# As operators of our own. Of SQLAlchemy's, a division casts its right side to
# NUMERIC, and an UPDATE of objects that are loaded may be computed in Python.
_ARITHMETIC = {
    operators.add: ("+", 7),
    operators.sub: ("-", 7),
    operators.mul: ("*", 8),
    operators.truediv: ("/", 8),
    operators.mod: ("%", 8),
}


def _number(value: Any) -> Any:
    """Numbers say that they are, because a parameter of no type beside a map is taken for a map."""
    return cast(value, Float) if isinstance(value, Real) and not isinstance(value, bool) else value


class _Type(UserDefinedType):
    name: str
    dumps: Callable[[Any], str]
    loads: Callable[[str], Any]

    def __init__(self, schema: Optional[str] = None):
        """The schema is wanted only where the search_path does not find the type."""
        self.schema = schema

    def get_col_spec(self, **kw: Any) -> str:
        if self.schema is None:
            return self.name
        quoted = self.schema.replace('"', '""')
        return f'"{quoted}".{self.name}'

    def bind_processor(self, dialect: Any) -> Callable[[Any], Any]:
        dumps = type(self).dumps
        return lambda value: value if value is None or isinstance(value, str) else dumps(value)

    def literal_processor(self, dialect: Any) -> Callable[[Any], str]:
        dumps = type(self).dumps
        escape = "%%" if dialect.identifier_preparer._double_percents else "%"
        return lambda value: "'{}'".format(dumps(value).replace("'", "''").replace("%", escape))

    def result_processor(self, dialect: Any, coltype: Any) -> Callable[[Any], Any]:
        # Of a connection that is registered it is a dict already.
        loads = type(self).loads
        return lambda value: loads(value) if isinstance(value, str) else value

    def bind_expression(self, bindvalue: Any) -> Any:
        return cast(bindvalue, self)

    @property
    def python_type(self) -> type:
        return dict


class Reddict(_Type):
    """A map; in Python a dict of floats.

    Of a column m

        m["clicks"], m[["clicks", "views"]]         numbers; None for a key that is not there
        m + other, m - other, m * 2, m / 60, -m     maps: other is a column, a dict, or a number
        m.has_key(k), m.has_any(ks), m.has_all(ks)
        m.contains(d), m.contained_by(d)
        m.concat(d), m.keys(), m.values(), m.get(k, default)

    sum(), min() and max() of sqlalchemy.func give maps by themselves, other
    functions if told so: func.avg(m, type_=Reddict). For an attribute that is
    changed in place: MutableDict.as_mutable(Reddict).

    ARRAY(Reddict) wants the driver's connections registered, and a list that
    is written a cast: cast(maps, ARRAY(Reddict)).
    """

    cache_ok = True
    name = "reddict"
    dumps = staticmethod(maps.dumps)
    loads = staticmethod(maps.loads)

    class Comparator(UserDefinedType.Comparator):
        def operate(self, op: Any, *other: Any, **kw: Any) -> Any:
            if op not in _ARITHMETIC:
                return super().operate(op, *other, **kw)
            symbol, precedence = _ARITHMETIC[op]
            return self.op(symbol, precedence, return_type=self.type)(*map(_number, other))

        def reverse_operate(self, op: Any, other: Any, **kw: Any) -> Any:
            if op not in _ARITHMETIC:
                return super().reverse_operate(op, other, **kw)
            symbol, precedence = _ARITHMETIC[op]
            left = literal(other, self.type) if isinstance(other, Mapping) else _number(other)
            return left.op(symbol, precedence, return_type=self.type)(self.expr)

        def __getitem__(self, key: Any) -> Any:
            if isinstance(key, (list, tuple)):
                return self.op("->", return_type=ARRAY(Float))(cast(list(key), ARRAY(Text)))
            return self.op("->", return_type=Float())(key)

        def has_key(self, key: Any) -> Any:
            """m ? key"""
            return self.op("?", is_comparison=True)(key)

        def has_any(self, keys: Any) -> Any:
            """m ?| keys"""
            return self.op("?|", is_comparison=True)(cast(keys, ARRAY(Text)))

        def has_all(self, keys: Any) -> Any:
            """m ?& keys"""
            return self.op("?&", is_comparison=True)(cast(keys, ARRAY(Text)))

        def contains(self, other: Any, **kw: Any) -> Any:
            """m @> other: has these keys with these numbers"""
            return self.op("@>", is_comparison=True)(other)

        def contained_by(self, other: Any) -> Any:
            """m <@ other"""
            return self.op("<@", is_comparison=True)(other)

        def keys(self) -> Any:
            return func.rd_keys(self.expr, type_=ARRAY(Text))

        def values(self) -> Any:
            return func.rd_values(self.expr, type_=ARRAY(Float))

        def get(self, key: Any, default: Any) -> Any:
            """The number of a key, or what stands in for it"""
            return func.rd_get(self.expr, key, _number(default), type_=Float())

    comparator_factory = Comparator

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        if isinstance(value, str):
            return Text()
        if isinstance(value, Real):
            return Float()
        return self


class Redstats(_Type):
    """Statistics; in Python a dict of pg_redbear.Stats."""

    cache_ok = True
    name = "redstats"
    dumps = staticmethod(maps.dumps_stats)
    loads = staticmethod(maps.loads_stats)


ischema_names.setdefault("reddict", Reddict)
ischema_names.setdefault("redstats", Redstats)
