#include "scratch/attention.h"
#include "scratch/convolution.h"
#include "scratch/sparse_convolution.h"
#include "scratch/winograd.h"

int ck_convolution_by_winograd(const ck_convolution_shape *shape) { return ck_by_winograd(shape); }

int ck_convolution_by_images(const ck_convolution_shape *shape) {
  return !ck_by_winograd(shape) && ck_by_images(shape, 0);
}

int ck_filter_gradient_by_sources(const ck_convolution_shape *shape) {
  return !ck_by_winograd(shape) && ck_by_sources(shape);
}

static size_t ck_winograd_scratch(const ck_convolution_shape *shape, int backward) {
  ck_winograd g = ck_winograd_of(shape, backward);
  return ck_winograd_layout_of(&g).total;
}

size_t ck_convolution_forward_scratch(const ck_convolution_shape *shape) {
  return ck_by_winograd(shape) ? ck_winograd_scratch(shape, 0) : ck_forward_layout(shape).total;
}

size_t ck_convolution_input_gradient_scratch(const ck_convolution_shape *shape) {
  return ck_by_winograd(shape) ? ck_winograd_scratch(shape, 1) : ck_input_gradient_layout(shape).total;
}

size_t ck_convolution_filter_gradient_scratch(const ck_convolution_shape *shape) {
  if (!ck_by_winograd(shape)) {
    size_t plain = ck_filter_gradient_layout(shape).total, sources = ck_sources_layout(shape).total;
    return ck_by_sources(shape) && sources > plain ? sources : plain;
  }
  ck_winograd g = ck_winograd_of(shape, 0);
  return ck_winograd_gradient_layout_of(&g).total;
}

size_t ck_attention_scratch(const ck_attention_shape *shape) { return ck_attention_layout_of(shape).total; }

size_t ck_sparse_convolution_scratch(const ck_convolution_shape *shape, size_t longest_row) {
  return ck_sparse_layout_of(shape, longest_row).total;
}

ck_reading ck_sparse_reading(const ck_convolution_shape *s, size_t survivors) {
  ck_copies c = ck_input_copies(s, CK_COPIES);
  return ck_reading_of(&c, s->batch, survivors);
}

ck_reading ck_sparse_gradient_reading(const ck_convolution_shape *s, size_t survivors) {
  ck_copies c = ck_gradient_copies(s, CK_COPIES);
  return ck_reading_of(&c, s->batch, survivors);
}

size_t ck_sparse_tap(const ck_convolution_shape *s, ck_reading reading, size_t channel, size_t u, size_t v) {
  ck_copies c = ck_input_copies(s, reading);
  return ck_copy_of(&c, channel, v, u % s->stride_h) + u / s->stride_h * c.line;
}

size_t ck_sparse_gradient_tap(const ck_convolution_shape *s, ck_reading reading, size_t row, size_t channel, size_t u, size_t v) {
  ck_copies c = ck_gradient_copies(s, reading);
  ck_frame f = ck_gradient_frame(s);
  size_t a = row / s->stride_w % s->stride_h, b = row % s->stride_w;
  // The padding is wide enough for the furthest tap, so neither difference is negative.
  size_t down = (f.pad_h * s->stride_h + a + s->pad_h - u) / s->stride_h;
  size_t shift = (f.pad_w * s->stride_w + b + s->pad_w - v) / s->stride_w;
  return ck_copy_of(&c, channel, shift, 0) + down * c.line;
}
