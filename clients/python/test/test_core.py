#!/usr/bin/env python3
"""The forms of a map, without any driver."""

import io
import math
import os
import struct
import unittest
from decimal import Decimal
from fractions import Fraction

import common
import pg_redbear
from pg_redbear import Map, MapError, Stats, decode, dumps, encode, loads, wire
from pg_redbear.copy import read_copy

root = os.path.join(common.here, "..")


class Text(unittest.TestCase):
    def test_reads_what_the_server_prints(self):
        self.assertEqual(loads("{}"), {})
        result = loads('{"clicks": 3, "views": 10.5, "\\u00e9\\"": 1e-300}')
        self.assertEqual(result, {"clicks": 3.0, "views": 10.5, 'é"': 1e-300})
        self.assertEqual({type(value) for value in result.values()}, {float})
        self.assertEqual(math.copysign(1, loads('{"a": -0}')["a"]), -1)

    def test_reads_nan_and_infinities(self):
        result = loads('{"NaN": "NaN", "a": "Infinity", "b": "-Infinity", "c": 1}')
        self.assertTrue(math.isnan(result.pop("NaN")))
        self.assertEqual(result, {"a": math.inf, "b": -math.inf, "c": 1.0})

    def test_reads_a_key_that_looks_like_nan(self):
        self.assertEqual(loads('{"NaN": 1, "-Infinity": 2}'), {"NaN": 1.0, "-Infinity": 2.0})

    def test_reads_no_other_json(self):
        for text in ("[1]", "1", "", "{", "null"):
            with self.subTest(text), self.assertRaisesRegex(MapError, "no map of numbers"):
                loads(text)

    def test_writes(self):
        self.assertEqual(dumps({}), "{}")
        self.assertEqual(
            dumps({"b": 1.5, "é": -2, "a": 2**53}), '{"b": 1.5, "\\u00e9": -2.0, "a": 9007199254740992.0}'
        )
        self.assertEqual(dumps({"a": math.nan, "b": -math.inf}), '{"a": NaN, "b": -Infinity}')

    def test_statistics(self):
        stats = {"a": Stats(2, 4, 2, 1, 3)}
        self.assertEqual(pg_redbear.maps.loads_stats('{"a": [2, 4, 2, 1, 3]}'), stats)
        self.assertEqual(pg_redbear.maps.dumps_stats(stats), '{"a": [2.0, 4.0, 2.0, 1.0, 3.0]}')
        nan = pg_redbear.maps.loads_stats('{"a": [1, "NaN", "NaN", "NaN", "NaN"]}')["a"]
        self.assertTrue(math.isnan(nan.min))


class Numbers(unittest.TestCase):
    """Both forms take the same for numbers, and complain alike."""

    writers = (dumps, encode)

    def test_what_is_a_number(self):
        values = {"a": 1, "b": Decimal("2.5"), "c": Fraction(1, 4), "d": 2**53 + 1}
        wanted = {"a": 1.0, "b": 2.5, "c": 0.25, "d": 9007199254740992.0}
        self.assertEqual(loads(dumps(values)), wanted)
        self.assertEqual(decode(encode(values)), wanted)
        self.assertEqual(decode(encode(Map(a=1))), {"a": 1.0})

    def test_what_is_none(self):
        for value in (None, True, "1", "x", [1], {"a": 1}, 1j, b"1"):
            for write in self.writers:
                with self.subTest((value, write)), self.assertRaisesRegex(MapError, "value of key 'k' is no number: "):
                    write({"a": 1, "k": value})

    def test_too_large(self):
        for value in (10**400, Decimal("sNaN"), Fraction(10**400)):
            for write in self.writers:
                with self.subTest((value, write)), self.assertRaisesRegex(MapError, "is no float"):
                    write({"k": value})

    def test_keys(self):
        for key, message in (
            (1, "key is no text: 1"),
            (None, "no text: None"),
            (b"a", "no text: b'a'"),
            ("a\0", "zero byte"),
            ("\ud800", "can't be sent"),
        ):
            for write in self.writers:
                with self.subTest((key, write)), self.assertRaisesRegex(MapError, message):
                    write({key: 1.0})

    def test_no_mapping(self):
        for value in (None, [1], "x", [("a", 1)], 5):
            for write in self.writers:
                with self.subTest((value, write)), self.assertRaisesRegex(MapError, "no map of numbers"):
                    write(value)


class Binary(unittest.TestCase):
    # The examples of doc/storage-format.md
    example = bytes.fromhex("01000000020000000161c00000000000000000000001623ff8000000000000")
    stats = bytes.fromhex(
        "010000000100000001614000000000000000401000000000000040000000000000003ff00000000000004008000000000000"
    )

    def test_examples(self):
        self.assertEqual(decode(self.example), {"a": -2.0, "b": 1.5})
        self.assertEqual(encode({"a": -2, "b": 1.5}), self.example)
        codec = wire.codec("redstats")
        for _ in range(4):
            self.assertEqual(codec.decode(self.stats), {"a": Stats(2.0, 4.0, 2.0, 1.0, 3.0)})
        self.assertEqual(codec.encode({"a": (2, 4, 2, 1, 3)}), self.stats)
        with self.assertRaisesRegex(MapError, "not five numbers"):
            codec.encode({"a": (1, 2)})
        with self.assertRaisesRegex(MapError, "a.min.*no number"):
            codec.encode({"a": (1, 2, 3, None, 5)})

    def test_statistics_of_several_keys(self):
        codec = wire.codec("redstats")
        values = {"a": Stats(1, 2, 3, 4, 5), "bb": Stats(6, 7, 8, 9, 10)}
        for _ in range(4):
            self.assertEqual(codec.decode(codec.encode(values)), values)

    def test_every_way_to_read(self):
        """The first times, remembered, remembered of other keys of the same size, and again."""
        codec = wire.MapCodec()
        for keys in ("ab", "ab", "ab", "cd", "ab", "cd", "cd", "cd", "ab", "ab", "ab"):
            for value in (1.5, -0.0, math.inf):
                wanted = dict.fromkeys(keys, value)
                data = b"\1" + struct.pack(">i", 2) + b"".join(struct.pack(">i1sd", 1, k.encode(), value) for k in keys)
                for buffer in (data, memoryview(data), bytearray(data)):
                    self.assertEqual(list(codec.decode(buffer).items()), list(wanted.items()))
        self.assertEqual(math.copysign(1, codec.decode(data[:-8] + struct.pack(">d", -0.0))["b"]), -1)

    def test_same_bytes_other_places(self):
        """Values of one size whose keys differ in length only"""
        for _ in range(4):
            for wanted in ({"aaa": 1.0, "b": 2.0}, {"a": 1.0, "bbb": 2.0}):
                self.assertEqual(decode(encode(wanted)), wanted)

    def test_empty(self):
        for _ in range(4):
            self.assertEqual(encode({}), bytes.fromhex("0100000000"))
            self.assertEqual(decode(encode({})), {})

    def test_nan(self):
        self.assertTrue(math.isnan(decode(encode({"a": math.nan}))["a"]))

    def test_damage(self):
        """All prefixes, and what is left over, also of what is remembered"""
        for _ in range(3):
            decode(self.example)
        for end in range(len(self.example)):
            with self.subTest(end), self.assertRaises(MapError):
                decode(self.example[:end])
        for data, message in (
            (self.example + b"\0", "left over"),
            (b"\2" + self.example[1:], "unknown version"),
            (self.example[:1] + b"\xff" * 4 + self.example[5:], "missing"),
            (self.example[:5] + b"\xff" * 4 + self.example[9:], "missing"),
            (self.example.replace(b"a", b"\xff"), "client's encoding"),
        ):
            with self.subTest(message), self.assertRaisesRegex(MapError, message):
                decode(data)

    def test_encodings(self):
        latin1 = wire.codec("reddict", "iso8859-1")
        self.assertEqual(latin1.encode({"é": 0.0})[9:10], b"\xe9")
        self.assertEqual(latin1.decode(latin1.encode({"é": 1.0})), {"é": 1.0})
        with self.assertRaisesRegex(MapError, "client's encoding"):
            latin1.encode({"\u20ac": 1.0})
        anything = wire.codec("reddict", "ascii")
        data = self.example.replace(b"a", b"\xff")
        self.assertEqual(anything.encode(anything.decode(data)), data)

    def test_forgets(self):
        codec = wire.MapCodec()
        for i in range(wire._MEMORY // 10):
            keys = [f"{i}.{k}" + "x" * (i % 100) for k in range(20)]
            wanted = dict.fromkeys(keys, 1.0)
            data = codec.encode(wanted)
            self.assertEqual(codec.decode(data), wanted)
            self.assertEqual(codec.decode(data), wanted)
        for memory in (codec._layouts, codec._came, codec._packers):
            self.assertLessEqual(sum(20 for _ in memory.items), wire._MEMORY)


class Copy(unittest.TestCase):
    # (map, NULL), (NULL, statistics)
    file = (
        b"PGCOPY\n\xff\r\n\0"
        + struct.pack(">ii", 0, 3)
        + b"ext"
        + struct.pack(">hi", 2, len(Binary.example))
        + Binary.example
        + struct.pack(">i", -1)
        + struct.pack(">hii", 2, -1, len(Binary.stats))
        + Binary.stats
        + struct.pack(">h", -1)
    )

    def test_reads(self):
        rows = list(read_copy(io.BytesIO(self.file), ["reddict", "redstats"]))
        self.assertEqual(rows, [[{"a": -2.0, "b": 1.5}, None], [None, {"a": Stats(2.0, 4.0, 2.0, 1.0, 3.0)}]])

    def test_damage(self):
        for end in range(len(self.file)):
            with self.subTest(end), self.assertRaises(MapError):
                list(read_copy(io.BytesIO(self.file[:end]), ["reddict", "redstats"]))
        with self.assertRaisesRegex(MapError, "2 columns, not 1"):
            list(read_copy(io.BytesIO(self.file), ["reddict"]))


class Package(unittest.TestCase):
    def test_licence(self):
        with open(os.path.join(root, "LICENSE")) as mine, open(os.path.join(root, "..", "..", "LICENSE")) as redbears:
            self.assertEqual(mine.read(), redbears.read())

    def test_readme_names_the_tag(self):
        with open(os.path.join(root, "README.md")) as file:
            self.assertIn(f"`python-v{pg_redbear.__version__}`", file.read())


if __name__ == "__main__":
    common.main()
