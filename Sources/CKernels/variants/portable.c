// No instruction-set attribute: whatever the compiler's baseline is. Where that has no fused multiply-add the C library's
// correctly rounded one stands in, slowly; this variant is the oracle of the others.
#define CK_VARIANT portable
#define CK_DISPATCHES
#define CK_TILE_ROWS 4
#define CK_TILE_VECTORS 1
#include "../bodies/all.inc"
