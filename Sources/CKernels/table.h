#pragma once
#include "include/CKernels.h"

// One function pointer a kernel; each variant fills one of these.
struct ck_table {
#define K(name, parameters, arguments) void(*name) parameters;
#include "kernels.def"
#undef K
};
