#pragma once
#include <stdbool.h>
#include <stddef.h>

/// The instruction sets the kernels are compiled for, narrowest first.
typedef enum ck_variant { CK_PORTABLE, CK_NEON, CK_AVX2, CK_AVX512 } ck_variant;

/// Whether this build holds `variant` and this processor can run it.
bool ck_supports(ck_variant variant);

/// The variant in use. First call: the widest one supported.
ck_variant ck_current_variant(void);

/// Switches every kernel to `variant`; false (and nothing changes) where it is not supported. Call it before any kernel
/// runs, or between runs: it is not meant to change under a running kernel.
bool ck_use_variant(ck_variant variant);

/// "portable", "neon", "avx2" or "avx512".
const char *ck_variant_name(ck_variant variant);

/// Whether kernels that multiply bytes use the processor's instructions for that (VNNI): where it has them, and the variant is
/// "avx512". The bits are the same with and without.
bool ck_uses_byte_products(void);

/// Has them used or not; false (and nothing changes) where the processor does not have them.
bool ck_use_byte_products(bool used);
