#include "scratch/integer.h"

#include <string.h>

void ck_integer_pack(size_t n, size_t segments, size_t length, const int8_t *w, int8_t *packed) {
  size_t groups = (length + 3) / 4;
  memset(packed, 0, ck_integer_packed(n, segments, length));
  for (size_t from = 0; from < n; from += CK_INTEGER_PANEL) {
    size_t width = n - from > 16 ? CK_INTEGER_PANEL : 16;
    for (size_t c = from; c < n && c < from + width; c++)
      for (size_t s = 0; s < segments; s++)
        for (size_t p = 0; p < length; p++)
          packed[((s * groups + p / 4) * width + c - from) * 4 + p % 4] = w[(c * segments + s) * length + p];
    packed += 4 * width * segments * groups;
  }
}

size_t ck_integer_product_scratch(int form, size_t k) {
  return form == CK_INTEGER_DENSE ? 0 : ck_integer_layout_of(k).total;
}

size_t ck_integer_convolution_scratch(int form, const ck_convolution_shape *shape) {
  return ck_integer_frame_of(form, shape).total;
}
