#!/bin/sh
# Whether the kernels and the command line touch memory that is not theirs, or do what C leaves undefined: every kernel of
# ../NEON/digest.c in every variant this processor has, then a small sweep and the commands that read it. Builds in
# .build/sanitize-address. Exit: 0 nothing found, 69 clang is missing, else something was found.
set -eu
cd "$(dirname "$0")/../.."
. Tests/Sanitizers/sweep.sh
command -v clang >/dev/null || { echo "clang is missing" >&2; exit 69; }
kernels=Sources/CKernels
# Leaks are not asked for: Swift keeps marks in the upper bits of pointers, and whatever only such pointers hold would be one.
export ASAN_OPTIONS=exitcode=99:detect_leaks=0:detect_stack_use_after_return=1 UBSAN_OPTIONS=exitcode=99:halt_on_error=1
clang -std=c11 -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fuse-ld=lld -o "$folder/kernels" \
  Tests/NEON/digest.c $kernels/*.c $kernels/variants/*.c -lm
# Portable C, NEON, AVX2, AVX-512, as ck_variant counts them; 1 alone says that this processor has no such variant.
for variant in 0 1 2 3; do
  status=0
  "$folder/kernels" $variant >"$folder/digests" || status=$?
  [ $status -eq 1 ] && [ ! -s "$folder/digests" ] && continue
  [ $status -eq 0 ] || exit $status
  echo "$(wc -l <"$folder/digests") kernels of variant $variant: nothing found"
done
"${SWIFT:-swift}" build --sanitize=address --scratch-path .build/sanitize-address --product coppice \
  -Xcc -fsanitize=undefined -Xcc -fno-sanitize-recover=all
sweep .build/sanitize-address/debug/coppice 1 1
echo "the command line: nothing found"
