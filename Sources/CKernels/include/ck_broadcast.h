#pragma once
#include <stddef.h>

#include "ck_kernel.h"

// An array repeated along the middle axis of [outer, middle, inner].

/// y[o, m, i] = x[o, i]. A range of `outer` is an offset of x and y.
CK_KERNEL(expand_middle, (size_t outer, size_t middle, size_t inner, const float *x, float *y),
          (outer, middle, inner, x, y));
