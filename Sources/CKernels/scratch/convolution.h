#pragma once
#include "../include/ck_convolution.h"
#include "../include/ck_product.h"
#include "frame.h"
#include "images.h"
#include "layout.h"

// Convolution as products with windows, in its three directions.

// Whether each channel is convolved by itself, by one filter: in the forward pass that is no product of matrices.
static inline int ck_by_channel(const ck_convolution_shape *s) {
  return s->groups > 1 && s->in_channels == s->groups && s->out_channels == s->groups;
}

// Whether a window is a single place and every place is one: the source is its own frame.
static inline int ck_is_pointwise(const ck_convolution_shape *s) {
  return s->kernel_height * s->kernel_width * s->stride_h * s->stride_w == 1 && s->pad_h + s->pad_w == 0;
}

// Whether the positions of a single image are so few that the windows of all of them are packed at once, and the weights a tile
// at a time as they are multiplied: each weight then comes from memory once and goes nowhere else.
enum { CK_FEW_POSITIONS = 128 };
static inline int ck_has_few_positions(const ck_convolution_shape *s) {
  return s->batch == 1 && s->out_height * s->out_width <= CK_FEW_POSITIONS;
}

static inline ck_layout ck_forward_layout(const ck_convolution_shape *s) {
  if (ck_by_images(s, 0)) return ck_images_layout(s, 0);
  ck_frame f = ck_input_frame(s);
  size_t channels = s->in_channels / s->groups, rows = s->out_channels / s->groups;
  size_t k = channels * s->kernel_height * s->kernel_width, few = ck_has_few_positions(s);
  return ck_layout_of(ck_is_pointwise(s) ? 0 : channels * ck_frame_channel(&f),
                      CK_PRODUCT_DEPTH * (few ? CK_FEW_POSITIONS : CK_PRODUCT_COLUMNS), k,
                      few ? ck_least(rows, CK_PRODUCT_ROWS) * ck_least(k, CK_PRODUCT_DEPTH) : rows * k, 0);
}

static inline ck_layout ck_input_gradient_layout(const ck_convolution_shape *s) {
  if (ck_by_images(s, 1)) return ck_images_layout(s, 1);
  ck_frame f = ck_gradient_frame(s);
  size_t channels = s->out_channels / s->groups, rows = s->in_channels / s->groups;
  size_t k = channels * s->kernel_height * s->kernel_width;
  size_t phase_rows = (s->in_height + s->stride_h - 1) / s->stride_h;
  size_t phase_columns = (s->in_width + s->stride_w - 1) / s->stride_w;
  return ck_layout_of(channels * ck_frame_channel(&f), CK_PRODUCT_DEPTH * CK_PRODUCT_COLUMNS, k, rows * k,
                      s->stride_h * s->stride_w > 1 ? rows * phase_rows * phase_columns : 0);
}

// Images whose frames a filter gradient holds at once, so that a tile has enough to sum before it is stored.
static inline size_t ck_images_together(const ck_convolution_shape *s) {
  size_t positions = s->out_height * s->out_width;
  if (positions == 0 || positions >= 256) return 1;
  return ck_least(256 / positions, s->batch ? s->batch : 1);
}

// Here the panel is gy with its channels innermost and `weights` the sums.
static inline ck_layout ck_filter_gradient_layout(const ck_convolution_shape *s) {
  ck_frame f = ck_input_frame(s);
  size_t channels = s->in_channels / s->groups, k = channels * s->kernel_height * s->kernel_width;
  size_t images = ck_images_together(s), width = (s->out_channels / s->groups + 15) / 16 * 16;
  return ck_layout_of(images * channels * ck_frame_channel(&f), images * s->out_height * s->out_width * width,
                      k, k * width, 0);
}

// Whether the lanes of a filter gradient are source channels and not result channels, of which there are so few that a third of the
// lanes or more would do nothing.
static inline int ck_by_sources(const ck_convolution_shape *s) {
  size_t sources = (s->in_channels + 15) / 16 * 16, results = (s->out_channels + 15) / 16 * 16;
  return s->groups == 1 && 3 * sources * s->out_channels <= 2 * results * s->in_channels;
}

// Here the frame is that of sixteen channels of an image, the panel the frames of some images with these channels innermost, and
// `weights` the sums.
static inline ck_layout ck_sources_layout(const ck_convolution_shape *s) {
  ck_frame f = ck_input_frame(s);
  size_t area = s->kernel_height * s->kernel_width, frame = 16 * ck_frame_channel(&f);
  return ck_layout_of(frame, ck_images_together(s) * frame, area, 16 * area * s->out_channels, 0);
}
