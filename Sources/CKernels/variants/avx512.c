#if defined(__x86_64__)
#include <immintrin.h>
// Feature names, not arch=: with arch=x86-64-v4 the compiler prefers 256-bit code.
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx2,fma,bmi2,popcnt"))), apply_to = function)
#define CK_VARIANT avx512
#define CK_MASKED 512
#define CK_TILE_ROWS 12
#define CK_TILE_VECTORS 2
#include "../bodies/all.inc"
#pragma clang attribute pop
#endif
