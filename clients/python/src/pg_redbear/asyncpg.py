"""asyncpg: await register(connection), then maps are dicts, in binary."""

from __future__ import annotations

from typing import Any, Callable

from . import catalog, maps, wire


def _encoder(encode: Callable[[Any], bytes], loads: Callable[[str], Any]) -> Callable[[Any], bytes]:
    # Text that is passed for a map is its JSON, as without a codec.
    return lambda value: encode(loads(value) if isinstance(value, str) else value)


async def register(connection: Any) -> None:
    """Has a connection read and write maps as dicts.

    Also in copy_records_to_table, which takes binary codecs only. For a pool:
    asyncpg.create_pool(init=register). Raises NotInstalled if the database has
    no redbear.
    """
    found = catalog.types(await connection.fetch(catalog.QUERY))
    for name, loads in (("reddict", maps.loads), ("redstats", maps.loads_stats)):
        type_ = found[name]
        codec = wire.codec(name)
        await connection.set_type_codec(
            type_.name,
            schema=type_.schema,
            encoder=_encoder(codec.encode, loads),
            decoder=codec.decode,
            format="binary",
        )
