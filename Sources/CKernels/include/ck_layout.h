#pragma once
#include <stddef.h>

#include "ck_kernel.h"

// Elements moved, not computed: 32-bit patterns pass unchanged (so int32 may be passed, too). No overlap.

/// y[Σ i_k·y_strides[k]] = x[Σ i_k·x_strides[k]] over all indices 0 <= i_k < shape[k]; rank 0 ... 6, strides in elements
/// (may be 0 in x, may be negative). Transpose, slice, expand: strides of x; concatenate and the gradient of a slice: strides
/// of y. A range of an axis is an offset of both pointers and a smaller shape.
CK_KERNEL(copy_strided, (size_t rank, const size_t *shape, const ptrdiff_t *x_strides, const ptrdiff_t *y_strides,
           const float *x, float *y),
          (rank, shape, x_strides, y_strides, x, y));
/// y[c·y_stride + r] = x[r·x_stride + c] for r < rows, c < columns.
CK_KERNEL(transpose, (size_t rows, size_t columns, const float *x, size_t x_stride, float *y, size_t y_stride),
          (rows, columns, x, x_stride, y, y_stride));
