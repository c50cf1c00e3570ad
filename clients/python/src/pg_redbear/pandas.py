"""pandas: maps as columns of a data frame."""

from __future__ import annotations

from typing import Any, Mapping, Sequence

import numpy as np
import pandas as pd

from . import numpy as arrays
from .maps import loads


def read_frame(connection: Any, query: str, parameters: Sequence[Any] = (), missing: float = np.nan) -> Any:
    """A data frame of the maps that a query gives, with a column for each key: see numpy.read()."""
    keys, values = arrays.read(connection, query, parameters, missing)
    return pd.DataFrame(values, columns=keys)


async def read_frame_async(connection: Any, query: str, *parameters: Any, missing: float = np.nan) -> Any:
    """The same for a connection of asyncpg."""
    keys, values = await arrays.read_async(connection, query, *parameters, missing=missing)
    return pd.DataFrame(values, columns=keys)


def expand(maps: Any) -> Any:
    """A data frame of a series of maps, such as a column of pandas.read_sql(), with the same index.

    They are dicts, or text if the connection is not registered. So
    frame.join(expand(frame.pop("m"))) has a column for each key in place of
    one for all. Keys are sorted; what a row lacks, or all if it is NULL, is NaN.
    """
    rows = []
    for value in maps:
        if isinstance(value, str):
            value = loads(value)
        rows.append(value if isinstance(value, Mapping) else {})
    return pd.DataFrame(rows, index=maps.index, columns=sorted(set().union(*rows)), dtype=float)
