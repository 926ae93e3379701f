"""The models in PyTorch, parameters named as ours are: what networks.py takes reference numbers from and speed.py measures."""

import torch.nn as nn
import torch.nn.functional as F


class MLP(nn.Module):
    def __init__(self, inputs, widths, classes):
        super().__init__()
        self.count = len(widths) + 1
        for i, (a, b) in enumerate(zip([inputs] + widths, widths + [classes])):
            setattr(self, f"fc{i + 1}", nn.Linear(a, b))

    def forward(self, x):
        x = x.flatten(1)
        for i in range(1, self.count):
            x = F.relu(getattr(self, f"fc{i}")(x))
        return getattr(self, f"fc{self.count}")(x)


class LeNet(nn.Module):
    """Caffe's lenet_train_test.prototxt."""

    def __init__(self, shape, filters, hidden, classes):
        super().__init__()
        channels, side = shape[0], shape[1]
        self.conv1 = nn.Conv2d(channels, filters[0], 5)
        self.conv2 = nn.Conv2d(filters[0], filters[1], 5)
        side = ((side - 4) // 2 - 4) // 2
        self.fc1 = nn.Linear(filters[1] * side * side, hidden)
        self.fc2 = nn.Linear(hidden, classes)

    def forward(self, x):
        x = F.max_pool2d(self.conv1(x), 2)
        x = F.max_pool2d(self.conv2(x), 2)
        return self.fc2(F.relu(self.fc1(x.flatten(1))))


class Conv(nn.Module):
    """Conv-2, Conv-4 and Conv-6 of Frankle and Carbin 2019, figure 2."""

    def __init__(self, shape, stages, hidden, classes):
        super().__init__()
        channels, side, self.stages, index = shape[0], shape[1], stages, 0
        for stage in stages:
            for width in stage:
                index += 1
                setattr(self, f"conv{index}", nn.Conv2d(channels, width, 3, padding=1))
                channels = width
            side //= 2
        self.linear = len(hidden) + 1
        widths = [channels * side * side] + hidden + [classes]
        for i in range(self.linear):
            setattr(self, f"fc{i + 1}", nn.Linear(widths[i], widths[i + 1]))

    def forward(self, x):
        index = 0
        for stage in self.stages:
            for _ in stage:
                index += 1
                x = F.relu(getattr(self, f"conv{index}")(x))
            x = F.max_pool2d(x, 2)
        x = x.flatten(1)
        for i in range(1, self.linear):
            x = F.relu(getattr(self, f"fc{i}")(x))
        return getattr(self, f"fc{self.linear}")(x)


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.shortcut = nn.Sequential()
        if stride != 1 or inputs != outputs:
            self.shortcut = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)
            )

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        return F.relu(self.bn2(self.conv2(y)) + self.shortcut(x))


class ResNet(nn.Module):
    def __init__(self, channels, widths, blocks, classes):
        super().__init__()
        self.conv = nn.Conv2d(channels, widths[0], 3, 1, 1, bias=False)
        self.bn = nn.BatchNorm2d(widths[0])
        made, inputs = [], widths[0]
        for stage, width in enumerate(widths):
            for block in range(blocks):
                made.append(Block(inputs, width, 2 if stage > 0 and block == 0 else 1))
                inputs = width
        self.blocks = nn.Sequential(*made)
        self.fc = nn.Linear(inputs, classes)

    def forward(self, x):
        x = self.blocks(F.relu(self.bn(self.conv(x))))
        return self.fc(x.mean((2, 3)))


class Attention(nn.Module):
    def __init__(self, width, heads, causal):
        super().__init__()
        self.c_attn, self.c_proj = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.heads, self.causal = heads, causal

    def forward(self, x):
        batch, time, width = x.shape
        q, k, v = self.c_attn(x).view(batch, time, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=self.causal)
        return self.c_proj(y.transpose(1, 2).reshape(batch, time, width))


class FeedForward(nn.Module):
    def __init__(self, width, multiple):
        super().__init__()
        self.c_fc, self.c_proj = nn.Linear(width, multiple * width), nn.Linear(multiple * width, width)

    def forward(self, x):
        return self.c_proj(F.gelu(self.c_fc(x)))


class TransformerBlock(nn.Module):
    def __init__(self, width, heads, multiple, causal):
        super().__init__()
        self.ln_1, self.attn = nn.LayerNorm(width), Attention(width, heads, causal)
        self.ln_2, self.mlp = nn.LayerNorm(width), FeedForward(width, multiple)

    def forward(self, x):
        x = x + self.attn(self.ln_1(x))
        return x + self.mlp(self.ln_2(x))


class Transformer(nn.Module):
    def __init__(self, vocabulary, length, width, heads, layers, multiple, classes):
        super().__init__()
        causal = classes is None
        self.wte, self.wpe = nn.Embedding(vocabulary, width), nn.Embedding(length, width)
        self.h = nn.ModuleList([TransformerBlock(width, heads, multiple, causal) for _ in range(layers)])
        self.ln_f = nn.LayerNorm(width)
        if causal:
            self.lm_head = nn.Linear(width, vocabulary, bias=False)
        else:
            self.fc = nn.Linear(width, classes)
        self.causal = causal

    def forward(self, tokens):
        x = self.wte(tokens) + self.wpe.weight
        for block in self.h:
            x = block(x)
        x = self.ln_f(x)
        if self.causal:
            return self.lm_head(x).flatten(0, 1)
        counted = (tokens != 0).to(x.dtype).unsqueeze(2)
        return self.fc((x * counted).sum(1) / counted.sum(1))
