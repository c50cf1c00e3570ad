"""Alembic: in env.py, pass these two to context.configure(), or call them from your own.

    context.configure(..., render_item=pg_redbear.alembic.render_item,
                      include_name=pg_redbear.alembic.include_name)

Importing this module also makes reflection know the types.
"""

from __future__ import annotations

from typing import Any, Mapping, Optional, Union

from .sqlalchemy import Reddict, Redstats


def render_item(type_: str, obj: Any, autogen_context: Any) -> Union[str, bool]:
    """Writes the types into a migration, and imports them there."""
    if type_ == "type" and isinstance(obj, (Reddict, Redstats)):
        autogen_context.imports.add("import pg_redbear.sqlalchemy")
        return f"pg_redbear.sqlalchemy.{obj!r}"
    return False


def include_name(name: Optional[str], type_: str, parent_names: Mapping[str, Optional[str]]) -> bool:
    """Leaves alone what belongs to redbear: the registry of shared keys, in a schema of its own."""
    return "_redbear" not in (name if type_ == "schema" else None, parent_names.get("schema_name"))
