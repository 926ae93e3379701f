#pragma once
#include "../include/ck_integer.h"
#include "room.h"

// Rows that a sparse layer multiplies at once, and outputs whose sums wait to be turned.
enum { CK_INTEGER_ROWS = 64, CK_INTEGER_BLOCK = 16 };

// Where the scratch of a sparse product of k inputs holds what: the rows turned, and the sums of a block of outputs.
typedef struct ck_integer_layout {
  size_t sums, total;
} ck_integer_layout;

static inline ck_integer_layout ck_integer_layout_of(size_t k) {
  ck_integer_layout l = {.sums = (k + 15) / 16 * 16 * CK_INTEGER_ROWS / sizeof(float)};
  l.total = l.sums + CK_INTEGER_ROWS * CK_INTEGER_BLOCK;
  return l;
}

// The padded image that a convolution reads: [rows][columns][channels], and some bytes that are read past its end.
typedef struct ck_integer_frame {
  size_t columns, bytes;
  // Of a sparse weight: where in the scratch the rows lie that are multiplied, and the product's own scratch; all in floats.
  size_t rows, product, total;
} ck_integer_frame;

static inline ck_integer_frame ck_integer_frame_of(int form, const ck_convolution_shape *s) {
  ck_integer_frame f = {.columns = s->in_width + 2 * s->pad_w};
  size_t k = s->kernel_height * s->kernel_width * s->in_channels;
  f.bytes = (s->in_height + 2 * s->pad_h) * f.columns * s->in_channels;
  f.rows = ck_room(f.bytes / sizeof(float) + 16);
  f.product = f.rows + (form == CK_INTEGER_DENSE ? 0 : ck_room(CK_INTEGER_ROWS * k / sizeof(float) + 16));
  f.total = f.product + (form == CK_INTEGER_DENSE ? 0 : ck_integer_layout_of(k).total);
  return f;
}
