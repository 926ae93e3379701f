"""Reference numbers for what follows a pruning, from PyTorch and NumPy in double precision: python3 Tests/Reference/retraining.py

Writes Tests/LaboratoryTests/Fixtures/retraining.json: a small network of three convolutions and two linear layers, masks of about half
of its weights and 32 images; what bias correction and least squares make of it, layer by layer, each layer with those before it
repaired; and the rates of PyTorch's OneCycleLR. Weights and images are multiples of 1/64, exact in single precision.

Writes Tests/NetworksTests/Fixtures/recalibration.json: the running statistics that PyTorch's batch normalisation with momentum=None has
after three batches, for the ResNet of networks.py under its masks."""

import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from models import Conv, ResNet
from networks import images, initialise, name_seed, words

torch.set_default_dtype(torch.float64)
TESTS = Path(__file__).parent.parent
RIDGE = 0.01
generator = torch.Generator().manual_seed(2023)


def normal(shape, scale):
    return torch.round(64 * scale * torch.randn(shape, generator=generator)) / 64


model = Conv([2, 8, 8], [[3, 4], [5]], [8], 4)
layers = ["conv1", "conv2", "conv3", "fc1", "fc2"]
dense = {n: normal(p.shape, 1.2 / (p[0].numel() if p.dim() > 1 else 30) ** 0.5) for n, p in model.named_parameters()}
masks = {f"{l}.weight": (torch.rand(dense[f"{l}.weight"].shape, generator=generator) < 0.5).double() for l in layers}
masks["fc1.weight"][2] = 0  # a unit without an input
masks["conv2.weight"][:, 1] = 0  # a channel nobody reads
inputs, labels = normal([32, 2, 8, 8], 1.0), torch.arange(32) % 4


def rows(weights, layer):
    """The rows x that a layer's filters are multiplied by, and what comes out in front of the rectifier: [N, in], [N, out]."""
    x = inputs
    for name in layers:
        w, b = weights[f"{name}.weight"], weights[f"{name}.bias"]
        if name.startswith("conv"):
            y = F.conv2d(x, w, b, padding=1)
            seen, out = F.unfold(x, 3, padding=1).transpose(1, 2).flatten(0, 1), y.flatten(2).transpose(1, 2).flatten(0, 1)
        else:
            x = x.flatten(1)
            y = F.linear(x, w, b)
            seen, out = x, y
        if name == layer:
            return seen.numpy(), out.numpy()
        x = F.relu(y)
        if name in ("conv2", "conv3"):
            x = F.max_pool2d(x, 2)


def repaired(repair):
    weights = {n: p * masks[n] if n in masks else p.clone() for n, p in dense.items()}
    for layer in layers:
        _, wanted = rows(dense, layer)
        x, out = rows(weights, layer)
        repair(weights, layer, x, wanted - out)
    return weights


def bias_correction(weights, layer, x, r):
    weights[f"{layer}.bias"] = weights[f"{layer}.bias"] + torch.tensor(r.mean(0))


def least_squares(weights, layer, x, r):
    name = f"{layer}.weight"
    weight = weights[name].reshape(weights[name].shape[0], -1).clone().numpy()
    mask = masks[name].reshape(weight.shape).numpy()
    centred, shift = x - x.mean(0), np.zeros(len(weight))
    squares = (centred**2).sum(0)
    ridge = RIDGE * squares[squares > 1e-6 * (x**2).sum(0)].mean()
    for row in range(len(weight)):
        s = np.flatnonzero(mask[row])
        a = np.vstack([centred[:, s], np.sqrt(ridge) * np.eye(len(s))])
        change = np.linalg.lstsq(a, np.concatenate([r[:, row] - r[:, row].mean(), np.zeros(len(s))]), rcond=None)[0]
        weight[row, s] += change
        shift[row] = r[:, row].mean() - x.mean(0)[s] @ change
    weights[name] = torch.tensor(weight).reshape(weights[name].shape)
    weights[f"{layer}.bias"] = weights[f"{layer}.bias"] + torch.tensor(shift)


def array(name, tensor):
    return {"name": name, "shape": list(tensor.shape), "scalars": [float(f"{v:.8g}") for v in tensor.flatten().tolist()]}


def arrays(tensors):
    return [array(n, t) for n, t in tensors.items()]


def one_cycle(steps):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], 0.1)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=0.1, total_steps=steps, pct_start=0.1, div_factor=100, final_div_factor=100, cycle_momentum=False)
    rates = []
    for _ in range(steps):
        rates.append(float(f"{optimizer.param_groups[0]['lr']:.12g}"))
        optimizer.step()
        if len(rates) < steps:
            scheduler.step()
    return rates


def recalibrated():
    net, batch = ResNet(2, [4, 6], 1, 4), images(6, [2, 8, 8], 4)
    initialise(net)
    with torch.no_grad():
        for name, p in net.named_parameters():
            if p.dim() >= 2:
                p.mul_(torch.tensor([w % 2 for w in words(name_seed(name) ^ 1, p.numel())]).reshape(p.shape))
        for module in net.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.momentum = None
                module.reset_running_stats()
        net.train()
        for step in range(3):
            net(batch(step)[0])
    return {n: [float(f"{v:.8g}") for v in b.flatten().tolist()] for n, b in net.named_buffers() if "num_batches" not in n}


def write(path, value):
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(value, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    write(
        TESTS / "LaboratoryTests" / "Fixtures" / "retraining.json",
        {
            "weights": arrays(dense), "masks": arrays(masks), "inputs": array("inputs", inputs), "labels": labels.tolist(),
            "ridge": RIDGE, "bias-correction": arrays(repaired(bias_correction)),
            "least-squares": arrays(repaired(least_squares)),
            "cyclic": {str(steps): one_cycle(steps) for steps in (25, 40)},
        })
    write(TESTS / "NetworksTests" / "Fixtures" / "recalibration.json", recalibrated())
