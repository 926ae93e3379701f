#pragma once
#include <stddef.h>

/// y[i] = a[i] + b[i]
void ck_add(size_t n, const float *a, const float *b, float *y);
