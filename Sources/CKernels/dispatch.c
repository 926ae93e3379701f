#include "include/CKernels.h"
#include "table.h"

extern const struct ck_table ck_portable_table;
#if defined(__x86_64__)
extern const struct ck_table ck_avx2_table, ck_avx512_table;
#elif defined(__aarch64__)
extern const struct ck_table ck_neon_table;
#endif

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

static const struct ck_table *table_of(ck_variant variant) {
  switch (variant) {
#if defined(__x86_64__)
    case CK_AVX2: return &ck_avx2_table;
    case CK_AVX512: return &ck_avx512_table;
#elif defined(__aarch64__)
    case CK_NEON: return &ck_neon_table;
#endif
    default: return &ck_portable_table;
  }
}

static ck_variant current;
static const struct ck_table *active;

bool ck_use_variant(ck_variant variant) {
  if (!ck_supports(variant)) return false;
  current = variant;
  active = table_of(variant);
  return true;
}

__attribute__((constructor)) static void choose_widest(void) {
  for (int v = CK_AVX512; v >= CK_PORTABLE; v--)
    if (ck_use_variant((ck_variant)v)) return;
}

ck_variant ck_current_variant(void) { return current; }

const char *ck_variant_name(ck_variant variant) {
  switch (variant) {
    case CK_NEON: return "neon";
    case CK_AVX2: return "avx2";
    case CK_AVX512: return "avx512";
    default: return "portable";
  }
}

#define K(name, parameters, arguments) \
  void ck_##name parameters { active->name arguments; }
#include "kernels.def"
#undef K
