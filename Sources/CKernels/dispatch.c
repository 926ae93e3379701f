#include "dispatch.h"

ck_variant ck_chosen_variant;
bool ck_byte_products;

bool ck_supports(ck_variant variant) {
  switch (variant) {
    case CK_PORTABLE: return true;
#if defined(__x86_64__)
    case CK_AVX2: return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    case CK_AVX512:
      return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
             __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw");
#elif defined(__aarch64__)
    case CK_NEON: return true;
#endif
    default: return false;
  }
}

bool ck_use_variant(ck_variant variant) {
  if (!ck_supports(variant)) return false;
  ck_chosen_variant = variant;
  return true;
}

static bool has_byte_products(void) {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512vnni");
#else
  return false;
#endif
}

bool ck_uses_byte_products(void) { return ck_byte_products && ck_chosen_variant == CK_AVX512; }

bool ck_use_byte_products(bool used) {
  if (used && !has_byte_products()) return false;
  ck_byte_products = used;
  return true;
}

__attribute__((constructor)) static void choose_widest(void) {
  ck_use_byte_products(has_byte_products());
  for (int v = CK_AVX512; v >= CK_PORTABLE; v--)
    if (ck_use_variant((ck_variant)v)) return;
}

ck_variant ck_current_variant(void) { return ck_chosen_variant; }

const char *ck_variant_name(ck_variant variant) {
  switch (variant) {
    case CK_NEON: return "neon";
    case CK_AVX2: return "avx2";
    case CK_AVX512: return "avx512";
    default: return "portable";
  }
}
