#pragma once
#include <stddef.h>

#include "ck_kernel.h"

/// A two-dimensional convolution: x [batch, in_channels, in_height, in_width],
/// weights [out_channels, in_channels / groups, kernel_height, kernel_width],
/// y [batch, out_channels, out_height, out_width], all contiguous.
/// out = (in + 2 · pad − kernel) / stride + 1, rounded down. Every stride and `groups` are at least 1.
typedef struct ck_convolution_shape {
  size_t batch, in_channels, in_height, in_width;
  size_t out_channels, kernel_height, kernel_width;
  size_t stride_h, stride_w, pad_h, pad_w, groups;
  size_t out_height, out_width;
} ck_convolution_shape;

/// What both sides of a convolution by Winograd have at least: channels, and rows and columns of a plane.
enum { CK_WINOGRAD_CHANNELS = 16, CK_WINOGRAD_PLANE = 7 };

/// Whether the three go by Winograd's F(2 × 2, 3 × 3): 3 × 3 windows at stride 1 in one group, padding at most 2, channels and
/// planes of at least the size above. The order of their sums is then the one that README.md gives. Results are computed in tiles
/// of 2 × 2, and a tile sees 4 × 4 sources. A NaN or an infinity among the sources may reach every result of the tile, and the
/// gradient of every tap that the tile takes part in.
int ck_convolution_by_winograd(const ck_convolution_shape *shape);

/// Whether its forward pass puts one image in each lane. The number of images has a say in this, so that parts of a batch may go
/// another way than the whole. Padding is then left out instead of multiplied as zeros. For finite operands that changes nothing
/// but perhaps the sign of a zero.
int ck_convolution_by_images(const ck_convolution_shape *shape);

/// Whether its filter gradient puts one source channel in each lane. Threads then share the result channels, four at a time.
int ck_filter_gradient_by_sources(const ck_convolution_shape *shape);

/// Floats of scratch (aligned to 64 bytes) that each of the three needs; the ranges given to a call do not
/// matter.
size_t ck_convolution_forward_scratch(const ck_convolution_shape *shape);
size_t ck_convolution_input_gradient_scratch(const ck_convolution_shape *shape);
size_t ck_convolution_filter_gradient_scratch(const ck_convolution_shape *shape);

/// y[n, o, i, j] = activation(bias[o] +
///   Σ_{c, u, v} w[o, c, u, v] · x[n, c, i · stride_h + u − pad_h, j · stride_w + v − pad_w])
/// for the images n of [image_begin, image_end). x and y are the whole arrays; `bias` [out_channels] may be
/// null. Unless by Winograd, each sum is one chain from +0 over (c, u, v) ascending, in which the padding counts as zeros or
/// is left out.
CK_KERNEL(convolution_forward, (const ck_convolution_shape *shape, size_t image_begin, size_t image_end, const float
           *x, const float *w, const float *bias, int activation, float *y, float *scratch),
          (shape, image_begin, image_end, x, w, bias, activation, y, scratch));

/// The same with a batch normalisation behind the sums, `activation((sum[o] − mean[o]) · scale[o] + shift[o])`, by one fused
/// multiply-add as in `ck_batch_norm_inference`, whose bits it has. `scale` is made by `ck_batch_norm_scale`; all three have
/// out_channels elements. Where `residual` is not null, an array like y, it is added before the activation, which may be `CK_RELU6`
/// as well.
CK_KERNEL(convolution_normalized, (const ck_convolution_shape *shape, size_t image_begin, size_t image_end, const float
           *x, const float *w, const float *mean, const float *scale, const float *shift, const float *residual, int
           activation, float *y, float *scratch),
          (shape, image_begin, image_end, x, w, mean, scale, shift, residual, activation, y, scratch));

/// gx[n, c, h, l] =
///   Σ_{o, u, v} w[o, c, u, v] · gy[n, o, (h + pad_h − u) / stride_h, (l + pad_w − v) / stride_w]
/// over the o of c's group and the (u, v) for which the divisions are exact, for the images of the range.
/// Unless by Winograd, each sum is one chain from +0 over (o, u, v) ascending, in which positions outside gy count as zeros
/// or are left out.
CK_KERNEL(convolution_input_gradient, (const ck_convolution_shape *shape, size_t image_begin, size_t image_end, const
           float *gy, const float *w, float *gx, float *scratch),
          (shape, image_begin, image_end, gy, w, gx, scratch));

/// gw[o, c, u, v] = Σ_{n, i, j} gy[n, o, i, j] · x[n, c, i · stride_h + u − pad_h, j · stride_w + v − pad_w]
/// for o in [out_channel_begin, out_channel_end) and columns (c · kernel_height + u) · kernel_width + v in
/// [column_begin, column_end). gw is the whole array; its rest is left alone. Unless by Winograd, each sum is one chain from
/// +0 over (n, i, j) ascending. With few output channels, split the columns over threads; with many, by Winograd or by sources, the
/// channels.
CK_KERNEL(convolution_filter_gradient, (const ck_convolution_shape *shape, size_t out_channel_begin, size_t
           out_channel_end, size_t column_begin, size_t column_end, const float *x, const float *gy, float *gw, float
           *scratch),
          (shape, out_channel_begin, out_channel_end, column_begin, column_end, x, gy, gw, scratch));
