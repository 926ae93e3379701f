#pragma once
#include "../include/ck_sparse.h"
#include "frame.h"
#include "room.h"

// Convolution with the survivors of pruned filters.

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
