#pragma once
#include <stddef.h>
#include <stdint.h>

#include "ck_convolution.h"
#include "ck_kernel.h"
#include "ck_product.h"

// Layers of integers: unsigned bytes times signed bytes, summed in 32 bits. README.md says what a sum becomes.

/// One more thing that can be done to a finished sum: the exact GELU of `ck_gelu`. For layers of integers.
enum { CK_GELU = 3 };

/// What becomes of the sums of a layer. Output c has the number v = fma(float(sum + offset[c]), scale[c], bias[c]), then the
/// residual is added where there is one, then the activation. Its code is `ck_quantise` of that number.
typedef struct ck_integer_finish {
  /// Of each output: minus the input's code of 0 times the sum of the weights' codes.
  const int32_t *offset;
  /// Of each output: what a sum of 1 stands for, and the bias.
  const float *scale, *bias;
  /// CK_IDENTITY, CK_RELU, CK_RELU6 or CK_GELU.
  int activation;
  /// The scale of the results' codes, and their code of 0. Read where there are codes alone.
  float step;
  int32_t zero;
} ck_integer_finish;

/// How a weight is stored: all of it; its survivors; or its survivors in groups of four neighbours along the input.
enum { CK_INTEGER_DENSE = 0, CK_INTEGER_SURVIVORS = 1, CK_INTEGER_GROUPS = 2 };

/// A weight of signed bytes [outputs, inputs].
typedef struct ck_integer_weight {
  int form;
  /// Dense: what `ck_integer_pack` makes. Sparse: four bytes for each entry.
  const int8_t *codes;
  /// Sparse: entries starts[r] ..< starts[r + 1] are those of output r.
  const uint32_t *starts;
  /// Survivors: the four inputs of each entry, those that are missing with a weight of 0. Groups: of each entry the group, whose
  /// inputs are 4 · column ..< 4 · column + 4.
  const uint32_t *columns;
} ck_integer_weight;

/// The most inputs of an output whose sums fit into 32 bits, whatever the codes.
enum { CK_INTEGER_DEPTH = 66311 };

/// Outputs of one panel of a dense weight: ranges of outputs begin at multiples of it.
enum { CK_INTEGER_PANEL = 32 };

/// Bytes of a packed weight [n, segments, length].
static inline size_t ck_integer_packed(size_t n, size_t segments, size_t length) {
  return (n + 15) / 16 * 16 * segments * ((length + 3) / 4 * 4);
}

/// Packs a weight [n, segments, length] for dense products: panels of 32 outputs, the last one of 16 where no more are left, and
/// in each [segment][group of four inputs][output][input]. What is missing is 0.
void ck_integer_pack(size_t n, size_t segments, size_t length, const int8_t *w, int8_t *packed);

/// Floats of scratch that `ck_integer_product` needs with k inputs.
size_t ck_integer_product_scratch(int form, size_t k);

/// Floats of scratch that `ck_integer_convolution` needs.
size_t ck_integer_convolution_scratch(int form, const ck_convolution_shape *shape);

/// y[i, c] = finish(Σ_p x[i, p] · w[c, p])   for i < m, column_begin <= c < column_end
///
/// x [m, k] and y, codes and residual [m, n] are whole arrays of rows. Results go to `y` as numbers, to `codes` as codes, or to both;
/// either may be null, and so may `residual`.
/// column_begin is a multiple of CK_INTEGER_PANEL. `w` and `finish` are those of all n outputs. k is at most CK_INTEGER_DEPTH.
/// `scratch` is aligned to 64 bytes.
CK_BYTE_KERNEL(integer_product, (const ck_integer_weight *w, size_t column_begin, size_t column_end, size_t m, size_t n, size_t
                k, const uint8_t *x, const ck_integer_finish *finish, const float *residual, float *y, uint8_t *codes, float
                *scratch),
               (w, column_begin, column_end, m, n, k, x, finish, residual, y, codes, scratch));

/// A convolution in one group, channels last: x [batch, in_height, in_width, in_channels], the weight's rows
/// [kernel_height][kernel_width][in_channels], y, codes and residual [batch, out_height, out_width, out_channels]. Around x stands the
/// code of 0, `padding`. A dense weight is packed with a segment for each row of the kernel. For the images and the rows of results of
/// the ranges. `residual` may be null.
CK_BYTE_KERNEL(integer_convolution, (const ck_convolution_shape *shape, const ck_integer_weight *w, size_t image_begin, size_t
                image_end, size_t row_begin, size_t row_end, const uint8_t *x, uint8_t padding, const ck_integer_finish
                *finish, const float *residual, float *y, uint8_t *codes, float *scratch),
               (shape, w, image_begin, image_end, row_begin, row_end, x, padding, finish, residual, y, codes, scratch));

/// Codes of numbers: clamp(x / step, -zero … 255 - zero), rounded half to even, plus zero. NaN has the code 0.
CK_KERNEL(quantise, (size_t n, const float *x, float step, int32_t zero, uint8_t *codes), (n, x, step, zero, codes));

/// The same for an image [channels, plane], whose codes become [plane, channels].
CK_KERNEL(quantise_planes, (size_t channels, size_t plane, const float *x, float step, int32_t zero, uint8_t *codes),
          (channels, plane, x, step, zero, codes));

/// The greatest code of each window of an image [in_height, in_width, channels]: [out_height, out_width, channels]. Padding never
/// wins.
CK_KERNEL(integer_max_pool, (size_t channels, size_t in_height, size_t in_width, size_t out_height, size_t out_width, size_t
           side, size_t stride, size_t pad, const uint8_t *x, uint8_t *y),
          (channels, in_height, in_width, out_height, out_width, side, stride, pad, x, y));
