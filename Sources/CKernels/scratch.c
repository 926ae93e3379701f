#include "scratch.h"

size_t ck_convolution_forward_scratch(const ck_convolution_shape *shape) { return ck_forward_layout(shape).total; }

size_t ck_convolution_input_gradient_scratch(const ck_convolution_shape *shape) {
  return ck_input_gradient_layout(shape).total;
}

size_t ck_convolution_filter_gradient_scratch(const ck_convolution_shape *shape) {
  return ck_filter_gradient_layout(shape).total;
}

size_t ck_attention_scratch(const ck_attention_shape *shape) { return ck_attention_layout_of(shape).total; }
