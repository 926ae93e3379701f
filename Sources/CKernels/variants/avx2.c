#if defined(__x86_64__)
#include <immintrin.h>
#pragma clang attribute push(__attribute__((target("avx2,fma,bmi2"))), apply_to = function)
#define CK_VARIANT avx2
#define CK_MASKED 256
#define CK_TILE_ROWS 6
#define CK_TILE_VECTORS 1
#include "../bodies/all.inc"
#pragma clang attribute pop
#endif
