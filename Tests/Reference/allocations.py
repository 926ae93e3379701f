"""Quotas of the allocations LAMP and OWL on the network of Tests/PruningTests/Networks.swift (`Networks.context()`), in NumPy. Prints the
tables that Tests/PruningTests/Allocations/LampTests.swift and OwlTests.swift hold.

LAMP: J. Lee et al., ICLR 2021: scores of all layers sorted together, the highest stay.
OWL: L. Yin et al., ICML 2024: shares of outliers of |w| · ‖x‖ brought to a band of twice lambda around the density asked for.

    python Tests/Reference/allocations.py
"""
import numpy as np

SHAPES = {"conv.weight": (4, 2, 3, 3), "conv.bias": (4,), "fc1.weight": (12, 20), "fc2.weight": (5, 12)}
LAYERS = ["conv.weight", "fc1.weight", "fc2.weight"]
WORD = 2**64 - 1


def parameters(state):
    """The numbers of SplitMix64, as multiples of 2⁻²³ in [−1, 1)."""
    result = {}
    for name, shape in SHAPES.items():
        numbers = []
        for _ in range(int(np.prod(shape))):
            state = (state + 0x9E3779B97F4A7C15) & WORD
            z = state
            z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & WORD
            z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & WORD
            z ^= z >> 31
            numbers.append((z >> 40) * 2.0**-23 - 1)
        result[name] = np.array(numbers, np.float32).reshape(shape)
    return result


weights = parameters(1)
squares = {name: value * value for name, value in parameters(5).items()}
counts = np.array([weights[name].size for name in LAYERS])


def kept(sparsity):
    return int(counts.sum() - np.floor(sparsity * counts.sum() + 0.5))


def lamp(total):
    scores = []
    for name in LAYERS:
        power = np.sort((weights[name].astype(np.float64) ** 2).ravel())
        scores.append(power / np.cumsum(power[::-1])[::-1])
    threshold = np.sort(np.concatenate(scores))[::-1][total - 1]
    return [int((score >= threshold).sum()) for score in scores]


def owl(total, multiple, spread):
    shares = []
    for name in LAYERS:
        score = np.abs(weights[name]).astype(np.float64) * np.sqrt(squares[name].astype(np.float64))
        shares.append((score > multiple * score.mean()).mean())
    shares = np.array(shares)
    relative = (shares - shares.min()) / (shares.max() - shares.min()) * 2 * spread
    density = total / counts.sum()
    # The published code: minus the mean, plus the density; here the mean counts weights. Densities above 1 are 1.
    low, high = -2.0, 2.0
    for _ in range(200):
        middle = (low + high) / 2
        if (counts * np.clip(relative + middle, 0, 1)).sum() < total:
            low = middle
        else:
            high = middle
    densities = np.clip(relative + high, 0, 1)
    if ((densities > 0) & (densities < 1)).all():
        assert np.allclose(densities, relative - (relative * counts).sum() / counts.sum() + density)
    return [round(float(value), 4) for value in counts * densities]


for sparsity in (0.3, 0.5, 0.8, 0.95, 0.99):
    print(f"    ({sparsity}, {lamp(kept(sparsity))}),")
for sparsity, multiple, spread in ((0.5, 2, 0.08), (0.5, 1.5, 0.3), (0.8, 3, 0.15), (0.1, 2, 0.3), (0.95, 2, 0.2)):
    print(f"    ({sparsity}, {multiple}, {spread}, {owl(kept(sparsity), multiple, spread)}),")
