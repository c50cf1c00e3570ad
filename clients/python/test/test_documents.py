#!/usr/bin/env python3
"""The examples of README.md run, one after the other, and print what they say."""

import os
import re
import subprocess
import sys
import unittest

import common

common.need("psycopg", "psycopg2", "asyncpg", "numpy", "pandas", "sqlalchemy")


class Documents(unittest.TestCase):
    def test_examples(self):
        common.create_database()
        environment = dict(os.environ, PYTHONPATH=os.path.join(common.here, "..", "src"))
        with open(os.path.join(common.here, "..", "README.md"), encoding="utf-8") as file:
            blocks = re.findall(r"^```python\n(.*?)^```$", file.read(), re.M | re.S)
        self.assertGreater(len(blocks), 4)
        for block in blocks:
            with self.subTest(block=block):
                # What a line prints is behind it: "print(1)  # 1"
                wanted = re.findall(r"\)[ ]+#[ ]([\d\[{('].*)$", block, re.M)
                program = subprocess.run(
                    [sys.executable, "-c", block],
                    env=environment,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    text=True,
                )
                self.assertEqual(program.returncode, 0, program.stderr)
                self.assertEqual(program.stdout.splitlines(), wanted)


if __name__ == "__main__":
    common.main()
