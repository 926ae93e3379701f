#if defined(__aarch64__)
#define CK_VARIANT neon
#define CK_TILE_ROWS 6
#define CK_TILE_VECTORS 1
#include "../bodies/all.inc"
#endif
