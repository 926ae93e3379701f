"""Reference numbers for NetworksTests, from PyTorch: python3 Tests/Reference/networks.py

Writes Tests/NetworksTests/Fixtures/networks.json: names, shapes and FLOPs of the models at their full size; 20 training
steps of a small model of each family and of each optimizer, in double precision; learning rates of PyTorch's schedulers.
Initial weights and batches come from a congruential generator that the Swift tests repeat (ReferenceTraining.swift); all
of them are exact in single precision. Made with PyTorch 2.15."""
import json, math, os
import torch
import torch.nn as nn
import torch.nn.functional as F
from models import MLP, Conv, LeNet, ResNet, Transformer
from torch.utils.flop_counter import FlopCounterMode

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

# --- numbers both sides can make -----------------------------------------------------------------------------------


def words(seed, count):
    """24-bit words of a linear congruential generator."""
    state, out = seed & 0xFFFFFFFF, []
    for _ in range(count):
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        out.append(state >> 8)
    return out


def numbers(seed, shape, scale):
    """Multiples of 2^-24 in [-1/2, 1/2), times a power of two."""
    count = math.prod(shape)
    return torch.tensor([(w * 2.0**-24 - 0.5) * scale for w in words(seed, count)]).reshape(shape)


def integers(seed, count, below):
    return torch.tensor([w % below for w in words(seed, count)])


def name_seed(name):
    """FNV-1a of the parameter's name."""
    h = 0x811C9DC5
    for byte in name.encode():
        h = ((h ^ byte) * 0x01000193) & 0xFFFFFFFF
    return h


def initialise(model):
    with torch.no_grad():
        for name, p in model.named_parameters():
            if p.dim() >= 2:
                fan, k = p.numel() // p.shape[0], 0
                while 4**k < fan:
                    k += 1
                p.copy_(numbers(name_seed(name), p.shape, 2.0 ** (2 - k)))
            else:
                offset, scale = (1.0, 0.5) if name.endswith("weight") else (0.0, 0.25)
                p.copy_(offset + numbers(name_seed(name), p.shape, scale))


# --- full-size models -------------------------------------------------------------------------------------------------


def full_size():
    cifar, mnist = [3, 32, 32], [1, 28, 28]
    tokens = lambda length, below: lambda: integers(1, length, below).reshape(1, length)
    images = lambda shape: lambda: torch.zeros([1] + shape)
    models = {
        "lenet-300-100": (MLP(784, [300, 100], 10), images(mnist)),
        "lenet-5": (LeNet(mnist, [20, 50], 500, 10), images(mnist)),
        "conv-2": (Conv(cifar, [[64, 64]], [256, 256], 10), images(cifar)),
        "conv-4": (Conv(cifar, [[64, 64], [128, 128]], [256, 256], 10), images(cifar)),
        "conv-6": (Conv(cifar, [[64, 64], [128, 128], [256, 256]], [256, 256], 10), images(cifar)),
        "resnet-20": (ResNet(3, [16, 32, 64], 3, 10), images(cifar)),
        "encoder": (Transformer(4096, 48, 128, 4, 4, 4, 2), tokens(48, 4096)),
        "causal-transformer": (Transformer(65, 128, 128, 4, 4, 4, None), tokens(128, 65)),
    }
    result = {}
    for name, (model, batch) in models.items():
        model.eval()
        with FlopCounterMode(display=False) as counter, torch.no_grad():
            model(batch())
        result[name] = {
            "parameters": [{"name": n, "shape": list(p.shape)} for n, p in model.named_parameters()],
            "buffers": [
                {"name": n, "shape": list(b.shape)} for n, b in model.named_buffers() if "num_batches" not in n
            ],
            "flops": counter.get_total_flops(),
        }
    return result


# --- trainings --------------------------------------------------------------------------------------------------------

STEPS = 20


def train(model, batch, optimizer, rate=None, masks=None, clipping=None):
    """STEPS steps; then the loss of a further batch in evaluation mode."""
    initialise(model)
    made = optimizer(model.parameters())
    masked = []
    for name, p in model.named_parameters():
        if masks and p.dim() >= 2:
            masked.append((p, torch.tensor([w % 2 for w in words(name_seed(name) ^ 1, p.numel())]).reshape(p.shape)))
    with torch.no_grad():
        for p, mask in masked:
            p.mul_(mask)
    losses, norms = [], []
    for step in range(STEPS):
        if rate:
            for group in made.param_groups:
                group["lr"] = rate(step)
        inputs, labels = batch(step)
        made.zero_grad()
        loss = F.cross_entropy(model(inputs), labels, ignore_index=-1)
        loss.backward()
        if clipping:
            norms.append(nn.utils.clip_grad_norm_(model.parameters(), clipping).item())
        made.step()
        with torch.no_grad():
            for p, mask in masked:
                p.mul_(mask)
        losses.append(loss.item())
    if clipping:  # a limit that always or never bites would test little
        assert min(norms) < clipping < max(norms), (min(norms), max(norms))
    model.eval()
    inputs, labels = batch(1000)
    with torch.no_grad():
        logits = model(inputs)
        loss = F.cross_entropy(logits, labels, ignore_index=-1)
        counted = labels >= 0
        hits = ((logits.argmax(1) == labels) & counted).sum() / counted.sum()
    arrays = list(model.named_parameters()) + [
        (n, b) for n, b in model.named_buffers() if "num_batches" not in n
    ]
    return {
        "losses": losses,
        "evaluationLoss": loss.item(),
        "evaluationAccuracy": hits.item(),
        "final": {n: a.detach().flatten().tolist() for n, a in arrays},
    }


def images(count, shape, classes):
    def batch(step):
        return numbers(2 * step + 1, [count] + shape, 4.0), integers(2 * step + 2, count, classes)

    return batch


def sequences(count, length, vocabulary, classes):
    """Each sequence ends in padding, sequence i in i mod (length - 1) tokens of it."""

    def batch(step):
        tokens = 1 + integers(2 * step + 1, count * length, vocabulary - 1).reshape(count, length)
        for i in range(count):
            tokens[i, length - i % (length - 1) :] = 0
        return tokens, integers(2 * step + 2, count, classes)

    return batch


def text(count, length, vocabulary):
    """Every third label does not count."""

    def batch(step):
        tokens = integers(2 * step + 1, count * length, vocabulary).reshape(count, length)
        labels = (3 * tokens.flatten() + 1) % vocabulary
        labels[::3] = -1
        return tokens, labels

    return batch


def warm_cosine(step):
    rate = 0.0005 + (0.01 - 0.0005) * (1 + math.cos(math.pi * step / STEPS)) / 2
    return rate * (step + 1) / 5 if step < 5 else rate


def families():
    sgd, adam, adamw = torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW
    return {
        "mlp": train(
            MLP(36, [16, 12], 5), images(8, [1, 6, 6], 5), lambda p: adam(p, 0.004), masks=True
        ),
        "lenet": train(
            LeNet([1, 16, 16], [3, 4], 10, 5),
            images(8, [1, 16, 16], 5),
            lambda p: sgd(p, 0.02, momentum=0.9, weight_decay=1e-3),
        ),
        "conv": train(
            Conv([2, 8, 8], [[3, 4], [5]], [8], 4), images(6, [2, 8, 8], 4), lambda p: adam(p, 0.002), masks=True
        ),
        "resnet": train(
            ResNet(2, [4, 6], 1, 4),
            images(6, [2, 8, 8], 4),
            lambda p: sgd(p, 0.05, momentum=0.9, nesterov=True, weight_decay=1e-4),
        ),
        "encoder": train(
            Transformer(11, 7, 8, 2, 1, 2, 3),
            sequences(6, 7, 11, 3),
            lambda p: adamw(p, 0.003, eps=1e-6, weight_decay=0.05),
        ),
        "causal-transformer": train(
            Transformer(9, 6, 8, 2, 2, 2, None),
            text(4, 6, 9),
            lambda p: adamw(p, 0.01, betas=(0.9, 0.95), eps=1e-6, weight_decay=0.1),
            rate=warm_cosine,
            clipping=2.0,
        ),
    }


def optimizers():
    """A linear classifier under every rule."""
    o = torch.optim
    rules = {
        "sgd": (lambda p: o.SGD(p, 0.2), None),
        "sgd-decay": (lambda p: o.SGD(p, 0.2, weight_decay=0.05), None),
        "sgd-momentum": (lambda p: o.SGD(p, 0.1, momentum=0.9), None),
        "sgd-nesterov": (lambda p: o.SGD(p, 0.1, momentum=0.8, nesterov=True, weight_decay=0.01), None),
        "adam": (lambda p: o.Adam(p, 0.05), None),
        "adam-decay": (lambda p: o.Adam(p, 0.05, betas=(0.8, 0.99), weight_decay=0.1), None),
        "adamw": (lambda p: o.AdamW(p, 0.05, weight_decay=0.2), None),
        "adamw-clipped": (lambda p: o.AdamW(p, 0.05), 1.2),
        "sgd-clipped": (lambda p: o.SGD(p, 0.2), 1.2),
    }
    return {
        name: train(MLP(5, [], 3), images(4, [1, 1, 5], 3), rule, clipping=clipping)
        for name, (rule, clipping) in rules.items()
    }


def schedule(make):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], 0.1)
    scheduler, rates = make(optimizer), []
    for _ in range(STEPS):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates


def learning_rates():
    s = torch.optim.lr_scheduler
    return {
        "steps": schedule(lambda o: s.MultiStepLR(o, [10, 15], 0.1)),
        "cosine": schedule(lambda o: s.CosineAnnealingLR(o, STEPS, 0.001)),
        "warm-up": schedule(lambda o: s.LinearLR(o, 1 / 5, 1, 4)),
    }


def rounded(value):
    if isinstance(value, float):
        return float(f"{value:.7g}")
    if isinstance(value, dict):
        return {k: rounded(v) for k, v in value.items()}
    return [rounded(v) for v in value] if isinstance(value, list) else value


if __name__ == "__main__":
    path = os.path.join(os.path.dirname(__file__), "../NetworksTests/Fixtures/networks.json")
    tables = {"models": full_size(), "families": rounded(families()), "optimizers": rounded(optimizers())}
    tables["learningRates"] = learning_rates()
    with open(path, "w") as file:
        json.dump(tables, file, separators=(",", ":"))
        file.write("\n")
