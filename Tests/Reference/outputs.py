"""Numbers of what networks predict, from NumPy and SciPy: python3 Tests/Reference/outputs.py

Writes Tests/LaboratoryTests/Fixtures/outputs.json: logits of seven networks on some examples, and of each accuracy, negative
log-likelihood, Brier score, calibration errors with bins of equal width and of equal mass, and the accuracies of the classes; Gini's
coefficients; how networks agree; the compression-identified exemplars of the first three against the next three; Welch's test.

Prints Kendall's tau-b and tails of Student's t for Tests/TensorsTests."""

import json
from pathlib import Path

import numpy as np
from scipy import stats
from scipy.special import log_softmax, softmax

EXAMPLES, CLASSES = 103, 5
generator = np.random.default_rng(2020)
labels = generator.integers(0, CLASSES, EXAMPLES)
truth = 2.0 * np.eye(CLASSES)[labels] + generator.normal(size=(EXAMPLES, CLASSES))
networks = [
    np.float32((1 + index / 4) * (truth + (0.4 + 0.2 * index) * generator.normal(size=truth.shape)))
    for index in range(7)
]
networks[6][:4] = 0  # equal logits


def calibration(confidence, right, bins, adaptive):
    if adaptive:
        parts = np.array_split(np.argsort(confidence, kind="stable"), bins)
    else:
        edges = np.linspace(0, 1, bins + 1)
        parts = [np.flatnonzero((low < confidence) & (confidence <= high)) for low, high in zip(edges, edges[1:])]
    parts = [part for part in parts if len(part)]
    gaps = [abs(right[part].mean() - confidence[part].mean()) for part in parts]
    return sum(len(part) / len(right) * gap for part, gap in zip(parts, gaps)), max(gaps)


def numbers(logits):
    p = softmax(logits.astype(np.float64), axis=1)
    predicted = logits.argmax(axis=1)
    right, confidence = predicted == labels, p.max(axis=1)
    classes = [right[labels == c].mean() for c in range(CLASSES)]
    differences = np.abs(np.subtract.outer(classes, classes))
    return {
        "logits": [float(x) for x in logits.ravel()],
        "accuracy": float(right.mean()),
        "likelihood": float(-log_softmax(logits.astype(np.float64), axis=1)[np.arange(EXAMPLES), labels].mean()),
        "brier": float(((p - np.eye(CLASSES)[labels]) ** 2).sum(axis=1).mean()),
        "equalWidth": calibration(confidence, right, 15, False),
        "equalMass": calibration(confidence, right, 15, True),
        "classes": classes,
        "gini": float(differences.sum() / (2 * CLASSES**2 * np.mean(classes))),
    }


predictions = np.array([logits.argmax(axis=1) for logits in networks])
mode = lambda some: stats.mode(some, axis=0).mode  # of equally frequent ones the smallest
exemplars = np.flatnonzero(mode(predictions[3:6]) != mode(predictions[:3]))
accuracies = np.array([[(row == labels)[labels == c].mean() for c in range(CLASSES)] for row in predictions])
shifts = accuracies - (predictions == labels).mean(axis=1, keepdims=True)
welch = [stats.ttest_ind(shifts[3:6, c], shifts[:3, c], equal_var=False) for c in range(CLASSES)]

fixture = {
    "classes": CLASSES,
    "labels": labels.tolist(),
    "networks": [numbers(logits) for logits in networks],
    "agreement": [[float((a == b).mean()) for b in predictions] for a in predictions],
    "exemplars": exemplars.tolist(),
    "welch": [[float(w.statistic), float(w.df), float(w.pvalue)] for w in welch],
}
order = np.argsort([w.pvalue for w in welch])
corrected, largest = [0.0] * CLASSES, 0.0
for rank, place in enumerate(order):
    largest = max(largest, min(1.0, welch[place].pvalue * (CLASSES - rank)))
    corrected[place] = float(largest)
fixture["holm"] = corrected
out = Path(__file__).parent.parent / "LaboratoryTests/Fixtures/outputs.json"
out.write_text(json.dumps(fixture, separators=(",", ":")) + "\n")
print(out, out.stat().st_size, "exemplars", len(exemplars))

print("Kendall's tau-b")
for x, y in (
    ([1, 2, 3, 4, 5], [1, 2, 3, 4, 5]), ([1, 2, 3, 4, 5], [5, 3, 4, 1, 2]),
    ([1, 2, 2, 3, 4, 4], [2, 2, 1, 5, 3, 4]), ([0.5, 0.5, 0.25, 0.75], [0.1, 0.2, 0.2, 0.2]),
    ([12, 2, 1, 12, 2, 7, 9], [1, 4, 7, 1, 0, 3, 3]),
):
    print(f"  ({x}, {y}, {float(stats.kendalltau(x, y).statistic)!r}),")
print("two-sided tails of Student's t")
for t, n in ((0.0, 3.0), (0.1, 1.0), (1.0, 1.0), (2.5, 2.0), (4.302652729911275, 2.0), (-3.2, 3.7), (12.0, 4.25), (0.7, 58.3), (40.0, 2.0), (5.0, 200.5)):
    print(f"  ({t}, {n}, {float(2 * stats.t.sf(abs(t), n))!r}),")
