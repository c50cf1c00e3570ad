"""Maps of numbers, and what their exponential histograms are, by Python's integers.

    histogram_oracle.py rows         tab-separated: group, number, part, map
    histogram_oracle.py expected     group, key, max_buckets, max_scale, histogram
                                     without its sum, exact sum rounded, sum of
                                     absolute values
    histogram_oracle.py percentiles  group, key, fraction, exact percentile, that
                                     of the histogram, how far it may be from the
                                     exact one

All are of the same numbers, from one seed.  A number x > 0 is in the bucket i of
scale s if 2^(i / 2^s) < x <= 2^((i + 1) / 2^s).  For s >= 0 that is found without
rounding: x is m 2^e with integers, so i + 1 is the logarithm of m^(2^s) to the
base 2, rounded up, and e 2^s.  A bucket of a scale below 0 is that of scale 0,
divided by a power of 2.  The scale of a histogram is the largest one, up to its
limit, at which the buckets of either sign, from the lowest to the highest, are
no more than its other limit.
"""

import json
import math
import random
import sys
from fractions import Fraction

LIMITS = [(2048, 6), (160, 9), (160, 6), (20, 3), (3, -2), (65536, 8)]
PARTS = 1000
FRACTIONS = [0, 0.001, 0.01, 0.1, 0.25, 1 / 3, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1]

# What a map of a group has: a key for each, in so many rows
NUMBERS = {
    'uniform': (5000, lambda r: r.random() * 1000),
    'lognormal': (5000, lambda r: r.lognormvariate(0, 1)),
    'pareto': (5000, lambda r: r.paretovariate(1.2)),
    'bimodal': (3000, lambda r: r.gauss(10, 1) if r.random() < 0.5 else r.gauss(1e5, 1e3)),
    'constant': (1000, lambda r: 42.5),
    'one': (1, lambda r: 0.1),
    'negative': (3000, lambda r: -r.lognormvariate(3, 2)),
    'mixed': (5000, lambda r: r.gauss(0, 100)),
    'decades': (5000, lambda r: 10 ** r.uniform(-3, 6)),
    'integers': (3000, lambda r: float(r.randrange(-5, 40))),
    'bounds': (2000, lambda r: r.choice([1, -1]) * math.ldexp(1, r.randrange(-20, 20)) * r.choice([1, 1 - 2**-53, 1 + 2**-52])),
    'wide': (2000, lambda r: r.choice([1, -1]) * 10 ** r.uniform(-300, 300)),
    'subnormal': (500, lambda r: r.randrange(1, 2**r.randrange(1, 53)) * 5e-324),
    'extremes': (300, lambda r: r.choice([1, -1]) * r.choice([5e-324, sys.float_info.max, 1.0])),
    'special': (500, lambda r: r.choice([math.nan, math.inf, -math.inf, 0.0, -0.0, 1.5, -7.0])),
    'infinite': (50, lambda r: r.choice([math.nan, math.inf, -math.inf])),
    'zeros': (100, lambda r: r.choice([0.0, -0.0])),
}
GROUPS = {
    0: list(NUMBERS),
    1: ['uniform', 'lognormal', 'mixed'],
    2: ['special', 'zeros', 'one'],
}


def groups():
    """Of each group the rows: the number, the part, and the map."""
    generator = random.Random(20261127)
    for group, keys in GROUPS.items():
        rows = []
        for i in range(max(NUMBERS[key][0] for key in keys)):
            rows.append((i, generator.randrange(PARTS),
                         {key: NUMBERS[key][1](generator) for key in keys if i < NUMBERS[key][0]}))
        yield group, rows


def index(x, scale):
    """The bucket of a number that is more than 0."""
    m, d = x.as_integer_ratio()
    e = 1 - d.bit_length()
    up = (m ** (1 << max(scale, 0)) - 1).bit_length() + e * (1 << max(scale, 0))
    return (up - 1) >> max(-scale, 0)


def span(ends, scale, finest):
    """How many buckets there are from one to another, which are those of a finer scale."""
    return (ends[1] >> (finest - scale)) - (ends[0] >> (finest - scale)) + 1 if ends else 0


def middle(i, scale):
    """What stands for the numbers of a bucket: of bounds a and b, 2ab / (a + b), which is 2a / (1 + a / b)."""
    power = Fraction(i) / Fraction(2) ** scale
    exponent = math.floor(power)
    number = 2.0 ** float(power - exponent) * 2 / (1 + 2.0 ** -(2.0 ** -scale))
    try:
        return math.ldexp(number, exponent) or math.ldexp(1, -1074)
    except OverflowError:
        return sys.float_info.max


class Histogram:
    """What a histogram of some numbers is."""

    def __init__(self, numbers, max_buckets, max_scale):
        self.numbers = numbers
        self.limits = (max_buckets, max_scale)
        self.finite = [x for x in numbers if math.isfinite(x)]
        self.nan = sum(math.isnan(x) for x in numbers)
        self.plus = numbers.count(math.inf)
        self.minus = numbers.count(-math.inf)
        self.zero = self.finite.count(0.0)
        sides = [[x for x in self.finite if x > 0], [-x for x in self.finite if x < 0]]
        finest = [(index(min(s), max_scale), index(max(s), max_scale)) if s else None for s in sides]
        self.scale = max_scale
        while any(span(ends, self.scale, max_scale) > max_buckets for ends in finest):
            self.scale -= 1
        if not sides[0] and not sides[1]:
            self.scale = max_scale
        self.buckets = []
        for side in sides:
            counts = {}
            for x in side:
                i = index(x, self.scale)
                counts[i] = counts.get(i, 0) + 1
            self.buckets.append(counts)

    def json(self):
        """The data point, without its sum."""
        point = {'count': len(self.finite), 'scale': self.scale}
        if self.zero:
            point['zeroCount'] = self.zero
        for name, counts in zip(('positive', 'negative'), self.buckets):
            if counts:
                low, high = min(counts), max(counts)
                point[name] = {'offset': low, 'bucketCounts': [counts.get(i, 0) for i in range(low, high + 1)]}
        if self.finite:
            point['min'] = min(self.finite) + 0.0
            point['max'] = max(self.finite) + 0.0
        for name, value, default in (('maxBuckets', self.limits[0], 2048), ('maxScale', self.limits[1], 6),
                                     ('nanCount', self.nan, 0), ('infinityCount', self.plus, 0), ('minusInfinityCount', self.minus, 0)):
            if value != default:
                point[name] = value
        return json.dumps(point)

    def order(self):
        """The numbers in order, each with what stands for it."""
        finite = sorted(self.finite)
        stand = []
        for x in finite:
            if x == 0:
                stand.append(0.0)
                continue
            number = math.copysign(middle(index(abs(x), self.scale), self.scale), x)
            stand.append(min(max(number, finite[0]), finite[-1]))
        if finite:
            stand[0], stand[-1] = finite[0], finite[-1]
        low, high = [-math.inf] * self.minus, [math.inf] * self.plus + [math.nan] * self.nan
        return low + finite + high, low + stand + high

    def percentiles(self):
        """Each fraction, the exact percentile, the histogram's, and how far they may be apart."""
        numbers, stand = self.order()
        inverse = 2.0 ** -(2.0 ** -self.scale)
        error = (1 - inverse) / (1 + inverse)
        for fraction in FRACTIONS:
            place = fraction * (len(numbers) - 1)
            first, second = math.floor(place), math.ceil(place)
            share = place - first

            def between(sequence):
                return sequence[first] if first == second else sequence[first] + share * (sequence[second] - sequence[first])

            exact = between(numbers)
            allowed = error * ((1 - share) * abs(numbers[first]) + share * abs(numbers[second])) * (1 + 1e-9) + 1e-323
            yield fraction, exact, between(stand), allowed


def rounded(numbers):
    """The exact sum of finite numbers, rounded; infinite beyond all doubles."""
    try:
        return float(sum(map(Fraction, numbers), Fraction(0)))
    except OverflowError:
        return math.inf


def main(what):
    for group, rows in groups():
        if what == 'rows':
            for i, part, row in rows:
                # Python prints NaN and Infinity, which the type's input takes
                print(group, i, part, json.dumps(row), sep='\t')
            continue
        for key in GROUPS[group]:
            numbers = [row[key] for _, _, row in rows if key in row]
            if what == 'percentiles':
                for percentile in Histogram(numbers, *LIMITS[0]).percentiles():
                    print(group, key, *percentile, sep='\t')
                continue
            finite = [x for x in numbers if math.isfinite(x)]
            sums = rounded(finite), rounded(map(abs, finite))
            for limits in LIMITS:
                print(group, key, *limits, Histogram(numbers, *limits).json(), *sums, sep='\t')


main(sys.argv[1])
