#pragma once
// The hot loops. One source, compiled once per instruction set; the processor decides at start-up which one runs,
// and all of them give the same bits (the numerics contract stands in README.md).
// No function here allocates, and none keeps state but the choice of variant.
#include "ck_attention.h"
#include "ck_convolution.h"
#include "ck_elementwise.h"
#include "ck_pooling.h"
#include "ck_product.h"
#include "ck_variants.h"
