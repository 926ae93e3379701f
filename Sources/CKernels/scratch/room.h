#pragma once
#include <stddef.h>

// The sizes of the parts of a scratch. The headers of this folder say where a kernel's scratch holds what: one source for the size
// that callers ask for and the pointers that kernels use.

// Room for n floats, at least 16 spare ones (vectors overrun), and a multiple of 64 bytes.
static inline size_t ck_room(size_t n) { return (n + 31) / 16 * 16; }
static inline size_t ck_least(size_t a, size_t b) { return a < b ? a : b; }
static inline size_t ck_most(size_t a, size_t b) { return a > b ? a : b; }
