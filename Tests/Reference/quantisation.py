"""Reference numbers for AutodiffTests, from PyTorch: python3 Tests/Reference/quantisation.py

Writes Tests/AutodiffTests/Fixtures/quantisation.json: codes of few bits, what stands for arrays, and the gradients that pass. Scales and
zero points are computed here from the formulas of `SymmetricCode` and `AffineCode` in single precision; the rest is that of
torch.fake_quantize_per_tensor_affine and torch.fake_quantize_per_channel_affine. Made with PyTorch 2.13."""
import json
import os

import numpy as np
import torch

f32 = np.float32


def affine(x, below, above):
    """An array [n] in the range -below ... above, with the gradient of its weighted sum."""
    below, above = f32(below), f32(above)
    scale = f32((np.float64(above) + np.float64(below)) / 255)
    zero = int(np.clip(np.rint(below / scale), 0, 255))
    # PyTorch lets gradients pass up to the outermost codes, not to the ends of the range: no number lies between the two.
    edge = 2 * scale
    far = (np.abs(x + below) > edge) & (np.abs(x - above) > edge)
    x = x[far]
    weights = (np.arange(len(x)) % 7 - 3).astype(f32)
    t = torch.tensor(x, requires_grad=True)
    y = torch.fake_quantize_per_tensor_affine(t, float(scale), zero, 0, 255)
    (y * torch.tensor(weights)).sum().backward()
    codes = torch.quantize_per_tensor(torch.tensor(x), float(scale), zero, torch.quint8).int_repr()
    return {
        "range": [float(below), float(above)], "scale": float(scale), "zero": zero, "x": [float(v) for v in x],
        "y": [float(v) for v in y.detach()], "codes": codes.tolist(),
        "seed": [float(v) for v in weights], "gradient": [float(v) for v in t.grad],
    }


def rows(w, bits):
    """A weight [out, in] with a scale for each row."""
    limit = 2 ** (bits - 1) - 1
    largest = np.abs(w).max(axis=1)
    scales = np.where(largest > 0, largest / f32(limit), f32(1)).astype(f32)
    y = torch.fake_quantize_per_channel_affine(
        torch.tensor(w), torch.tensor(scales), torch.zeros(len(w), dtype=torch.int32), 0, -limit, limit)
    return {
        "bits": bits, "shape": list(w.shape), "w": [float(v) for v in w.flatten()],
        "scales": [float(s) for s in scales], "y": [float(v) for v in y.flatten()],
    }


def main():
    random = np.random.default_rng(5)
    normal = random.normal(size=100).astype(f32)
    affines = [affine(normal, 1.5, 2), affine(np.maximum(normal, 0), 0, 2.25), affine(normal, 3, 0),
               affine(np.array([-0.5, 0, 0.25, 1], dtype=f32) * f32(0.9), 0.5, 1)]
    w = random.normal(size=(5, 18)).astype(f32)
    w[2] = 0
    w[3, ::2] = 0
    result = {"inputs": affines, "weights": [rows(w, 8), rows(w, 4), rows(w * f32(1e-6), 8)]}
    path = os.path.join(os.path.dirname(__file__), "../AutodiffTests/Fixtures/quantisation.json")
    with open(path, "w") as file:
        json.dump(result, file)
        file.write("\n")


if __name__ == "__main__":
    main()
