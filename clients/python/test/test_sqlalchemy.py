#!/usr/bin/env python3
"""SQLAlchemy, by each driver that is here"""

import importlib.util
import math
import unittest
import warnings

import common

sa, _, _ = common.need("sqlalchemy", "psycopg2", "asyncpg")

import pg_redbear.asyncpg
import pg_redbear.psycopg2
from pg_redbear import MapError, Stats
from pg_redbear.sqlalchemy import Reddict, Redstats
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.ext.mutable import MutableDict
from sqlalchemy.orm import Session, declarative_base

drivers = ["psycopg2"]
if sa.__version__ >= "2" and importlib.util.find_spec("psycopg"):
    drivers.append("psycopg")

Base = declarative_base()


class Page(Base):
    __tablename__ = "pages"
    id = sa.Column(sa.Integer, primary_key=True)
    m = sa.Column(MutableDict.as_mutable(Reddict), nullable=False)
    l = sa.Column(sa.ARRAY(Reddict))
    __table_args__ = (sa.Index("pages_m", m, postgresql_using="gin"),)


t = Page.__table__
m = t.c.m


class SQLAlchemy(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        common.create_database()
        cls.engines = [sa.create_engine(f"postgresql+{driver}://") for driver in drivers]
        Base.metadata.create_all(cls.engines[0])

    @classmethod
    def tearDownClass(cls):
        for engine in cls.engines:
            engine.dispose()

    def setUp(self):
        common.psql('TRUNCATE pages; INSERT INTO pages VALUES (1, \'{"a": 1, "b": 2}\'), (2, \'{"a": 3, "c": "NaN"}\')')

    def one(self, *columns, engine=None):
        with (engine or self.engines[0]).connect() as connection:
            return tuple(connection.execute(sa.select(*columns).where(t.c.id == 1)).one())

    def check(self, expression, wanted):
        for engine in self.engines:
            with self.subTest(expression=str(expression), driver=engine.driver):
                self.assertEqual(self.one(expression, engine=engine), (wanted,))

    def test_both_ways(self):
        special = {"": 0.5, "é\"\\\t'%s:x": -0.0, "inf": math.inf, "-inf": -math.inf, "big": 1.7976931348623157e308}
        for engine in self.engines:
            with engine.begin() as connection:
                connection.execute(t.delete())
                connection.execute(t.insert(), [{"id": 1, "m": special}, {"id": 2, "m": {}}])
                self.assertEqual(connection.execute(sa.select(m).order_by(t.c.id)).scalars().all(), [special, {}])
                nan = connection.execute(sa.select(sa.literal({"x": math.nan}, Reddict))).scalar()
                self.assertTrue(math.isnan(nan["x"]))
                self.assertIsNone(connection.execute(sa.select(sa.literal(None, Reddict))).scalar())

    def test_elements(self):
        self.check(m["a"], 1.0)
        self.check(m["x"], None)
        self.check(m[["b", "x", "a"]], [2.0, None, 1.0])
        self.check(m["a"] + m["b"] * 2, 5.0)
        self.check(m["a"] > 0.5, True)
        self.check((m + {"a": 1})["a"], 2.0)
        self.check(m.get("x", 7), 7.0)
        self.check(m.keys(), ["a", "b"])
        self.check(m.values(), [1.0, 2.0])

    def test_arithmetic(self):
        self.check(m + {"a": 1, "x": 5}, {"a": 2, "b": 2, "x": 5})
        self.check({"a": 1} + m, {"a": 2, "b": 2})
        self.check({"a": 3} / m, {"a": 3})
        self.check(m - m, {"a": 0, "b": 0})
        self.check(m * 2, {"a": 2, "b": 4})
        self.check(2 * m, {"a": 2, "b": 4})
        self.check(m + 0.5, {"a": 1.5, "b": 2.5})
        self.check(5 - m, {"a": 4, "b": 3})
        self.check(m / 2, {"a": 0.5, "b": 1})
        self.check(m / m, {"a": 1, "b": 1})
        self.check(6 / m, {"a": 6, "b": 3})
        self.check(m % 2, {"a": 1, "b": 0})
        self.check(-m, {"a": -1, "b": -2})
        self.check((m + 1) / 2 - m * {"a": 1}, {"a": 0, "b": 1.5})
        self.check(m + t.c.id, {"a": 2, "b": 3})
        self.check(m - (m - 1), {"a": 1, "b": 1})
        self.check(5 - (m - 1) * 2, {"a": 5, "b": 3})
        self.check(m.concat({"a": 9}), {"a": 9, "b": 2})

    def test_predicates(self):
        for expression in (
            m.has_key("a"),
            m.has_any(["a", "x"]),
            m.has_all(["a", "b"]),
            m.contains({"a": 1}),
            m.contained_by({"a": 1, "b": 2, "c": 3}),
            m == {"a": 1, "b": 2},
            m != {"a": 1},
            ~m.has_key("x"),
        ):
            self.check(expression, True)

    def test_aggregates(self):
        for engine in self.engines:
            with engine.connect() as connection:
                rows = connection.execute(sa.select(sa.func.sum(m - {"c": 0}), sa.func.max(m)["a"])).one()
                self.assertTrue(math.isnan(rows[0].pop("c")))
                self.assertEqual(tuple(rows), ({"a": 4, "b": 2}, 3.0))
                self.assertEqual(connection.execute(sa.select(sa.func.avg(m, type_=Reddict)["a"])).scalar(), 2.0)
                stats = connection.execute(sa.select(sa.func.redstats(m, type_=Redstats))).scalar()
                self.assertEqual(stats["a"], Stats(2, 4, 2, 1, 3))

    def test_update(self):
        for engine in self.engines:
            with engine.begin() as connection:
                connection.execute(t.update().where(t.c.id == 1).values(m=m + {"a": 1}))
                upsert = postgresql.insert(t).values(id=1, m={"a": 10, "z": 1})
                upsert = upsert.on_conflict_do_update(index_elements=["id"], set_={"m": m + upsert.excluded.m})
                connection.execute(upsert)
                self.assertEqual(
                    connection.execute(sa.select(m).where(t.c.id == 1)).scalar(), {"a": 12, "b": 2, "z": 1}
                )
            self.setUp()

    def test_orm(self):
        for engine in self.engines:
            self.setUp()
            with Session(engine) as session:
                page = session.get(Page, 1)
                page.m["clicks"] = 7
                session.commit()
                self.assertEqual(session.get(Page, 1).m, {"a": 1, "b": 2, "clicks": 7})
                # Of an object that is loaded: not computed in Python
                session.execute(sa.update(Page).where(Page.id == 1).values(m=Page.m * 2 - {"clicks": 4}))
                self.assertEqual(page.m, {"a": 2, "b": 4, "clicks": 10})
                session.execute(sa.update(Page).values(m=1 + Page.m / Page.m))
                self.assertEqual(page.m, {"a": 2, "b": 2, "clicks": 2})
                session.rollback()
                found = session.execute(sa.select(Page).where(Page.m["clicks"] > 6)).scalars().all()
                self.assertEqual([page.id for page in found], [1])

    def test_errors_come_before_anything_is_sent(self):
        for value in ({"a": None}, {1: 1}, {"a": "x"}, [1]):
            with self.subTest(value), self.assertRaises(sa.exc.StatementError) as raised:
                self.one(sa.literal(value, Reddict))
            self.assertIsInstance(raised.exception.orig, MapError)

    def test_literals(self):
        query = sa.select(sa.literal({"a'%": 1}, Reddict))
        for engine in self.engines:
            text = str(query.compile(engine, compile_kwargs={"literal_binds": True}))
            with engine.connect() as connection:
                self.assertEqual(connection.exec_driver_sql(text).scalar(), '{"a\'%": 1}')

    def test_registered_connections(self):
        engine = sa.create_engine("postgresql+psycopg2://")
        sa.event.listen(
            engine, "connect", lambda connection, record: pg_redbear.psycopg2.register(connection, dicts=False)
        )
        self.assertEqual(self.one(m, m + {"a": 1}, engine=engine), ({"a": 1, "b": 2}, {"a": 2, "b": 2}))
        with engine.begin() as connection:
            connection.execute(t.update().where(t.c.id == 1).values(l=sa.cast([{"a": 1}, {}], sa.ARRAY(Reddict))))
        self.assertEqual(self.one(t.c.l, engine=engine), ([{"a": 1}, {}],))
        engine.dispose()

    def test_reflection(self):
        common.psql("CREATE TABLE reflected (m reddict DEFAULT '{}', l reddict[], s redstats)")
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            table = sa.Table("reflected", sa.MetaData(), autoload_with=self.engines[0])
        self.assertIsInstance(table.c.m.type, Reddict)
        self.assertIsInstance(table.c.l.type.item_type, Reddict)
        self.assertIsInstance(table.c.s.type, Redstats)
        index = sa.inspect(self.engines[0]).get_indexes("pages")[0]
        self.assertEqual((index["name"], index["dialect_options"]["postgresql_using"]), ("pages_m", "gin"))

    def test_schema(self):
        common.create_database(
            'CREATE SCHEMA "else where"; CREATE EXTENSION redbear SCHEMA "else where"', "sqlalchemy_schema"
        )
        engine = sa.create_engine("postgresql+psycopg2:///sqlalchemy_schema")
        metadata = sa.MetaData()
        table = sa.Table("t", metadata, sa.Column("m", Reddict("else where")))
        metadata.create_all(engine)
        with engine.begin() as connection:
            connection.execute(table.insert(), [{"m": {"a": 1}}])
            self.assertEqual(connection.execute(sa.select(table.c.m)).scalar(), {"a": 1})
        self.assertEqual(repr(Reddict("else where")), "Reddict(schema='else where')")
        engine.dispose()


class ByAsyncpg(unittest.IsolatedAsyncioTestCase):
    @classmethod
    def setUpClass(cls):
        common.create_database(
            "CREATE EXTENSION redbear; CREATE TABLE pages (id int, m reddict);"
            'INSERT INTO pages VALUES (1, \'{"a": 1, "b": 2}\')',
            "sqlalchemy_asyncpg",
        )

    async def test_asyncpg(self):
        for register in (False, True):
            engine = create_async_engine("postgresql+asyncpg:///sqlalchemy_asyncpg")
            if register:
                sa.event.listen(
                    engine.sync_engine,
                    "connect",
                    lambda connection, record: connection.run_async(pg_redbear.asyncpg.register),
                )
            async with engine.connect() as connection:
                row = (
                    await connection.execute(
                        sa.select(
                            m,
                            m["a"],
                            m + {"a": 1},
                            m * 2,
                            m / m,
                            2 / m,
                            m.has_any(["a"]),
                            m.has_key("b"),
                            m[["b", "a"]],
                            sa.func.rd_sum(m),
                        ).where(m == {"a": 1, "b": 2})
                    )
                ).one()
            self.assertEqual(
                tuple(row),
                (
                    {"a": 1, "b": 2},
                    1.0,
                    {"a": 2, "b": 2},
                    {"a": 2, "b": 4},
                    {"a": 1, "b": 1},
                    {"a": 2, "b": 1},
                    True,
                    True,
                    [2.0, 1.0],
                    3.0,
                ),
            )
            await engine.dispose()


if __name__ == "__main__":
    common.main()
