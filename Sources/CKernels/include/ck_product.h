#pragma once
#include <stddef.h>

#include "ck_kernel.h"

/// What a product or a convolution does to each finished sum before it is stored. `CK_RELU6`, which ends at 6, is for convolutions.
enum { CK_IDENTITY = 0, CK_RELU = 1, CK_RELU6 = 2 };

/// Upper bounds of one packed block of a product, over all variants.
enum { CK_PRODUCT_ROWS = 384, CK_PRODUCT_DEPTH = 320, CK_PRODUCT_COLUMNS = 32 };

/// The most rows of a product that is taken as its transpose, and how many columns are taken at a time.
enum { CK_TURNED_ROWS = 128, CK_TURNED_COLUMNS = 1024 };

/// Whether so few rows are multiplied that a transposed b is better read as the left operand, and the floats the transposed
/// result then takes.
static inline int ck_is_turned_product(size_t m, size_t n) { return m >= 16 && m <= CK_TURNED_ROWS && n >= 2 * m; }
static inline size_t ck_turned_product_room(size_t m, size_t n) {
  size_t rows = m < CK_TURNED_ROWS ? (m + 15) / 16 * 16 : CK_TURNED_ROWS;
  return rows * (n < CK_TURNED_COLUMNS ? n : CK_TURNED_COLUMNS) + 32;
}

/// Floats of scratch that `ck_product` needs at these sizes or any smaller ones.
static inline size_t ck_product_scratch(size_t m, size_t n, size_t k) {
  size_t rows = m < CK_PRODUCT_ROWS ? m : CK_PRODUCT_ROWS;
  size_t depth = k < CK_PRODUCT_DEPTH ? k : CK_PRODUCT_DEPTH;
  size_t plain = (rows * depth + 47) / 16 * 16 + depth * CK_PRODUCT_COLUMNS;
  // Turned, what is packed is narrower still; it lies behind the result.
  return m < 16 || n < 32 ? plain : plain + ck_turned_product_room(m, n);
}

/// c[i, j] = activation(Σ_p a[i, p] · b[p, j] + bias[j])   for i < m, j < n
///
/// a[i, p] is `a[i * a_row + p * a_column]`, likewise b, so that a transpose costs nothing to express; c's
/// columns are adjacent and its rows `c_row` apart. `bias` may be null. Each sum is one chain of fused
/// multiply-adds from +0 in ascending p, so any split of rows or columns over several calls gives the same
/// bits. `c` overlaps no input; `scratch` holds `ck_product_scratch(m, n, k)` floats and is aligned to 64
/// bytes.
CK_KERNEL(product, (size_t m, size_t n, size_t k, const float *a, size_t a_row, size_t a_column, const float *b,
           size_t b_row, size_t b_column, float *c, size_t c_row, const float *bias, int activation, float *scratch),
          (m, n, k, a, a_row, a_column, b, b_row, b_column, c, c_row, bias, activation, scratch));
