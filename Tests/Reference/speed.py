"""Speed beside PyTorch: the same models, batches and optimizers, `coppice bench` and PyTorch in turn, pair by pair.

usage: speed.py [--threads N] [--seconds S] [--pairs P] [--density D] [--eager] [MODEL ...]
       (needs torch, and a C++ compiler for torch.compile; coppice built in release; an idle machine)

Prints the parameters of each model on both sides, which must agree, and a Markdown table: training steps, and inference at the
batch of evaluations, 1 and 64, against PyTorch eager and compiled. The ratio is that to the better of the two in each pair: the
median over the pairs, and the lowest and highest. With --density below 1 PyTorch multiplies masks into the weights after each
step, as pruning code on it does. All six models take about ten minutes.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import time

import torch
from models import MLP, Conv, LeNet, ResNet, Transformer
from torch import nn
from torch.nn import functional as F

ROOT = pathlib.Path(__file__).resolve().parents[2]


def images(channels, size):
    return lambda batch: (torch.randn(batch, channels, size, size), torch.randint(0, 10, (batch,)))


def sequences(batch):
    return torch.randint(0, 4096, (batch, 48)), torch.randint(0, 2, (batch,))


def text(batch):
    return torch.randint(0, 65, (batch, 128)), torch.randint(0, 65, (batch * 128,))


def adam(parameters):
    return torch.optim.Adam(parameters, 1e-3)


def adamw(parameters):
    return torch.optim.AdamW(parameters, 1e-3)


def sgd(parameters):
    return torch.optim.SGD(parameters, 1e-3, momentum=0.9, weight_decay=1e-4)


# The model, its batches and its optimizer, as Sources/Laboratory/Benchmarks/BenchmarkModel.swift has them.
MODELS = {
    "lenet-300-100": (lambda: MLP(784, [300, 100], 10), images(1, 28), adam),
    "lenet-5": (lambda: LeNet((1, 28, 28), (20, 50), 500, 10), images(1, 28), adam),
    "conv-2": (lambda: Conv((3, 32, 32), [[64, 64]], [256, 256], 10), images(3, 32), adam),
    "resnet-20": (lambda: ResNet(3, [16, 32, 64], 3, 10), images(3, 32), sgd),
    "encoder": (lambda: Transformer(4096, 48, 128, 4, 4, 4, 2), sequences, adamw),
    "causal-transformer": (lambda: Transformer(65, 128, 128, 4, 4, 4, None), text, adamw),
}


class Peer:
    """PyTorch's side of one model, eager or compiled, kept warm between measurements."""

    def __init__(self, name, is_compiled, density):
        make, self.data, optimizer = MODELS[name]
        self.model = make()
        self.optimizer = optimizer(self.model.parameters())
        self.forward = torch.compile(self.model, dynamic=False) if is_compiled else self.model
        prunable = [m.weight for m in self.model.modules() if isinstance(m, (nn.Linear, nn.Conv2d))]
        weights = prunable if density < 1 else []
        self.masks = [(weight, (torch.rand_like(weight) < density).float()) for weight in weights]
        self.batches = {}

    def batch(self, size):
        if size not in self.batches:
            self.batches[size] = self.data(size)
        return self.batches[size]

    def step(self, size):
        x, y = self.batch(size)
        self.optimizer.zero_grad()
        F.cross_entropy(self.forward(x), y).backward()
        self.optimizer.step()
        with torch.no_grad():
            for weight, mask in self.masks:
                weight.mul_(mask)

    def infer(self, size):
        self.forward(self.batch(size)[0])

    def rate(self, work, size, seconds):
        """Calls a second; three calls before, which compile and warm, do not count."""
        self.model.train(work == "training")
        call = self.step if work == "training" else self.infer
        self.batch(size)  # outside of inference mode, whose tensors cannot be trained on
        with torch.inference_mode(work == "inference"):
            for _ in range(3):
                call(size)
            start, calls = time.perf_counter(), 0
            while time.perf_counter() - start < seconds:
                call(size)
                calls += 1
            return calls / (time.perf_counter() - start)


def bench(*arguments):
    """What `coppice bench` prints."""
    command = [ROOT / ".build/release/coppice", "bench", *map(str, arguments), "--json"]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def ours(name, arguments):
    """Our rates by (work, batch): each the median of five runs of a fifth of the seconds."""
    rows = bench(
        name, "--only", "training", "--only", "inference", "--threads", arguments.threads,
        "--density", arguments.density, "--seconds", arguments.seconds / 5,
    )["rows"]  # fmt: skip
    return {
        (row["benchmark"], row["batch"]): row["median"] for row in rows if row["benchmark"] in ("training", "inference")
    }


def parameters(name):
    """The number of our model's parameters, as the profile of its step gives it."""
    return bench("--profile", name, "--seconds", 0.001)["parameters"]


def peers(name, arguments):
    """PyTorch's sides by name: eager, and compiled unless it fails or is not wanted."""
    found = {"eager": Peer(name, False, arguments.density)}
    counts = parameters(name), sum(weight.numel() for weight in found["eager"].model.parameters())
    print(f"{name}: {counts[0]} parameters, PyTorch's {counts[1]}", file=sys.stderr)
    if counts[0] != counts[1]:
        sys.exit(f"{name}: the two models differ; correct MODELS in {__file__}")
    if not arguments.eager:
        compiled = Peer(name, True, arguments.density)
        try:
            compiled.step(2)
            found["compiled"] = compiled
        except Exception as error:  # whatever a missing compiler or an unsupported model makes it raise
            print(f"{name}: torch.compile fails, left out: {str(error).splitlines()[0]}", file=sys.stderr)
    return found


def compare(name, arguments):
    sides = peers(name, arguments)
    pairs = {}
    for _ in range(arguments.pairs):
        for (work, batch), rate in ours(name, arguments).items():
            theirs = {side: peer.rate(work, batch, arguments.seconds) for side, peer in sides.items()}
            pairs.setdefault((work, batch), []).append((rate, theirs))
    for (work, batch), measured in pairs.items():
        medians = {side: statistics.median(theirs[side] for _, theirs in measured) for side in sides}
        ratios = sorted(rate / max(theirs.values()) for rate, theirs in measured)
        cells = [name, work, batch, arguments.threads, f"{statistics.median(rate for rate, _ in measured):.4g}"]
        cells += [f"{medians[side]:.4g}" if side in medians else "–" for side in ("eager", "compiled")]
        cells += [max(medians, key=medians.get)]
        cells += [f"{statistics.median(ratios):.2f} ({ratios[0]:.2f} … {ratios[-1]:.2f})"]
        print("| " + " | ".join(map(str, cells)) + " |", flush=True)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("models", nargs="*", metavar="MODEL", help="all six if none is named")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=1, help="of each figure in each pair")
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--density", type=float, default=1, help="the fraction of weights that survive")
    parser.add_argument("--eager", action="store_true", help="leave torch.compile out")
    arguments = parser.parse_args()
    unknown = set(arguments.models) - set(MODELS)
    if unknown:
        parser.error(f"no model {', '.join(sorted(unknown))}; there are {', '.join(MODELS)}")
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(0)
    # Each batch of each model is compiled for itself; beyond the limit PyTorch would quietly run eager.
    torch._dynamo.config.recompile_limit = 64
    print(
        f"| model | work | batch | threads | Coppice, steps/s | PyTorch {torch.__version__} eager | compiled | better "
        f"| ratio to the better (lowest … highest of {arguments.pairs} pairs) |"
    )
    print("|---|---|---:|---:|---:|---:|---:|---|---|")
    for name in arguments.models or MODELS:
        compare(name, arguments)


if __name__ == "__main__":
    main()
