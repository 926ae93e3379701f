#pragma once
// A kernel is one hot loop, compiled once per instruction set; the processor decides at start-up which one runs, and all of them
// give the same bits (the numerics contract stands in README.md). No kernel allocates, and none keeps state.
//
// CK_KERNEL(name, (parameters), (arguments)) declares the kernel `ck_name`, its arguments being the names of the parameters. The
// headers of this folder say it once for each kernel. Callers read it as the prototype below; bodies/all.inc and dispatch.h read
// it as what the variants and the choice between them need.
#ifndef CK_KERNEL
#define CK_KERNEL(name, parameters, arguments) void ck_##name parameters
#endif

// The same for kernels that multiply bytes: of these the variant "avx512" has a second form, for processors that have
// instructions for that (VNNI).
#ifndef CK_BYTE_KERNEL
#define CK_BYTE_KERNEL(name, parameters, arguments) void ck_##name parameters
#endif
