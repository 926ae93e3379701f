#if defined(__x86_64__)
#include <immintrin.h>
// The kernels that multiply bytes, once more for processors with instructions for that. They belong to the variant avx512.
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx512vnni,avx2,fma,bmi2,popcnt"))), apply_to = function)
#define CK_VARIANT avx512vnni
#define CK_MASKED 512
#define CK_BYTE_DOTS
#define CK_BYTES_ALONE
#include "../bodies/all.inc"
#pragma clang attribute pop
#endif
