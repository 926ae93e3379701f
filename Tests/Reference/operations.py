"""Writes AutodiffTests/Fixtures/operations.json: what PyTorch computes for each operation on small inputs, in double
precision, and the gradients of its first output weighted by a fixed seed.

Run: python3 operations.py  (needs torch). A line is one case: inputs (multiples of 1/32, exact in Float32), the seed, the
outputs, and one gradient for each input of floating-point numbers.
"""

import json
from pathlib import Path

import torch
import torch.nn.functional as F
from torch.nn.attention import SDPBackend, sdpa_kernel

torch.set_default_dtype(torch.float64)
generator = torch.Generator().manual_seed(1985)
cases = []


def normal(*shape, offset=0.0, scale=1.0):
    """Multiples of 1/32, normally distributed before rounding."""
    return torch.round(32 * scale * torch.randn(shape, generator=generator)) / 32 + offset


def positive(*shape):
    return normal(*shape).abs() + 0.25


def integers(bound, *shape):
    return torch.randint(0, bound, shape, generator=generator)


def array(x):
    scalars = x.detach().flatten().tolist()
    kind = "int32" if x.dtype == torch.int64 else "float32"
    return {"shape": list(x.shape), "type": kind, "scalars": [round(s, 9) if kind == "float32" else s for s in scalars]}


def case(name, function, *inputs):
    inputs = [x.clone().requires_grad_(x.is_floating_point()) for x in inputs]
    outputs = function(*inputs)
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    seed = normal(*outputs[0].shape)
    floats = [x for x in inputs if x.is_floating_point()]
    gradients = []
    if outputs[0].requires_grad:
        found = torch.autograd.grad((outputs[0] * seed).sum(), floats, allow_unused=True)
        gradients = [torch.zeros_like(x) if g is None else g for x, g in zip(floats, found)]
    cases.append(
        {
            "name": name,
            "inputs": [array(x) for x in inputs],
            "seed": array(seed),
            "outputs": [array(y) for y in outputs],
            "gradients": [array(g) for g in gradients],
        }
    )


def curvature(name, loss, data, parameters, directions):
    """The products of a loss's second derivatives with a direction: inputs are data, parameters, directions."""
    parameters = [p.clone().requires_grad_() for p in parameters]
    with sdpa_kernel(SDPBackend.MATH):  # the only attention with a second derivative
        gradients = torch.autograd.grad(loss(*data, *parameters), parameters, create_graph=True)
    slope = sum((g * v).sum() for g, v in zip(gradients, directions))
    products = torch.autograd.grad(slope, parameters)
    case(name, lambda *_: tuple(p.detach() for p in products), *data, *parameters, *directions)


# elementwise
for name in ["exp", "tanh", "sigmoid", "erf", "relu", "abs"]:
    case(name, getattr(torch, name), normal(3, 7))
case("log", torch.log, positive(3, 7))
case("sqrt", torch.sqrt, positive(3, 7))
case("gelu", F.gelu, normal(3, 7, scale=2))
case("maximum", torch.maximum, normal(3, 7), normal(3, 7, offset=1 / 128))
case("minimum", torch.minimum, normal(3, 7), normal(3, 7, offset=1 / 128))
case("divide", torch.divide, normal(3, 7), positive(3, 7))

# shape
case("transpose", lambda x: x.permute(0, 2, 1, 3), normal(2, 3, 4, 2))
case("slice", lambda x: x[:, 1:3], normal(2, 4, 3))
case("pad", lambda x: F.pad(x, (0, 0, 2, 1)), normal(2, 3, 2))
case("concatenate", lambda a, b: torch.cat([a, b], 1), normal(2, 3, 2), normal(2, 1, 2))

# reductions and losses
case("sum", lambda x: x.sum((0, 2)), normal(3, 4, 5))
case("mean", lambda x: x.mean((2, 3)), normal(2, 3, 4, 3))
case("norm", lambda a, b: torch.cat([a.flatten(), b.flatten()]).norm(), normal(3, 4), normal(5))
case("mean-squared-error", F.mse_loss, normal(4, 3), normal(4, 3))
case("softmax", lambda x: F.softmax(x, -1), normal(4, 5, scale=2))
case("log-softmax", lambda x: F.log_softmax(x, -1), normal(4, 5, scale=2))
case(
    "softmax-cross-entropy",
    lambda x, labels: F.cross_entropy(x, labels, reduction="none", ignore_index=-1),
    normal(4, 5, scale=2),
    torch.tensor([3, 0, -1, 4]),
)

# products
case("product", torch.matmul, normal(2, 3, 4), normal(2, 4, 5))
case("affine", lambda x, w, b: F.relu(F.linear(x, w, b)), normal(2, 3, 4), normal(5, 4), normal(5))

# planes
case(
    "convolution",
    lambda x, w, b: F.conv2d(x, w, b, stride=2, padding=1),
    normal(2, 3, 5, 6),
    normal(4, 3, 3, 3),
    normal(4),
)
case("grouped-convolution", lambda x, w: F.conv2d(x, w, padding=1, groups=2), normal(2, 4, 4, 3), normal(6, 2, 3, 3))
case(
    "rectified-convolution", lambda x, w, b: F.relu(F.conv2d(x, w, b)), normal(2, 2, 5, 4), normal(3, 2, 3, 2), normal(3)
)
case("max-pool", lambda x: F.max_pool2d(x, 2), normal(2, 3, 4, 6))
case("overlapping-max-pool", lambda x: F.max_pool2d(x, 3, 2, 1), normal(2, 2, 7, 5))
case("average-pool", lambda x: F.avg_pool2d(x, 2), normal(2, 3, 4, 6))
case("overlapping-average-pool", lambda x: F.avg_pool2d(x, 3, 2, 1), normal(2, 2, 7, 5))
case("global-average-pool", lambda x: x.mean((2, 3)), normal(2, 3, 4, 3))


# normalisation
def batch_norm(x, gamma, beta, mean, variance):
    mean, variance = mean.detach().clone(), variance.detach().clone()
    return F.batch_norm(x, mean, variance, gamma, beta, training=True, momentum=0.1), mean, variance


case("batch-norm", batch_norm, normal(3, 2, 2, 3), normal(2), normal(2), normal(2), positive(2))


def batch_norm_inference(x, *channels):
    """In simple operations, because F.batch_norm gives the statistics no gradient."""
    gamma, beta, mean, variance = (c[:, None, None] for c in channels)
    y = (x - mean) / torch.sqrt(variance + 1e-5) * gamma + beta
    given = [c.detach() for c in channels]
    assert torch.allclose(y, F.batch_norm(x, given[2], given[3], given[0], given[1]))
    return y


case(
    "batch-norm-inference", batch_norm_inference, normal(3, 2, 2, 3), normal(2), normal(2), normal(2), positive(2)
)
case("layer-norm", lambda x, gamma, beta: F.layer_norm(x, (6,), gamma, beta), normal(2, 3, 6), normal(6), normal(6))

# attention
case("embedding", lambda table, indices: F.embedding(indices, table), normal(5, 3), integers(5, 2, 4))


def attention(q, k, v, heads, causal):
    q, k, v = (x.unflatten(2, (heads, -1)).transpose(1, 2) for x in (q, k, v))
    return F.scaled_dot_product_attention(q, k, v, is_causal=causal).transpose(1, 2).flatten(2)


case("attention", lambda q, k, v: attention(q, k, v, 2, False), normal(2, 3, 4), normal(2, 5, 4), normal(2, 5, 4))
case("causal-self-attention", lambda x: attention(*x.chunk(3, 2), 2, True), normal(2, 4, 12))


# optimizer steps: w after three gradients
def optimized(make):
    def steps(w, *gradients):
        w = w.detach().clone().requires_grad_()
        optimizer = make([w])
        for gradient in gradients:
            w.grad = gradient.detach().clone()
            optimizer.step()
        return w.detach()

    return steps


four = [normal(2, 3) for _ in range(4)]
case("sgd", optimized(lambda w: torch.optim.SGD(w, lr=0.125)), *four)
case(
    "nesterov",
    optimized(lambda w: torch.optim.SGD(w, lr=0.125, momentum=0.9, nesterov=True, weight_decay=0.01)),
    *four,
)
case("adam", optimized(lambda w: torch.optim.Adam(w, lr=0.125, weight_decay=0.01)), *four)
case("adamw", optimized(lambda w: torch.optim.AdamW(w, lr=0.125, weight_decay=0.01)), *four)


# second derivatives through whole networks
def perceptron(x, labels, w1, b1, w2, b2):
    return F.cross_entropy(F.linear(torch.tanh(F.linear(x, w1, b1)), w2, b2), labels)


def convolutional(x, labels, w1, gamma, beta, w2, b2):
    planes = F.batch_norm(F.conv2d(x, w1, padding=1), None, None, gamma, beta, training=True)
    return F.cross_entropy(F.linear(F.max_pool2d(F.gelu(planes), 2).flatten(1), w2, b2), labels)


def transformer(x, labels, gamma, beta, w1, w2):
    attended = attention(*F.linear(F.layer_norm(x, (4,), gamma, beta), w1).chunk(3, 2), 2, True)
    return F.cross_entropy(F.linear(x + attended, w2).mean(1), labels)


def shapes(*all_shapes):
    return [normal(*s, scale=0.5) for s in all_shapes]


for name, loss, data, parameters in [
    ("perceptron-curvature", perceptron, [normal(4, 3), integers(3, 4)], [(5, 3), (5,), (3, 5), (3,)]),
    (
        "convolutional-curvature",
        convolutional,
        [normal(3, 2, 4, 4), integers(3, 3)],
        [(3, 2, 3, 3), (3,), (3,), (3, 12), (3,)],
    ),
    ("transformer-curvature", transformer, [normal(2, 3, 4), integers(3, 2)], [(4,), (4,), (12, 4), (3, 4)]),
]:
    curvature(name, loss, data, shapes(*parameters), shapes(*parameters))

target = Path(__file__).parent.parent / "AutodiffTests" / "Fixtures" / "operations.json"
lines = ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases)
target.write_text(f"[\n{lines}\n]\n")
