#pragma once
// The hot loops. One source, compiled once per instruction set; the processor decides at start-up which one runs,
// and all of them give the same bits (the numerics contract stands in README.md).
// No function here allocates, and none keeps state but the choice of variant.
#include "ck_attention.h"
#include "ck_broadcast.h"
#include "ck_bytes.h"
#include "ck_convolution.h"
#include "ck_elementwise.h"
#include "ck_gather.h"
#include "ck_layout.h"
#include "ck_limit.h"
#include "ck_normalization.h"
#include "ck_optimizer.h"
#include "ck_pooling.h"
#include "ck_product.h"
#include "ck_random.h"
#include "ck_reduction.h"
#include "ck_softmax.h"
#include "ck_sparse.h"
#include "ck_variants.h"
