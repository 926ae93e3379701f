#pragma once
#include "../include/ck_attention.h"
#include "../include/ck_product.h"
#include "room.h"

// Attention, a block of queries at a time.

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
