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
// Lines of some images may lie side by side. A frame is a single copy without a shift, with a margin of zeros before every line: shifts
// are where a stretch begins.
typedef struct ck_copies {
  size_t channels, height, width, stride_h, stride_w, pad_h, pad_w;  // of the source
  size_t shifts, phases, reach;  // reach: how many lines further than a result's own its last tap is
  size_t rows, columns;          // of the results
  size_t images, across;         // images side by side, and the results in a line of all of them
  size_t margin, line;           // floats before the first column of a line, and from one line to the next
  size_t strip;                  // lines of results at a time
} ck_copies;

static inline size_t ck_copy_size(const ck_copies *c) { return (c->strip + c->reach) * c->line; }
static inline size_t ck_copies_of_channel(const ck_copies *c) { return c->shifts * c->phases * ck_copy_size(c); }

// Floats of all copies of a strip; behind the last line of a frame is its margin.
static inline size_t ck_copies_size(const ck_copies *c) { return c->channels * ck_copies_of_channel(c) + c->margin; }

// Where a shift of a channel begins: in a frame as far into the lines as its columns are shifted, counted from the left neighbour.
static inline size_t ck_copy_of(const ck_copies *c, size_t channel, size_t shift, size_t phase) {
  return c->margin ? channel * ck_copy_size(c) + c->margin - 1 + shift
                   : ((channel * c->shifts + shift) * c->phases + phase) * ck_copy_size(c);
}

// Whether the copies are those of a filter three columns wide on planes that keep their width, whose lines fill vectors or parts of
// one.
static inline int ck_copies_around(const ck_copies *c) {
  return c->shifts == 3 && c->phases == 1 && c->stride_h == 1 && c->stride_w == 1 && c->pad_w == 1 && c->width == c->columns &&
         c->width > 0 && (c->width % 16 == 0 || 16 % c->width == 0);
}

// Lines of results that make up about a tile of eight vectors, all of them full where there are further lines.
enum { CK_TILE_POSITIONS = 128 };
static inline size_t ck_strip(const ck_copies *c) {
  size_t unit = 16, lines = c->across == 0 ? 0 : CK_TILE_POSITIONS / c->across;
  while (unit > 1 && unit / 2 * c->across % 16 == 0) unit /= 2;
  return ck_least(lines < unit ? unit : lines / unit * unit, c->rows ? c->rows : 1);
}

// How lines lie, and how many of them go at a time.
static inline ck_copies ck_laid(ck_copies c, ck_reading reading) {
  c.images = reading == CK_BESIDE ? 16 / c.columns : 1;
  c.across = c.images * c.columns;
  c.margin = reading == CK_FRAME ? 16 : 0;
  c.line = c.margin + c.across;
  if (reading == CK_FRAME) c.shifts = 1, c.pad_w = 0;
  c.strip = ck_strip(&c);
  return c;
}

// A frame saves two thirds of the copying, which is the same for few survivors and for many. It was measured to be faster where a
// channel meets at most so many of them.
enum { CK_FRAME_SURVIVORS = 16 };

// Whether what lies as copies can lie like that. Frames are for strips of eight vectors.
static inline int ck_can_lie(const ck_copies *c, ck_reading reading) {
  if (reading == CK_COPIES || !ck_copies_around(c)) return reading == CK_COPIES;
  if (reading == CK_BESIDE) return c->columns < 16;
  return (c->columns == 16 || c->columns == 32) && c->strip * c->columns == CK_TILE_POSITIONS && c->rows % c->strip == 0;
}

// The fastest layout of what lies as copies.
static inline ck_reading ck_reading_of(const ck_copies *c, size_t batch, size_t survivors) {
  if (ck_can_lie(c, CK_BESIDE) && batch >= 16 / c->columns) return CK_BESIDE;
  return ck_can_lie(c, CK_FRAME) && survivors <= CK_FRAME_SURVIVORS * c->channels ? CK_FRAME : CK_COPIES;
}

// Of x, as the forward pass and the filter gradient read it.
static inline ck_copies ck_input_copies(const ck_convolution_shape *s, ck_reading reading) {
  ck_copies c = {s->in_channels, s->in_height, s->in_width, s->stride_h, s->stride_w, s->pad_h, s->pad_w};
  c.shifts = s->kernel_width;
  c.phases = ck_least(s->stride_h, s->kernel_height);
  c.reach = (s->kernel_height - 1) / s->stride_h;
  c.rows = s->out_height;
  c.columns = s->out_width;
  return ck_laid(c, reading);
}

// Of gy, as the input gradient reads it, whose results are every stride_h-th row and stride_w-th column of gx.
static inline ck_copies ck_gradient_copies(const ck_convolution_shape *s, ck_reading reading) {
  ck_frame f = ck_gradient_frame(s);
  ck_copies c = {s->out_channels, s->out_height, s->out_width, 1, 1, f.pad_h, f.pad_w};
  c.shifts = f.pad_w + (s->stride_w - 1 + s->pad_w) / s->stride_w + 1;
  c.phases = 1;
  c.reach = f.pad_h + (s->stride_h - 1 + s->pad_h) / s->stride_h;
  c.rows = (s->in_height + s->stride_h - 1) / s->stride_h;
  c.columns = (s->in_width + s->stride_w - 1) / s->stride_w;
  return ck_laid(c, reading);
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

// Room for every layout, so that a shape has one place for each thing.
static inline ck_sparse_layout ck_sparse_layout_of(const ck_convolution_shape *s, size_t longest_row) {
  size_t phases = s->stride_h * s->stride_w, rows[2] = {s->out_channels, s->in_channels * phases};
  ck_copies copies[2] = {ck_input_copies(s, CK_COPIES), ck_gradient_copies(s, CK_COPIES)};
  size_t pieces = 0, floats = 0, results = 0;
  for (int i = 0; i < 2; i++) {
    pieces = ck_most(pieces, copies[i].shifts * copies[i].phases);
    for (ck_reading reading = CK_COPIES; reading <= CK_BESIDE; reading++) {
      if (!ck_can_lie(&copies[i], reading)) continue;
      ck_copies c = ck_laid(copies[i], reading);
      floats = ck_most(floats, ck_copies_size(&c));
      if (reading == CK_BESIDE || (i == 1 && phases > 1))
        results = ck_most(results, ck_least(CK_SPARSE_ROWS, rows[i]) * c.strip * c.across);
    }
  }
  ck_sparse_layout l = {.pieces = ck_room(floats)};
  l.results = l.pieces + ck_room(pieces * (sizeof(ck_piece) / sizeof(float)));
  l.lanes = l.results + ck_room(results);
  l.total = l.lanes + ck_sparse_sample_scratch(longest_row);
  return l;
}
