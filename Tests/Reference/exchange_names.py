"""Weights under the names of other libraries, with the logits of their own models: python3 Tests/Reference/exchange_names.py

Writes Tests/ExchangeTests/Fixtures/names: a file of weights for each model, as the library itself saves it, and names.json with inputs
and logits in double precision. With a folder as argument it writes models there that are too large to lie here. The models are transformers', torchvision's, timm's and torch's own, small and with random weights.
Layouts of nanoGPT, minGPT and open_lth, which are no packages, are made from their published code. Made with PyTorch 2.13,
torchvision 0.28, transformers 5.24, timm 1.0.31."""
import json, math, os, sys

import torch
import torch.nn as nn
import torch.nn.functional as F
from safetensors.torch import save_file

from published_models import VGG, bert, distilbert, efficient, large_resnet, published, small_densenet, vit
from models import MLP, ResNet
from torch.nn.utils import prune
from torchvision.models import mobilenetv2, resnet, vgg, vision_transformer
from transformers import GPT2Config, GPT2LMHeadModel
import timm

FOLDER = os.path.join(os.path.dirname(__file__), "../ExchangeTests/Fixtures/names")
CASES = []


def draw(model, seed, gain=1.4):
    """Weights that make logits hang on the input: of the size that keeps signals, with every bias and statistic other than 0 and 1."""
    generator = torch.Generator().manual_seed(seed)
    normal = lambda shape: torch.randn(shape, generator=generator, dtype=torch.float32).double()
    with torch.no_grad():
        for name, p in model.named_parameters():
            if p.dim() >= 2:
                p.copy_(normal(p.shape) * gain / math.sqrt(p.numel() / p.shape[0]))
            else:
                p.copy_(normal(p.shape) * 0.2 + (1.0 if name.endswith("weight") else 0.0))
        for name, b in model.named_buffers():
            if name.endswith("running_mean"):
                b.copy_(normal(b.shape) * 0.3)
            if name.endswith("running_var"):
                b.copy_(1.0 + 0.5 * torch.rand(b.shape, generator=generator, dtype=torch.float32).double())
        # What is saved has single precision, and logits are those of what is saved.
        for p in list(model.parameters()) + [b for b in model.buffers() if b.is_floating_point()]:
            p.copy_(p.float().double())
    return model.double().eval()


def logits(model, inputs):
    with torch.no_grad():
        result = model(inputs)
    return result if isinstance(result, torch.Tensor) else result.logits


def images(*shape):
    numbers = torch.randn((2,) + shape, generator=torch.Generator().manual_seed(7), dtype=torch.float32).double()
    return torch.round(numbers * 16) / 16


def tokens(length, below):
    return torch.randint(1, below, (2, length), generator=torch.Generator().manual_seed(7))


def case(name, model, text, interface, inputs, arrays=None, names=None):
    """Saves arrays, the model's own where none are given, and what the model makes of inputs."""
    found = logits(model, inputs)
    assert (found[0] - found[-1]).abs().max() > 0.02 * found.abs().max(), (name, found)
    arrays = dict(model.state_dict()) if arrays is None else arrays
    arrays = {n: (a.float() if a.is_floating_point() else a).clone().contiguous() for n, a in arrays.items()}
    path = os.path.join(FOLDER, name + ".safetensors")
    save_file(arrays, path, metadata={"format": "pt"})
    os.chmod(path, 0o644)
    CASES.append(
        {
            "name": name, "model": text, "names": names, **interface, "inputs": inputs.flatten().tolist(),
            "logits": [float(f"{x:.9g}") for x in found.flatten().tolist()],
        })


IMAGES = lambda shape, classes: {"shape": list(shape), "classes": classes}
SEQUENCES = {"length": 7, "vocabulary": 17, "classes": 3}
LANGUAGE = {"length": 7, "vocabulary": 17}

# --- transformers -----------------------------------------------------------------------------------------------------


def transformers_models():
    text = "bert(width: 12, heads: 3, layers: 2, positions: 9)"
    model = draw(bert(12, 3, 2, 9, 17, 3), 1)
    case("hf-bert", model, text, SEQUENCES, tokens(7, 17), names="own")
    # As google-bert/bert-base-uncased has it: old words for scales, and no prefix in files of the base model.
    old = {}
    for name, array in model.state_dict().items():
        name = name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta")
        old[name.removeprefix("bert.")] = array
    old["embeddings.position_ids"] = torch.arange(9).reshape(1, 9)
    case("hf-bert-old", model, text, SEQUENCES, tokens(7, 17), old, "huggingface")
    case(
        "hf-distilbert", draw(distilbert(12, 2, 2, 9, 17, 3), 2),
        "distilbert(width: 12, heads: 2, layers: 2, positions: 9)", SEQUENCES, tokens(7, 17), names="own")
    text = "vit(width: 12, heads: 3, layers: 2, patch: 4)"
    model = draw(vit(12, 3, 2, 4, 16, 5), 3)
    arrays = {published(n): a for n, a in model.state_dict().items()}
    case("hf-vit", model, text, IMAGES([3, 16, 16], 5), images(3, 16, 16), arrays, "own")


def gpt2(activation, seed):
    config = GPT2Config(
        n_embd=12, n_head=3, n_layer=2, vocab_size=17, n_positions=9, activation_function=activation)
    return draw(GPT2LMHeadModel(config), seed)


def gpt_models():
    text = "causal-transformer(width: 12, heads: 3, layers: 2%s)"
    model = gpt2("gelu_new", 4)
    # save_pretrained leaves the tied head out.
    arrays = {n: a for n, a in model.state_dict().items() if n != "lm_head.weight"}
    case("hf-gpt2", model, text % ", gelu: tanh", LANGUAGE, tokens(7, 17), arrays, "huggingface")
    bare = {n.removeprefix("transformer."): a for n, a in arrays.items()}
    # As openai-community/gpt2 has it: without prefix, with the triangles.
    for layer in range(2):
        bare[f"h.{layer}.attn.bias"] = torch.tril(torch.ones(9, 9)).reshape(1, 1, 9, 9)
    case("hf-gpt2-bare", model, text % ", gelu: tanh", LANGUAGE, tokens(7, 17), bare, "huggingface")
    # nanoGPT: nn.Linear in place of Conv1D, compiled, and the tied head saved under both names.
    model = gpt2("gelu", 5)
    linear = lambda n, a: a.T if n.startswith("transformer.h.") and a.dim() == 2 else a
    arrays = {"_orig_mod." + n: linear(n, a) for n, a in model.state_dict().items()}
    case("nanogpt", model, text % "", LANGUAGE, tokens(7, 17), arrays, "nanogpt")
    with torch.no_grad():
        for name, p in model.named_parameters():
            if name.endswith(".bias"):
                p.zero_()
    arrays = {n: linear(n, a) for n, a in model.state_dict().items() if not n.endswith(".bias")}
    case("nanogpt-no-biases", model, text % "", LANGUAGE, tokens(7, 17), arrays, "nanogpt")
    # minGPT of 2020: https://github.com/karpathy/minGPT/blob/3ed14b2cec0dfdad3f4b2831f2b4a86d11aef150/mingpt/model.py
    arrays, words = {}, {"attn.c_proj": "attn.proj", "mlp.c_fc": "mlp.0", "mlp.c_proj": "mlp.2", "ln_1": "ln1", "ln_2": "ln2"}
    model = gpt2("gelu", 6)
    for name, array in model.state_dict().items():
        array = linear(name, array)
        name = name.removeprefix("transformer.").replace("h.", "blocks.", 1) if ".h." in name else name.removeprefix("transformer.")
        for ours, theirs in words.items():
            name = name.replace(ours, theirs)
        if "c_attn" in name:
            for word, part in zip(["query", "key", "value"], array.chunk(3)):
                arrays[name.replace("c_attn", word)] = part
        else:
            arrays[name] = array
    arrays["tok_emb.weight"], arrays["pos_emb"] = arrays.pop("wte.weight"), arrays.pop("wpe.weight").unsqueeze(0)
    arrays["head.weight"] = arrays.pop("lm_head.weight")
    arrays["blocks.0.attn.mask"] = torch.tril(torch.ones(9, 9)).reshape(1, 1, 9, 9)
    case("mingpt", model, text % "", LANGUAGE, tokens(7, 17), arrays, "mingpt")


# --- torchvision, timm ------------------------------------------------------------------------------------------------


def vision_models():
    case(
        "torchvision-resnet18", draw(large_resnet(resnet.BasicBlock, 2, [1, 1, 1, 1], 5), 11),
        "resnet-18(width: 2, blocks: [1, 1, 1, 1])", IMAGES([3, 32, 32], 5), images(3, 32, 32), names="own")
    case(
        "torchvision-resnet50", draw(large_resnet(resnet.Bottleneck, 2, [1, 1, 1, 1], 5), 12),
        "resnet-50(width: 2, blocks: [1, 1, 1, 1])", IMAGES([3, 32, 32], 5), images(3, 32, 32), names="own")
    # torchvision's layers; its classifier is replaced by one linear layer, and its last maximum by the mean.
    for name, normalized, seed in [("torchvision-vgg-bn", True, 13), ("torchvision-vgg", False, 14)]:
        layers = vgg.make_layers([2, "M", 4, 4, "M", 8, 8, "M", 16, "M", 16], batch_norm=normalized)
        model = vgg.VGG(layers, num_classes=5, init_weights=False)
        model.avgpool, model.classifier = nn.AdaptiveAvgPool2d(1), nn.Linear(16, 5)
        case(
            name, draw(model, seed), "vgg-16(width: 2, blocks: [1, 2, 2, 1, 1])", IMAGES([3, 32, 32], 5),
            images(3, 32, 32), names="torchvision")
    text = "vit(width: 12, heads: 3, layers: 2, patch: 4)"
    model = vision_transformer.VisionTransformer(16, 4, 2, 3, 12, 48, num_classes=5)
    case("torchvision-vit", draw(model, 15), text, IMAGES([3, 16, 16], 5), images(3, 16, 16), names="torchvision")
    model = timm.models.vision_transformer.VisionTransformer(
        img_size=16, patch_size=4, embed_dim=12, depth=2, num_heads=3, num_classes=5)
    case("timm-vit", draw(model, 16), text, IMAGES([3, 16, 16], 5), images(3, 16, 16), names="timm")


# --- open_lth, and torch's own pruning --------------------------------------------------------------------------------


def lottery_models():
    model = draw(MLP(16, [6, 5], 4), 21)
    arrays = {}
    for name, array in model.state_dict().items():
        layer, last = name.split(".")
        arrays["model." + ("fc" if layer == "fc3" else f"fc_layers.{int(layer[2:]) - 1}") + "." + last] = array
    case("open-lth-mlp", model, "mlp(widths: [6, 5])", IMAGES([1, 4, 4], 4), images(1, 4, 4), arrays, "open-lth")
    model = draw(ResNet(3, [4, 8], 1, 5), 22)
    arrays = {"module." + n: a for n, a in model.state_dict().items()}
    case(
        "open-lth-resnet", model, "resnet(widths: [4, 8], blocks: 1)", IMAGES([3, 8, 8], 5), images(3, 8, 8),
        arrays, "own")
    model = draw(VGG(2, [1, 1], 5), 23)
    case("open-lth-vgg", model, "vgg-16(width: 2, blocks: [1, 1])", IMAGES([3, 4, 4], 5), images(3, 4, 4), names="own")
    model = draw(MLP(16, [6, 5], 4), 24)
    for layer in [model.fc1, model.fc2]:
        prune.l1_unstructured(layer, "weight", amount=0.4)
    case("torch-prune", model, "mlp(widths: [6, 5])", IMAGES([1, 4, 4], 4), images(1, 4, 4), names="own")


def large_models():
    image = images(3, 32, 32)
    for name, model, text, seed, gain in [
        ("mobilenet-v2", mobilenetv2.MobileNetV2(5, width_mult=0.25), "mobilenet-v2(width: 0.25)", 31, 2.0),
        ("efficientnet-b0", efficient(0.25, 0.5, 5), "efficientnet-b0(width: 0.25, depth: 0.5)", 32, 4.0),
        ("densenet", small_densenet(3, [2, 3], 5), "densenet(growth: 3, blocks: [2, 3])", 33, 2.0),
        ("resnet-18", resnet.resnet18(num_classes=5), "resnet-18", 34, 1.4),
    ]:
        case(name, draw(model, seed, gain), text, IMAGES([3, 32, 32], 5), image, names="own")


if __name__ == "__main__":
    os.makedirs(FOLDER, exist_ok=True)
    torch.set_num_threads(1)
    parts = [transformers_models, gpt_models, vision_models, lottery_models]
    if len(sys.argv) > 1:
        FOLDER, parts = sys.argv[1], [large_models]
    for part in parts:
        part()
    with open(os.path.join(FOLDER, "names.json"), "w") as file:
        lines = [json.dumps(case, separators=(",", ":")) for case in CASES]
        file.write("[\n" + ",\n".join(lines) + "\n]\n")
