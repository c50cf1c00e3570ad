"""What a map is in Python, and its text form, which is JSON."""

from __future__ import annotations

import json
from decimal import Decimal
from numbers import Real
from typing import Any, Dict, List, Mapping, NamedTuple


class MapError(ValueError):
    """What was to be sent is no map of text keys to numbers, or what came is none."""


class Map(Dict[str, float]):
    """A dict that is sent as a map also where plain dicts are sent as something else."""


class Stats(NamedTuple):
    """What a redstats has for each key."""

    count: float  # type: ignore[assignment]  # of which a tuple has a method
    sum: float
    squares: float  # sum of squared differences from the mean
    min: float
    max: float


def numbers(values: Mapping[str, Any]) -> List[float]:
    """The values of a map as floats, in its order.

    Integers, decimals and fractions are taken for the float next to them, as
    the server does. Booleans, None and text are no numbers.
    """
    result = []
    for key, value in values.items():
        if type(value) is not float:
            if isinstance(value, bool) or not isinstance(value, (Real, Decimal)):
                raise MapError(f"value of key {key!r} is no number: {value!r}")
            try:
                value = float(value)
            except (OverflowError, ValueError) as error:
                raise MapError(f"value of key {key!r} is no float: {error}") from None
        result.append(value)
    return result


def key_bytes(key: Any, encoding: str = "utf-8", errors: str = "strict") -> bytes:
    """A key in a client encoding. (How long it may be depends on the server's, so that is not looked at.)"""
    if not isinstance(key, str):
        raise MapError(f"key is no text: {key!r}")
    if "\0" in key:
        raise MapError(f"key has a zero byte: {key!r}")
    try:
        return key.encode(encoding, errors)
    except UnicodeEncodeError as error:
        raise MapError(f"key can't be sent in the client's encoding: {key!r}: {error.reason}") from None


def check_mapping(value: Any) -> None:
    """Raises an error if a value is no dict or the like."""
    if not isinstance(value, Mapping):
        raise MapError(f"no map of numbers: {value!r}")


def dumps(values: Mapping[str, Any]) -> str:
    """The text of a map, in ASCII, so that no client encoding matters."""
    check_mapping(values)
    for key in values:
        key_bytes(key)
    # What JSON has no word for is NaN, Infinity, -Infinity without quotes, which redbear takes.
    return json.dumps(dict(zip(values, numbers(values))))


# Integers too are floats, as they are in the binary form.
_decoder = json.JSONDecoder(parse_int=float)


def _decode(text: str) -> Dict[str, Any]:
    try:
        result = _decoder.decode(text)
    except ValueError as error:
        raise MapError(f"no map of numbers: {text[:100]!r}: {error}") from None
    if not isinstance(result, dict):
        raise MapError(f"no map of numbers: {text[:100]!r}")
    return result


def loads(text: str) -> Dict[str, float]:
    """The map that the server printed."""
    result = _decode(text)
    # NaN and the infinities are strings, seldom there.
    if 'NaN"' in text or 'Infinity"' in text:
        result = {key: float(value) for key, value in result.items()}
    return result


def loads_stats(text: str) -> Dict[str, Stats]:
    """The redstats that the server printed."""
    return {key: Stats._make(map(float, values)) for key, values in _decode(text).items()}


def dumps_stats(values: Mapping[str, Stats]) -> str:
    """The text of a redstats."""
    check_mapping(values)
    for key in values:
        key_bytes(key)
    return json.dumps({key: stats_numbers(key, stats) for key, stats in values.items()})


def stats_numbers(key: str, stats: Any) -> List[float]:
    """The five numbers of a key of a redstats."""
    if not isinstance(stats, (tuple, list)) or len(stats) != len(Stats._fields):
        raise MapError(f"value of key {key!r} is not five numbers: {stats!r}")
    return numbers({f"{key}.{name}": number for name, number in zip(Stats._fields, stats)})
