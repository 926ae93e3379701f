#pragma once
#include <stddef.h>
#include <stdint.h>

#include "ck_convolution.h"
#include "ck_kernel.h"

// Products with a weight most of whose elements are gone. What is multiplied lies in planes, position after position, and a
// survivor multiplies a whole stretch of one plane. An image holds one plane a feature. For a linear layer an image is a panel of
// examples, and a plane holds one feature of each of them. A convolution makes the planes itself, in one of three ways (ck_copies in
// scratch/sparse_convolution.h), and a stretch begins where the tap points.

/// How a convolution lays out what its survivors multiply. Sums are the same.
typedef enum {
  /// Every channel once for each column of the filter.
  CK_COPIES,
  /// Every channel once, with zeros around it: less to copy, but stretches cross lines of the cache.
  CK_FRAME,
  /// Copies of several images side by side, whose lines fill a vector together.
  CK_BESIDE
} ck_reading;

/// The survivors of a weight, row by row: entries starts[r] ..< starts[r + 1] are those of row r.
typedef struct {
  const uint32_t *starts;
  /// Of each entry: the float of an image at which its stretch begins. In a row, features or channels ascend.
  const uint32_t *offsets;
  /// Of each entry: which of the values is its; null where values stand in the order of the entries.
  const uint32_t *places;
  /// What the offsets of a convolution point into.
  ck_reading reading;
} ck_sparse_pattern;

/// y[r, p] = activation(bias[r] + Σ_e values[e] · x[offsets[e] + p])   for row_begin <= r < row_end, p < length
///
/// for one image x; the entries e of row r ascending in one chain of fused multiply-adds from +0, as in the dense product with
/// its zeros left out. Rows of y are `y_row` apart. `length` is 1 or a multiple of 16; `bias` may be null.
CK_KERNEL(sparse_product, (const ck_sparse_pattern *pattern, size_t row_begin, size_t row_end, const float *values,
           size_t length, const float *x, const float *bias, int activation, float *y, size_t y_row),
          (pattern, row_begin, row_end, values, length, x, bias, activation, y, y_row));

/// The same survivors in the order in which one position is multiplied: runs of sixteen rows go in steps, each with at most one
/// survivor of every row, all of them in a window of CK_WINDOW columns.
typedef struct {
  /// Run r has the steps steps[r] ..< steps[r + 1], and its values begin at values[r]: step by step, in each row by row.
  const uint32_t *steps, *values;
  /// Of each step: the column its window begins at.
  const uint32_t *begins;
  /// Of each step: bit i where row i of the run has a survivor in it.
  const uint16_t *rows;
  /// Of each step, for each of the sixteen rows: its survivor's column in the window, below CK_WINDOW.
  const uint8_t *columns;
} ck_interleaved_rows;

enum { CK_WINDOW = 32 };

/// y[r] = activation(bias[r] + Σ_e values[e] · x[column of e])   for row_begin <= r < row_end
///
/// for one position x of `columns` columns: the chains of `ck_sparse_product`. Values stand in that interleaved order, and
/// `pattern` names the place of each, for processors that do better row by row. row_begin is a multiple of 16, as is row_end but
/// at the last row; windows lie within the columns, or begin at 0 where there are fewer than CK_WINDOW; `bias` may be null.
CK_KERNEL(sparse_single, (const ck_sparse_pattern *pattern, const ck_interleaved_rows *rows, size_t row_begin, size_t
           row_end, const float *values, const float *x, size_t columns, const float *bias, int activation, float *y),
          (pattern, rows, row_begin, row_end, values, x, columns, bias, activation, y));

/// What the lanes of the entries that a sparse gradient works on together take, in floats.
enum { CK_SAMPLE_LANES = 65536 };

/// Floats of scratch that `ck_sparse_sample` needs where no row has more than `longest_row` entries.
static inline size_t ck_sparse_sample_scratch(size_t longest_row) {
  size_t lanes = 16 * longest_row;
  return (lanes < CK_SAMPLE_LANES ? CK_SAMPLE_LANES : lanes) + 256;
}

/// gw[e] = Σ_{n, p} gy[n, r, p] · x[n, offsets[e] + p]   for the entries e of the rows r of the range
///
/// over `images` images `x_image` and `gy_image` floats apart, rows of gy `gy_row` apart. The sum goes by 16 lanes: position p
/// belongs to lane p mod 16, a lane is one chain of fused multiply-adds from +0 over (n, p) ascending, and the lanes are added
/// t[l] + t[l + 8], then + 4, + 2, + 1. `length` is 1 or a multiple of 16.
CK_KERNEL(sparse_sample, (const ck_sparse_pattern *pattern, size_t row_begin, size_t row_end, size_t images, size_t
           length, const float *x, size_t x_image, const float *gy, size_t gy_image, size_t gy_row, float *gw, float
           *scratch),
          (pattern, row_begin, row_end, images, length, x, x_image, gy, gy_image, gy_row, gw, scratch));

/// The fastest layout for the forward product with so many survivors, and for the input gradient. The filter gradient reads copies.
ck_reading ck_sparse_reading(const ck_convolution_shape *shape, size_t survivors);
ck_reading ck_sparse_gradient_reading(const ck_convolution_shape *shape, size_t survivors);

/// The pattern's offset of tap (channel, u, v) for the forward product and the filter gradient, whose rows are output channels.
size_t ck_sparse_tap(const ck_convolution_shape *shape, ck_reading reading, size_t channel, size_t u, size_t v);

/// The offset of tap (output channel, u, v) for the input gradient, whose rows are (input channel, h mod stride_h, l mod
/// stride_w); only the taps with u ≡ h + pad_h and v ≡ l + pad_w, modulo the strides, belong to a row.
size_t ck_sparse_gradient_tap(const ck_convolution_shape *shape, ck_reading reading, size_t row, size_t channel, size_t u,
                              size_t v);

/// Floats of scratch (aligned to 64 bytes) the three need; `longest_row` is the greatest number of entries in a row.
size_t ck_sparse_convolution_scratch(const ck_convolution_shape *shape, size_t longest_row);

/// `ck_convolution_forward` with the survivors of w: the plain chains with their zeros left out, whichever way that goes.
CK_KERNEL(sparse_convolution_forward, (const ck_convolution_shape *shape, const ck_sparse_pattern *pattern, size_t
           image_begin, size_t image_end, const float *x, const float *values, const float *bias, int activation,
           float *y, float *scratch),
          (shape, pattern, image_begin, image_end, x, values, bias, activation, y, scratch));

/// `ck_convolution_normalized` with the survivors of w, by the same sums.
CK_KERNEL(sparse_convolution_normalized, (const ck_convolution_shape *shape, const ck_sparse_pattern *pattern, size_t
           image_begin, size_t image_end, const float *x, const float *values, const float *mean, const float *scale,
           const float *shift, const float *residual, int activation, float *y, float *scratch),
          (shape, pattern, image_begin, image_end, x, values, mean, scale, shift, residual, activation, y, scratch));

/// `ck_convolution_input_gradient` with the survivors of w, by the pattern of the input gradient: the plain chains with their
/// zeros left out, whichever way that goes.
CK_KERNEL(sparse_convolution_input_gradient, (const ck_convolution_shape *shape, const ck_sparse_pattern *pattern,
           size_t image_begin, size_t image_end, const float *gy, const float *values, float *gx, float *scratch),
          (shape, pattern, image_begin, image_end, gy, values, gx, scratch));

/// The gradient of each survivor, for output channels of a range: as `ck_sparse_sample` has it, over the images and, in each,
/// the positions p = i · out_width + j.
CK_KERNEL(sparse_convolution_filter_gradient, (const ck_convolution_shape *shape, const ck_sparse_pattern *pattern,
           size_t out_channel_begin, size_t out_channel_end, const float *x, const float *gy, float *gw, float
           *scratch),
          (shape, pattern, out_channel_begin, out_channel_end, x, gy, gw, scratch));
