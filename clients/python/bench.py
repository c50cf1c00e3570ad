#!/usr/bin/env python3
"""How long 100,000 maps of ten keys take to come into Python.

Against json.loads() of their text, end to end and decoding alone, for three
kinds of numbers. script/bench-python runs it on a throw-away server; by itself
it takes the one that libpq finds, and makes a table redbear_bench there for as long as it runs. What is
not installed is left out. Medians of 7 rounds, or of as many as the argument
says, in which the contenders take turns.
"""

import asyncio
import gc
import importlib
import json
import os
import statistics
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "src"))

ROWS = 100_000
ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 7
KINDS = {
    "whole numbers up to 100,000": "floor(random() * 100000)",
    "two decimals, up to 1,000": "round((random() * 1000)::numeric, 2)::float8",
    "all digits of a double": "random()",
}
QUERY = "SELECT m FROM redbear_bench"
TEXT = "SELECT m::text FROM redbear_bench"

from pg_redbear import wire


def module(name):
    try:
        return importlib.import_module(name)
    except ImportError:
        print(f"there is no {name}")


psycopg, psycopg2, asyncpg, numpy = map(module, ("psycopg", "psycopg2", "asyncpg", "numpy"))
if not psycopg:
    sys.exit("psycopg 3 is what the others are compared with")

import pg_redbear.psycopg

contenders = {}
connection = psycopg.connect(autocommit=True)
registered = psycopg.connect(autocommit=True)


def by_psycopg():
    contenders["psycopg, text, json.loads"] = lambda: [json.loads(m) for m, in connection.execute(TEXT).fetchall()]
    contenders["psycopg, binary, pg_redbear"] = lambda: [
        m for m, in registered.cursor(binary=True).execute(QUERY).fetchall()
    ]
    pg_redbear.psycopg.register(registered)
    if numpy:
        contenders["psycopg, into NumPy"] = lambda: pg_redbear.numpy.read(connection, QUERY)


def by_asyncpg(loop):
    import pg_redbear.asyncpg

    plain = loop.run_until_complete(asyncpg.connect())
    maps = loop.run_until_complete(asyncpg.connect())
    loop.run_until_complete(pg_redbear.asyncpg.register(maps))
    contenders["asyncpg, text, json.loads"] = lambda: [
        json.loads(m) for m, in loop.run_until_complete(plain.fetch(TEXT))
    ]
    contenders["asyncpg, binary, pg_redbear"] = lambda: [m for m, in loop.run_until_complete(maps.fetch(QUERY))]
    if numpy:
        contenders["asyncpg, into NumPy"] = lambda: loop.run_until_complete(pg_redbear.numpy.read_async(plain, QUERY))


def by_psycopg2():
    other = psycopg2.connect("")
    other.autocommit = True

    def fetch():
        cursor = other.cursor()
        cursor.execute(TEXT)
        return [json.loads(m) for m, in cursor.fetchall()]

    contenders["psycopg2, text, json.loads"] = fetch
    if numpy:
        contenders["psycopg2, into NumPy"] = lambda: pg_redbear.numpy.read(other, QUERY)


def alone(texts, values):
    codec = wire.MapCodec()
    with connection.cursor().copy(f"COPY redbear_bench TO STDOUT (FORMAT binary)") as blocks:
        copy = b"".join(blocks)
    yield "json.loads", lambda: [json.loads(text) for text in texts]
    yield "pg_redbear, binary", lambda: [codec.decode(value) for value in values]
    if numpy:
        yield "into NumPy", lambda: pg_redbear.numpy.from_copy(copy)


def measure(title, functions):
    """Prints milliseconds, and how many times the first one's."""
    times = {name: [] for name in functions}
    for _ in range(ROUNDS):
        for name, function in functions.items():
            gc.collect()
            begin = time.perf_counter()
            result = function()
            times[name].append(1000 * (time.perf_counter() - begin))
            del result
    print(f"\n{title:<40}      ms  x json.loads")
    first = None
    for name, all_times in times.items():
        median = statistics.median(all_times)
        first = first or median
        print(f"    {name:<36}{median:8.0f}{median / first:8.2f}")


def main():
    print(
        f"Python {sys.version.split()[0]}, "
        + ", ".join(f"{m.__name__} {m.__version__.split()[0]}" for m in (psycopg, psycopg2, asyncpg, numpy) if m)
        + f"; psycopg is the one in {'C' if psycopg.pq.__impl__ != 'python' else 'Python'}"
    )
    by_psycopg()
    loop = asyncio.new_event_loop()
    if asyncpg:
        by_asyncpg(loop)
    if psycopg2:
        by_psycopg2()
    for kind, number in KINDS.items():
        connection.execute("DROP TABLE IF EXISTS redbear_bench")
        connection.execute(
            f"""
            CREATE UNLOGGED TABLE redbear_bench AS
            SELECT reddict(array_agg('counter_' || k), array_agg({number})) AS m
            FROM generate_series(1, {ROWS}) AS i, generate_series(1, 10) AS k GROUP BY i"""
        )
        connection.execute("VACUUM ANALYZE redbear_bench")
        measure(f"{kind}, end to end", contenders)
        texts = [text for text, in connection.execute(TEXT).fetchall()]
        values = [
            value for value, in connection.execute("SELECT reddict_send(m) FROM redbear_bench", binary=True).fetchall()
        ]
        measure(f"{kind}, decoding alone", dict(alone(texts, values)))
    connection.execute("DROP TABLE redbear_bench")


if __name__ == "__main__":
    import pg_redbear.numpy

    main()
