#!/bin/sh
# Whether threads meet in one place of memory: a small sweep of two jobs with two threads each, and the commands that read it. Builds
# in .build/sanitize-threads. Exit: 0 nothing found, 69 clang is missing, else something was found.
#
# What is seen: all Swift code and the kernels, with what orders threads among them: atomics, locks and conditions of the system, the
# beginning and the end of threads, and Mutex, of which mutex.c tells. What is not: what the libraries beside do inside (the Swift
# runtime, Foundation, libhdf5, zlib), the ends of objects, whose count of references is kept by the runtime, and whatever this sweep
# does not do. Two accesses count as a race where nothing that is seen lies between them, whether they met in this run or not.
set -eu
cd "$(dirname "$0")/../.."
. Tests/Sanitizers/sweep.sh
command -v clang >/dev/null || { echo "clang is missing" >&2; exit 69; }
export TSAN_OPTIONS=halt_on_error=1
set --
if [ "$(uname)" = Linux ]; then
  mkdir -p .build/sanitize-threads
  clang -std=gnu11 -O1 -c -o "$PWD/.build/sanitize-threads/mutex.o" Tests/Sanitizers/mutex.c
  set -- -Xlinker "$PWD/.build/sanitize-threads/mutex.o"
fi
# Whether a race is found and a Mutex is understood.
"${SWIFTC:-swiftc}" -sanitize=thread -g -o "$folder/mutex" Tests/Sanitizers/mutex.swift "$@"
"$folder/mutex" mutex
if "$folder/mutex" race 2>/dev/null; then
  echo "a race was not found" >&2
  exit 1
fi
"${SWIFT:-swift}" build --sanitize=thread --scratch-path .build/sanitize-threads --product coppice "$@"
sweep .build/sanitize-threads/debug/coppice 2 2
echo "threads: nothing found"
