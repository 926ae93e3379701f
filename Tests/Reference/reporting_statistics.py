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

print("paired tests: differences, p of the t test, exact p of the sign test, Cohen's d_z, half-width of the 95 % interval")
for d in (
    [0.0022, -0.0003, 0.0021, 0.0006, 0.0034],
    [1.1, 2.3, -0.4, 3.2, 0.9, 1.7],
    [0.5, 0.25, 0.75],
    [-1.5, 2.5, 0.5, 3.5, -4.5, 5.5, 6.5, 7.25, -8.125, 9.0625],
    [-0.02, -0.021, -0.019, -0.0205, -0.0198, -0.0203, -0.0211],
    [1.0, -1.0],
):
    v = np.array(d)
    n = len(v)
    t = stats.ttest_1samp(v, 0).pvalue
    sign = stats.binomtest(int((v > 0).sum()), int((v != 0).sum()), 0.5).pvalue
    half = stats.sem(v) * stats.t.ppf(0.975, n - 1)
    print(f"  ({d}, {float(t)!r}, {float(sign)!r}, {float(v.mean() / v.std(ddof=1))!r}, {float(half)!r}),")

print("two-sided exact p of the sign test: positive, negative")
for a, b in ((0, 0), (1, 0), (3, 0), (5, 1), (1, 5), (6, 6), (7, 6), (20, 8), (120, 80), (1200, 1100)):
    print(f"  ({a}, {b}, {float(stats.binomtest(a, a + b, 0.5).pvalue) if a + b else 1.0!r}),")

print("Holm's correction, by its definition")
for p in ([0.01, 0.04, 0.03, 0.005], [0.2, 0.2, 0.01], [0.5], [0.001, 0.9, 0.02, 0.02, 0.3]):
    order = np.argsort(p, kind="stable")
    out, top = [0.0] * len(p), 0.0
    for rank, place in enumerate(order):
        top = max(top, min(1.0, (len(p) - rank) * p[place]))
        out[place] = top
    print(f"  ({p}, {out}),")
try:
    from statsmodels.stats.multitest import multipletests
    for p in ([0.01, 0.04, 0.03, 0.005], [0.001, 0.9, 0.02, 0.02, 0.3]):
        print("  statsmodels", p, multipletests(p, method="holm")[1].tolist())
except ImportError:
    pass
