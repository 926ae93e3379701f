"""Writes PruningTests/Fixtures/second_order.json: for the network, the inputs and the labels of criteria.json what PyTorch finds in
double precision for criteria of second order and of activations. By the ways of the papers, not by those of Coppice:

- the diagonal of the Hessian, by differentiating every first derivative again;
- WoodFisher's inverse of the empirical Fisher information, one gradient after the other, its scores and its update;
- optimal brain surgeon for all pruned weights of a block at once, from the dense inverse;
- SparseGPT as its authors wrote it, on the columns that `unfold` gives;
- layer-wise relevance propagation, contribution by contribution;
- mean magnitude, share of non-zeros and maximum of every unit's output.

Run: python3 second_order.py  (needs torch and the fixture that criteria.py writes).
"""

import json
import math
from pathlib import Path

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
FIXTURES = Path(__file__).parent.parent / "PruningTests" / "Fixtures"
known = json.loads((FIXTURES / "criteria.json").read_text())


def tensor(array):
    return torch.tensor(array["scalars"]).reshape(array["shape"])


weights = {array["name"]: tensor(array).requires_grad_() for array in known["weights"]}
inputs, labels = tensor(known["inputs"]), torch.tensor(known["labels"])
prunable = [name for name in weights if name.endswith(".weight")]
GROUPS = {"conv1.weight": 1, "conv2.weight": 2, "fc1.weight": 1, "fc2.weight": 1}
BLOCK, DAMPING, COLUMNS, PERCENT = 10, 0.01, 16, 0.01
sites, outputs = {}, {}


def loss(x, y):
    w = weights
    sites["conv1.weight"] = F.unfold(x, 3, padding=1)
    outputs["conv1.weight"] = x = F.relu(F.conv2d(x, w["conv1.weight"], w["conv1.bias"], padding=1))
    sites["conv2.weight"] = F.unfold(x, 3, padding=1, stride=2)
    outputs["conv2.weight"] = x = F.relu(
        F.conv2d(x, w["conv2.weight"], w["conv2.bias"], stride=2, padding=1, groups=2))
    x = x.flatten(1)
    sites["fc1.weight"] = x.unsqueeze(-1)
    outputs["fc1.weight"] = x = F.relu(F.linear(x, w["fc1.weight"], w["fc1.bias"]))
    sites["fc2.weight"] = x.unsqueeze(-1)
    outputs["fc2.weight"] = x = F.linear(x, w["fc2.weight"], w["fc2.bias"])
    return F.cross_entropy(x, y)


def grads(value, create_graph=False):
    return dict(zip(prunable, torch.autograd.grad(value, [weights[n] for n in prunable], create_graph=create_graph)))


# The diagonal of the Hessian of the mean loss.
first = grads(loss(inputs, labels), create_graph=True)
diagonal = {}
for name in prunable:
    flat = first[name].flatten()
    entries = [
        torch.autograd.grad(flat[q], weights[name], retain_graph=True, allow_unused=True)[0].flatten()[q]
        for q in range(len(flat))
    ]
    diagonal[name] = torch.stack(entries).reshape(weights[name].shape)

examples = [grads(loss(inputs[n : n + 1], labels[n : n + 1])) for n in range(len(labels))]
example_gradients = {name: torch.stack([g[name] for g in examples]) for name in prunable}

# Blocks of the Fisher information and WoodFisher's recursion.
triangles, scores, blocks = {}, {}, {}
for name in prunable:
    g = example_gradients[name].flatten(1)
    w = weights[name].detach().flatten()
    size = min(BLOCK, len(w))
    rows, found, score = [], [], torch.zeros_like(w)
    for start in range(0, len(w), size):
        part = g[:, start : start + size]
        fisher = part.T @ part / len(part)
        lower = torch.zeros(size * (size + 1) // 2)
        entries = fisher[tuple(torch.tril_indices(len(fisher), len(fisher)))]
        lower[: len(entries)] = entries
        rows.append(lower)
        inverse = torch.eye(part.shape[1]) / DAMPING
        for example in part:
            moved = inverse @ example
            inverse = inverse - torch.outer(moved, moved) / (len(part) + example @ moved)
        assert torch.allclose(inverse, torch.linalg.inv(fisher + DAMPING * torch.eye(len(fisher))))
        found.append((start, inverse))
        span = slice(start, start + len(fisher))
        score[span] = w[span] ** 2 / (2 * inverse.diagonal())
    triangles[name], blocks[name] = torch.stack(rows), found
    scores[name] = score.reshape(weights[name].shape)

# Half of all weights go.
everything = torch.cat([scores[name].flatten() for name in prunable])
threshold = everything.sort().values[round(len(everything) / 2) - 1]
separate, joint = {}, {}
for name in prunable:
    w, gone = weights[name].detach().flatten(), scores[name].flatten() <= threshold
    a, b = w.clone(), w.clone()
    for start, inverse in blocks[name]:
        span = slice(start, start + len(inverse))
        q = gone[span]
        for place in q.nonzero().flatten().tolist():
            a[span] -= w[span][place] / inverse[place, place] * inverse[:, place]
        if q.any():
            b[span] -= inverse[:, q] @ torch.linalg.solve(inverse[q][:, q], w[span][q])
    a[gone], b[gone] = 0, 0
    separate[name], joint[name] = a.reshape(weights[name].shape), b.reshape(weights[name].shape)

# What filters are multiplied by, and SparseGPT.
loss(inputs, labels)
products, solved = {}, {}
for name in prunable:
    groups = GROUPS[name]
    rows, x = sites[name].detach().permute(1, 0, 2).flatten(1), None
    x = rows.reshape(groups, -1, rows.shape[1])
    products[name] = x @ x.transpose(1, 2)
    W = weights[name].detach().flatten(1).clone()
    count, columns = W.shape
    factors, dead = [], []
    for group in range(groups):
        H = 2 * products[name][group]
        # Weights of inputs that are always 0 go first; here they all go, so that nothing is left of how ties are told apart.
        dead.append(H.diagonal() == 0)
        living = H.diagonal()[~dead[-1]].mean()
        H[dead[-1], dead[-1]] = living
        H = H + PERCENT * living * torch.eye(columns)
        H = torch.cholesky_inverse(torch.linalg.cholesky(H))
        factors.append(torch.linalg.cholesky(H, upper=True))
    U = torch.stack([factors[row // (count // groups)] for row in range(count)])
    dead = torch.stack([dead[row // (count // groups)] for row in range(count)])
    keep = W.numel() - math.floor(W.numel() / 2 + 0.5)
    seen = left = 0
    for start in range(0, columns, COLUMNS):
        end = min(start + COLUMNS, columns)
        seen += count * (end - start)
        stay = (2 * keep * seen + W.numel()) // (2 * W.numel())
        gone = count * (end - start) - (stay - left)
        left = stay
        span = slice(start, end)
        tmp = W[:, span] ** 2 / U[:, span, span].diagonal(dim1=1, dim2=2) ** 2
        tmp[dead[:, span]] = 0
        assert int((tmp == 0).sum()) <= gone
        mask = torch.zeros_like(tmp, dtype=bool)
        mask.view(-1)[tmp.flatten().argsort()[:gone]] = True
        errors = torch.zeros_like(tmp)
        for i in range(end - start):
            w, d = W[:, start + i], U[:, start + i, start + i]
            q = w.clone()
            q[mask[:, i]] = 0
            errors[:, i] = (w - q) / d
            W[:, start + i : end] -= errors[:, i : i + 1] * U[:, start + i, start + i : end]
            W[:, start + i] = q
        W[:, end:] -= torch.einsum("ri,rij->rj", errors, U[:, span, end:])
    assert int((W != 0).sum()) == keep, name
    solved[name] = W.reshape(weights[name].shape)


def units(reduce):
    return {name: reduce(x.detach().transpose(0, 1).flatten(1)) for name, x in outputs.items()}


magnitudes = units(lambda x: x.abs().mean(1))
activity = units(lambda x: (x != 0).double().mean(1))
maxima = units(lambda x: x.abs().max(1).values)


# Layer-wise relevance propagation on every contribution x · w by itself: each layer as a dense matrix.
def dense(f, shape):
    empty = torch.zeros(shape)
    return torch.autograd.functional.jacobian(f, empty).reshape(f(empty).numel(), empty.numel())


W = {name: value.detach() for name, value in weights.items()}
LAYERS = [
    ("conv1", dense(lambda x: F.conv2d(x, W["conv1.weight"], padding=1), (1, 2, 5, 5)), 25),
    ("conv2", dense(lambda x: F.conv2d(x, W["conv2.weight"], stride=2, padding=1, groups=2), (1, 4, 5, 5)), 9),
    ("fc1", W["fc1.weight"], 1), ("fc2", W["fc2.weight"], 1),
]


def relevance(rule, value):
    sums = {name: torch.zeros(len(W[name])) for name in prunable}
    for x, y in zip(inputs, labels):
        a, steps = x.flatten(), []
        for name, matrix, places in LAYERS:
            bias = W[name + ".bias"].repeat_interleave(places)
            z = matrix @ a + bias
            steps.append((name, matrix, bias, a, z, places))
            a = z if name == "fc2" else z.relu()
        R = torch.zeros_like(a)
        R[y] = a[y]
        for name, matrix, bias, a, z, places in reversed(steps):
            sums[name + ".weight"] += R.reshape(-1, places).sum(1)
            parts = matrix * a
            if rule == "epsilon":
                shares = parts / (z + value * torch.where(z > 0, 1.0, -1.0))[:, None]
            else:
                up, down = parts.clamp(min=0), parts.clamp(max=0)
                over, under = up.sum(1) + bias.clamp(min=0), down.sum(1) + bias.clamp(max=0)
                beta = torch.where(under < 0, torch.where(over > 0, value - 1, -1.0), 0.0)
                shares = up * ((1 + beta) / torch.where(over > 0, over, 1.0))[:, None]
                shares = shares - down * (beta / torch.where(under < 0, under, -1.0))[:, None]
            R = R @ shares
    return sums


def by_row(values):
    return {n: v.reshape(-1, *[1] * (weights[n].dim() - 1)).expand(weights[n].shape) for n, v in values.items()}


def array(x):
    return {"shape": list(x.shape), "scalars": [float(f"{s:.7g}") for s in x.detach().flatten().tolist()]}


def arrays(tensors):
    return [{"name": name, **array(x)} for name, x in tensors.items()]


fixture = {
    "evidence": {
        "curvature-diagonal": arrays(diagonal), "example-gradients": arrays(example_gradients),
        "fisher-blocks": arrays(triangles), "input-products": arrays(products),
        "output-magnitudes": arrays(magnitudes), "output-activity": arrays(activity),
        "output-maxima": arrays(maxima),
        "relevance(epsilon: 0.01)": arrays(relevance("epsilon", 0.01)),
        "relevance(alpha: 2)": arrays(relevance("alpha", 2.0)),
    },
    "scores": {
        "optimal-brain-damage": arrays({n: diagonal[n] * weights[n] ** 2 / 2 for n in prunable}),
        "wood-fisher": arrays(scores),
        "mean-activation": arrays(by_row(magnitudes)), "apoz": arrays(by_row(activity)),
        "dead-neurons": arrays(by_row(maxima)),
    },
    "moved": {"wood-fisher": arrays(separate), "wood-fisher-joint": arrays(joint), "sparse-gpt": arrays(solved)},
}
(FIXTURES / "second_order.json").write_text(json.dumps(fixture, separators=(",", ":")) + "\n")
