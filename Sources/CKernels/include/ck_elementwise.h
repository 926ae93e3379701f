#pragma once
#include <stddef.h>
#include <stdint.h>

#include "ck_kernel.h"

// One element at a time: n elements, y[i] from the inputs at i. The output may be one of the inputs (in place); otherwise
// they must not overlap. Any range of the elements may be computed alone: offset the pointers.

/// y[i] = a[i] + b[i]
CK_KERNEL(add, (size_t n, const float *a, const float *b, float *y), (n, a, b, y));
/// y[i] = a[i] - b[i]
CK_KERNEL(subtract, (size_t n, const float *a, const float *b, float *y), (n, a, b, y));
/// y[i] = a[i] · b[i]
CK_KERNEL(multiply, (size_t n, const float *a, const float *b, float *y), (n, a, b, y));
/// y[i] = a[i] / b[i]
CK_KERNEL(divide, (size_t n, const float *a, const float *b, float *y), (n, a, b, y));
/// y[i] = the larger of a[i] and b[i]; NaN where either is NaN; b[i] where they are equal.
CK_KERNEL(maximum, (size_t n, const float *a, const float *b, float *y), (n, a, b, y));
/// y[i] = the smaller of a[i] and b[i]; NaN where either is NaN; b[i] where they are equal.
CK_KERNEL(minimum, (size_t n, const float *a, const float *b, float *y), (n, a, b, y));

/// y[i] = c · x[i]
CK_KERNEL(scale, (size_t n, float c, const float *x, float *y), (n, c, x, y));
/// y[i] = x[i] + c
CK_KERNEL(offset, (size_t n, float c, const float *x, float *y), (n, c, x, y));

/// y[i] = -x[i]
CK_KERNEL(negate, (size_t n, const float *x, float *y), (n, x, y));
/// y[i] = |x[i]|
CK_KERNEL(absolute, (size_t n, const float *x, float *y), (n, x, y));
/// y[i] = x[i] > 0 ? x[i] : +0, NaN for NaN
CK_KERNEL(relu, (size_t n, const float *x, float *y), (n, x, y));
/// y[i] = x[i] >= 6 ? 6 : relu x[i], NaN for NaN (Krizhevsky 2010)
CK_KERNEL(relu6, (size_t n, const float *x, float *y), (n, x, y));
/// y[i] = x[i] > 0 ? 1 : 0, NaN for NaN
CK_KERNEL(step, (size_t n, const float *x, float *y), (n, x, y));
/// y[i] = √x[i]
CK_KERNEL(sqrt, (size_t n, const float *x, float *y), (n, x, y));
/// y[i] = eˣ; +0 below -87.33 (never subnormal), +inf above 88.72283. Within 1 ulp.
CK_KERNEL(exp, (size_t n, const float *x, float *y), (n, x, y));
/// y[i] = ln x[i]; -inf at ±0, NaN below 0. Within 1 ulp.
CK_KERNEL(log, (size_t n, const float *x, float *y), (n, x, y));
/// y[i] = tanh x[i]. Within 2 ulp.
CK_KERNEL(tanh, (size_t n, const float *x, float *y), (n, x, y));
/// y[i] = 1 / (1 + e⁻ˣ); +0 below -87.33. Within 2.5 ulp.
CK_KERNEL(sigmoid, (size_t n, const float *x, float *y), (n, x, y));
/// y[i] = (2/√π) ∫₀ˣ e⁻ᵗ² dt. Within 2 ulp.
CK_KERNEL(erf, (size_t n, const float *x, float *y), (n, x, y));
/// y[i] = x·Φ(x), Φ the normal distribution function (Hendrycks and Gimpel 2016, the exact form); -0 below -12.8. Within 6 ulp.
CK_KERNEL(gelu, (size_t n, const float *x, float *y), (n, x, y));
/// y[i] = x[i] / (1 + e⁻ˣ) (Elfwing et al. 2018); ±0 where that might be subnormal. Within 3.5 ulp.
CK_KERNEL(silu, (size_t n, const float *x, float *y), (n, x, y));

/// z[i] = y[i] > 0 ? g[i] : +0, where y is the ReLU's output (or its input); NaN where y is NaN.
CK_KERNEL(relu_gradient, (size_t n, const float *g, const float *y, float *z), (n, g, y, z));
/// z[i] = y[i] < 6 ? relu_gradient of g[i] and y[i] : +0, where y is the output of relu6 (or its input); NaN where y is NaN.
CK_KERNEL(relu6_gradient, (size_t n, const float *g, const float *y, float *z), (n, g, y, z));
/// z[i] = g[i] · (1 - y[i]²), where y = tanh x; products that might be subnormal are 0.
CK_KERNEL(tanh_gradient, (size_t n, const float *g, const float *y, float *z), (n, g, y, z));
/// z[i] = g[i] · y[i] · (1 - y[i]), where y = sigmoid x; products that might be subnormal are 0.
CK_KERNEL(sigmoid_gradient, (size_t n, const float *g, const float *y, float *z), (n, g, y, z));
/// z[i] = g[i] · (Φ(x) + x·φ(x)), where x is the input of gelu; products that might be subnormal are 0.
CK_KERNEL(gelu_gradient, (size_t n, const float *g, const float *x, float *z), (n, g, x, z));
/// z[i] = g[i] · s · (1 + x·(1 - s)), s = sigmoid x, where x is the input of silu; products that might be subnormal are 0.
CK_KERNEL(silu_gradient, (size_t n, const float *g, const float *x, float *z), (n, g, x, z));

/// y[i] = mask[i] ? x[i] : +0 (also where x is NaN or infinite)
CK_KERNEL(mask, (size_t n, const float *x, const uint8_t *mask, float *y), (n, x, mask, y));
/// y[i] = mask[i] ? a[i] : b[i], bit for bit
CK_KERNEL(select, (size_t n, const uint8_t *mask, const float *a, const float *b, float *y), (n, mask, a, b, y));
