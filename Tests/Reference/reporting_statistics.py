"""Prints the numbers that Tests/ReportingTests/Statistics holds, as SciPy computes them.
usage: python3 reporting_statistics.py   (numpy, scipy)"""
import numpy as np
from scipy import stats

print("two-sided quantiles of Student's t")
for confidence in (0.8, 0.95, 0.99, 0.999):
    for n in (1, 2, 3, 4, 5, 6, 7, 9, 14, 29, 99):
        print(f"  ({confidence}, {n}, {float(stats.t.ppf((1 + confidence) / 2, n))!r}),")

x = np.array([0.9812, 0.9798, 0.9831, 0.9805, 0.9822])
y = np.array([0.9790, 0.9801, 0.9810, 0.9799, 0.9788])
for name, values in (("sample", x), ("paired difference", x - y)):
    half = stats.sem(values) * stats.t.ppf(0.975, len(values) - 1)
    print(name, *(repr(float(v)) for v in (values.mean(), values.std(ddof=1), stats.sem(values), half)))

print("two-sided exact p of Wilcoxon's signed-rank test")
for d in (
    [1.1, 2.3, -0.4, 3.2, 0.9, 1.7],
    [1.1, 2.3, 0.4, 3.2, 0.9, 1.7],
    [-1.5, 2.5, 0.5, 3.5, -4.5, 5.5, 6.5, 7.25, -8.125, 9.0625],
):
    print(f"  ({d}, {float(stats.wilcoxon(d, mode='exact').pvalue)!r}),")
