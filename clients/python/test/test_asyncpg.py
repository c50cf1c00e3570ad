#!/usr/bin/env python3
"""asyncpg"""

import math
import unittest

import common

asyncpg = common.need("asyncpg")

import pg_redbear.asyncpg
from pg_redbear import NotInstalled, Stats

special = {
    "": 0.5,
    "é\"\\\t'%s": -0.0,
    "inf": math.inf,
    "-inf": -math.inf,
    "big": 1.7976931348623157e308,
    "small": 5e-324,
}


class Asyncpg(unittest.IsolatedAsyncioTestCase):
    @classmethod
    def setUpClass(cls):
        common.create_database(
            "CREATE SCHEMA elsewhere; CREATE EXTENSION redbear SCHEMA elsewhere;"
            "CREATE TABLE t (id int, m elsewhere.reddict, l elsewhere.reddict[])"
        )
        common.create_database("SELECT 1", name="asyncpg_without")

    async def asyncSetUp(self):
        self.connection = await asyncpg.connect()
        await pg_redbear.asyncpg.register(self.connection)
        await self.connection.execute("SET search_path = public, elsewhere")
        await self.connection.execute("TRUNCATE t")

    async def asyncTearDown(self):
        await self.connection.close()

    async def test_both_ways(self):
        row = await self.connection.fetchrow("SELECT $1::reddict, $1::reddict ->> 'inf', $2::reddict", special, None)
        self.assertEqual(tuple(row), (special, "Infinity", None))
        value = await self.connection.fetchval("SELECT $1::reddict", {"i": 3, "nan": math.nan})
        self.assertEqual(value["i"], 3.0)
        self.assertTrue(math.isnan(value["nan"]))

    async def test_text_is_json(self):
        self.assertEqual(
            await self.connection.fetchval("SELECT $1::reddict", '{"a": 1, "b": "NaN"}') | {"b": 0}, {"a": 1.0, "b": 0}
        )

    async def test_lists(self):
        maps = [{"a": 1.0}, None, special, {}]
        self.assertEqual(await self.connection.fetchval("SELECT $1::reddict[]", maps), maps)

    async def test_copy_records(self):
        rows = [(1, special, [{"a": 1.0}, None]), (2, {}, []), (3, None, None)]
        await self.connection.copy_records_to_table("t", records=rows)
        self.assertEqual([tuple(row) for row in await self.connection.fetch("SELECT * FROM t ORDER BY id")], rows)

    async def test_many(self):
        await self.connection.executemany("INSERT INTO t VALUES ($1, $2)", [(i, {f"k{i % 3}": i}) for i in range(100)])
        self.assertEqual(await self.connection.fetchval("SELECT sum(m) FROM t"), {"k0": 1683, "k1": 1617, "k2": 1650})

    async def test_statistics(self):
        stats = await self.connection.fetchval(
            "SELECT redstats(m) FROM unnest($1::reddict[]) AS m", [{"a": 1}, {"a": 3}]
        )
        self.assertEqual(stats, {"a": Stats(2, 4, 2, 1, 3)})
        self.assertEqual(await self.connection.fetchval("SELECT $1::redstats", stats), stats)

    async def test_errors_come_before_anything_is_sent(self):
        for value in ({"a": None}, {"a": "1"}, {1: 1}, {"a": True}, {"a": {"b": 1}}, [1], "[1]"):
            with self.subTest(value), self.assertRaisesRegex(
                asyncpg.DataError, "is no number|no text|no map of numbers"
            ):
                await self.connection.fetchval("SELECT $1::reddict", value)

    async def test_pool(self):
        async with asyncpg.create_pool(min_size=1, max_size=2, init=pg_redbear.asyncpg.register) as pool:
            self.assertEqual(await pool.fetchval("SELECT $1::elsewhere.reddict", {"a": 1}), {"a": 1.0})

    async def test_not_installed(self):
        connection = await asyncpg.connect(database="asyncpg_without")
        with self.assertRaisesRegex(NotInstalled, "CREATE EXTENSION redbear"):
            await pg_redbear.asyncpg.register(connection)
        await connection.close()


if __name__ == "__main__":
    common.main()
