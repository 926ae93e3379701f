#!/bin/sh
# Whether threads meet in one place of memory: a small sweep of two jobs with two threads each, and the commands that read it. Builds
# in .build/sanitize-threads. Exit: 0 nothing found, else something was found.
set -eu
cd "$(dirname "$0")/../.."
. Tests/Sanitizers/sweep.sh
export TSAN_OPTIONS=halt_on_error=1
"${SWIFT:-swift}" build --sanitize=thread --scratch-path .build/sanitize-threads --product coppice
sweep .build/sanitize-threads/debug/coppice 2 2
echo "threads: nothing found"
