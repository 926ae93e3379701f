#pragma once
#include <stddef.h>

#include "ck_kernel.h"

/// Fused multiply-adds of one round of `ck_multiply_add_limit`.
enum { CK_LIMIT_MULTIPLY_ADDS = 16 * 16 };

/// Runs `rounds` rounds of independent fused multiply-adds out of registers: as fast as this instruction set multiplies and
/// adds. What benchmarks measure other kernels by; y [16] receives a number that depends on all of them.
CK_KERNEL(multiply_add_limit, (size_t rounds, float *y), (rounds, y));
