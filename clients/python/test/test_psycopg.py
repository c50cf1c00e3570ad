#!/usr/bin/env python3
"""psycopg 3"""

import asyncio
import math
import unittest

import common

psycopg = common.need("psycopg")

import pg_redbear.psycopg
from pg_redbear import Map, MapError, NotInstalled, Stats
from psycopg.types.json import Jsonb

special = {
    "": 0.5,
    "é\"\\\t'%s": -0.0,
    "inf": math.inf,
    "-inf": -math.inf,
    "big": 1.7976931348623157e308,
    "small": 5e-324,
}


class DictDumper(psycopg.types.json.JsonbDumper):
    def dump(self, obj):
        return super().dump(Jsonb(obj))


def connect(**options):
    connection = psycopg.connect(autocommit=True, **options)
    pg_redbear.psycopg.register(connection)
    return connection


class Psycopg(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # Anywhere but where the search_path leads
        common.create_database(
            "CREATE SCHEMA elsewhere; CREATE EXTENSION redbear SCHEMA elsewhere;"
            "CREATE TABLE t (id int, m elsewhere.reddict, l elsewhere.reddict[])"
        )

    def setUp(self):
        self.connection = connect()
        self.connection.execute("TRUNCATE t")

    def tearDown(self):
        self.connection.close()

    def stored(self, sql):
        return common.psql(f"SET search_path = public, elsewhere; {sql}")

    def test_both_ways(self):
        for binary in (False, True):
            for place in ("%s", "%t", "%b"):
                with self.subTest((binary, place)):
                    cursor = self.connection.cursor(binary=binary)
                    cursor.execute("TRUNCATE t")
                    cursor.execute(f"INSERT INTO t (m) VALUES ({place})", [special])
                    self.assertEqual(cursor.execute("SELECT m FROM t").fetchone(), (special,))
                    self.assertEqual(
                        math.copysign(1, cursor.execute("SELECT m FROM t").fetchone()[0]["é\"\\\t'%s"]), -1
                    )
                    self.assertEqual(
                        self.stored(
                            r"""SELECT rd_length(m), m -> '', m -> 'inf', m -> U&'\00e9"\005c\0009''%s' FROM t"""
                        ),
                        "6|0.5|Infinity|-0",
                    )

    def test_numbers(self):
        for place in ("%t", "%b"):
            row = self.connection.execute(f"SELECT {place}", [{"i": 3, "nan": math.nan}]).fetchone()[0]
            self.assertEqual(row.pop("i"), 3.0)
            self.assertTrue(math.isnan(row.pop("nan")))
            self.assertEqual(row, {})

    def test_null_and_empty(self):
        for binary in (False, True):
            row = (
                self.connection.cursor(binary=binary)
                .execute("SELECT %s::elsewhere.reddict, %s, %s", [None, {}, [{}, None]])
                .fetchone()
            )
            self.assertEqual(row, (None, {}, [{}, None]))

    def test_operators(self):
        self.connection.execute("SET search_path = public, elsewhere")
        row = self.connection.execute(
            "SELECT %(m)s + %(n)s, %(m)s * 2, %(m)s -> 'a',"
            " %(m)s -> %(keys)s::text[], %(m)s ? 'a', rd_mod(%(m)s, 3), %(m)s %% 3",
            {"m": {"a": 4}, "n": {"b": 1}, "keys": ["b", "a"]},
        ).fetchone()
        self.assertEqual(row, ({"a": 4, "b": 1}, {"a": 8}, 4.0, [None, 4.0], True, {"a": 1}, {"a": 1}))

    def test_lists(self):
        maps = [{"a": 1.0}, None, special, {}]
        for binary in (False, True):
            for place in ("%t", "%b"):
                cursor = self.connection.cursor(binary=binary)
                cursor.execute(f"SELECT {place}, cardinality({place})", [maps, [{"a": 1}, {"b": 2}]])
                self.assertEqual(cursor.fetchone(), (maps, 2))
        self.assertEqual(
            self.connection.execute("SELECT %s", [[[{"a": 1}], [{"b": 2}]]]).fetchone(), ([[{"a": 1}], [{"b": 2}]],)
        )

    def test_many(self):
        with self.connection.cursor() as cursor:
            cursor.executemany("INSERT INTO t VALUES (%s, %s)", [(i, {f"k{i % 3}": i}) for i in range(100)])
        self.assertEqual(self.stored("SELECT sum(m) FROM t"), '{"k0": 1683, "k1": 1617, "k2": 1650}')

    def test_copy(self):
        rows = [(1, special, [{"a": 1.0}, None]), (2, {}, []), (3, None, None)]
        for form in ("text", "binary"):
            self.connection.execute("TRUNCATE t")
            with self.connection.cursor().copy(f"COPY t FROM STDIN (FORMAT {form})") as copy:
                if form == "binary":
                    copy.set_types(["int4", "reddict", "reddict[]"])
                for row in rows:
                    copy.write_row(row)
            self.assertEqual(self.connection.execute("SELECT * FROM t ORDER BY id").fetchall(), rows)
            with self.connection.cursor().copy(f"COPY t TO STDOUT (FORMAT {form})") as copy:
                copy.set_types(["int4", "reddict", "reddict[]"])
                self.assertEqual(list(copy.rows()), rows)

    def test_statistics(self):
        self.connection.execute("SET search_path = public, elsewhere")
        for binary in (False, True):
            cursor = self.connection.cursor(binary=binary)
            cursor.execute("SELECT redstats(m) FROM (VALUES (%s), (%s)) AS v(m)", [{"a": 1}, {"a": 3, "b": math.nan}])
            stats = cursor.fetchone()[0]
            self.assertEqual(stats["a"], Stats(2, 4, 2, 1, 3))
            self.assertEqual(stats["b"].count, 1)
            self.assertTrue(math.isnan(stats["b"].max))
        self.connection.execute("CREATE TEMP TABLE s (s redstats)")
        for form in ("text", "binary"):
            with self.connection.cursor().copy(f"COPY s FROM STDIN (FORMAT {form})") as copy:
                if form == "text":
                    copy.write_row([pg_redbear.maps.dumps_stats({"a": Stats(2, 4, 2, 1, 3)})])
                else:
                    copy.set_types(["redstats"])
                    copy.write_row([{"a": Stats(2, 4, 2, 1, 3)}])
        self.assertEqual(
            self.connection.execute("SELECT DISTINCT s FROM s").fetchall(), [({"a": Stats(2, 4, 2, 1, 3)},)]
        )

    def test_errors_come_before_anything_is_sent(self):
        for value in ({"a": None}, {"a": "1"}, {1: 1}, {"a": True}, {"a": {"b": 1}}):
            for place in ("%s", "%t", "%b"):
                with self.subTest((value, place)), self.assertRaises(MapError):
                    with self.connection.transaction():
                        self.connection.execute(f"INSERT INTO t (m) VALUES ({place})", [value])
        with self.assertRaisesRegex(MapError, "value of key 'a' is no number: None"):
            self.connection.execute("SELECT %s", [[{"a": 1}, {"a": None}]])

    def test_literals(self):
        literal = psycopg.sql.Literal({"a'": 1}).as_string(self.connection)
        self.assertEqual(literal, """'{"a''": 1.0}'::elsewhere.reddict""")
        cursor = psycopg.ClientCursor(self.connection)
        self.assertEqual(cursor.execute("SELECT %s, %s", [{"a'": 1}, [{"b": 2}]]).fetchone(), ({"a'": 1}, [{"b": 2}]))

    def test_dicts_that_are_json(self):
        with psycopg.connect() as connection:
            pg_redbear.psycopg.register(connection, dicts=False)
            connection.adapters.register_dumper(dict, DictDumper)
            row = connection.execute("SELECT pg_typeof(%s)::text, %s", [{"a": None}, Map(a=1)]).fetchone()
            self.assertEqual(row, ("jsonb", {"a": 1.0}))
        self.assertEqual(self.connection.execute("SELECT %s", [Jsonb({"a": None})]).fetchone(), ({"a": None},))

    def test_leaves_no_transaction(self):
        with psycopg.connect() as connection:
            pg_redbear.psycopg.register(connection)
            self.assertEqual(connection.info.transaction_status, psycopg.pq.TransactionStatus.IDLE)

    def test_with_rows_that_are_dicts(self):
        with psycopg.connect(row_factory=psycopg.rows.dict_row) as connection:
            pg_redbear.psycopg.register(connection)
            self.assertEqual(connection.execute("SELECT %s AS m", [{"a": 1}]).fetchone(), {"m": {"a": 1.0}})

    def test_client_encodings(self):
        for encoding in ("latin1", "utf8"):
            with connect(client_encoding=encoding) as connection:
                for binary in (False, True):
                    cursor = connection.cursor(binary=binary)
                    for place in ("%t", "%b"):
                        self.assertEqual(cursor.execute(f"SELECT {place}", [{"é": 1}]).fetchone(), ({"é": 1.0},))
        with connect(client_encoding="latin1") as connection, self.assertRaisesRegex(MapError, "client's encoding"):
            connection.execute("SELECT %b", [{"\u20ac": 1}])

    def test_sql_ascii(self):
        common.create_database(name="psycopg_ascii", options="TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'")
        with connect(dbname="psycopg_ascii", client_encoding="sql_ascii") as connection:
            for binary in (False, True):
                cursor = connection.cursor(binary=binary)
                self.assertEqual(cursor.execute(b"SELECT '{\"\xc3\xa9\": 1}'::reddict").fetchone(), ({"é": 1},))
                (value,) = cursor.execute(b"SELECT '{\"\xff\": 1}'::reddict").fetchone()
                self.assertEqual(value, {"\udcff": 1})
                self.assertEqual(cursor.execute("SELECT %b", [value]).fetchone(), (value,))

    def test_not_installed(self):
        common.create_database("SELECT 1", name="psycopg_without")
        with psycopg.connect(dbname="psycopg_without") as connection:
            with self.assertRaisesRegex(NotInstalled, "CREATE EXTENSION redbear"):
                pg_redbear.psycopg.register(connection)

    def test_async(self):
        async def run():
            async with await psycopg.AsyncConnection.connect() as connection:
                await pg_redbear.psycopg.register_async(connection)
                cursor = await connection.execute("SELECT %s, %s", [{"a": 1}, [{"b": 2}]])
                return await cursor.fetchone()

        self.assertEqual(asyncio.run(run()), ({"a": 1.0}, [{"b": 2.0}]))


if __name__ == "__main__":
    common.main()
