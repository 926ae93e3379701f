"""Reference numbers for NetworksTests, from PyTorch: python3 Tests/Reference/losses.py

Writes Tests/NetworksTests/Fixtures/losses.json, in double precision: label smoothing on a batch with labels that do not count,
the first step of a distillation (Hinton et al. 2015), and that of one that matches activations (Romero et al. 2015), each with its
loss and the gradients of the student. Made with PyTorch 2.13."""
import json, os
import torch
import torch.nn.functional as F
from models import MLP
from networks import initialise, images, integers, numbers, rounded


def label_smoothing(share):
    logits = numbers(5, [9, 6], 8.0).requires_grad_()
    labels = integers(6, 9, 6)
    labels[2] = labels[7] = -1
    loss = F.cross_entropy(logits, labels, ignore_index=-1, label_smoothing=share)
    rows = F.cross_entropy(logits, labels, ignore_index=-1, label_smoothing=share, reduction="none")
    (gradient,) = torch.autograd.grad(loss, logits)
    return {
        "share": share,
        "loss": loss.item(),
        "rows": rows.tolist(),
        "gradient": gradient.flatten().tolist(),
    }


def distillation(temperature, soft):
    """soft · T² · KL(teacher ‖ student) at a temperature, and 1 - soft of the cross-entropy."""
    student, teacher = MLP(36, [16, 12], 5), MLP(36, [20], 5)
    initialise(student)
    initialise(teacher)
    inputs, labels = images(8, [1, 6, 6], 5)(0)
    logits = student(inputs)
    with torch.no_grad():
        guide = F.log_softmax(teacher(inputs) / temperature, 1)
    softened = F.kl_div(F.log_softmax(logits / temperature, 1), guide, reduction="batchmean", log_target=True)
    loss = soft * temperature**2 * softened + (1 - soft) * F.cross_entropy(logits, labels)
    loss.backward()
    return {
        "temperature": temperature,
        "soft": soft,
        "loss": loss.item(),
        "gradients": {n: p.grad.flatten().tolist() for n, p in student.named_parameters()},
    }


def hidden(model, x, layer):
    """The logits, and the activations behind the rectifier of one layer."""
    x, found = x.flatten(1), None
    for i in range(1, model.count):
        x = F.relu(getattr(model, f"fc{i}")(x))
        if i == layer:
            found = x
    return getattr(model, f"fc{model.count}")(x), found


def matching(weight, name, teacher, own, other):
    """The cross-entropy, and weight times the mean squared difference of the activations of layer `own` and the teacher's `other`."""
    student, teacher = MLP(36, [16, 12], 5), MLP(36, teacher, 5)
    initialise(student)
    initialise(teacher)
    inputs, labels = images(8, [1, 6, 6], 5)(0)
    logits, found = hidden(student, inputs, own)
    with torch.no_grad():
        _, wanted = hidden(teacher, inputs, other)
    loss = F.cross_entropy(logits, labels) + weight * F.mse_loss(found, wanted)
    loss.backward()
    # The last layer stands behind what is compared, and has gradients of the labels alone.
    return {
        "weight": weight,
        "layer": name,
        "loss": loss.item(),
        "gradients": {n: p.grad.flatten().tolist() for n, p in student.named_parameters()},
    }


if __name__ == "__main__":
    path = os.path.join(os.path.dirname(__file__), "../NetworksTests/Fixtures/losses.json")
    tables = {
        "labelSmoothing": [label_smoothing(share) for share in (0.0, 0.1, 0.5, 1.0)],
        "distillation": distillation(4.0, 0.75),
        "matching": [matching(3.0, "last", [20, 12], 2, 2), matching(0.5, "fc1", [16], 1, 1)],
    }
    with open(path, "w") as file:
        json.dump(rounded(tables), file, separators=(",", ":"))
        file.write("\n")
