"""Maps of redbear, the PostgreSQL extension, as dicts.

A module for each driver and library: psycopg, psycopg2, asyncpg, sqlalchemy,
alembic, django, numpy, pandas. None is imported before it is asked for.
"""

from .catalog import NotInstalled
from .maps import Map, MapError, Stats, dumps, loads
from .wire import decode, encode

__version__ = "1.0.0"
__all__ = ["Map", "MapError", "NotInstalled", "Stats", "decode", "dumps", "encode", "loads"]
