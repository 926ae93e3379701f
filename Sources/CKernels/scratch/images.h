#pragma once
#include "../include/ck_convolution.h"
#include "../include/ck_product.h"
#include "layout.h"
#include "room.h"

// Convolution with one image in each lane.

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
