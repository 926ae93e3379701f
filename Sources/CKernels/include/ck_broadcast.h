#pragma once
#include <stddef.h>

// An array repeated along the middle axis of [outer, middle, inner].

/// y[o, m, i] = x[o, i]. A range of `outer` is an offset of x and y.
void ck_expand_middle(size_t outer, size_t middle, size_t inner, const float *x, float *y);
