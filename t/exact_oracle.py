"""Maps, and what their exact sums are, by Python's fractions.

    exact_oracle.py rows      tab-separated: group, number, map
    exact_oracle.py expected  tab-separated: group, key, rows, rows with NaN,
                              Infinity, -Infinity, exact sum of the others as a
                              fraction's numerator and the exponent of its
                              denominator, a power of 2; the sum and the average
                              as doubles, or "overflow"

Both are of the same numbers, from one seed.
"""

import json
import math
import random
import struct
import sys
from fractions import Fraction

KINDS = ['amounts', 'counters', 'fractions', 'bits', 'cancel', 'subnormal', 'huge', 'special', 'powers', 'zeros']
GROUPS = 40
ROWS = 250


def number(kind, generator):
    """A random number of a kind."""
    if kind == 'amounts':
        return generator.randrange(-10**9, 10**9) / 100
    if kind == 'counters':
        return float(generator.randrange(2**generator.randrange(1, 54)))
    if kind == 'fractions':
        return generator.random() * generator.choice([1, -1])
    if kind == 'bits':
        x = struct.unpack('d', struct.pack('Q', generator.getrandbits(64)))[0]
        return x if math.isfinite(x) else 0.5
    if kind == 'cancel':
        return generator.choice([1e300, -1e300, 1.0, -1.0, 1e-300, -1e-300, 0.1, 2.0**53, -2.0**53])
    if kind == 'subnormal':
        return generator.choice([1, -1]) * generator.randrange(2**generator.randrange(1, 56)) * 5e-324
    if kind == 'huge':
        return generator.choice([sys.float_info.max, -sys.float_info.max, 1e308, -1e308])
    if kind == 'special':
        return generator.choice([1.0, 1e300, math.inf, -math.inf, math.nan] if generator.random() < 0.03 else [1.0, -2.5, 1e300])
    if kind == 'powers':
        return generator.choice([1, -1]) * math.ldexp(1, generator.randrange(-1074, 1024))
    return generator.choice([0.0, -0.0])


def groups():
    """Groups of maps; a group's keys have numbers of a kind each, and come and go."""
    generator = random.Random(20261126)
    for group in range(GROUPS):
        kinds = {f'key {i}': generator.choice(KINDS) for i in range(generator.randrange(1, 12))}
        yield group, [{key: number(kind, generator) for key, kind in kinds.items() if generator.random() < 0.8}
                      for _ in range(generator.randrange(1, ROWS))]


def rounded(fraction):
    """The double next to a fraction; -0 only for what is below 0."""
    try:
        return repr(fraction.numerator / fraction.denominator)
    except OverflowError:
        return 'overflow'


def main():
    for group, maps in groups():
        if sys.argv[1] == 'rows':
            for i, m in enumerate(maps):
                print(group, i, json.dumps(m), sep='\t')
            continue
        for key in sorted({key for m in maps for key in m}):
            numbers = [m[key] for m in maps if key in m]
            exact = sum((Fraction(x) for x in numbers if math.isfinite(x)), Fraction(0))
            special = sum(x for x in numbers if not math.isfinite(x))
            results = [repr(special)] * 2 if special != 0 else [rounded(exact), rounded(exact / len(numbers))]
            print(group, key, len(numbers), sum(map(math.isnan, numbers)), numbers.count(math.inf), numbers.count(-math.inf),
                  exact.numerator, exact.denominator.bit_length() - 1, *results, sep='\t')


main()
