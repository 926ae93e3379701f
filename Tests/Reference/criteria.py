"""Writes PruningTests/Fixtures/criteria.json: a small network with two convolutions (one with groups and a stride, both with padding)
and two linear layers, and what PyTorch finds for it in double precision: gradients, mean squares of the examples' gradients, sums of the
squares of inputs, the Hessian times the gradient, synaptic flow, gates on feature maps, and the scores of the criteria made of these;
and a small attention with the gradients at gates on its heads.

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
hessian_product = grads(sum((first[name] * gradients[name]).sum() for name in SHAPES))

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


# GraSP: Hessian times gradient on logits / 200, of the weights alone.
def logits(x, w, bias=True):
    b = lambda name: w[name] if bias else None
    x = F.relu(F.conv2d(x, w["conv1.weight"], b("conv1.bias"), padding=1))
    x = F.relu(F.conv2d(x, w["conv2.weight"], b("conv2.bias"), stride=2, padding=1, groups=2))
    x = F.relu(F.linear(x.flatten(1), w["fc1.weight"], b("fc1.bias")))
    return F.linear(x, w["fc2.weight"], b("fc2.bias"))


only = [weights[name] for name in prunable]
tempered = torch.autograd.grad(
    F.cross_entropy(logits(inputs, weights) / 200, labels), only, create_graph=True)
along = sum((g * g.detach()).sum() for g in tempered)
hessian_gradients = dict(zip(prunable, torch.autograd.grad(along, only)))

# SynFlow: the network of magnitudes without biases, on ones.
magnitudes = {name: weights[name].detach().abs().requires_grad_() for name in prunable}
total = logits(torch.ones_like(inputs[:1]), magnitudes, bias=False).sum()
flow = dict(zip(prunable, torch.autograd.grad(total, list(magnitudes.values()))))
flow = {name: g / total for name, g in flow.items()}
for name in prunable:  # conservation
    assert abs((magnitudes[name] * flow[name]).sum().item() - 1) < 1e-12

# Molchanov 2017: |mean over positions of y · dL/dy| of every example, the mean over examples.
gates = {name: 0 for name in prunable}
for n in range(len(labels)):
    w, made = weights, {}
    x = inputs[n : n + 1]
    made["conv1.weight"] = F.conv2d(x, w["conv1.weight"], w["conv1.bias"], padding=1)
    x = F.relu(made["conv1.weight"])
    made["conv2.weight"] = F.conv2d(x, w["conv2.weight"], w["conv2.bias"], stride=2, padding=1, groups=2)
    made["fc1.weight"] = F.linear(F.relu(made["conv2.weight"]).flatten(1), w["fc1.weight"], w["fc1.bias"])
    made["fc2.weight"] = F.linear(F.relu(made["fc1.weight"]), w["fc2.weight"], w["fc2.bias"])
    found = torch.autograd.grad(F.cross_entropy(made["fc2.weight"], labels[n : n + 1]), list(made.values()))
    for (name, y), g in zip(made.items(), found):
        product = (y * g)[0]
        gates[name] = gates[name] + (product.flatten(1).mean(1) if product.dim() == 3 else product).abs() / len(labels)


def spread(rows, name):
    return rows.reshape([-1] + [1] * (weights[name].dim() - 1)).expand(weights[name].shape)


def distances(w):
    rows = w.detach().flatten(1)
    return torch.stack([sum((a - b).norm() for b in rows) for a in rows])


def lamp(w):
    squares, order = torch.sort(w.detach().flatten() ** 2)
    sums = squares.flip(0).cumsum(0).flip(0)
    # Equal weights share the largest of their sums.
    for i in range(1, len(squares)):
        if squares[i] == squares[i - 1]:
            sums[i] = sums[i - 1]
    result = torch.empty_like(squares)
    result[order] = torch.where(sums > 0, squares / sums, 0)
    return result.reshape(w.shape)


products = {name: weights[name] * gradients[name] for name in prunable}
scores |= {
    "taylor": {name: p.abs() for name, p in products.items()},
    "taylor-squared": {name: p**2 for name, p in products.items()},
    "taylor-gate": products,
    "taylor-activation": {name: spread(gates[name], name) for name in prunable},
    "gradient-magnitude": {name: gradients[name].abs() for name in prunable},
    "grasp": {name: weights[name] * hessian_gradients[name] for name in prunable},
    "synflow": {name: magnitudes[name] * flow[name] for name in prunable},
    "geometric-median": {name: spread(distances(weights[name]), name) for name in prunable},
    "lamp": {name: lamp(weights[name]) for name in prunable},
}
units = {name: (p.flatten(1).sum(1)) ** 2 for name, p in products.items()}

# Michel 2019: two heads of three features, packed projection, the mean over time, a linear layer. A gate on every head.
HEADS = {"attn.weight": [18, 6], "attn.bias": [18], "proj.weight": [6, 6], "proj.bias": [6], "fc.weight": [3, 6], "fc.bias": [3]}
heads = {name: normal(shape, 0.5) for name, shape in HEADS.items()}
tokens, classes = normal([3, 5, 6], 1.0), torch.tensor([1, 0, 2])
importance = torch.zeros(2)
for n in range(3):
    gate = torch.ones(2, requires_grad=True)
    q, k, v = (
        t.reshape(5, 2, 3).transpose(0, 1)
        for t in F.linear(tokens[n], heads["attn.weight"], heads["attn.bias"]).split(6, dim=1))
    attended = torch.softmax(q @ k.transpose(1, 2) / 3**0.5, dim=2) @ v * gate[:, None, None]
    x = F.linear(attended.transpose(0, 1).reshape(5, 6), heads["proj.weight"], heads["proj.bias"]).mean(0)
    cost = F.cross_entropy(F.linear(x, heads["fc.weight"], heads["fc.bias"])[None], classes[n : n + 1])
    importance += torch.autograd.grad(cost, gate)[0].abs() / 3


def array(x):
    return {"shape": list(x.shape), "scalars": [float(f"{s:.8g}") for s in x.detach().flatten().tolist()]}


def arrays(tensors):
    return [{"name": name, **array(x)} for name, x in tensors.items()]


fixture = {
    "weights": arrays(weights), "inputs": array(inputs), "labels": labels.tolist(),
    "evidence": {
        "gradients": arrays(gradients), "squared-gradients": arrays(squared), "input-squares": arrays(input_squares),
        "hessian-product": arrays(hessian_product), "hessian-gradients": arrays(hessian_gradients),
        "flow": arrays(flow), "activation-gates": arrays(gates),
    },
    "units": arrays(units),
    "heads": {
        "weights": arrays(heads), "inputs": array(tokens), "labels": classes.tolist(), "importance": array(importance),
    },
    "criteria": {name: arrays(tensors) for name, tensors in scores.items()},
}
path = Path(__file__).parent.parent / "PruningTests" / "Fixtures" / "criteria.json"
path.parent.mkdir(exist_ok=True)
path.write_text(json.dumps(fixture, separators=(",", ":")) + "\n")
