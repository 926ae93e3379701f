#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "ck_kernel.h"

/// Where the matrix [time, head_dim] of (batch b, head h) lies in an array: element (t, d) is at
/// b · batch + h · head + t · row + d. So contiguous [batch, heads, time, head_dim] has
/// batch = heads · time · head_dim, head = time · head_dim, row = head_dim.
/// [batch, time, heads · head_dim] needs no transpose: batch = time · heads · head_dim, head = head_dim,
/// row = heads · head_dim.
typedef struct ck_attention_strides {
  size_t batch, head, row;
} ck_attention_strides;

/// Scaled dot-product attention over `batch` × `heads` independent pairs.
typedef struct ck_attention_shape {
  size_t batch, heads, queries, keys, head_dim;
  bool causal;  ///< query i sees only keys j ≤ i
  float scale;  ///< normally 1 / √head_dim
  ck_attention_strides q, k, v, o;
} ck_attention_shape;

/// Floats of scratch (aligned to 64 bytes) for either direction.
size_t ck_attention_scratch(const ck_attention_shape *shape);

/// o = softmax(scale · q kᵀ) v   for the pairs b · heads + h of [pair_begin, pair_end)
///
/// The fused form of product, scaling, softmax over keys and product: chains over head_dim, then over keys,
/// ascending. A key that the causal mask hides has probability +0. `statistics` [batch · heads, queries, 2]
/// receives the greatest scaled score of each row and its sum of exp(score − greatest), which is all that the
/// backward pass needs: the [queries, keys] matrix only ever exists for a few rows at a time. A row with a
/// NaN gives NaN.
CK_KERNEL(attention_forward, (const ck_attention_shape *shape, size_t pair_begin, size_t pair_end, const float *q,
           const float *k, const float *v, float *o, float *statistics, float *scratch),
          (shape, pair_begin, pair_end, q, k, v, o, statistics, scratch));

/// The gradients of the same by q, k and v, each laid out as its primal, for the pairs of the range:
/// P = softmax(scale · q kᵀ), gv = Pᵀ go, gP = go vᵀ, gS = scale · P ∘ (gP − Σ_keys gP ∘ P), gq = gS k,
/// gk = gSᵀ q. Chains over queries ascend too. Products P ∘ (…) that might be subnormal are 0.
CK_KERNEL(attention_backward, (const ck_attention_shape *shape, size_t pair_begin, size_t pair_end, const float *q,
           const float *k, const float *v, const float *go, const float *statistics, float *gq, float *gk, float *gv,
           float *scratch),
          (shape, pair_begin, pair_end, q, k, v, go, statistics, gq, gk, gv, scratch));
