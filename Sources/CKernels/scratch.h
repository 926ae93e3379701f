#pragma once
#include <stdint.h>

#include "include/ck_attention.h"
#include "include/ck_convolution.h"
#include "include/ck_product.h"
#include "include/ck_sparse.h"

// Where a kernel's scratch holds what: one source for the size that callers ask for and the pointers that
// kernels use.

// frame[c][phase row][phase column][r][q] =
//   x[c][r · stride_h + phase row − pad_h][q · stride_w + phase column − pad_w], or 0 where that does not
//   exist.
typedef struct ck_frame {
  size_t height, width, stride_h, stride_w, pad_h, pad_w;  // of the source planes
  size_t phases_h, phases_w, rows, columns;                // of the frame
} ck_frame;

// Room for n floats, at least 16 spare ones (vectors overrun), and a multiple of 64 bytes.
static inline size_t ck_room(size_t n) { return (n + 31) / 16 * 16; }
static inline size_t ck_least(size_t a, size_t b) { return a < b ? a : b; }

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

// Offsets, in floats, of the parts of a scratch, and its size.
typedef struct ck_layout {
  size_t frame, panel, offsets, weights, apart, total;
} ck_layout;

static inline ck_layout ck_layout_of(size_t frame, size_t panel, size_t offsets, size_t weights,
                                     size_t apart) {
  ck_layout l = {0};
  l.panel = l.frame + ck_room(frame);
  l.offsets = l.panel + ck_room(panel);
  l.weights = l.offsets + ck_room(offsets);
  l.apart = l.weights + ck_room(weights);
  l.total = l.apart + ck_room(apart);
  return l;
}

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

// From `channels` planes in padded frames to `rows` planes of out_height x out_width.
typedef struct ck_winograd {
  size_t channels, rows, out_height, out_width;
  size_t tiles_down, tiles_across;  // the latter rounded up to whole quads
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
static inline size_t ck_winograd_filter_step(const ck_winograd *g) { return g->channels * g->rows + 16; }

typedef struct ck_winograd_layout {
  size_t frame, data, filters, sums, total;
} ck_winograd_layout;

static inline ck_winograd_layout ck_winograd_layout_of(const ck_winograd *g) {
  ck_winograd_layout l = {.data = ck_room(g->channels * ck_frame_channel(&g->frame))};
  l.filters = l.data + ck_room(CK_WINOGRAD_ELEMENTS * ck_winograd_data_step(g));
  l.sums = l.filters + ck_room(CK_WINOGRAD_ELEMENTS * ck_winograd_filter_step(g));
  l.total = l.sums + ck_room(g->rows * CK_WINOGRAD_SUMS);
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

// Positions of a result that are computed before they are turned to where they belong.
enum { CK_POSITIONS_TOGETHER = 16 };

// Whether a convolution puts one image in each lane: where the turning is small beside the products, and the source
// planes of a panel of images stay in the second-level cache. A function of the shape alone, so that every range of
// images goes the same way.
static inline int ck_by_images(const ck_convolution_shape *s, int backward) {
  size_t inputs = s->in_channels / s->groups, outputs = s->out_channels / s->groups;
  size_t source = backward ? outputs * s->out_height * s->out_width : inputs * s->in_height * s->in_width;
  return s->batch >= 16 && source <= 8192 &&
         ck_least(inputs, outputs) * s->kernel_height * s->kernel_width >= 256;
}

// Here the frame holds the source planes of a panel of images and `offsets` the taps of some positions.
static inline ck_layout ck_images_layout(const ck_convolution_shape *s, int backward) {
  size_t area = s->kernel_height * s->kernel_width, inputs = s->in_channels / s->groups;
  size_t outputs = s->out_channels / s->groups, rows = backward ? inputs : outputs;
  size_t source = backward ? s->out_height * s->out_width : s->in_height * s->in_width;
  return ck_layout_of((backward ? outputs : inputs) * source * CK_PRODUCT_COLUMNS,
                      rows * CK_POSITIONS_TOGETHER * CK_PRODUCT_COLUMNS, 2 * area * CK_POSITIONS_TOGETHER,
                      inputs * outputs * area, 0);
}

static inline ck_layout ck_forward_layout(const ck_convolution_shape *s) {
  if (ck_by_images(s, 0)) return ck_images_layout(s, 0);
  ck_frame f = ck_input_frame(s);
  size_t channels = s->in_channels / s->groups, k = channels * s->kernel_height * s->kernel_width;
  return ck_layout_of(channels * ck_frame_channel(&f), CK_PRODUCT_DEPTH * CK_PRODUCT_COLUMNS, k,
                      s->out_channels / s->groups * k, 0);
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

// What sparse convolutions read: of each source plane one copy for every shift of its columns that a tap may ask for, with as
// many columns as the results have, so that the sources of all results at one tap are one stretch. A strip of lines at a time:
//   copy[channel][shift][phase][line][q] =
//     source[channel][(first line + line) · stride_h + phase − pad_h][q · stride_w + shift − pad_w],
//   or 0 where that does not exist.
typedef struct ck_copies {
  size_t channels, height, width, stride_h, stride_w, pad_h, pad_w;  // of the source
  size_t shifts, phases, reach;  // reach: how many lines further than a result's own its last tap is
  size_t rows, columns;          // of the results
  size_t strip;                  // lines of results at a time
} ck_copies;

static inline size_t ck_copy_size(const ck_copies *c) { return (c->strip + c->reach) * c->columns; }
static inline size_t ck_copies_of_channel(const ck_copies *c) { return c->shifts * c->phases * ck_copy_size(c); }

// Whether the copies are those of a filter three columns wide on planes of whole vectors that keep their width.
static inline int ck_copies_around(const ck_copies *c) {
  return c->shifts == 3 && c->phases == 1 && c->stride_h == 1 && c->stride_w == 1 && c->pad_w == 1 && c->width == c->columns &&
         c->width % 16 == 0;
}

// Lines of results that make up about a tile of eight vectors, all of them full where there are further lines.
enum { CK_TILE_POSITIONS = 128 };
static inline size_t ck_strip(const ck_copies *c) {
  size_t unit = 16, lines = c->columns == 0 ? 0 : CK_TILE_POSITIONS / c->columns;
  while (unit > 1 && unit / 2 * c->columns % 16 == 0) unit /= 2;
  return ck_least(lines < unit ? unit : lines / unit * unit, c->rows ? c->rows : 1);
}

// Of x, as the forward pass and the filter gradient read it.
static inline ck_copies ck_input_copies(const ck_convolution_shape *s) {
  ck_copies c = {s->in_channels, s->in_height, s->in_width, s->stride_h, s->stride_w, s->pad_h, s->pad_w};
  c.shifts = s->kernel_width;
  c.phases = ck_least(s->stride_h, s->kernel_height);
  c.reach = (s->kernel_height - 1) / s->stride_h;
  c.rows = s->out_height;
  c.columns = s->out_width;
  c.strip = ck_strip(&c);
  return c;
}

// Of gy, as the input gradient reads it, whose results are every stride_h-th row and stride_w-th column of gx.
static inline ck_copies ck_gradient_copies(const ck_convolution_shape *s) {
  ck_frame f = ck_gradient_frame(s);
  ck_copies c = {s->out_channels, s->out_height, s->out_width, 1, 1, f.pad_h, f.pad_w};
  c.shifts = f.pad_w + (s->stride_w - 1 + s->pad_w) / s->stride_w + 1;
  c.phases = 1;
  c.reach = f.pad_h + (s->stride_h - 1 + s->pad_h) / s->stride_h;
  c.rows = (s->in_height + s->stride_h - 1) / s->stride_h;
  c.columns = (s->in_width + s->stride_w - 1) / s->stride_w;
  c.strip = ck_strip(&c);
  return c;
}

// Rows that sparse products take together, so that what they read comes from afar once, and the results of so many that are
// spread over gx by the strides.
enum { CK_SPARSE_ROWS = 256 };

// The piece of a source plane that a copy is: `columns` of `lines` from `from` on, which go to `to` of the copy. Above and below
// it the copy has lines of zeros, up to `above` and from `below` on.
typedef struct ck_piece {
  size_t lines, columns, from, to, above, below;
} ck_piece;

typedef struct ck_sparse_layout {
  size_t pieces, results, lanes, total;
} ck_sparse_layout;

static inline ck_sparse_layout ck_sparse_layout_of(const ck_convolution_shape *s, size_t longest_row) {
  ck_copies x = ck_input_copies(s), g = ck_gradient_copies(s);
  size_t forward = x.channels * ck_copies_of_channel(&x), backward = g.channels * ck_copies_of_channel(&g);
  size_t copies = x.shifts * x.phases > g.shifts ? x.shifts * x.phases : g.shifts;
  ck_sparse_layout l = {.pieces = ck_room(forward > backward ? forward : backward)};
  l.results = l.pieces + ck_room(copies * (sizeof(ck_piece) / sizeof(float)));
  size_t phases = s->stride_h * s->stride_w, rows = ck_least(CK_SPARSE_ROWS, s->in_channels * phases);
  l.lanes = l.results + ck_room(phases > 1 ? rows * g.strip * g.columns : 0);
  l.total = l.lanes + ck_sparse_sample_scratch(longest_row);
  return l;
}

// Attention works on so many queries at a time: few waste less beyond the causal diagonal, many pack the keys
// less often.
static inline size_t ck_attention_rows(const ck_attention_shape *s) {
  return ck_least(s->causal ? 48 : 96, s->queries);
}

// Scores of a block of queries, the gradients of its probabilities, and a product's scratch.
typedef struct ck_attention_layout {
  size_t row, scores, gradients, product, total;
} ck_attention_layout;

static inline ck_attention_layout ck_attention_layout_of(const ck_attention_shape *s) {
  size_t rows = ck_attention_rows(s), keys = s->keys, dim = s->head_dim;
  size_t a = ck_product_scratch(rows, keys, dim), b = ck_product_scratch(rows, dim, keys);
  size_t c = ck_product_scratch(keys, dim, rows), product = a > b ? a : b;
  ck_attention_layout l = {.row = (keys + 15) / 16 * 16};
  l.gradients = l.scores + ck_room(rows * l.row);
  l.product = l.gradients + ck_room(rows * l.row);
  l.total = l.product + ck_room(product > c ? product : c);
  return l;
}
