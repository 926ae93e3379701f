"""Corrupted images by NumPy, SciPy, Pillow and colorsys: python3 Tests/Reference/corruptions.py

Writes Tests/DatasetsTests/Fixtures/corruptions.json: images of one channel and of three, and what every corruption makes of them at
every severity, as bytes in hexadecimal. Strengths are those of the programs of CIFAR-10-C and MNIST-C. Random numbers are those of the contract:
Philox4x32-10 of NumPy is another generator, so it is written out here, and tested by its published vector."""

import colorsys
import json
import math
from fractions import Fraction
from pathlib import Path

import numpy as np
from scipy.ndimage import gaussian_filter1d

STREAM, SEED = 12, 7
STRENGTHS = {  # one channel, several
    "gaussian-noise": ([0.08, 0.12, 0.18, 0.26, 0.38], [0.04, 0.06, 0.08, 0.09, 0.10]),
    "gaussian-blur": ([1, 2, 3, 4, 6], [0.4, 0.6, 0.7, 0.8, 1]),
    "contrast": ([0.4, 0.3, 0.2, 0.1, 0.05], [0.75, 0.5, 0.4, 0.3, 0.15]),
    "brightness": ([0.1, 0.2, 0.3, 0.4, 0.5], [0.05, 0.1, 0.15, 0.2, 0.3]),
    "pixelate": ([0.6, 0.5, 0.4, 0.3, 0.25], [0.95, 0.9, 0.85, 0.75, 0.65]),
    "shift": ([1, 2, 3, 4, 5], [1, 2, 3, 4, 5]),
}


def philox(counter, key):
    """One block of four words."""
    c, k = list(counter), list(key)
    for _ in range(10):
        a, b = c[0] * 0xD2511F53, c[2] * 0xCD9E8D57
        c = [(b >> 32) ^ c[1] ^ k[0], b & 0xFFFFFFFF, (a >> 32) ^ c[3] ^ k[1], a & 0xFFFFFFFF]
        k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return c


assert philox([0] * 4, [0] * 2) == [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]


def words(substream, example):
    block = example << 24
    while True:
        yield from philox([block & 0xFFFFFFFF, block >> 32, STREAM, substream], [SEED & 0xFFFFFFFF, SEED >> 32])
        block += 1


def gaussian_noise(x, deviation, example):
    stream, z = words(0, example), []
    while len(z) < x.size:
        u, angle = (next(stream) + 0.5) / 2**32, 2 * math.pi * next(stream) / 2**32
        r = math.sqrt(-2 * math.log(u))
        z += [r * math.cos(angle), r * math.sin(angle)]
    return x + deviation * np.array(z[: x.size]).reshape(x.shape)


def gaussian_blur(x, deviation, example):
    return gaussian_filter1d(gaussian_filter1d(x, deviation, axis=1, mode="nearest"), deviation, axis=2, mode="nearest")


def contrast(x, c, example):
    mean = x.mean(axis=(1, 2), keepdims=True)
    return (x - mean) * c + mean


def brightness(x, rise, example):
    y = np.empty_like(x)
    for place in np.ndindex(x.shape[1:]):
        pixel = x[(slice(None), *place)]
        h, s, v = colorsys.rgb_to_hsv(*(pixel if len(pixel) == 3 else pixel.repeat(3)))
        y[(slice(None), *place)] = colorsys.hsv_to_rgb(h, s, min(v + rise, 1))[: len(pixel)]
    return y


def box(length, small):
    """Pillow's box filter from `length` pixels to `small`, as a matrix; in fractions, so that pixels on an edge are told exactly."""
    scale, half = Fraction(length, small), Fraction(1, 2)
    filter_scale = max(scale, Fraction(1))
    rows = []
    for out in range(small):
        centre = (out + half) * scale
        w = np.array([1.0 if -half < (k - centre + half) / filter_scale <= half else 0.0 for k in range(length)])
        rows.append(w / w.sum())
    return np.array(rows)


def pixelate(x, c, example):
    height, width = x.shape[1:]
    h, w = int(height * c), int(width * c)
    down = np.einsum("ah,chw,bw->cab", box(height, h), x, box(width, w))
    return np.einsum("ha,cab,wb->chw", box(h, height), down, box(w, width))


def shift(x, pixels, example):
    product = next(words(1, example)) * 8  # below 8 nothing is drawn again: 2^32 mod 8 = 0
    down, right = [(-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1)][product >> 32]
    padded = np.pad(x, ((0, 0), (pixels, pixels), (pixels, pixels)))
    top, left = pixels - down * pixels, pixels - right * pixels
    return padded[:, top : top + x.shape[1], left : left + x.shape[2]]


generator = np.random.default_rng(2019)
images = {}
for channels, height, width in [(1, 12, 11), (3, 8, 10)]:
    smooth = gaussian_filter1d(gaussian_filter1d(generator.normal(size=(3, channels, height, width)), 2, axis=2), 2, axis=3)
    pixels = np.clip(128 + 400 * smooth, 0, 255).astype(np.uint8)
    pixels[0, :, :3] = 0  # black and white, which brightness and clipping meet
    pixels[1, :, :3] = 255
    images[channels] = pixels

cases = []
for name, (single, several) in STRENGTHS.items():
    change = globals()[name.replace("-", "_")]
    for channels, pixels in images.items():
        for severity in range(1, 6):
            strength = (single if channels == 1 else several)[severity - 1]
            changed = [change(image / 255, strength, example) for example, image in enumerate(pixels)]
            found = np.floor(np.clip(np.array(changed), 0, 1) * 255 + 0.5).astype(int)
            cases.append({"name": name, "channels": channels, "severity": severity, "bytes": bytes(found.ravel().tolist()).hex()})

fixture = {
    "seed": SEED,
    "sets": [{"shape": list(pixels.shape), "bytes": pixels.tobytes().hex()} for pixels in images.values()],
    "cases": cases,
}
out = Path(__file__).parent.parent / "DatasetsTests/Fixtures/corruptions.json"
out.write_text(json.dumps(fixture, separators=(",", ":")) + "\n")
print(out, out.stat().st_size)
