"""Reference numbers for KernelsTests/NormalizationTests: python3 Tests/Reference/normalization.py

The mean and variance of images that are mostly background, standardised as MNIST is, in double precision by NumPy, and how far
PyTorch's batch norm in single precision is from them, relative to the variance and to the standard deviation. Made with NumPy 2.4
and PyTorch 2.13."""
import numpy as np
import torch


def images(count):
    """Bytes of `count` 28 x 28 images, four of five 0, by a linear congruential generator."""
    state, pixels = 1985, np.zeros(count * 784, np.uint8)
    for i in range(pixels.size):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        if (state >> 32) % 256 < 49:
            pixels[i] = state >> 56
    return pixels


def standardised(pixels, mean, deviation):
    return ((pixels / 255.0 - mean) / deviation).astype(np.float32)


for count, mean, deviation in [(64, 0.0, 1.0), (64, 0.1307, 0.3081), (250, 0.1307, 0.3081), (250, -100.0, 1.0)]:
    x = standardised(images(count), mean, deviation)
    exact = x.astype(np.float64)
    running_mean, running_variance = torch.zeros(1), torch.ones(1)
    torch.nn.functional.batch_norm(
        torch.from_numpy(x).reshape(count, 1, 28, 28), running_mean, running_variance, training=True, momentum=1.0
    )
    biased = running_variance.item() * (x.size - 1) / x.size
    print(
        f"images {count}, mean {mean}, deviation {deviation}: mean {exact.mean():.17g}, variance {exact.var():.17g};",
        f"PyTorch's mean is off by {abs(running_mean.item() - exact.mean()) / exact.std():.1e}",
        f"and its variance by {abs(biased / exact.var() - 1):.1e}",
    )
