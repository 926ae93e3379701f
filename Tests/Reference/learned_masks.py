"""One step of each learned mask, from PyTorch in float64: python3 Tests/Reference/learned_masks.py

Writes Tests/NetworksTests/Fixtures/learned-masks.json: the loss of the step with its penalty, every seventh element of the
parameters after it and of the weights that are left then. The network, its numbers and its batch are those of networks.py; the noise is Philox's, written here once
more from its paper. Formulas are those of the papers named in Sources/Networks/LearnedMasks."""
import json, math, os
import torch
import torch.nn.functional as F
from networks import images, name_seed, numbers

torch.set_default_dtype(torch.float64)
SHAPES = {"fc1": (16, 36), "fc2": (12, 16), "fc3": (5, 12)}
RATE, SEED, STREAM, KEPT, PENALTY = 0.5, 1, 11, 400, 0.5


def drawn(name, shape):
    if len(shape) >= 2:
        fan, k = math.prod(shape) // shape[0], 0
        while 4**k < fan:
            k += 1
        return numbers(name_seed(name), shape, 2.0 ** (2 - k))
    return numbers(name_seed(name), shape, 0.25)


def philox(counter, key):
    """Philox4x32-10, Salmon et al. 2011."""
    c, k = list(counter), list(key)
    for _ in range(10):
        a, b = c[0] * 0xD2511F53, c[2] * 0xCD9E8D57
        c = [(b >> 32) ^ c[1] ^ k[0], b & 0xFFFFFFFF, (a >> 32) ^ c[3] ^ k[1], a & 0xFFFFFFFF]
        k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return c


def uniform(shape, ordinal):
    count = math.prod(shape)
    words = [w for b in range((count + 3) // 4) for w in philox((b, 0, STREAM, ordinal), (SEED, 0))]
    return torch.tensor([((w >> 9) + 0.5) * 2.0**-23 for w in words[:count]]).reshape(shape)


def through(hard, soft):
    """`hard` with the gradient of `soft`."""
    return hard.detach() + soft - soft.detach()


def largest(scores, kept):
    """1 at the `kept` largest of all arrays together."""
    flat = torch.cat([s.flatten() for s in scores])
    gates = torch.zeros_like(flat)
    gates[torch.topk(flat, kept).indices] = 1
    return [g.reshape(s.shape) for g, s in zip(gates.split([s.numel() for s in scores]), scores)]


def step(leaf, shape, gates, trains=True, start=None, scale=1.0, proximal=None):
    """`gates(weights, leaves, isTraining)` gives the weights that are read, or that are left, and a penalty."""
    weights = [drawn(f"{n}.weight", s).requires_grad_() for n, s in SHAPES.items()]
    biases = [drawn(f"{n}.bias", s[:1]).requires_grad_() for n, s in SHAPES.items()]
    leaves = []
    if leaf:
        for n, s in SHAPES.items():
            value = scale * drawn(f"{n}.weight.{leaf}", shape(s))
            leaves.append((torch.full_like(value, start) if start is not None else value).requires_grad_())
    inputs, labels = images(8, [1, 6, 6], 5)(0)
    read, penalty = gates(weights, leaves, True)
    x = inputs.flatten(1)
    for i in range(3):
        x = x @ read[i].T + biases[i]
        x = F.relu(x) if i < 2 else x
    loss = F.cross_entropy(x, labels) + penalty
    loss.backward()
    with torch.no_grad():
        for p in (weights + biases if trains else []) + leaves:
            p -= RATE * p.grad
        if proximal:
            l1, group = proximal
            for w in weights:
                w.copy_(w.sign() * F.relu(w.abs() - RATE * l1))
                norm = w.norm(dim=1, keepdim=True).clamp(min=1e-30)
                w.mul_(F.relu(1 - RATE * group * math.sqrt(w.shape[1]) / norm))
        left, _ = gates(weights, leaves, False)
    found = {}
    for i, n in enumerate(SHAPES):
        found[f"{n}.weight"], found[f"{n}.bias"] = weights[i], biases[i]
        if leaf:
            found[f"{n}.weight.{leaf}"] = leaves[i]
    flat = lambda t: t.detach().flatten()[::7].tolist()
    return {
        "loss": loss.item(),
        "parameters": {n: flat(t) for n, t in found.items()},
        "left": {f"{n}.weight": flat(t) for n, t in zip(SHAPES, left)},
    }


def top(scores, counts):
    def gates(weights, leaves, _):
        s = [scores(x) for x in leaves]
        hard = largest(s, KEPT) if counts is None else [largest([x], k)[0] for x, k in zip(s, counts)]
        return [w * through(h, x) for w, h, x in zip(weights, hard, s)], 0

    return gates


def bernoulli(rescale):
    def gates(weights, leaves, training):
        read = []
        for place, (w, m) in enumerate(zip(weights, leaves)):
            p = torch.sigmoid(m)
            b = through((uniform(w.shape, place) < p).double(), p) if training else (m > 0).double()
            read.append(w * b * (w.numel() / b.detach().sum() if rescale else 1))
        return read, 0

    return gates


def soft_movement(weights, scores, _):
    read = [w * through((torch.sigmoid(s) > 0.5).double(), s) for w, s in zip(weights, scores)]
    return read, PENALTY * torch.cat([torch.sigmoid(s).flatten() for s in scores]).mean()


def hard_concrete(expand):
    beta, gamma, zeta = 2 / 3, -0.1, 1.1

    def gates(weights, leaves, training):
        read, total, count = [], 0, 0
        for place, (w, a) in enumerate(zip(weights, leaves)):
            u = uniform(a.shape, place)
            s = torch.sigmoid((torch.log(u) - torch.log(1 - u) + a) / beta) if training else torch.sigmoid(a)
            read.append(w * expand((s * (zeta - gamma) + gamma).clamp(0, 1)))
            total = total + expand(torch.sigmoid(a - beta * math.log(-gamma / zeta))).expand(w.shape).sum()
            count += w.numel()
        return read, PENALTY * total / count

    return gates


def soft_threshold(weights, leaves, _):
    read = [w.sign() * F.relu(w.abs() - torch.sigmoid(s)) for w, s in zip(weights, leaves)]
    return read, PENALTY / 2 * sum((s**2).sum() for s in leaves)


def continuous(weights, scores, training):
    soft = [torch.sigmoid(10 * s) for s in scores]
    read = [w * (g if training else (s > 0).double()) for w, g, s in zip(weights, soft, scores)]
    return read, PENALTY * torch.cat([g.flatten() for g in soft]).mean()


def plain(weights, _leaves, _training):
    return weights, 0


whole, rows, columns = lambda s: s, lambda s: s[:1], lambda s: s[1:]
CASES = {
    "edge-popup": step("score", whole, top(torch.abs, None), trains=False),
    "edge-popup by layers": step("score", whole, top(torch.abs, [288, 96, 30]), trains=False),
    "bernoulli": step("logit", whole, bernoulli(False), trains=False),
    "bernoulli rescaled": step("logit", whole, bernoulli(True), trains=False),
    "movement": step("score", whole, top(lambda s: s, None)),
    "soft-movement": step("score", whole, soft_movement),
    "hard-concrete": step("log_alpha", whole, hard_concrete(lambda z: z), scale=16.0),
    "hard-concrete of outputs": step("log_alpha", rows, hard_concrete(lambda z: z[:, None]), scale=16.0),
    "hard-concrete of inputs": step("log_alpha", columns, hard_concrete(lambda z: z[None]), scale=16.0),
    "soft-threshold": step("threshold", lambda s: (1,), soft_threshold, start=-3.0),
    "continuous-sparsification": step("score", whole, continuous),
    "proximal": step(None, None, plain, proximal=(0.05, 0.02)),
}
folder = os.path.join(os.path.dirname(__file__), "..", "NetworksTests", "Fixtures")
rounded = json.loads(json.dumps(CASES), parse_float=lambda text: float(f"{float(text):.9g}"))
with open(os.path.join(folder, "learned-masks.json"), "w") as file:
    json.dump(rounded, file, separators=(",", ":"))
    file.write("\n")
