#pragma once
#include <stddef.h>

// An array seen as [outer, middle, inner], and a smaller one repeated along it. The output may be x (in place).
// To compute a range of `outer`, offset x and y; with outer = 1, a range of `middle` is an offset of x, b and y.

/// y[o, m, i] = x[o, m, i] + b[m], then ReLU where `relu` is not 0. A bias of a linear layer has inner = 1.
void ck_add_middle(
    size_t outer, size_t middle, size_t inner, const float *x, const float *b, int relu, float *y);
/// y[o, m, i] = x[o, m, i] · b[m]
void ck_multiply_middle(size_t outer, size_t middle, size_t inner, const float *x, const float *b, float *y);
/// y[o, m, i] = x[o, i]
void ck_expand_middle(size_t outer, size_t middle, size_t inner, const float *x, float *y);
/// y[i] = x[0]
void ck_expand_scalar(size_t n, const float *x, float *y);
