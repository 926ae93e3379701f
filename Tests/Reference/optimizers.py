"""Writes Tests/KernelsTests/OptimizerNumbers.swift: weights after five steps of PyTorch's optimizers, in float64.

    python Tests/Reference/optimizers.py > Tests/KernelsTests/OptimizerNumbers.swift

The weights and gradients are small fractions, exact in float32, which OptimizerTests.swift makes by the same formula.
"""

import torch

COUNT, STEPS, SCALE = 6, 5, 0.5


def fraction(i):
    return (i * 37 % 101 - 50) / 64


def final(make):
    weight = torch.nn.Parameter(torch.tensor([fraction(i) for i in range(COUNT)], dtype=torch.float64))
    optimizer = make([weight])
    for step in range(STEPS):
        gradient = [fraction(i + 7 * step + 3) for i in range(COUNT)]
        weight.grad = SCALE * torch.tensor(gradient, dtype=torch.float64)
        optimizer.step()
    return weight.detach().tolist()


def sgd(**settings):
    return lambda p: torch.optim.SGD(p, lr=0.1, **settings)


def adam(kind, **settings):
    return lambda p: kind(p, lr=0.01, betas=(0.9, 0.999), eps=1e-8, **settings)


CASES = {
    "sgd": sgd(),
    "sgdWeightDecay": sgd(weight_decay=0.05),
    "momentum": sgd(momentum=0.9, weight_decay=0.05),
    "nesterov": sgd(momentum=0.9, nesterov=True, weight_decay=0.05),
    "adam": adam(torch.optim.Adam, weight_decay=0),
    "adamWeightDecay": adam(torch.optim.Adam, weight_decay=0.05),
    "adamw": adam(torch.optim.AdamW, weight_decay=0.05),
}

print(f"// Written by Tests/Reference/optimizers.py with PyTorch {torch.__version__.split('+')[0]}: do not edit.\n")
print(f"/// Six weights after {STEPS} steps.")
print("enum OptimizerNumbers {")
for name, make in CASES.items():
    print(f"  static let {name}: [Double] = [")
    values = [repr(value) for value in final(make)]
    for k in range(0, len(values), 3):
        print("    " + ", ".join(values[k : k + 3]) + ",")
    print("  ]")
print("}")
