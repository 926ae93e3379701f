#pragma once
#include <stddef.h>
#include <stdint.h>

#include "ck_kernel.h"

// Rows of a table [rows, width] by index: an embedding and its gradient.

/// y[p] = table[indices[p]] for p < count; a row of +0 where the index is outside 0 ..< rows. A range of positions is an
/// offset of indices and y.
CK_KERNEL(gather_rows, (size_t count, size_t width, size_t rows, const int32_t *indices, const float *table, float
           *y),
          (count, width, rows, indices, table, y));
/// z[r] = Σ g[p] over the positions p with indices[p] = r, ascending, one chain from +0, for rows begin ..< end of z
/// ([rows, width]; the pointer is that of row 0). Other indices are skipped.
CK_KERNEL(scatter_add_rows, (size_t count, size_t width, size_t begin, size_t end, const int32_t *indices, const float
           *g, float *z),
          (count, width, begin, end, indices, g, z));
