#!/usr/bin/env python3
"""psycopg2"""

import io
import math
import unittest

import common

psycopg2 = common.need("psycopg2")

import pg_redbear.psycopg2
from pg_redbear import Map, MapError, NotInstalled, Stats
from psycopg2.extras import Json, RealDictCursor, execute_values

special = {
    "": 0.5,
    "é\"\\\t'%s": -0.0,
    "inf": math.inf,
    "-inf": -math.inf,
    "big": 1.7976931348623157e308,
    "small": 5e-324,
}


class Psycopg2(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        common.create_database()

    def setUp(self):
        self.connection = psycopg2.connect("")
        pg_redbear.psycopg2.register(self.connection)
        self.cursor = self.connection.cursor()

    def tearDown(self):
        self.connection.close()

    def query(self, sql, *parameters):
        self.cursor.execute(sql, parameters)
        return self.cursor.fetchone()

    def test_both_ways(self):
        self.assertEqual(self.query("SELECT %s", special), (special,))
        self.assertEqual(
            self.query("SELECT m ->> 'inf', m -> %s FROM (SELECT %s) AS t(m)", "é\"\\\t'%s", special),
            ("Infinity", -0.0),
        )
        (value,) = self.query("SELECT %s", {"i": 3, "nan": math.nan})
        self.assertEqual(value["i"], 3.0)
        self.assertIs(type(value["i"]), float)
        self.assertTrue(math.isnan(value["nan"]))
        self.assertEqual(self.query("SELECT %s::reddict, %s", None, {}), (None, {}))

    def test_lists(self):
        maps = [{"a": 1.0}, None, special, {}]
        self.assertEqual(self.query("SELECT %s, %s::reddict[]", maps, []), (maps, []))

    def test_operators(self):
        self.assertEqual(
            self.query("SELECT %s + %s, %s ? 'a', %s %% 3", {"a": 4}, {"b": 1}, {"a": 1}, {"a": 4}),
            ({"a": 4, "b": 1}, True, {"a": 1}),
        )

    def test_statistics(self):
        self.assertEqual(
            self.query("SELECT redstats(m) FROM unnest(%s) AS m", [{"a": 1}, {"a": 3}]), ({"a": Stats(2, 4, 2, 1, 3)},)
        )

    def test_many_and_copy(self):
        self.cursor.execute("CREATE TEMP TABLE t (id int, m reddict)")
        execute_values(self.cursor, "INSERT INTO t VALUES %s", [(i, {f"k{i % 3}": i}) for i in range(100)])
        self.assertEqual(self.query("SELECT sum(m) FROM t"), ({"k0": 1683, "k1": 1617, "k2": 1650},))
        lines = "".join(f"{i}\t{pg_redbear.dumps({'a': i})}\n" for i in range(10))
        self.cursor.copy_expert("COPY t FROM STDIN", io.StringIO(lines))
        self.assertEqual(self.query("SELECT sum(m) -> 'a' FROM t"), (45.0,))

    def test_errors_come_before_anything_is_sent(self):
        for value in ({"a": None}, {"a": "1"}, {1: 1}, {"a": True}, {"a": {"b": 1}}):
            with self.subTest(value), self.assertRaises(MapError):
                self.query("SELECT %s", value)
        self.assertEqual(self.query("SELECT 1"), (1,))  # the transaction goes on

    def test_dicts_that_are_json(self):
        psycopg2.extensions.register_adapter(dict, Json)
        pg_redbear.psycopg2.register(self.connection, dicts=False)
        self.assertEqual(self.query("SELECT %s::jsonb, %s", {"a": None}, Map(a=1)), ({"a": None}, {"a": 1.0}))
        pg_redbear.psycopg2.register(self.connection)

    def test_other_connections_know_nothing(self):
        with psycopg2.connect("") as other, other.cursor() as cursor:
            cursor.execute("SELECT '{\"a\": 1}'::reddict")
            self.assertEqual(cursor.fetchone(), ('{"a": 1}',))

    def test_leaves_no_transaction(self):
        with psycopg2.connect("", cursor_factory=RealDictCursor) as connection:
            pg_redbear.psycopg2.register(connection)
            self.assertEqual(connection.info.transaction_status, psycopg2.extensions.TRANSACTION_STATUS_IDLE)
            cursor = connection.cursor()
            cursor.execute("CREATE TABLE kept (i int)")
            pg_redbear.psycopg2.register(connection)
            self.assertEqual(connection.info.transaction_status, psycopg2.extensions.TRANSACTION_STATUS_INTRANS)
            cursor.execute("DROP TABLE kept")

    def test_client_encoding(self):
        self.connection.set_client_encoding("latin1")
        self.assertEqual(self.query("SELECT %s", {"é": 1}), ({"é": 1.0},))

    def test_not_installed(self):
        common.create_database("SELECT 1", name="psycopg2_without")
        with psycopg2.connect("dbname=psycopg2_without") as connection:
            with self.assertRaisesRegex(NotInstalled, "CREATE EXTENSION redbear"):
                pg_redbear.psycopg2.register(connection)


if __name__ == "__main__":
    common.main()
