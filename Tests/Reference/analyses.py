"""Writes LaboratoryTests/Fixtures/analyses.json: statistics of weights, cheapest assignments, topology distances and how many of some
events happen, as NumPy and SciPy find them.
usage: python3 analyses.py   (numpy, scipy)

Topology distance: S. Liu et al., "Topological insights into sparse neural networks", ECML PKDD 2020. Two units differ by the connections
to add and to remove, over those that either has; units are matched by SciPy's assignment, layer by layer, and the inputs of the next
layer go in the order of the match."""
import json
from pathlib import Path

import numpy as np
from scipy import stats
from scipy.optimize import linear_sum_assignment

random = np.random.default_rng(7)


def distance(a, b):
    either = np.logical_or(a, b).sum()
    return np.logical_xor(a, b).sum() / either if either else 0.0


def distances(one, other):
    found, order = [], None
    for a, b in zip(one, other):
        if order is not None:
            b = b[:, order]
        costs = np.array([[distance(x, y) for y in b] for x in a])
        rows, order = linear_sum_assignment(costs)
        found.append(costs[rows, order].mean())
    return found


cases = []
for count in range(3):
    shapes = [(5, 9), (4, 5), (3, 4)]
    density = (0.3, 0.5, 0.1)[count]
    # Continuous costs in the hidden layers would have one cheapest match; ties of these small masks are told apart below.
    while True:
        one = [random.random(s) < density for s in shapes]
        other = [random.random(s) < density for s in shapes]
        # Only cases whose cheapest match is the only one, so that the layers behind it are compared alike everywhere.
        order, single = None, True
        for a, b in zip(one, other):
            if order is not None:
                b = b[:, order]
            costs = np.array([[distance(x, y) for y in b] for x in a])
            rows, order = linear_sum_assignment(costs)
            best = costs[rows, order].sum()
            for i, j in zip(rows, order):
                changed = costs.copy()
                changed[i, j] += 10
                r, c = linear_sum_assignment(changed)
                single = single and changed[r, c].sum() > best + 1e-9
        if single or count == 2:
            break
    layers = 1 if count == 2 and not single else 3
    cases.append({
        "one": [m.astype(int).ravel().tolist() for m in one], "other": [m.astype(int).ravel().tolist() for m in other],
        "layers": layers, "distances": distances(one, other)})

assignments = []
for rows, columns in ((1, 1), (3, 3), (8, 8), (20, 20), (6, 11)):
    costs = random.normal(size=(rows, columns))
    r, c = linear_sum_assignment(costs)
    assignments.append({"rows": rows, "costs": costs.ravel().tolist(), "columns": c.tolist(), "cost": costs[r, c].sum()})

weights = random.standard_t(4, size=120).astype(np.float32)
initial = random.normal(size=120).astype(np.float32)
kept = random.random(120) < 0.7
own = weights[kept].astype(np.float64)
edges = (np.arange(-20, 22) - 0.5) * 0.4 * initial.astype(np.float64).std()
edges[0], edges[-1] = -np.inf, np.inf
weight = {
    "weights": weights.tolist(), "initial": initial.tolist(), "kept": kept.astype(int).tolist(),
    "mean": own.mean(), "deviation": own.std(), "kurtosis": stats.kurtosis(own),
    "quantiles": np.quantile(own, [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1]).tolist(),
    "flipped": float(((initial[kept] < 0) != (weights[kept] < 0)).mean()),
    "histogram": (np.histogram(own, edges)[0] / len(own)).tolist()}

probabilities = [0.1, 0.25, 0.25, 0.8, 0.5]
distribution = np.array([1.0])
for p in probabilities:
    distribution = np.convolve(distribution, [1 - p, p])

path = Path(__file__).parent.parent / "LaboratoryTests" / "Fixtures" / "analyses.json"
path.write_text(json.dumps({
    "topologies": cases, "assignments": assignments, "weight": weight,
    "events": {"probabilities": probabilities, "distribution": distribution.tolist()}}) + "\n")
