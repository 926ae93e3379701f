"""Writes LaboratoryTests/Fixtures/merging.json: two networks, which of their units are merged first, and what is left of them.

- a perceptron of two hidden layers with rectifiers;
- a small VGG: convolution (padding 1), batch normalisation, rectifier; maximum; the same again; the mean of each channel; a linear
  layer.

By the definitions and not by the ways of Coppice: every pair of units is looked at anew after every merge, and what stands for a unit is
tried out number by number. Logits are PyTorch's, in double precision.

Run: python3 merging.py  (needs torch and NumPy).
"""

import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

random = np.random.default_rng(16)
EPSILON = np.float64(np.float32(1e-5))


def draw(*shape, scale=1.0, shift=0.0):
    return (random.normal(size=shape) * scale + shift).astype(np.float32).astype(np.float64)


def affine(arrays, layer):
    """a and b of every unit, the normalisation folded in: rows of numbers."""
    w = arrays[layer["weight"]]
    a, b = w.reshape(len(w), -1), arrays[layer["bias"]]
    if "norm" in layer:
        n = layer["norm"]
        factor = arrays[n + ".weight"] / np.sqrt(arrays[n + ".running_var"] + EPSILON)
        a, b = a * factor[:, None], arrays[n + ".bias"] + factor * (b - arrays[n + ".running_mean"])
    return np.concatenate([a, b[:, None]], axis=1)


def outgoing(arrays, layer, unit):
    return arrays[layer["reader"]][:, unit]


def best(rows, u, others, layer):
    """What stands for u and what is lost of it."""
    found = ("nothing", None, float(rows[u] @ rows[u]))
    number = max(0.0, rows[u, -1])
    if number == 0 or not layer["padded"]:
        found = ("constant", number, float(rows[u, :-1] @ rows[u, :-1]))
    for v in others:
        if v == u or rows[u] @ rows[v] <= 0:
            continue
        s = float(rows[u] @ rows[v] / (rows[v] @ rows[v]))
        lost = rows[u] - s * rows[v]
        if float(lost @ lost) < found[2]:
            found = ((v, s), None, float(lost @ lost))
    return found


def order(arrays, layer):
    rows = affine(arrays, layer)
    out = {u: outgoing(arrays, layer, u).copy() for u in range(len(rows))}
    left, losses = list(range(len(rows))), []
    while left:
        tries = []
        for u in left:
            stand, _, lost = best(rows, u, left, layer)
            tries.append((float((out[u] ** 2).sum()) * lost, u, stand))
        loss, u, stand = min(tries)
        losses.append((u, loss))
        left.remove(u)
        if isinstance(stand, tuple):
            out[stand[0]] = out[stand[0]] + stand[1] * out[u]
    # A unit that goes later has no lower score.
    scores, highest = np.zeros(len(rows)), 0.0
    for u, loss in losses:
        highest = max(highest, loss)
        scores[u] = highest
    return [u for u, _ in losses], scores


def merge(arrays, layers, gone):
    arrays = {name: array.copy() for name, array in arrays.items()}
    for layer in layers:
        rows = affine(arrays, layer)
        kept = [u for u in range(len(rows)) if u not in gone[layer["weight"]]]
        reader = arrays[layer["reader"]]
        for u in gone[layer["weight"]]:
            stand, number, _ = best(rows, u, kept, layer)
            if stand == "constant":
                arrays[layer["reader-bias"]] += number * reader[:, u].reshape(len(reader), -1).sum(axis=1)
            elif isinstance(stand, tuple):
                reader[:, stand[0]] += stand[1] * reader[:, u]
            reader[:, u] = 0
    for layer in layers:
        for u in gone[layer["weight"]]:
            arrays[layer["weight"]][u] = 0
            arrays[layer["bias"]][u] = 0
            if "norm" in layer:
                arrays[layer["norm"] + ".weight"][u] = 0
                arrays[layer["norm"] + ".bias"][u] = 0
    return arrays


def perceptron(arrays, x):
    t = {name: torch.from_numpy(array) for name, array in arrays.items()}
    x = F.relu(F.linear(torch.from_numpy(x).flatten(1), t["fc1.weight"], t["fc1.bias"]))
    x = F.relu(F.linear(x, t["fc2.weight"], t["fc2.bias"]))
    return F.linear(x, t["fc3.weight"], t["fc3.bias"]).numpy()


def vgg(arrays, x):
    t = {name: torch.from_numpy(array) for name, array in arrays.items()}
    x = torch.from_numpy(x)
    for index in (0, 2):
        conv, bn = f"layers.{index}.conv", f"layers.{index}.bn"
        x = F.conv2d(x, t[conv + ".weight"], t[conv + ".bias"], padding=1)
        x = F.batch_norm(
            x, t[bn + ".running_mean"], t[bn + ".running_var"], t[bn + ".weight"], t[bn + ".bias"],
            eps=float(EPSILON))
        x = F.relu(x)
        if index == 0:
            x = F.max_pool2d(x, 2)
    return F.linear(x.mean(dim=(2, 3)), t["fc.weight"], t["fc.bias"]).numpy()


def network(name, arrays, layers, forward, inputs, removed):
    found = {layer["weight"]: order(arrays, layer) for layer in layers}
    gone = {weight: sorted(first[: removed[weight]]) for weight, (first, _) in found.items()}
    moved = merge(arrays, layers, gone)

    def listed(arrays):
        return [
            {"name": key, "shape": list(value.shape), "scalars": value.flatten().tolist()}
            for key, value in arrays.items()
        ]

    return {
        "weights": listed(arrays),
        "order": {weight: first for weight, (first, _) in found.items()},
        "scores": {weight: scores.tolist() for weight, (_, scores) in found.items()},
        "gone": gone,
        "moved": listed(moved),
        "inputs": {"name": "inputs", "shape": list(inputs.shape), "scalars": inputs.flatten().tolist()},
        "logits": {"name": "logits", "shape": list(forward(moved, inputs).shape),
                   "scalars": forward(moved, inputs).flatten().tolist()},
        "dense": {"name": "logits", "shape": list(forward(arrays, inputs).shape),
                  "scalars": forward(arrays, inputs).flatten().tolist()},
    }


# Units that are nearly like others, by positive and negative factors, and some that are nearly constant.
def rows_alike(w, b, pairs, quiet):
    for u, v, s in pairs:
        w[u] = (s * w[v] + 0.05 * draw(*w[v].shape)).astype(np.float32)
        b[u] = np.float32(s * b[v] + 0.02)
    for u in quiet:
        w[u] = (w[u] * 0.02).astype(np.float32)


mlp = {
    "fc1.weight": draw(7, 6), "fc1.bias": draw(7, scale=0.5),
    "fc2.weight": draw(6, 7), "fc2.bias": draw(6, scale=0.5),
    "fc3.weight": draw(3, 6), "fc3.bias": draw(3),
}
rows_alike(mlp["fc1.weight"], mlp["fc1.bias"], [(1, 0, 2.0), (4, 3, 0.5)], [6])
rows_alike(mlp["fc2.weight"], mlp["fc2.bias"], [(2, 5, 1.5), (3, 0, -1.0)], [4])
mlp_layers = [
    {"weight": "fc1.weight", "bias": "fc1.bias", "reader": "fc2.weight", "reader-bias": "fc2.bias", "padded": False},
    {"weight": "fc2.weight", "bias": "fc2.bias", "reader": "fc3.weight", "reader-bias": "fc3.bias", "padded": False},
]

conv = {}
for index, (inputs, outputs) in ((0, (2, 5)), (2, (5, 10))):
    c, b = f"layers.{index}.conv", f"layers.{index}.bn"
    conv[c + ".weight"], conv[c + ".bias"] = draw(outputs, inputs, 3, 3, scale=0.4), draw(outputs, scale=0.3)
    conv[b + ".weight"], conv[b + ".bias"] = draw(outputs, scale=0.2, shift=1.0), draw(outputs, scale=0.3)
    conv[b + ".running_mean"] = draw(outputs, scale=0.3)
    conv[b + ".running_var"] = np.abs(draw(outputs, scale=0.3)) + np.float32(0.5)
conv["fc.weight"], conv["fc.bias"] = draw(3, 10), draw(3)
rows_alike(conv["layers.0.conv.weight"], conv["layers.0.conv.bias"], [(3, 1, 1.5)], [])
rows_alike(conv["layers.2.conv.weight"], conv["layers.2.conv.bias"], [(4, 0, 2.0), (9, 8, 0.7)], [6])
conv["layers.0.bn.weight"][4] *= 0.01  # nearly constant in front of a padded convolution
conv["layers.2.bn.weight"][2] *= 0.01  # and in front of a mean
conv = {name: array.astype(np.float32).astype(np.float64) for name, array in conv.items()}
conv_layers = [
    {"weight": "layers.0.conv.weight", "bias": "layers.0.conv.bias", "norm": "layers.0.bn",
     "reader": "layers.2.conv.weight", "reader-bias": "layers.2.conv.bias", "padded": True},
    {"weight": "layers.2.conv.weight", "bias": "layers.2.conv.bias", "norm": "layers.2.bn",
     "reader": "fc.weight", "reader-bias": "fc.bias", "padded": False},
]

fixture = {
    "mlp": network("mlp", mlp, mlp_layers, perceptron, draw(4, 6), {"fc1.weight": 3, "fc2.weight": 2}),
    "vgg": network(
        "vgg", conv, conv_layers, vgg, draw(3, 2, 8, 8),
        {"layers.0.conv.weight": 2, "layers.2.conv.weight": 5}),
}
path = Path(__file__).parent.parent / "LaboratoryTests" / "Fixtures" / "merging.json"
path.write_text(json.dumps(fixture) + "\n")
for name, found in fixture.items():
    print(name, found["gone"], found["order"])
    print({key: [f"{s:.4g}" for s in scores] for key, scores in found["scores"].items()})
    print(np.abs(np.array(found["logits"]["scalars"]) - np.array(found["dense"]["scalars"])).max(), np.abs(np.array(found["dense"]["scalars"])).max())
