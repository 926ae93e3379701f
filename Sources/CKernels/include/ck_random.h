#pragma once
#include <stddef.h>
#include <stdint.h>

#include "ck_kernel.h"

// Philox4x32-10 (Salmon et al. 2011), a function of position: element e of (seed, stream, substream) is word e mod 4 of the
// block with key (seed low, seed high) and counter (e/4 low, e/4 high, stream, substream), halves of 32 bits. `first` is
// the e of y[0], so that a range computed alone has the same bits.

/// y[4b ... 4b + 3] = the block with counter (block + b, stream, substream), for b < blocks
CK_KERNEL(philox, (size_t blocks, uint64_t seed, uint32_t stream, uint32_t substream, uint64_t block, uint32_t *y),
          (blocks, seed, stream, substream, block, y));
/// y[i] = ((bits >> 9) + 1/2) · 2⁻²³ of element first + i: uniform in (0, 1) without its ends, exact.
CK_KERNEL(uniform, (size_t n, uint64_t seed, uint32_t stream, uint32_t substream, uint64_t first, float *y),
          (n, seed, stream, substream, first, y));
/// Dropout (Srivastava et al. 2014), inverted: y[i] = uniform < rate ? +0 : x[i]·s, s = 1/(1 - rate) rounded, and uniform the
/// number (bits >> 8) · 2⁻²⁴ in [0, 1) of element first + i. The gradient is the same call on the output's gradient. rate in
/// [0, 1]; 1 gives all 0. y may be x.
/// The substream is the training step; layers take ranges of elements (`first`) of their own.
CK_KERNEL(dropout, (size_t n, float rate, uint64_t seed, uint32_t stream, uint32_t substream, uint64_t first, const
           float *x, float *y),
          (n, rate, seed, stream, substream, first, x, y));
