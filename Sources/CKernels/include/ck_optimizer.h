#pragma once
#include <stddef.h>
#include <stdint.h>

#include "ck_kernel.h"

// Optimizer steps in place, n weights; a range is an offset of all pointers. mask (may be null) has 0 or 1 a weight; where it
// is 0 the weight and its moments end exactly +0, whatever they were. gradient_scale multiplies the gradient first.
// The numbers are double so that 1 - beta, lr/correction and 1 - lr·weight_decay round once; the arrays are computed in float.
// Flush rules (no intermediate is subnormal): README.md, "Flush thresholds".

/// PyTorch's SGD, dampening 0: d = scale·g + weight_decay·w; v = momentum·v + d; w -= lr·(nesterov ? d + momentum·v : v).
/// velocity null: no momentum, w -= lr·d. A velocity of zeros is PyTorch's first step.
CK_KERNEL(sgd, (size_t n, float *w, const float *gradient, float *velocity, const uint8_t *mask, double learning_rate,
           double momentum, int nesterov, double weight_decay, double gradient_scale),
          (n, w, gradient, velocity, mask, learning_rate, momentum, nesterov, weight_decay, gradient_scale));
/// PyTorch's Adam (Kingma, Ba 2015) and AdamW (`decoupled` not 0; Loshchilov, Hutter 2019):
/// d = scale·g, and + weight_decay·w unless decoupled; decoupled: w *= 1 - lr·weight_decay; m = beta1·m + (1 - beta1)·d;
/// v = beta2·v + (1 - beta2)·d²; w -= (lr/correction1)·m / (√v/√correction2 + epsilon), correction_k = 1 - beta_kᵗ at step t = 1, 2, ...
CK_KERNEL(adam, (size_t n, float *w, const float *gradient, float *m, float *v, const uint8_t *mask, double
           learning_rate, double beta1, double beta2, double epsilon, double correction1, double correction2, double
           weight_decay, int decoupled, double gradient_scale),
          (n, w, gradient, m, v, mask, learning_rate, beta1, beta2, epsilon, correction1, correction2, weight_decay,
           decoupled, gradient_scale));
