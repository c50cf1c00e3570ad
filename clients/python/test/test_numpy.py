#!/usr/bin/env python3
"""NumPy and pandas, by each driver"""

import asyncio
import unittest

import common

np, pd, psycopg, psycopg2, asyncpg = common.need("numpy", "pandas", "psycopg", "psycopg2", "asyncpg")

import pg_redbear.numpy
import pg_redbear.pandas
import pg_redbear.psycopg
from pg_redbear import MapError

nan = np.nan


def with_psycopg(read, query, *parameters, **options):
    with psycopg.connect() as connection:
        return read(connection, query, parameters, **options)


def with_psycopg2(read, query, *parameters, **options):
    connection = psycopg2.connect("")
    try:
        return read(connection, query, parameters, **options)
    finally:
        connection.close()


def with_asyncpg(read, query, *parameters, **options):
    async def run():
        connection = await asyncpg.connect()
        try:
            return await getattr(pg_redbear, read.__module__.rpartition(".")[2]).__dict__[read.__name__ + "_async"](
                connection, query.replace("%%", "%").replace("%s", "$1"), *parameters, **options
            )
        finally:
            await connection.close()

    return asyncio.run(run())


drivers = (with_psycopg, with_psycopg2, with_asyncpg)


class NumPy(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        common.create_database(
            """
            CREATE EXTENSION redbear;
            CREATE TABLE same AS SELECT i, reddict(ARRAY['b', 'key a', 'é'], ARRAY[i, 1 / i::float8,
                CASE WHEN i % 5 = 0 THEN 'NaN' ELSE -i::float8 END])
                AS m FROM generate_series(1, 5000) AS i;
            CREATE TABLE various (i int, m reddict);
            INSERT INTO various VALUES
                (1, '{"b": 1, "a": 2}'), (2, '{}'), (3, NULL), (4, '{"c": "Infinity"}'), (5, '{"a": 3, "b": 4}')"""
        )

    def check(self, query, keys, values, *parameters, **options):
        for driver in drivers:
            with self.subTest(driver=driver.__name__):
                table = driver(pg_redbear.numpy.read, query, *parameters, **options)
                self.assertEqual(list(table.keys), keys)
                self.assertEqual(table.values.dtype, np.float64)
                np.testing.assert_array_equal(table.values, np.array(values, float).reshape(len(values), len(keys)))

    def test_same_keys(self):
        i = np.arange(1.0, 5001)
        self.check(
            "SELECT m FROM same ORDER BY i",
            ["b", "key a", "é"],
            np.column_stack([i, 1 / i, np.where(i % 5 == 0, nan, -i)]),
        )

    def test_one_row(self):
        self.check("SELECT m FROM same WHERE i = %s", ["b", "key a", "é"], [[2, 0.5, -2]], 2)

    def test_percent_sign(self):
        self.check("SELECT m %% 2 FROM same WHERE i = %s", ["b", "key a", "é"], [[1, 1 / 3, -1]], 3)

    def test_no_rows(self):
        self.check("SELECT m FROM same WHERE i < 0", [], [])
        for driver in drivers:
            self.assertEqual(driver(pg_redbear.numpy.read, "SELECT m FROM same WHERE i < 0").values.shape, (0, 0))

    def test_various_keys(self):
        wanted = [[2, 1, nan], [nan] * 3, [nan] * 3, [nan, nan, np.inf], [3, 4, nan]]
        self.check("SELECT m FROM various ORDER BY i", ["a", "b", "c"], wanted)
        self.check("SELECT m FROM various ORDER BY i", ["a", "b", "c"], np.nan_to_num(wanted, posinf=np.inf), missing=0)

    def test_null_first(self):
        self.check("SELECT m FROM various WHERE i IN (3, 5) ORDER BY i", ["a", "b"], [[nan] * 2, [3, 4]])

    def test_null_only(self):
        for driver in drivers:
            self.assertEqual(driver(pg_redbear.numpy.read, "SELECT m FROM various WHERE i = 3").values.shape, (1, 0))

    def test_empty_maps(self):
        for driver in drivers:
            table = driver(pg_redbear.numpy.read, "SELECT '{}'::reddict FROM generate_series(1, 3)")
            self.assertEqual(table.values.shape, (3, 0))

    def test_other_keys_of_the_same_size(self):
        self.check(
            """SELECT m FROM (VALUES
                ('{"aaa": 1, "b": 2}'::reddict), ('{"aaa": 3, "b": 4}'), ('{"a": 5, "bbb": 6}')) AS v(m)""",
            ["a", "aaa", "b", "bbb"],
            [[nan, 1, 2, nan], [nan, 3, 4, nan], [5, nan, nan, 6]],
        )

    def test_other_keys_late(self):
        """Beyond the first block that is compared"""
        i = np.arange(1.0, 5002)
        wanted = np.column_stack([i, 1 / i, np.where(i % 5 == 0, nan, -i), np.full(5001, nan)])
        wanted[-1] = [1, 2, nan, 3]
        self.check(
            """SELECT m FROM same UNION ALL SELECT '{"b": 1, "key a": 2, "öö": 3}'""", ["b", "key a", "é", "öö"], wanted
        )

    def test_not_a_map(self):
        for query, message in (
            ("SELECT 1.5::float8", "unknown version"),
            ("SELECT m, m FROM same", "2 columns, not one"),
            ("SELECT i FROM same", "map|version"),
        ):
            for driver in drivers:
                with self.subTest((driver.__name__, query)), self.assertRaisesRegex(MapError, message):
                    driver(pg_redbear.numpy.read, query)

    def test_no_connection(self):
        with self.assertRaisesRegex(TypeError, "no connection"):
            pg_redbear.numpy.read(object(), "SELECT 1")

    def test_client_encodings(self):
        for module in (psycopg, psycopg2):
            connection = module.connect("client_encoding=latin1")
            for query in ("SELECT m FROM same", "SELECT m FROM same UNION ALL SELECT '{}'"):
                self.assertEqual(list(pg_redbear.numpy.read(connection, query).keys), ["b", "key a", "é"])
            connection.close()

    def test_within_a_transaction(self):
        with psycopg.connect() as connection:
            connection.execute("INSERT INTO various VALUES (6, '{\"z\": 1}')")
            self.assertEqual(
                list(pg_redbear.numpy.read(connection, "SELECT m FROM various").keys), ["a", "b", "c", "z"]
            )
            connection.rollback()


class Pandas(NumPy):
    def check(self, query, keys, values, *parameters, **options):
        for driver in drivers:
            frame = driver(pg_redbear.pandas.read_frame, query, *parameters, **options)
            wanted = pd.DataFrame(
                np.array(values, float).reshape(len(values), len(keys)), columns=pd.Index(keys, dtype=object)
            )
            pd.testing.assert_frame_equal(frame, wanted)

    def test_expand(self):
        with psycopg.connect() as connection:
            for register in (False, True):
                if register:
                    pg_redbear.psycopg.register(connection)
                rows = connection.execute("SELECT i, m FROM various ORDER BY i").fetchall()
                frame = pd.DataFrame(rows, columns=["i", "m"], index=list("vwxyz"))
                got = frame.join(pg_redbear.pandas.expand(frame.pop("m")))
                wanted = pd.DataFrame(
                    {
                        "i": [1, 2, 3, 4, 5],
                        "a": [2, nan, nan, nan, 3],
                        "b": [1, nan, nan, nan, 4],
                        "c": [nan, nan, nan, np.inf, nan],
                    },
                    index=list("vwxyz"),
                )
                pd.testing.assert_frame_equal(got, wanted)

    def test_expand_nothing(self):
        self.assertEqual(pg_redbear.pandas.expand(pd.Series([], dtype=object)).shape, (0, 0))
        self.assertEqual(pg_redbear.pandas.expand(pd.Series([None, {}])).shape, (2, 0))


if __name__ == "__main__":
    common.main()
