"""Reference numbers for FactorisedTests, from NumPy: python3 Tests/Reference/factors.py

Writes Tests/NetworksTests/Fixtures/factors.json: singular values of matrices that the Swift tests make too, by LAPACK, and their
nearest matrices of a low rank (Eckart and Young 1936). Made with NumPy 2.3."""
import json, os
import numpy as np
from networks import numbers


def matrix(seed, rows, columns, inner):
    """Numbers, or a product of numbers of that inner extent: exact in single precision before the product, double in it."""
    if inner is None:
        return numbers(seed, [rows, columns], 2.0).numpy()
    return numbers(seed, [rows, inner], 2.0).numpy() @ numbers(seed + 1, [inner, columns], 2.0).numpy()


def decomposed(seed, rows, columns, rank, inner=None):
    a = matrix(seed, rows, columns, inner)
    u, s, v = np.linalg.svd(a, full_matrices=False)
    return {
        "seed": seed, "rows": rows, "columns": columns, "inner": inner, "rank": rank,
        "values": s.tolist(), "nearest": ((u[:, :rank] * s[:rank]) @ v[:rank]).flatten().tolist(),
    }


if __name__ == "__main__":
    path = os.path.join(os.path.dirname(__file__), "../NetworksTests/Fixtures/factors.json")
    cases = [
        decomposed(1, 6, 9, 3), decomposed(2, 9, 6, 2), decomposed(3, 7, 7, 1), decomposed(4, 1, 5, 1),
        decomposed(5, 8, 1, 1), decomposed(6, 12, 17, 4, inner=4), decomposed(8, 30, 20, 5),
    ]
    with open(path, "w") as file:
        json.dump(cases, file, separators=(",", ":"))
        file.write("\n")
