#pragma once
#include <stddef.h>
#include <stdint.h>

#include "ck_kernel.h"

// Softmax over the rows of [rows, n], n > 0. A range of rows is an offset of the pointers. The output may be the first
// [rows, n] input (in place). An element more than 64 below its row's maximum has probability exactly 0 (e⁻⁶⁴ = 1.6e-28),
// so that no probability is subnormal; log-probabilities are not cut. Row sums run over 64 lanes.

/// y[r, i] = exp(x[r, i] - max) / Σ
CK_KERNEL(softmax, (size_t rows, size_t n, const float *x, float *y), (rows, n, x, y));
/// z[r, i] = y[r, i] · (g[r, i] - Σ_j g[r, j]·y[r, j]), y the softmax; products that might be subnormal are 0.
CK_KERNEL(softmax_gradient, (size_t rows, size_t n, const float *g, const float *y, float *z), (rows, n, g, y, z));
/// y[r, i] = x[r, i] - max - ln Σ
CK_KERNEL(log_softmax, (size_t rows, size_t n, const float *x, float *y), (rows, n, x, y));
/// z[r, i] = g[r, i] - exp(y[r, i]) · Σ_j g[r, j], y the log-softmax.
CK_KERNEL(log_softmax_gradient, (size_t rows, size_t n, const float *g, const float *y, float *z),
          (rows, n, g, y, z));

/// loss[r] = -ln softmax(logits[r])[labels[r]], and the probabilities themselves, which the gradient needs (may be null;
/// may be `logits`). A label outside 0 ..< n (as -1) marks a row that does not count: loss 0.
CK_KERNEL(softmax_cross_entropy, (size_t rows, size_t n, const float *logits, const int32_t *labels, float *loss,
           float *probabilities),
          (rows, n, logits, labels, loss, probabilities));
/// z[r, i] = g[r] · (probabilities[r, i] - (i == labels[r] ? 1 : 0)); 0 in a row that does not count; products that might
/// be subnormal are 0. g is the gradient of each row's loss.
CK_KERNEL(softmax_cross_entropy_gradient, (size_t rows, size_t n, const float *g, const float *probabilities, const
           int32_t *labels, float *z),
          (rows, n, g, probabilities, labels, z));
