"""A network from PyTorch to onnxruntime: pipeline.py train DATA FILE | pipeline.py run DATA FILE

`train` trains LeNet-300-100 on the digits in DATA for an epoch and saves its state dictionary; it prints its test accuracy. `run` prints the
test accuracy of an ONNX file, as onnxruntime computes it. DATA holds MNIST's four files, packed by gzip or not."""
import gzip, sys
from pathlib import Path
import numpy


def read(folder, name, header):
    for path in [p for stem in (name, name.replace("-idx", ".idx")) for p in Path(folder).rglob(stem + "*")]:
        raw = path.read_bytes()
        raw = gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw
        return numpy.frombuffer(raw, numpy.uint8, offset=header)
    raise SystemExit(f"{folder} has no {name}")


def digits(folder, kind):
    images = read(folder, f"{kind}-images-idx3-ubyte", 16).reshape(-1, 1, 28, 28)
    return (images / 255).astype(numpy.float32), read(folder, f"{kind}-labels-idx1-ubyte", 8).astype(numpy.int64)


def train(folder, file):
    import torch

    torch.manual_seed(0)
    torch.set_num_threads(1)
    images, labels = (torch.from_numpy(array.copy()) for array in digits(folder, "train"))
    layers = [("fc1", torch.nn.Linear(784, 300)), ("fc2", torch.nn.Linear(300, 100)), ("fc3", torch.nn.Linear(100, 10))]
    network = torch.nn.ModuleDict(layers)

    def logits(x):
        x = network["fc1"](x.flatten(1)).relu()
        return network["fc3"](network["fc2"](x).relu())

    optimizer = torch.optim.Adam(network.parameters(), lr=1.2e-3)
    for batch in torch.randperm(len(images)).split(60):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(logits(images[batch]), labels[batch]).backward()
        optimizer.step()
    images, labels = (torch.from_numpy(array.copy()) for array in digits(folder, "t10k"))
    with torch.no_grad():
        print((logits(images).argmax(1) == labels).float().mean().item())
    torch.save(network.state_dict(), file)


def run(folder, file):
    import onnxruntime

    images, labels = digits(folder, "t10k")
    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    found = session.run(["logits"], {"inputs": images})[0].argmax(1)
    print((found == labels).mean())


{"train": train, "run": run}[sys.argv[1]](sys.argv[2], sys.argv[3])
