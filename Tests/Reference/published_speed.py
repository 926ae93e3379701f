"""Inference of models of published size beside PyTorch: `coppice bench` and PyTorch in turn, pair by pair.

usage: published_speed.py [--threads N] [--seconds S] [--pairs P] [--batch B] [--coppice FILE] [MODEL ...]
       (needs torch, torchvision, transformers, and a C++ compiler for torch.compile; coppice built in release; an idle machine)

Prints a Markdown table: batches a second at 1 and 8, ours, PyTorch's eager and compiled, and the ratio to the better of the two in
each pair (the median over the pairs, and the lowest and highest); and the most memory that each process held. Each side of PyTorch
is a process of its own, so that its memory is that of one form of one model; compiling is part of it.
"""

import argparse
import json
import pathlib
import resource
import statistics
import subprocess
import sys
import time

import torch

try:
    import torchvision
except RuntimeError:
    # It is read for its models alone: operators that it cannot register here are declared.
    library = torch.library.Library("torchvision", "DEF")
    for operator in ["nms", "qnms"]:
        library.define(operator + "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODELS = ["mobilenet-v2", "resnet-50", "vit", "distilbert", "bert"]
FORMS = ["eager", "compiled"]


def made(name):
    """The model and a function that makes a batch, as `BenchmarkModel.published` has them."""

    def images(batch):
        return torch.randn(batch, 3, 224, 224)

    def sentences(batch):
        return torch.randint(0, 30522, (batch, 128))

    if name in ("mobilenet-v2", "resnet-50"):
        from torchvision.models import mobilenet_v2, resnet50

        return (mobilenet_v2 if name == "mobilenet-v2" else resnet50)(), images
    import transformers

    if name == "vit":
        config = transformers.ViTConfig(
            hidden_size=384, num_attention_heads=6, intermediate_size=1536, num_labels=1000
        )
        return transformers.ViTForImageClassification(config), images
    if name == "bert":
        return transformers.BertForSequenceClassification(transformers.BertConfig()), sentences
    return transformers.DistilBertForSequenceClassification(transformers.DistilBertConfig()), sentences


def worker(name, form, batch, threads):
    """One side of PyTorch: reads seconds, answers calls a second and the most bytes held so far, one line each."""
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    model, data = made(name)
    model.eval()
    forward = torch.compile(model, dynamic=False) if form == "compiled" else model
    x = data(batch)
    with torch.inference_mode():
        for _ in range(3):
            forward(x)
        for line in sys.stdin:
            start, calls = time.perf_counter(), 0
            while time.perf_counter() - start < float(line):
                forward(x)
                calls += 1
            rate = calls / (time.perf_counter() - start)
            held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
            print(json.dumps({"rate": rate, "bytes": held}), flush=True)


class Peer:
    def __init__(self, name, form, batch, threads):
        command = [sys.executable, __file__, "--worker", form, "--batch", batch, "--threads", threads, name]
        self.process = subprocess.Popen(
            list(map(str, command)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )

    def measure(self, seconds):
        self.process.stdin.write(f"{seconds}\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        return json.loads(line) if line else None


def ours(name, arguments):
    """Our rates and bytes by batch."""
    command = [arguments.coppice, "bench", name, "--only", "inference", "--threads", arguments.threads]
    command += ["--seconds", arguments.seconds / 5, "--json"]
    out = subprocess.run(list(map(str, command)), check=True, capture_output=True).stdout
    rows = {(row["benchmark"], row["batch"]): row["median"] for row in json.loads(out)["rows"]}
    return {
        batch: {"rate": rate, "bytes": rows[(f"{what}-memory", batch)] * 1e9}
        for (what, batch), rate in rows.items()
        if what == "inference"
    }


def compare(name, arguments):
    batches = [arguments.batch] if arguments.batch else [1, 8]
    peers = {(b, f): Peer(name, f, b, arguments.threads) for b in batches for f in FORMS}
    for key in list(peers):
        if peers[key].measure(0) is None:
            print(f"{name}: PyTorch's {key[1]} form fails, left out", file=sys.stderr)
            del peers[key]
    pairs = {batch: [] for batch in batches}
    for _ in range(arguments.pairs):
        mine = ours(name, arguments)
        for batch in batches:
            theirs = {f: peers[(batch, f)].measure(arguments.seconds) for f in FORMS if (batch, f) in peers}
            pairs[batch].append((mine[batch], theirs))
    for batch in batches:
        measured = pairs[batch]

        def median(of):
            return statistics.median(of(mine, theirs) for mine, theirs in measured)

        ratios = sorted(m["rate"] / max(t["rate"] for t in theirs.values()) for m, theirs in measured)
        cells = [name, batch, arguments.threads, f"{median(lambda m, t: m['rate']):.4g}"]
        sides = [form for form in FORMS if (batch, form) in peers]
        cells += [f"{median(lambda m, t: t[f]['rate']):.4g}" if f in sides else "–" for f in FORMS]
        cells += [f"{statistics.median(ratios):.2f} ({ratios[0]:.2f} … {ratios[-1]:.2f})"]
        held = [measured[-1][0]["bytes"]] + [measured[-1][1][f]["bytes"] if f in sides else 0 for f in FORMS]
        cells += [f"{bytes / 1e9:.2f}" if bytes else "–" for bytes in held]
        print("| " + " | ".join(map(str, cells)) + " |", flush=True)
    for peer in peers.values():
        peer.process.stdin.close()
        peer.process.wait()


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("models", nargs="*", metavar="MODEL", help="all if none is named")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=1, help="of each figure in each pair")
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--batch", type=int, help="1 or 8; both without it")
    parser.add_argument("--coppice", default=ROOT / ".build/release/coppice")
    parser.add_argument("--worker", choices=FORMS, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    unknown = set(arguments.models) - set(MODELS)
    if unknown:
        parser.error(f"no model {', '.join(sorted(unknown))}; there are {', '.join(MODELS)}")
    if arguments.worker:
        return worker(arguments.models[0], arguments.worker, arguments.batch, arguments.threads)
    print(
        f"| model | batch | threads | Coppice, batches/s | PyTorch {torch.__version__} eager | compiled "
        f"| ratio to the better (lowest … highest of {arguments.pairs} pairs) | GB, ours | eager | compiled |"
    )
    print("|---|---:|---:|---:|---:|---:|---|---:|---:|---:|")
    for name in arguments.models or MODELS:
        compare(name, arguments)


if __name__ == "__main__":
    main()
