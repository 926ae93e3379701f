#pragma once
#include <stddef.h>

#include "ck_kernel.h"

// Layer norm (Ba, Kiros, Hinton 2016) over the rows of [rows, n], and batch norm (Ioffe, Szegedy 2015) over
// [batch, channels, inner] for each channel. The variance is the mean of squared deviations (biased, as both papers and PyTorch
// have it); statistics are taken in double (README.md, "Statistics"). gamma and beta have n or `channels` elements and may be
// null (1 and 0). y or z may be x or g (in place).

/// y = gamma·(x - mean)·s + beta, s = 1/√(variance + epsilon). mean[rows] and inverse[rows] (s) serve the gradient.
/// A range of rows is an offset of x, y, mean and inverse. Mean and variance are those of `extent` elements, n or more: the row and
/// as many zeros behind it as are missing.
CK_KERNEL(layer_norm, (size_t rows, size_t n, size_t extent, float epsilon, const float *x, const float *gamma, const
           float *beta, float *y, float *mean, float *inverse),
          (rows, n, extent, epsilon, x, gamma, beta, y, mean, inverse));
/// z = s·(h - mean(h) - x̂·mean(h·x̂)), h = g·gamma, x̂ = (x - mean)·s; means over the row and the zeros of h that `extent` counts
/// with it.
CK_KERNEL(layer_norm_gradient, (size_t rows, size_t n, size_t extent, const float *g, const float *x, const float
           *gamma, const float *mean, const float *inverse, float *z),
          (rows, n, extent, g, x, gamma, mean, inverse, z));
/// dgamma[j] = Σ_r g[r, j]·x̂[r, j] and dbeta[j] = Σ_r g[r, j] for begin <= j < end, by rows.
CK_KERNEL(layer_norm_parameter_gradient, (size_t rows, size_t n, size_t begin, size_t end, const float *g, const float
           *x, const float *mean, const float *inverse, float *dgamma, float *dbeta),
          (rows, n, begin, end, g, x, mean, inverse, dgamma, dbeta));

/// Training: statistics of this batch for channels begin ..< end, y = gamma·(x - mean)·s + beta, s = 1/√(variance +
/// epsilon). mean, variance (biased) and inverse (s) have `channels` elements.
CK_KERNEL(batch_norm, (size_t batch, size_t channels, size_t inner, size_t begin, size_t end, float epsilon, const
           float *x, const float *gamma, const float *beta, float *y, float *mean, float *variance, float *inverse),
          (batch, channels, inner, begin, end, epsilon, x, gamma, beta, y, mean, variance, inverse));
/// Inference: the same with given statistics.
CK_KERNEL(batch_norm_inference, (size_t batch, size_t channels, size_t inner, size_t begin, size_t end, float epsilon,
           const float *x, const float *gamma, const float *beta, const float *mean, const float *variance, float *y),
          (batch, channels, inner, begin, end, epsilon, x, gamma, beta, mean, variance, y));
/// The factor of that: scale[c] = 1/√(variance[c] + epsilon) · gamma[c].
CK_KERNEL(batch_norm_scale, (size_t channels, float epsilon, const float *gamma, const float *variance, float *scale),
          (channels, epsilon, gamma, variance, scale));
/// The gradient of ck_batch_norm with respect to x (z), gamma and beta, for channels begin ..< end.
/// dbeta = Σg, dgamma = Σg·x̂, z = gamma·s·(g - dbeta/count - x̂·dgamma/count), count = batch · inner.
CK_KERNEL(batch_norm_gradient, (size_t batch, size_t channels, size_t inner, size_t begin, size_t end, const float *g,
           const float *x, const float *gamma, const float *mean, const float *inverse, float *z, float *dgamma, float
           *dbeta),
          (batch, channels, inner, begin, end, g, x, gamma, mean, inverse, z, dgamma, dbeta));
/// running ← running + momentum·(batch's - running), the variance unbiased first (·count/(count - 1), count = batch · inner;
/// as it is for count 1), written to new_mean and new_variance (which may be the running ones).
CK_KERNEL(batch_norm_running, (size_t channels, size_t count, float momentum, const float *mean, const float
           *variance, const float *running_mean, const float *running_variance, float *new_mean, float *new_variance),
          (channels, count, momentum, mean, variance, running_mean, running_variance, new_mean, new_variance));
