#pragma once
#include <stddef.h>

#include "ck_kernel.h"

/// Windows over the planes of x [planes, in_height, in_width] giving y [planes, out_height, out_width]; a
/// plane is one channel of one image. Window (i, j) starts at (i · stride_h − pad_h, j · stride_w − pad_w).
/// Padding is at most half of the kernel, so that every window holds at least one element.
typedef struct ck_pooling_shape {
  size_t in_height, in_width, out_height, out_width;
  size_t kernel_height, kernel_width, stride_h, stride_w, pad_h, pad_w;
} ck_pooling_shape;

/// y = the greatest element of each window, for the planes of [plane_begin, plane_end); padding never wins.
/// Compare and select in window order (rows, then columns): of equal elements the first is kept, and a NaN in
/// the window, once met, stays. x and y are the whole arrays.
CK_KERNEL(max_pool, (const ck_pooling_shape *shape, size_t plane_begin, size_t plane_end, const float *x, float *y),
          (shape, plane_begin, plane_end, x, y));

/// gx = for each element the sum, over the windows in ascending order that chose it, of gy. The choice is
/// made again from x: the first greatest element of the window, or its first NaN. Overwrites gx on the planes
/// of the range.
CK_KERNEL(max_pool_gradient, (const ck_pooling_shape *shape, size_t plane_begin, size_t plane_end, const float *x,
           const float *gy, float *gx),
          (shape, plane_begin, plane_end, x, gy, gx));

/// z = `ck_relu_gradient` of gx = `ck_max_pool_gradient` of gy and y, y [images, channels, in_height, in_width] being a rectifier's
/// output, and sums = `ck_sum_outer_inner` of z, for the channels of [begin, end) in one pass. z overlaps neither gy nor y.
CK_KERNEL(max_pool_relu_gradient_sums, (const ck_pooling_shape *shape, size_t images, size_t channels, size_t begin,
           size_t end, const float *gy, const float *y, float *z, float *sums),
          (shape, images, channels, begin, end, gy, y, z, sums));

/// y = u at the place that each window of x chose: the gradient of the gradient.
CK_KERNEL(max_pool_selection, (const ck_pooling_shape *shape, size_t plane_begin, size_t plane_end, const float *x,
           const float *u, float *y),
          (shape, plane_begin, plane_end, x, u, y));

/// y = the sum of each window, in window order, divided by kernel_height · kernel_width: padding counts as
/// zeros (PyTorch's count_include_pad=True).
CK_KERNEL(average_pool, (const ck_pooling_shape *shape, size_t plane_begin, size_t plane_end, const float *x, float
           *y),
          (shape, plane_begin, plane_end, x, y));

/// gx = for each element the sum, over the windows in ascending order that hold it, of
/// gy / (kernel_height · kernel_width).
CK_KERNEL(average_pool_gradient, (const ck_pooling_shape *shape, size_t plane_begin, size_t plane_end, const float
           *gy, float *gx),
          (shape, plane_begin, plane_end, gy, gx));
