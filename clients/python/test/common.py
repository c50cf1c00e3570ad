"""What the tests of this package share.

Each is a program, which ends with 0 if all is well and with 77 where a library
is missing that it is for. It runs where script/test does, with the server that
libpq finds, and has a database of its own there.
"""

import importlib
import os
import subprocess
import sys
import unittest

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "..", "src"))

# For all that connects without saying where
os.environ["PGDATABASE"] = os.path.splitext(os.path.basename(sys.argv[0]))[0]


def need(*names):
    """The modules of these names; without one the test is skipped."""
    modules = []
    for name in names:
        try:
            modules.append(importlib.import_module(name))
        except ImportError as error:
            print(f"there is no {name}: {error}")
            sys.exit(77)
    return modules[0] if len(modules) == 1 else modules


def psql(sql, database=None):
    """What psql prints."""
    command = ["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", database or os.environ["PGDATABASE"]]
    return subprocess.run(command, input=sql, stdout=subprocess.PIPE, check=True, text=True).stdout.rstrip("\n")


def create_database(sql="CREATE EXTENSION redbear", name=None, options=""):
    """Makes a database anew, the test's own one or another."""
    name = name or os.environ["PGDATABASE"]
    psql(f"SET client_min_messages = warning;\nDROP DATABASE IF EXISTS {name} WITH (FORCE)", "postgres")
    psql(f"CREATE DATABASE {name} {options}", "postgres")
    psql(sql, name)


def main():
    unittest.main(argv=sys.argv[:1], verbosity=2)
