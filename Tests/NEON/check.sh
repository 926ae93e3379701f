#!/bin/sh
# Whether NEON gives the bits of the processor at hand: builds digest.c for both, runs the NEON one in qemu-user, compares.
# Needs clang with ld.lld; QEMU names the emulator (qemu-aarch64). Exit: 0 equal, 1 different, 69 a tool is missing.
set -e
emulator=${QEMU:-qemu-aarch64}
for tool in clang ld.lld "$emulator"; do
  command -v "$tool" >/dev/null || { echo "$tool is missing" >&2; exit 69; }
done
cd "$(dirname "$0")"
kernels=../../Sources/CKernels
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
clang -std=c11 -O2 -o "$folder/host" digest.c $kernels/*.c $kernels/variants/*.c -lm
echo '#include <stddef.h>
void *memcpy(void *, const void *, size_t);
void *memset(void *, int, size_t);' >"$folder/string.h"
clang --target=aarch64-linux-gnu -std=c11 -O2 -ffreestanding -nostdlib -static -fuse-ld=lld -I"$folder" \
  -o "$folder/neon" digest.c $kernels/*.c $kernels/variants/*.c
"$folder/host" >"$folder/host.txt"
"$emulator" "$folder/neon" >"$folder/neon.txt"
diff "$folder/host.txt" "$folder/neon.txt" && echo "$(wc -l <"$folder/host.txt") kernels agree"
