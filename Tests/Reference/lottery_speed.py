"""A whole lottery-ticket run beside PyTorch: LeNet-300-100 on MNIST, 20 rounds, the same protocol, two seeds at a time on one
thread each.

usage: lottery_speed.py DATA [--iterations 5000] [--rounds 20] [--pairs 1]
DATA/MNIST/raw/*-ubyte.gz; needs torch and numpy; coppice built in release; an idle machine. PyTorch's side is written as one would
by hand: data in memory, Adam 1.2e-3, batches of 60, masks multiplied into the weights after each step, validation and test sets
evaluated every 100 iterations, 20 % of each layer a round (10 % of the output layer), rewound to the initial weights.
Prints the seconds of both, pair by pair, and Coppice's peak memory. Coppice also writes all weights and results to disk.
"""

import argparse
import gzip
import multiprocessing
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]


def mnist(folder, part):
    def bytes_of(name, header):
        with gzip.open(folder / f"MNIST/raw/{part}-{name}-ubyte.gz") as file:
            return np.frombuffer(file.read(), np.uint8, offset=header)

    images = bytes_of("images-idx3", 16).reshape(-1, 784) / np.float32(255)
    return images, bytes_of("labels-idx1", 8).astype(np.int64)


def ladder(seed, folder, rounds, iterations):
    """One seed's ladder in PyTorch, on one thread."""
    import torch
    from torch import nn
    from torch.nn.functional import cross_entropy

    torch.set_num_threads(1)
    torch.manual_seed(seed)
    images, labels = map(torch.from_numpy, mnist(folder, "train"))
    test_images, test_labels = map(torch.from_numpy, mnist(folder, "t10k"))
    shuffled = torch.randperm(60000)
    training, validation = shuffled[:55000], shuffled[55000:]
    images, labels, held_images, held_labels = images[training], labels[training], images[validation], labels[validation]
    model = nn.Sequential(nn.Linear(784, 300), nn.ReLU(), nn.Linear(300, 100), nn.ReLU(), nn.Linear(100, 10))
    weights = [layer.weight for layer in model if isinstance(layer, nn.Linear)]
    for layer in model:
        if isinstance(layer, nn.Linear):
            nn.init.xavier_normal_(layer.weight)
            nn.init.zeros_(layer.bias)
    initial = [parameter.detach().clone() for parameter in model.parameters()]
    masks = [torch.ones_like(weight) for weight in weights]
    for _ in range(rounds + 1):
        with torch.no_grad():
            for parameter, value in zip(model.parameters(), initial):
                parameter.copy_(value)
            for weight, mask in zip(weights, masks):
                weight.mul_(mask)
        optimizer = torch.optim.Adam(model.parameters(), 1.2e-3)
        iteration = 0
        while iteration < iterations:
            order = torch.randperm(len(images))
            for start in range(0, len(images) - 59, 60):
                batch = order[start : start + 60]
                optimizer.zero_grad()
                cross_entropy(model(images[batch]), labels[batch]).backward()
                optimizer.step()
                iteration += 1
                with torch.no_grad():
                    for weight, mask in zip(weights, masks):
                        weight.mul_(mask)
                    if iteration % 100 == 0:
                        cross_entropy(model(held_images), held_labels).item()
                        (model(test_images).argmax(1) == test_labels).float().mean().item()
                if iteration == iterations:
                    break
        with torch.no_grad():
            for weight, mask, share in zip(weights, masks, (0.2, 0.2, 0.1)):
                alive = mask.flatten().nonzero().flatten()
                smallest = weight.flatten()[alive].abs().argsort()[: int(len(alive) * share + 0.5)]
                mask.view(-1)[alive[smallest]] = 0


def theirs(arguments):
    start = time.perf_counter()
    processes = [
        multiprocessing.Process(target=ladder, args=(seed, arguments.data, arguments.rounds, arguments.iterations))
        for seed in range(2)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    if any(process.exitcode for process in processes):
        sys.exit("PyTorch's side failed")
    return time.perf_counter() - start


def ours(arguments):
    """The seconds, and the peak memory in megabytes."""
    with tempfile.TemporaryDirectory() as results:
        command = [ROOT / ".build/release/coppice", "run", "lottery-lenet-mnist", "--data", arguments.data]
        command += ["--results", results, "--seeds", "2", "--jobs", "2", "--quiet"]
        for setting in (
            f"training={arguments.iterations}it", f"schedule=lottery-ticket(rounds: {arguments.rounds})",
            "control=none", "rounds=none",
        ):  # fmt: skip
            command += ["--set", setting]
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        # The memory of this process alone: that of all children would be PyTorch's from the second pair on.
        _, status, usage = os.wait4(process.pid, 0)
        if status:
            sys.exit("coppice failed")
        return time.perf_counter() - start, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--iterations", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--pairs", type=int, default=1)
    arguments = parser.parse_args()
    multiprocessing.set_start_method("spawn")
    print(f"{arguments.rounds + 1} trainings of {arguments.iterations} iterations, two seeds side by side")
    for _ in range(arguments.pairs):
        mine, memory = ours(arguments)
        peer = theirs(arguments)
        print(f"Coppice {mine:.0f} s (at most {memory:.0f} MB), PyTorch {peer:.0f} s: {peer / mine:.1f} times", flush=True)


if __name__ == "__main__":
    main()
