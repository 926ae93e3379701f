#pragma once
#include "../include/ck_convolution.h"
#include "room.h"

// Source planes with the zeros around them, parted by the phases of the stride.

// frame[c][phase row][phase column][r][q] =
//   x[c][r · stride_h + phase row − pad_h][q · stride_w + phase column − pad_w], or 0 where that does not
//   exist.
typedef struct ck_frame {
  size_t height, width, stride_h, stride_w, pad_h, pad_w;  // of the source planes
  size_t phases_h, phases_w, rows, columns;                // of the frame
} ck_frame;

static inline size_t ck_frame_channel(const ck_frame *f) {
  return f->phases_h * f->phases_w * f->rows * f->columns;
}

// Of x, as the forward pass and the filter gradient read it.
static inline ck_frame ck_input_frame(const ck_convolution_shape *s) {
  ck_frame f = {
      .height = s->in_height, .width = s->in_width, .stride_h = s->stride_h, .stride_w = s->stride_w};
  f.pad_h = s->pad_h;
  f.pad_w = s->pad_w;
  f.phases_h = ck_least(s->stride_h, s->kernel_height);
  f.phases_w = ck_least(s->stride_w, s->kernel_width);
  f.rows = s->out_height + (s->kernel_height - 1) / s->stride_h;
  f.columns = s->out_width + (s->kernel_width - 1) / s->stride_w;
  return f;
}

// Of gy, as the input gradient reads it: zeros wherever a tap falls outside.
static inline ck_frame ck_gradient_frame(const ck_convolution_shape *s) {
  ck_frame f = {.height = s->out_height, .width = s->out_width, .stride_h = 1, .stride_w = 1};
  f.pad_h = s->kernel_height - 1 > s->pad_h ? (s->kernel_height - 1 - s->pad_h) / s->stride_h : 0;
  f.pad_w = s->kernel_width - 1 > s->pad_w ? (s->kernel_width - 1 - s->pad_w) / s->stride_w : 0;
  f.phases_h = f.phases_w = 1;
  f.rows = f.pad_h + (s->in_height - 1 + s->pad_h) / s->stride_h + 1;
  f.columns = f.pad_w + (s->in_width - 1 + s->pad_w) / s->stride_w + 1;
  return f;
}
