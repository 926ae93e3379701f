"""Writes PruningTests/Fixtures/criteria.json: a small network with two convolutions (one with groups and a stride, both with padding)
and two linear layers, and what PyTorch finds for it in double precision: gradients, mean squares of the examples' gradients, sums of the
squares of inputs, the Hessian times the gradient, and the scores of SNIP, Fisher and Wanda.

Run: python3 criteria.py  (needs torch). Weights and inputs are multiples of 1/64, exact in Float32.
"""

import json
from pathlib import Path

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
generator = torch.Generator().manual_seed(2019)
SHAPES = {
    "conv1.weight": [4, 2, 3, 3], "conv1.bias": [4], "conv2.weight": [6, 2, 3, 3], "conv2.bias": [6],
    "fc1.weight": [4, 54], "fc1.bias": [4], "fc2.weight": [3, 4], "fc2.bias": [3],
}


def normal(shape, scale):
    return torch.round(64 * scale * torch.randn(shape, generator=generator)) / 64


weights = {name: normal(shape, 0.4).requires_grad_() for name, shape in SHAPES.items()}
inputs = normal([4, 2, 5, 5], 1.0)
labels = torch.tensor([0, 2, 1, 2])
prunable = [name for name in SHAPES if name.endswith(".weight")]
sites = {}


def loss(x, y):
    w = weights
    sites["conv1.weight"] = x
    x = F.relu(F.conv2d(x, w["conv1.weight"], w["conv1.bias"], padding=1))
    sites["conv2.weight"] = x
    x = F.relu(F.conv2d(x, w["conv2.weight"], w["conv2.bias"], stride=2, padding=1, groups=2))
    x = x.flatten(1)
    sites["fc1.weight"] = x
    x = F.relu(F.linear(x, w["fc1.weight"], w["fc1.bias"]))
    sites["fc2.weight"] = x
    return F.cross_entropy(F.linear(x, w["fc2.weight"], w["fc2.bias"]), y)


def grads(value, create_graph=False):
    return dict(zip(weights, torch.autograd.grad(value, list(weights.values()), create_graph=create_graph)))


def windows(x, padding, stride):
    """Σ x² over examples and positions, [channels, 3, 3], by cutting the windows out."""
    columns = F.unfold(x * x, 3, padding=padding, stride=stride)
    return columns.sum(dim=(0, 2)).reshape(x.shape[1], 3, 3)


gradients = grads(loss(inputs, labels))
squared = {name: torch.zeros(shape) for name, shape in SHAPES.items()}
for n in range(len(labels)):
    for name, g in grads(loss(inputs[n : n + 1], labels[n : n + 1])).items():
        squared[name] += g * g / len(labels)

first = grads(loss(inputs, labels), create_graph=True)
products = grads(sum((first[name] * gradients[name]).sum() for name in SHAPES))

conv1, conv2 = windows(sites["conv1.weight"], 1, 1), windows(sites["conv2.weight"], 1, 2)
input_squares = {
    "conv1.weight": conv1.expand(4, 2, 3, 3),
    # Output channels 0…2 read input channels 0 and 1, the others 2 and 3.
    "conv2.weight": torch.stack([conv2[0:2]] * 3 + [conv2[2:4]] * 3),
    "fc1.weight": (sites["fc1.weight"] ** 2).sum(0).expand(4, 54),
    "fc2.weight": (sites["fc2.weight"] ** 2).sum(0).expand(3, 4),
}
sensitivity = sum((weights[name] * gradients[name]).abs().sum() for name in prunable)
scores = {
    "snip": {name: (weights[name] * gradients[name]).abs() / sensitivity for name in prunable},
    "fisher": {name: weights[name] ** 2 * squared[name] / 2 for name in prunable},
    "wanda": {name: weights[name].abs() * input_squares[name].sqrt() for name in prunable},
}


def array(x):
    return {"shape": list(x.shape), "scalars": [float(f"{s:.8g}") for s in x.detach().flatten().tolist()]}


def arrays(tensors):
    return [{"name": name, **array(x)} for name, x in tensors.items()]


fixture = {
    "weights": arrays(weights), "inputs": array(inputs), "labels": labels.tolist(),
    "evidence": {
        "gradients": arrays(gradients), "squared-gradients": arrays(squared), "input-squares": arrays(input_squares),
        "hessian-product": arrays(products),
    },
    "criteria": {name: arrays(tensors) for name, tensors in scores.items()},
}
path = Path(__file__).parent.parent / "PruningTests" / "Fixtures" / "criteria.json"
path.parent.mkdir(exist_ok=True)
path.write_text(json.dumps(fixture, separators=(",", ":")) + "\n")
