"""The binary form, as doc/storage-format.md of redbear has it.

A value is a version, the number of keys, and for each key its length, its
bytes, and one double (reddict) or five (redstats). Rows mostly have the keys
of other rows. Then all but the doubles is what it was: one comparison under a
mask tells, and one struct takes the doubles out.
"""

from __future__ import annotations

import struct
from typing import Any, Callable, Dict, Generic, List, Mapping, Sequence, Tuple, TypeVar, Union

from .maps import MapError, Stats, check_mapping, key_bytes, numbers, stats_numbers

Buffer = Union[bytes, bytearray, memoryview]
T = TypeVar("T")

VERSION = 1
_head = struct.Struct(">bi")
_length = struct.Struct(">i")
_plain = {float, int}  # types that struct packs, and that are no bool

# How many keys a codec remembers in all, of however many key sets.
_MEMORY = 100_000


class _Memory(Generic[T]):
    """Forgets everything when it has become too much."""

    def __init__(self) -> None:
        self.items: Dict[Any, T] = {}
        self._keys = 0

    def add(self, name: Any, what: T, n: int) -> None:
        self._keys += n + 1
        if self._keys > _MEMORY:
            self.items.clear()
            self._keys = n + 1
        self.items[name] = what


# What all values have in common that have certain keys in a certain order: the
# keys; a mask, as a number of as many bytes as a value has, with ones but where
# doubles are; a value under that mask; what takes the doubles out of a value. (A
# plain tuple: a class of its own takes longer to take apart.)
Layout = Tuple[Tuple[str, ...], int, int, Callable[[Buffer], Tuple[float, ...]]]


def make_layout(keys: Tuple[str, ...], data: Buffer, positions: Sequence[int], doubles: int) -> Layout:
    """The layout of a value with these keys, whose doubles are at these positions."""
    size = 8 * doubles
    mask = bytearray(b"\xff" * len(data))
    fields = [">"]
    end = 0
    for position in positions:
        mask[position : position + size] = bytes(size)
        fields.append(f"{position - end}x{doubles}d")
        end = position + size
    fields.append(f"{len(data) - end}x")
    ones = int.from_bytes(mask, "big")
    return keys, ones, int.from_bytes(data, "big") & ones, struct.Struct("".join(fields)).unpack


class Codec(Generic[T]):
    """Reads and writes the values of a type, with keys in a client encoding."""

    doubles = 1  # of a key

    def __init__(self, encoding: str = "utf-8", errors: str = "strict"):
        self._encoding = encoding
        self._errors = errors
        self._layouts: _Memory[Layout] = _Memory()  # by length
        self._layout_of = self._layouts.items
        self._came: _Memory[Tuple[str, ...]] = _Memory()  # keys of the last value that had no layout, by length
        self._packers: _Memory[Tuple[List[Any], struct.Struct]] = _Memory()  # by keys

    # --- reading ---

    def read(self, data: Buffer) -> Tuple[Tuple[str, ...], Tuple[float, ...]]:
        """The keys of a value, and its doubles, in the same order."""
        try:
            keys, mask, fixed, unpack = self._layout_of[len(data)]
        except KeyError:
            return self._parse(data)
        if int.from_bytes(data, "big") & mask == fixed:
            return keys, unpack(data)
        return self._parse(data)

    def walk(self, data: Buffer) -> Tuple[Tuple[str, ...], List[int]]:
        """The keys of a value, and where their doubles begin."""
        keys = []
        positions = []
        try:
            version, n = _head.unpack_from(data)
            if version != VERSION:
                raise MapError(f"unknown version of the binary form: {version}")
            position = _head.size
            for _ in range(n):
                (length,) = _length.unpack_from(data, position)
                begin = position + _length.size
                position = begin + length + 8 * self.doubles
                if length < 0 or position > len(data):
                    break
                keys.append(str(data[begin : begin + length], self._encoding, self._errors))
                positions.append(begin + length)
        except struct.error:
            raise MapError("bytes of a map are missing") from None
        except UnicodeDecodeError as error:
            raise MapError(f"key is not in the client's encoding: {error}") from None
        if len(keys) != n or position != len(data):
            raise MapError("bytes of a map are missing or left over")
        return tuple(keys), positions

    def _parse(self, data: Buffer) -> Tuple[Tuple[str, ...], Tuple[float, ...]]:
        keys, positions = self.walk(data)
        # Keys that came twice in a row may do so again. To make a layout of
        # each that comes would cost more than it saves where all differ.
        size = len(data)
        if self._came.items.get(size) == keys:
            layout = make_layout(keys, data, positions, self.doubles)
            self._layouts.add(size, layout, len(keys))
            return keys, layout[-1](data)
        self._came.add(size, keys, len(keys))
        values: List[float] = []
        block = struct.Struct(f">{self.doubles}d")
        for position in positions:
            values += block.unpack_from(data, position)
        return keys, tuple(values)

    # --- writing ---

    def write(self, keys: Tuple[str, ...], values: List[float]) -> bytes:
        """The value with these keys and doubles."""
        packer = self._packers.items.get(keys)
        if packer is None:
            packer = self._packer(keys)
        fields = packer[0][:]
        if self.doubles == 1:
            fields[1::2] = values
        else:
            step = self.doubles + 1
            for i in range(self.doubles):
                fields[i + 1 :: step] = values[i :: self.doubles]
        try:
            return packer[1].pack(*fields)
        except (struct.error, OverflowError):
            raise MapError("a value is no float: it is too large") from None

    def _packer(self, keys: Tuple[str, ...]) -> Tuple[List[Any], struct.Struct]:
        """What write() fills in, and how it is packed: before doubles, what does not change."""
        pieces: List[Any] = []
        layout = [">"]
        before = _head.pack(VERSION, len(keys))
        for key in keys:
            text = key_bytes(key, self._encoding, self._errors)
            piece = before + _length.pack(len(text)) + text
            pieces += [piece] + [None] * self.doubles
            layout.append(f"{len(piece)}s{self.doubles}d")
            before = b""
        if not keys:
            pieces.append(before)
            layout.append(f"{len(before)}s")
        packer = pieces, struct.Struct("".join(layout))
        self._packers.add(keys, packer, len(keys))
        return packer


class MapCodec(Codec[float]):
    """Of reddict: dicts of floats."""

    def decode(self, data: Buffer) -> Dict[str, float]:
        """The map that the server sent."""
        # What read() does, here because a call would cost a fifth.
        try:
            keys, mask, fixed, unpack = self._layout_of[len(data)]
        except KeyError:
            return dict(zip(*self._parse(data)))
        if int.from_bytes(data, "big") & mask == fixed:
            return dict(zip(keys, unpack(data)))
        return dict(zip(*self._parse(data)))

    def encode(self, values: Mapping[str, Any]) -> bytes:
        """What to send for a map; its values are numbers, as maps.numbers() has it."""
        check_mapping(values)
        doubles = list(values.values())
        if not _plain.issuperset(map(type, doubles)):
            doubles = numbers(values)
        return self.write(tuple(values), doubles)


class StatsCodec(Codec[Stats]):
    """Of redstats: dicts of Stats."""

    doubles = len(Stats._fields)

    def decode(self, data: Buffer) -> Dict[str, Stats]:
        """The statistics that the server sent."""
        keys, values = self.read(data)
        return dict(zip(keys, map(Stats._make, zip(*[iter(values)] * self.doubles))))

    def encode(self, values: Mapping[str, Any]) -> bytes:
        """What to send for statistics."""
        check_mapping(values)
        return self.write(tuple(values), [number for key in values for number in stats_numbers(key, values[key])])


_codecs: Dict[Tuple[str, str], Codec[Any]] = {}
TYPES: Dict[str, Callable[..., Codec[Any]]] = {"reddict": MapCodec, "redstats": StatsCodec}


def codec(typename: str, encoding: str = "utf-8") -> Any:
    """The codec of a type, for a client encoding as Python calls it."""
    try:
        return _codecs[typename, encoding]
    except KeyError:
        # What drivers call ascii is SQL_ASCII: any bytes.
        arguments = ("utf-8", "surrogateescape") if encoding == "ascii" else (encoding,)
        return _codecs.setdefault((typename, encoding), TYPES[typename](*arguments))


_maps: MapCodec = codec("reddict")
decode = _maps.decode
encode = _maps.encode
