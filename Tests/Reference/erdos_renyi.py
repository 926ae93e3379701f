"""Densities of the Erdős–Rényi(-kernel) allocation, by the algorithm of U. Evci et al., "Rigging the lottery", ICML 2020,
appendix A, in exact rational arithmetic. Prints the table that Tests/PruningTests/Allocations/ErdosRenyiTests.swift holds.

    python Tests/Reference/erdos_renyi.py
"""
from fractions import Fraction
from math import prod

NETWORKS = {
    "lenet-300-100": [[300, 784], [100, 300], [10, 100]],
    "lenet-5": [[20, 1, 5, 5], [50, 20, 5, 5], [500, 800], [10, 500]],
    "conv-2": [[64, 3, 3, 3], [64, 64, 3, 3], [256, 16384], [256, 256], [10, 256]],
}


def densities(shapes, sparsity, kernel):
    relative = [Fraction(sum(s), prod(s)) if kernel else Fraction(s[0] + s[1], s[0] * s[1]) for s in shapes]
    counts = [prod(s) for s in shapes]
    dense = set()
    while True:
        open_layers = [i for i in range(len(shapes)) if i not in dense]
        kept = (1 - sparsity) * sum(counts) - sum(counts[i] for i in dense)
        epsilon = kept / sum(relative[i] * counts[i] for i in open_layers)
        above = [i for i in open_layers if epsilon * relative[i] > 1]
        if not above:
            return [Fraction(1) if i in dense else epsilon * relative[i] for i in range(len(shapes))]
        dense.add(max(above, key=lambda i: relative[i]))


for name, shapes in NETWORKS.items():
    for kernel in (False, True):
        for sparsity in (Fraction(1, 2), Fraction(9, 10), Fraction(95, 100), Fraction(98, 100), Fraction(99, 100)):
            row = ", ".join(f"{float(1 - d):.6f}" for d in densities(shapes, sparsity, kernel))
            print(f'    ("{name}", {str(kernel).lower()}, {float(sparsity)}, [{row}]),')
