"""Writes elementary.txt: inputs and correctly rounded results of the elementary functions, as hex bit patterns.

Run: python3 elementary.py  (needs mpmath). A line is: function, input bits (two inputs for pow), result bits.
"""

import random
import struct
from pathlib import Path

import mpmath

mpmath.mp.prec = 400
random.seed(20111118)


def bits(x):
    return f"{struct.unpack('<Q', struct.pack('<d', x))[0]:016x}"


def rounded(y):
    """The double nearest to y (mpmath rounds ties to even; subnormals need one division of their own)."""
    if abs(y) < mpmath.mpf(2) ** -1022:
        return float(mpmath.nint(y * mpmath.mpf(2) ** 1074)) * 5e-324
    return float(y)


def signed(values):
    return [s * v for v in values for s in (1, -1)]


def logarithmic(low, high, n):
    return [2.0 ** random.uniform(low, high) for _ in range(n)]


samples = {
    "exp": [random.uniform(-745, 709.7) for _ in range(150)] + signed(logarithmic(-40, 3, 75)) + [-708.5, -740.0, -745.1],
    "expm1": [random.uniform(-40, 709.7) for _ in range(100)] + signed(logarithmic(-40, 3, 100)),
    "log": logarithmic(-1074, 1023, 100) + [random.uniform(0.5, 2) for _ in range(150)]
    + [1 + s * 2.0 ** -k for k in range(2, 50, 3) for s in (1, -1)],
    "sin": signed(logarithmic(-30, 40, 100)) + [random.uniform(-7, 7) for _ in range(150)]
    + [float(mpmath.pi * k / 2) for k in range(1, 60)],
    "cos": signed(logarithmic(-30, 40, 100)) + [random.uniform(-7, 7) for _ in range(150)]
    + [float(mpmath.pi * k / 2) for k in range(1, 60)],
    "tanh": signed(logarithmic(-40, 5, 150)),
}
powers = (
    [(random.uniform(0, 10), random.uniform(-50, 50)) for _ in range(100)]
    + [(2.0 ** random.uniform(-300, 300), random.uniform(-3, 3)) for _ in range(100)]
    + [(0.9, float(k)) for k in (1, 2, 10, 100, 1000, 5000)] + [(0.999, float(k)) for k in (1, 10, 1000, 50000)]
    + [(1 + 2.0 ** -20, 2.0 ** 28), (1 - 2.0 ** -30, 2.0 ** 39), (-1.7, 3.0), (-1.7, 4.0), (10.0, -4.0), (2.0, 0.5)]
)

with open(Path(__file__).with_suffix(".txt"), "w") as file:
    for name, xs in samples.items():
        for x in xs:
            y = rounded(getattr(mpmath, name)(mpmath.mpf(x)))
            print(name, bits(x), bits(y), file=file)
    for x, y in powers:
        print("pow", bits(x), bits(y), bits(rounded(mpmath.power(mpmath.mpf(x), mpmath.mpf(y)))), file=file)
