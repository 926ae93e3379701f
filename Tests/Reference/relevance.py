"""Writes PruningTests/Fixtures/relevance.json: a small transformer block and the relevance of its units for the logit of the right class
in double precision, by the rule of epsilon and by that of alpha = 2. The softmax's weights and the deviations of the normalisations
stand still (Ali et al. 2022), so that every layer is a dense matrix on its inputs, parted contribution by contribution.

By epsilon the result is compared with another way to it: y · dL/dy of a network with these parts detached.

Run: python3 relevance.py  (needs torch). Weights and inputs are multiples of 1/64, exact in Float32.
"""

import json
from pathlib import Path

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
generator = torch.Generator().manual_seed(2022)
EXAMPLES, TIME, WIDTH, HEADS, CLASSES = 2, 4, 6, 2, 3
SHAPES = {"embed": [6, 6], "attn": [18, 6], "proj": [6, 6], "fc1": [8, 6], "fc2": [6, 8], "fc": [3, 6]}


def normal(shape, scale):
    return torch.round(64 * scale * torch.randn(shape, generator=generator)) / 64


W = {}
for name, shape in SHAPES.items():
    W[f"{name}.weight"], W[f"{name}.bias"] = normal(shape, 0.5), normal(shape[:1], 0.3)
for name in ["ln1", "ln2", "ln_f"]:
    W[f"{name}.weight"], W[f"{name}.bias"] = normal([WIDTH], 1.0), normal([WIDTH], 0.3)
inputs, labels = normal([EXAMPLES, TIME, WIDTH], 1.0), torch.tensor([2, 0])
shares = torch.tensor([[0.5, 0.25, 0.0, 0.25]])


def spread(x):
    """s of every row, [time]."""
    return 1 / torch.sqrt(x.var(1, unbiased=False) + 1e-5)


def attention_weights(packed):
    q, k, _ = (t.reshape(TIME, HEADS, -1).transpose(0, 1) for t in packed.split(WIDTH, dim=1))
    return torch.softmax(q @ k.transpose(1, 2) / (WIDTH / HEADS) ** 0.5, dim=2)


# By gradients: y · dz/dy, z the logit of the right class.
def detached(x, label):
    found = {}

    def linear(name, x):
        found[name] = F.linear(x, W[f"{name}.weight"], W[f"{name}.bias"])
        found[name].requires_grad_().retain_grad()
        return found[name]

    def norm(name, x):
        centred = x - x.mean(1, keepdim=True)
        return centred * spread(x).detach()[:, None] * W[f"{name}.weight"] + W[f"{name}.bias"]

    x = linear("embed", x)
    packed = linear("attn", norm("ln1", x))
    values = packed[:, 2 * WIDTH :].reshape(TIME, HEADS, -1).transpose(0, 1)
    attended = (attention_weights(packed).detach() @ values).transpose(0, 1).reshape(TIME, WIDTH)
    y = x + linear("proj", attended)
    h = linear("fc1", norm("ln2", y))
    h = h * (F.gelu(h) / h).detach()
    z = y + linear("fc2", h)
    logits = linear("fc", shares @ norm("ln_f", z))
    logits[0, label].backward()
    return {name: (v * v.grad).sum(0).detach() for name, v in found.items()}


# Contribution by contribution.
def parted(R, a, matrix, bias, rule, value):
    parts = matrix * a
    if rule == "epsilon":
        z = parts.sum(1) + bias
        share = parts / (z + value * torch.where(z > 0, 1.0, -1.0))[:, None]
    else:
        up, down = parts.clamp(min=0), parts.clamp(max=0)
        over, under = up.sum(1) + bias.clamp(min=0), down.sum(1) + bias.clamp(max=0)
        beta = torch.where(under < 0, torch.where(over > 0, value - 1, -1.0), 0.0)
        share = up * ((1 + beta) / torch.where(over > 0, over, 1.0))[:, None]
        share = share - down * (beta / torch.where(under < 0, under, -1.0))[:, None]
    return R @ share


def rows(name, count=TIME):
    return torch.kron(torch.eye(count), W[f"{name}.weight"]), W[f"{name}.bias"].repeat(count)


def norm_matrix(name, x):
    centring = torch.eye(WIDTH) - 1 / WIDTH
    blocks = [W[f"{name}.weight"][:, None] * s * centring for s in spread(x)]
    return torch.block_diag(*blocks), W[f"{name}.bias"].repeat(TIME)


def values_matrix(packed):
    P, size = attention_weights(packed), WIDTH // HEADS
    matrix = torch.zeros(TIME, WIDTH, TIME, 3 * WIDTH)
    for h in range(HEADS):
        for d in range(h * size, (h + 1) * size):
            matrix[:, d, :, 2 * WIDTH + d] = P[h]
    return matrix.reshape(TIME * WIDTH, -1)


def relevance(rule, value):
    sums = {name: 0 for name in SHAPES}
    for x, label in zip(inputs, labels):
        steps = []

        def apply(name, a, matrix, bias=None):
            bias = torch.zeros(len(matrix)) if bias is None else bias
            steps.append((name, a, matrix, bias))
            return matrix @ a + bias

        def step(R, units=None):
            name, a, matrix, bias = steps.pop()
            if units:
                sums[units] = sums[units] + R.reshape(-1, SHAPES[units][0]).sum(0)
            return parted(R, a, matrix, bias, rule, value)

        grid = lambda v: v.reshape(TIME, -1)
        both = torch.cat([torch.eye(TIME * WIDTH)] * 2, dim=1)
        x = apply("embed", x.flatten(), *rows("embed"))
        a = apply("ln1", x, *norm_matrix("ln1", grid(x)))
        packed = apply("attn", a, *rows("attn"))
        attended = apply("attention", packed, values_matrix(grid(packed)))
        y = apply("add", torch.cat([x, apply("proj", attended, *rows("proj"))]), both)
        h = apply("fc1", apply("ln2", y, *norm_matrix("ln2", grid(y))), *rows("fc1"))
        z = apply("add", torch.cat([y, apply("fc2", F.gelu(h), *rows("fc2"))]), both)
        f = apply("ln_f", z, *norm_matrix("ln_f", grid(z)))
        mean = apply("mean", f, torch.kron(shares, torch.eye(WIDTH)))
        logits = apply("fc", mean, *rows("fc", 1))

        R = torch.zeros(CLASSES)
        R[label] = logits[label]
        half = TIME * WIDTH
        R = step(step(step(step(R, "fc"))))  # fc, mean, ln_f, add
        ahead, R = R[:half], step(R[half:], "fc2")
        ahead = ahead + step(step(R, "fc1"))  # fc1, ln2
        R = step(ahead)  # add
        ahead, R = R[:half], step(step(R[half:], "proj"))  # proj, attention
        ahead = ahead + step(step(R, "attn"))  # attn, ln1
        step(ahead, "embed")
        assert not steps
    return sums


by_epsilon, by_alpha = relevance("epsilon", 1e-12), relevance("alpha", 2.0)
gradients = [detached(x, label) for x, label in zip(inputs, labels)]
for name in SHAPES:
    other = sum(found[name] for found in gradients)
    assert torch.allclose(by_epsilon[name], other, rtol=1e-7, atol=1e-9), name
assert by_epsilon["attn"][: 2 * WIDTH].abs().max() == 0


def array(x):
    return {"shape": list(x.shape), "scalars": [float(f"{s:.10g}") for s in x.detach().flatten().tolist()]}


def arrays(tensors):
    return [{"name": name, **array(x)} for name, x in tensors.items()]


fixture = {
    "weights": arrays(W), "inputs": array(inputs), "labels": labels.tolist(), "shares": array(shares),
    "epsilon": arrays(by_epsilon), "alpha": arrays(by_alpha),
}
path = Path(__file__).parent.parent / "PruningTests" / "Fixtures" / "relevance.json"
path.write_text(json.dumps(fixture, separators=(",", ":")) + "\n")
