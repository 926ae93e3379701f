#pragma once
#include "room.h"

// The parts of a dense convolution's scratch.

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
