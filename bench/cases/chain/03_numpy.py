#!/usr/bin/python3
"""Prints the milliseconds that the chain takes NumPy; status 77 without it."""
import os
import random
import sys
import time

try:
    import numpy
except ImportError:
    sys.exit(77)

keys = int(os.environ["VARIANT"])
times = int(100000 * float(os.environ["SIZE"]))
random.seed(0)
values = [random.randrange(4000) / 4 for _ in range(keys)]
d = numpy.array(values)

expected = [((((x + 4) + x) - 4) - x) * x for x in values]
assert (((((d + 4) + d) - 4) - d) * d).tolist() == expected

start = time.perf_counter()
for _ in range(times):
    pass
loop = time.perf_counter() - start

start = time.perf_counter()
for _ in range(times):
    ((((d + 4) + d) - 4) - d) * d
print("%.3f" % max(0.0, 1000 * (time.perf_counter() - start - loop)))
