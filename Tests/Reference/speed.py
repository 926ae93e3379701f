"""Training speed beside PyTorch: the same model, batch and optimizer, `coppice bench` and PyTorch in turn, five pairs.

usage: speed.py [--threads N] [--seconds S] [MODEL ...]     (needs torch; coppice built in release; an idle machine)
Prints a Markdown table of medians and of the ratios pair by pair. PyTorch multiplies masks into the weights after each step,
as pruning code on it does.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import time

import torch
from torch import nn

ROOT = pathlib.Path(__file__).resolve().parents[2]


def perceptron():
    return nn.Sequential(
        nn.Flatten(), nn.Linear(784, 300), nn.ReLU(), nn.Linear(300, 100), nn.ReLU(), nn.Linear(100, 10)
    )


def lenet5():
    return nn.Sequential(
        nn.Conv2d(1, 20, 5), nn.MaxPool2d(2), nn.Conv2d(20, 50, 5), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(800, 500), nn.ReLU(), nn.Linear(500, 10),
    )  # fmt: skip


def conv2():
    return nn.Sequential(
        nn.Conv2d(3, 64, 3, padding=1), nn.ReLU(), nn.Conv2d(64, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(16384, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 10),
    )  # fmt: skip


def images(channels, size):
    return lambda batch: (torch.randn(batch, channels, size, size), torch.randint(0, 10, (batch,)))


def adam(parameters):
    return torch.optim.Adam(parameters, 1e-3)


MODELS = {
    "lenet-300-100": (perceptron, images(1, 28), 60, adam),
    "lenet-5": (lenet5, images(1, 28), 60, adam),
    "conv-2": (conv2, images(3, 32), 60, adam),
}


class Peer:
    """PyTorch's training of one model, kept warm between measurements."""

    def __init__(self, name):
        make, data, batch, optimizer = MODELS[name]
        self.model = make()
        self.optimizer = optimizer(self.model.parameters())
        self.x, self.y = data(batch)
        weights = [w for w in self.model.parameters() if w.dim() > 1]
        self.masks = [(w, (torch.rand_like(w) < 0.2).float()) for w in weights]
        for _ in range(3):
            self.step()

    def step(self):
        self.optimizer.zero_grad()
        nn.functional.cross_entropy(self.model(self.x), self.y).backward()
        self.optimizer.step()
        with torch.no_grad():
            for weight, mask in self.masks:
                weight.mul_(mask)

    def rate(self, seconds):
        start, steps = time.perf_counter(), 0
        while time.perf_counter() - start < seconds:
            self.step()
            steps += 1
        return steps / (time.perf_counter() - start)


def ours(name, threads, seconds):
    command = [ROOT / ".build/release/coppice", "bench", name, "--json"]
    command += ["--threads", str(threads), "--seconds", str(seconds / 5)]
    rows = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)["rows"]
    return next(row["median"] for row in rows if row["benchmark"] == "training")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("models", nargs="*", default=list(MODELS))
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=3)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(0)
    print(f"| model | threads | Coppice, steps/s | PyTorch {torch.__version__}, steps/s | ratio (lowest … highest of 5 pairs) |")
    print("|---|---|---|---|---|")
    for name in arguments.models:
        peer = Peer(name)
        pairs = [(ours(name, arguments.threads, arguments.seconds), peer.rate(arguments.seconds)) for _ in range(5)]
        ratios = sorted(a / b for a, b in pairs)
        mine, theirs = (statistics.median(side) for side in zip(*pairs))
        print(
            f"| {name} | {arguments.threads} | {mine:.4g} | {theirs:.4g} "
            f"| {statistics.median(ratios):.2f} ({ratios[0]:.2f} … {ratios[-1]:.2f}) |",
            flush=True,
        )


if __name__ == "__main__":
    main()
