#!/bin/sh
# Whether the kernels and the command line touch memory that is not theirs, or do what C leaves undefined: every kernel of
# ../NEON/digest.c in every variant this processor has, then a small sweep and the commands that read it. Builds in
# .build/sanitize-address. Exit: 0 nothing found, 69 clang is missing, else something was found.
set -eu
cd "$(dirname "$0")/../.."
. Tests/Sanitizers/sweep.sh
command -v clang >/dev/null || { echo "clang is missing" >&2; exit 69; }
kernels=Sources/CKernels
clang -std=c11 -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fuse-ld=lld -o "$folder/kernels" \
  Tests/NEON/digest.c $kernels/*.c $kernels/variants/*.c -lm
"$folder/kernels" >"$folder/digests"
echo "$(wc -l <"$folder/digests") kernels: nothing found"
export ASAN_OPTIONS=abort_on_error=0:detect_stack_use_after_return=1 UBSAN_OPTIONS=halt_on_error=1
"${SWIFT:-swift}" build --sanitize=address --scratch-path .build/sanitize-address --product coppice \
  -Xcc -fsanitize=undefined -Xcc -fno-sanitize-recover=all
sweep .build/sanitize-address/debug/coppice 1 1
echo "the command line: nothing found"
