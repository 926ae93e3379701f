#pragma once
#include <stddef.h>
#include <stdint.h>

#include "ck_kernel.h"

// Examples that are kept as bytes, on their way into a batch.

/// y[p, c, i] = table[c, bytes[indices[p], c, i]] for p < count: images [channels, plane] of bytes by index, each byte
/// replaced by its number in the table [channels, 256]. A range of positions is an offset of indices and y.
CK_KERNEL(gather_bytes, (size_t count, size_t channels, size_t plane, const int32_t *indices, const uint8_t *bytes,
           const float *table, float *y),
          (count, channels, plane, indices, bytes, table, y));
