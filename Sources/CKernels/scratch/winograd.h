#pragma once
#include "../include/ck_convolution.h"
#include "../include/ck_product.h"
#include "frame.h"
#include "room.h"

// Convolution by Winograd's transforms, and its filter gradient.

// Whether a convolution goes by Winograd's transforms: where the products are large enough to bear them and few tiles hang
// over the edge. A function of the layer's shape without its batch, and equal for each part of sixteen or more of its
// channels, so that every share of the work goes the same way; and the same in all three directions.
static inline int ck_by_winograd(const ck_convolution_shape *s) {
  int fits = s->kernel_height == 3 && s->kernel_width == 3 && s->stride_h == 1 && s->stride_w == 1 && s->groups == 1 &&
             s->pad_h <= 2 && s->pad_w <= 2;
  return fits && ck_least(s->in_channels, s->out_channels) >= CK_WINOGRAD_CHANNELS &&
         ck_least(s->in_height, s->out_height) >= CK_WINOGRAD_PLANE &&
         ck_least(s->in_width, s->out_width) >= CK_WINOGRAD_PLANE;
}

// Whether the tiles of a single image are so few that all of them are transformed at once, and the filters a tile of rows at a time
// as they are multiplied: spectra of many filters would be written to memory and read from there again. A function of the shape
// without its result channels, of which a share may have fewer.
enum { CK_FEW_LANES = 64, CK_FEW_ROWS = 12 };

// From `channels` planes in padded frames to `rows` planes of out_height x out_width.
typedef struct ck_winograd {
  size_t channels, rows, out_height, out_width;
  size_t tiles_down, tiles_across;  // the latter rounded up to whole quads
  int has_few_tiles;                // see CK_FEW_LANES
  ck_frame frame;                   // what the tiles of a source plane see
} ck_winograd;

static inline ck_winograd ck_winograd_of(const ck_convolution_shape *s, int backward) {
  ck_frame f = {.height = s->in_height, .width = s->in_width, .pad_h = s->pad_h, .pad_w = s->pad_w};
  ck_winograd g = {s->in_channels, s->out_channels, s->out_height, s->out_width};
  if (backward) {
    f = (ck_frame){.height = s->out_height, .width = s->out_width, .pad_h = 2 - s->pad_h, .pad_w = 2 - s->pad_w};
    g = (ck_winograd){s->out_channels, s->in_channels, s->in_height, s->in_width};
  }
  g.tiles_down = (g.out_height + 1) / 2;
  g.tiles_across = (g.out_width + 7) / 8 * 4;
  g.has_few_tiles = s->batch == 1 && g.tiles_down * g.tiles_across <= CK_FEW_LANES;
  f.stride_h = f.stride_w = f.phases_h = f.phases_w = 1;
  f.rows = 2 * g.tiles_down + 2;
  f.columns = 2 * g.tiles_across + 2;
  g.frame = f;
  return g;
}

// Of the results, as the filter gradient reads them.
static inline ck_frame ck_winograd_out_frame(const ck_winograd *g) {
  ck_frame f = {.height = g->out_height, .width = g->out_width};
  f.stride_h = f.stride_w = f.phases_h = f.phases_w = 1;
  f.rows = 2 * g->tiles_down;
  f.columns = 2 * g->tiles_across;
  return f;
}

// Floats from one element to the next of transformed data and filters, and from one result channel's sums to the next:
// a cache line more than they hold, lest all elements fall on the same lines of the cache.
enum { CK_WINOGRAD_ELEMENTS = 16, CK_WINOGRAD_SUMS = CK_WINOGRAD_ELEMENTS * CK_PRODUCT_COLUMNS + 16 };
static inline size_t ck_winograd_data_step(const ck_winograd *g) { return g->channels * CK_PRODUCT_COLUMNS + 16; }
static inline size_t ck_winograd_filter_rows(const ck_winograd *g) {
  return g->has_few_tiles ? ck_least(g->rows, CK_FEW_ROWS) : g->rows;
}
static inline size_t ck_winograd_filter_step(const ck_winograd *g) {
  return g->channels * ck_winograd_filter_rows(g) + 16;
}
// Panels of data that are held at once.
static inline size_t ck_winograd_panels(const ck_winograd *g) {
  return g->has_few_tiles ? (g->tiles_down * g->tiles_across + 15) / 16 : 1;
}

typedef struct ck_winograd_layout {
  size_t frame, data, filters, sums, total;
} ck_winograd_layout;

static inline ck_winograd_layout ck_winograd_layout_of(const ck_winograd *g) {
  ck_winograd_layout l = {.data = ck_room(g->channels * ck_frame_channel(&g->frame))};
  l.filters = l.data + ck_room(ck_winograd_panels(g) * CK_WINOGRAD_ELEMENTS * ck_winograd_data_step(g));
  l.sums = l.filters + ck_room(CK_WINOGRAD_ELEMENTS * ck_winograd_filter_step(g));
  l.total = l.sums + ck_room(ck_winograd_filter_rows(g) * CK_WINOGRAD_SUMS);
  return l;
}

// Tiles that a filter gradient transforms before it multiplies them, of several images where these are small.
enum { CK_WINOGRAD_TOGETHER = 64 };

// Floats from one element to the next of the tiles held and of the sums; a cache line more than they hold, as above.
static inline size_t ck_winograd_held_step(size_t lanes) { return CK_WINOGRAD_TOGETHER * lanes + 16; }
static inline size_t ck_winograd_sum_step(size_t outputs, size_t lanes) { return outputs * lanes + 16; }

typedef struct ck_winograd_gradient_layout {
  size_t frame, out_frame, data, gradients, sums, total;
} ck_winograd_gradient_layout;

static inline ck_winograd_gradient_layout ck_winograd_gradient_layout_of(const ck_winograd *g) {
  size_t lanes = (g->channels + 15) / 16 * 16;
  ck_frame out = ck_winograd_out_frame(g);
  ck_winograd_gradient_layout l = {.out_frame = ck_room(4 * g->frame.columns * lanes)};
  l.data = l.out_frame + ck_room(g->rows * ck_frame_channel(&out));
  l.gradients = l.data + ck_room(CK_WINOGRAD_ELEMENTS * ck_winograd_held_step(lanes));
  l.sums = l.gradients + ck_room(CK_WINOGRAD_ELEMENTS * ck_winograd_held_step(g->rows));
  l.total = l.sums + ck_room(CK_WINOGRAD_ELEMENTS * ck_winograd_sum_step(g->rows, lanes));
  return l;
}
