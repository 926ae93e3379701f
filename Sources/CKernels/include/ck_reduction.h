#pragma once
#include <stddef.h>
#include <stdint.h>

#include "ck_kernel.h"

// Sums, in orders that depend on shapes alone (README.md, "Sums"). Outputs do not overlap inputs.

/// y[0] = Σ x[i]², contiguous; |x| < 2⁻⁶⁰ counts as 0.
CK_KERNEL(sum_of_squares, (size_t n, const float *x, float *y), (n, x, y));

/// y[o, i] = Σ_m x[o, m, i] for every o and begin <= i < end (0 and `inner` for all). inner = 1: contiguous; else by rows. A sum of
/// nothing is +0.
/// A range of `outer` is an offset of x and y.
CK_KERNEL(sum_middle, (size_t outer, size_t middle, size_t inner, size_t begin, size_t end, const float *x, float *y),
          (outer, middle, inner, begin, end, x, y));
/// y[m] = Σ_o Σ_i x[o, m, i] for begin <= m < end: the gradient of a bias. inner = 1: by rows; else contiguous,
/// the lanes carried on from one o to the next.
CK_KERNEL(sum_outer_inner, (size_t outer, size_t middle, size_t inner, size_t begin, size_t end, const float *x, float
           *y),
          (outer, middle, inner, begin, end, x, y));
/// z = `ck_relu_gradient` of g and y, all [outer, middle, inner], and sums = `ck_sum_outer_inner` of z, for begin <= m < end in
/// one pass. z may be g or y.
CK_KERNEL(relu_gradient_sums, (size_t outer, size_t middle, size_t inner, size_t begin, size_t end, const float *g,
           const float *y, float *z, float *sums),
          (outer, middle, inner, begin, end, g, y, z, sums));

/// y[r] = the first index of the largest of x[r, 0 ..< n]; the first NaN where there is one. n > 0.
CK_KERNEL(argmax_rows, (size_t rows, size_t n, const float *x, int32_t *y), (rows, n, x, y));
