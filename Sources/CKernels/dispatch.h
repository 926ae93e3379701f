#pragma once
// What CK_KERNEL declares in bodies/all.inc: the kernel of this variant, and in the portable variant also the function that
// callers meet, which calls the chosen variant's.
#include "include/ck_variants.h"

// Not to be met outside of this target, so that calls within it are direct.
#define CK_HIDDEN __attribute__((visibility("hidden")))

extern CK_HIDDEN ck_variant ck_chosen_variant;
extern CK_HIDDEN bool ck_byte_products;

#ifndef CK_DISPATCHES
#define CK_KERNEL(name, parameters, arguments) CK_HIDDEN void CK(name) parameters
#define CK_BYTE_KERNEL(name, parameters, arguments) CK_HIDDEN void CK(name) parameters
#else
#if defined(__x86_64__)
#define CK_DECLARED(name, parameters) ck_portable_##name parameters, ck_avx2_##name parameters, ck_avx512_##name parameters
#define CK_BY_VARIANT(name) \
  { [CK_PORTABLE] = ck_portable_##name, [CK_AVX2] = ck_avx2_##name, [CK_AVX512] = ck_avx512_##name }
#elif defined(__aarch64__)
#define CK_DECLARED(name, parameters) ck_portable_##name parameters, ck_neon_##name parameters
#define CK_BY_VARIANT(name) \
  { [CK_PORTABLE] = ck_portable_##name, [CK_NEON] = ck_neon_##name }
#else
#define CK_DECLARED(name, parameters) ck_portable_##name parameters
#define CK_BY_VARIANT(name) \
  { [CK_PORTABLE] = ck_portable_##name }
#endif
#define CK_KERNEL(name, parameters, arguments)                                       \
  CK_HIDDEN void CK_DECLARED(name, parameters);                                      \
  static void(*const ck_##name##_by_variant[]) parameters = CK_BY_VARIANT(name);     \
  void ck_##name parameters { ck_##name##_by_variant[ck_chosen_variant] arguments; } \
  void ck_##name parameters
#if defined(__x86_64__)
// The second form follows the last variant.
#define CK_BYTE_KERNEL(name, parameters, arguments)                                                                     \
  CK_HIDDEN void CK_DECLARED(name, parameters), ck_avx512vnni_##name parameters;                                        \
  static void(*const ck_##name##_by_variant[]) parameters = {[CK_PORTABLE] = ck_portable_##name, [CK_AVX2] = ck_avx2_##name, \
                                                             [CK_AVX512] = ck_avx512_##name, ck_avx512vnni_##name};     \
  void ck_##name parameters {                                                                                           \
    ck_##name##_by_variant[ck_chosen_variant + (ck_chosen_variant == CK_AVX512 && ck_byte_products)] arguments;         \
  }                                                                                                                     \
  void ck_##name parameters
#else
#define CK_BYTE_KERNEL CK_KERNEL
#endif
#endif
