"""Reference numbers for the models of published shape, from torchvision and transformers: python3 Tests/Reference/published_models.py

Writes Tests/NetworksTests/Fixtures/published_models.json. Of each model at its full size: parameters, floating-point operations of
products as PyTorch counts them, and a digest of all names and shapes. Of a small form of each: logits, in double precision, with
weights and statistics that the Swift tests make as well. Made with PyTorch 2.13, torchvision 0.29 and transformers 5.24."""
import json, os, re
import torch
import torch.nn as nn
import torch.nn.functional as F

from networks import integers, name_seed, numbers, rounded
from models import ResNet
from torch.utils.flop_counter import FlopCounterMode

try:
    import torchvision
except RuntimeError:
    # It is read for its models alone: operators that it cannot register here are declared.
    library = torch.library.Library("torchvision", "DEF")
    for operator in ["nms", "qnms"]:
        library.define(operator + "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
from torchvision.models import densenet, efficientnet, mobilenetv2, resnet
from torchvision.models.efficientnet import MBConvConfig
from transformers import BertConfig, BertForSequenceClassification, DistilBertConfig
from transformers import DistilBertForSequenceClassification, ViTConfig, ViTForImageClassification

# --- the models -------------------------------------------------------------------------------------------------------


class VGG(nn.Module):
    """open_lth's models/cifar_vgg.py, written anew from its names and shapes."""

    def __init__(self, width, blocks, classes):
        super().__init__()
        layers, inputs = [], 3
        for stage, count in enumerate(blocks):
            layers += [nn.MaxPool2d(2)] if stage > 0 else []
            for _ in range(count):
                outputs = min(width << stage, 8 * width)
                layer = nn.Module()
                layer.conv, layer.bn = nn.Conv2d(inputs, outputs, 3, padding=1), nn.BatchNorm2d(outputs)
                layers.append(layer)
                inputs = outputs
        self.layers, self.fc = nn.ModuleList(layers), nn.Linear(inputs, classes)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x) if isinstance(layer, nn.MaxPool2d) else F.relu(layer.bn(layer.conv(x)))
        return self.fc(F.avg_pool2d(x, 2).flatten(1))


def large_resnet(block, width, blocks, classes):
    """torchvision's ResNet of another width."""

    class Narrow(resnet.ResNet):
        def _make_layer(self, block, planes, blocks, stride=1, dilate=False):
            if planes == 64:
                self.inplanes = width
                self.conv1 = nn.Conv2d(3, width, 7, stride=2, padding=3, bias=False)
                self.bn1 = nn.BatchNorm2d(width)
            return super()._make_layer(block, planes * width // 64, blocks, stride, dilate)

    model = Narrow(block, blocks, num_classes=classes)
    model.fc = nn.Linear(width * 8 * block.expansion, classes)
    return model


def efficient(width, depth, classes):
    setting = lambda *numbers: MBConvConfig(*numbers, width, depth)
    stages = [
        setting(1, 3, 1, 32, 16, 1), setting(6, 3, 2, 16, 24, 2), setting(6, 5, 2, 24, 40, 2), setting(6, 3, 2, 40, 80, 3),
        setting(6, 5, 1, 80, 112, 3), setting(6, 5, 2, 112, 192, 4), setting(6, 3, 1, 192, 320, 1),
    ]
    return efficientnet.EfficientNet(stages, 0.2, 0.0, num_classes=classes)


def small_densenet(growth, blocks, classes):
    """torchvision's DenseNet with the stem for small images."""
    model = densenet.DenseNet(growth, blocks, 2 * growth, num_classes=classes)
    model.features.conv0 = nn.Conv2d(3, 2 * growth, 3, padding=1, bias=False)
    model.features.norm0 = model.features.relu0 = model.features.pool0 = nn.Identity()
    return model


def vit(width, heads, layers, patch, side, classes):
    return ViTForImageClassification(
        ViTConfig(
            hidden_size=width, num_hidden_layers=layers, num_attention_heads=heads, intermediate_size=4 * width,
            image_size=side, patch_size=patch, num_labels=classes, num_channels=3))


def bert(width, heads, layers, positions, vocabulary, classes):
    return BertForSequenceClassification(
        BertConfig(
            hidden_size=width, num_hidden_layers=layers, num_attention_heads=heads, intermediate_size=4 * width,
            max_position_embeddings=positions, vocab_size=vocabulary, num_labels=classes))


def distilbert(width, heads, layers, positions, vocabulary, classes):
    return DistilBertForSequenceClassification(
        DistilBertConfig(
            dim=width, n_layers=layers, n_heads=heads, hidden_dim=4 * width, max_position_embeddings=positions,
            vocab_size=vocabulary, num_labels=classes))


def published(name):
    """The name a parameter has in the files of the hub: transformers reads ViT's by these and holds them by newer ones."""
    for new, old in [
        (r"^vit\.layers\.", "vit.encoder.layer."),
        (r"attention\.q_proj", "attention.attention.query"),
        (r"attention\.k_proj", "attention.attention.key"),
        (r"attention\.v_proj", "attention.attention.value"),
        (r"attention\.o_proj", "attention.output.dense"),
        (r"mlp\.fc1", "intermediate.dense"),
        (r"mlp\.fc2", "output.dense"),
    ]:
        name = re.sub(new, old, name) if name.startswith("vit.") else name
    return name


# --- what is written --------------------------------------------------------------------------------------------------

images = lambda side: (lambda batch: numbers(1, [batch, 3, side, side], 4.0))
tokens = lambda length, below: (lambda batch: integers(1, batch * length, below).reshape(batch, length))

FULL = {
    "resnet-56": (lambda: ResNet(3, [16, 32, 64], 9, 10), images(32)),
    "resnet-18": (lambda: resnet.resnet18(), images(224)),
    "resnet-50": (lambda: resnet.resnet50(), images(224)),
    "vgg-16": (lambda: VGG(64, [2, 2, 3, 3, 3], 10), images(32)),
    "vgg-19": (lambda: VGG(64, [2, 2, 4, 4, 4], 10), images(32)),
    "mobilenet-v2": (lambda: mobilenetv2.mobilenet_v2(), images(224)),
    "efficientnet-b0": (lambda: efficientnet.efficientnet_b0(), images(224)),
    "densenet-121": (lambda: densenet.densenet121(), images(224)),
    "densenet": (lambda: small_densenet(12, [16, 16, 16], 10), images(32)),
    "vit": (lambda: vit(384, 6, 12, 16, 224, 1000), images(224)),
    "bert": (lambda: bert(768, 12, 12, 512, 30522, 2), tokens(128, 30522)),
    "distilbert": (lambda: distilbert(768, 12, 6, 512, 30522, 2), tokens(128, 30522)),
}

# The last number is a gain of all convolutions, so that what is in the inputs reaches the logits.
SMALL = {
    "resnet-56": (lambda: ResNet(3, [16, 32, 64], 9, 10), images(8), 1.0),
    "resnet-18": (lambda: large_resnet(resnet.BasicBlock, 4, [1, 2, 1, 1], 5), images(32), 1.0),
    "resnet-50": (lambda: large_resnet(resnet.Bottleneck, 4, [2, 1, 1, 1], 5), images(32), 1.0),
    "vgg-16": (lambda: VGG(4, [1, 2, 2, 1, 1], 5), images(32), 2.0),
    "vgg-19": (lambda: VGG(2, [2, 1, 3, 1, 2], 5), images(32), 2.0),
    "mobilenet-v2": (lambda: mobilenetv2.MobileNetV2(5, width_mult=0.25), images(32), 2.0),
    "efficientnet-b0": (lambda: efficient(0.25, 0.5, 5), images(32), 2.0),
    "densenet-121": (lambda: densenet.DenseNet(4, [2, 1, 2, 1], 8, num_classes=5), images(32), 2.0),
    "densenet": (lambda: small_densenet(3, [2, 3], 5), images(8), 2.0),
    "vit": (lambda: vit(12, 3, 2, 4, 16, 5), images(16), 1.0),
    "bert": (lambda: bert(12, 3, 2, 9, 17, 3), tokens(7, 17), 1.0),
    "distilbert": (lambda: distilbert(12, 2, 2, 9, 17, 3), tokens(7, 17), 1.0),
}


def logits(model, batch):
    with torch.no_grad():
        result = model(batch)
    return result if isinstance(result, torch.Tensor) else result.logits


def digest(lines):
    """FNV-1a in 64 bits of names and shapes in the order of the names, a line each."""
    value = 0xCBF29CE484222325
    for byte in "".join(sorted(lines)).encode():
        value = ((value ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return f"{value:x}"


def full(name):
    make, batch = FULL[name]
    inputs = batch(1)
    with torch.device("meta"):
        model = make().eval()
        inputs = torch.empty(inputs.shape, dtype=inputs.dtype)
    with FlopCounterMode(display=False) as counter:
        logits(model, inputs)
    named = [(published(n), list(p.shape)) for n, p in model.named_parameters()]
    return {
        "parameters": sum(p.numel() for p in model.parameters()),
        "arrays": digest(f"{n} {s}\n" for n, s in named),
        "flops": counter.get_total_flops(),
    }


def small(name):
    make, batch, gain = SMALL[name]
    model = make().eval()
    for old, new in [(n, published(n)) for n, _ in model.named_parameters()]:
        with torch.no_grad():
            p = model.get_parameter(old)
            if p.dim() >= 2:
                fan, k = p.numel() // p.shape[0], 0
                while 4**k < fan:
                    k += 1
                p.copy_(numbers(name_seed(new), p.shape, 2.0 ** (2 - k) * (gain if p.dim() == 4 else 1.0)))
            else:
                offset, scale = (1.0, 0.5) if new.endswith("weight") else (0.0, 0.25)
                p.copy_(offset + numbers(name_seed(new), p.shape, scale))
    for buffer, b in model.named_buffers():
        if buffer.endswith("running_mean"):
            b.copy_(numbers(name_seed(buffer), b.shape, 0.25))
        if buffer.endswith("running_var"):
            b.copy_(1.0 + numbers(name_seed(buffer), b.shape, 0.5))
    first, second = logits(model, batch(2))
    # Logits that hang on the weights alone would test little.
    assert (first - second).abs().max() > 0.02 * torch.stack([first, second]).abs().max(), (name, first, second)
    return {"gain": gain, "logits": first.tolist() + second.tolist()}


if __name__ == "__main__":
    path = os.path.join(os.path.dirname(__file__), "../NetworksTests/Fixtures/published_models.json")
    tables = {"full": {n: full(n) for n in FULL}, "small": {n: rounded(small(n)) for n in SMALL}}
    with open(path, "w") as file:
        json.dump(tables, file, separators=(",", ":"), indent=1)
        file.write("\n")
