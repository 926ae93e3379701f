#!/bin/sh
# Lets every call on the files of a small run go wrong once, then runs it again. Each call is killed, killed in the middle of what it
# writes, answered with a full disk and with an error of the disk. The run that follows must succeed, with the results of a run to
# which nothing happened, nothing set aside, and no temporary file, lease or checkpoint left.
#
# COPPICE is the program (.build/release/coppice), EVERY=7 tries each seventh call alone. Exit: 0 all well, 1 not, 69 no compiler, or no Linux.
set -eu
cd "$(dirname "$0")/../.."
program=$(realpath "${COPPICE:-.build/release/coppice}")
[ "$(uname)" = Linux ] || { echo "calls are caught on Linux alone" >&2; exit 69; }
command -v "${CC:-clang}" >/dev/null || { echo "${CC:-clang} is missing" >&2; exit 69; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${CC:-clang}" -std=gnu11 -O1 -shared -fPIC -o "$folder/inject.so" Tests/Faults/inject.c -ldl
cd "$folder"
export COPPICE_CHECKPOINT_SECONDS=0 SWIFT_BACKTRACE=enable=no

run() {
  "$program" run quickstart --quiet --seeds 1 --jobs 1 --threads 1 --as small --results "$folder/results" \
    --set "model=mlp(widths: [4])" --set "dataset=glyphs(training: 40, validation: 20, test: 20)" \
    --set batch-size=20 --set training=3it --set evaluation=2it --set schedule=one-shot --set sparsity=0.5 \
    --set criterion=magnitude --set retraining=none
}

# Every number of every round, but for times.
rows() { "$program" table small --rows --json --results "$folder/results" | sed -E 's/"wall_time": *[^,}]*//g'; }

run >log 2>&1 || { cat log >&2; exit 1; }
rows >expected 2>>log
[ "$(wc -c <expected)" -gt 500 ] || { echo "there are no results to compare with" >&2; exit 1; }

# Says what is wrong with the results; nothing where all is well.
faults() {
  run >log 2>&1 || echo "the run that follows ends with $?"
  rows >found 2>>log && cmp -s expected found || echo "other results"
  find results | grep -E '\.tmp-|\.lease$|\.checkpoint\.h5$|/set-aside' || true
}

tried=0 wrong=0
for kind in kill half 28 5; do
  at=${FIRST:-1}
  while true; do
    rm -rf results record
    status=0
    (
      FAULT_ROOT="$folder/results" FAULT_AT=$at FAULT_KIND=$kind FAULT_LOG="$folder/record"
      export FAULT_ROOT FAULT_AT FAULT_KIND FAULT_LOG LD_PRELOAD="$folder/inject.so"
      run
    ) >first 2>&1 || status=$?
    # Fewer calls than that.
    [ -e record ] || break
    tried=$((tried + 1))
    case $kind$status in
    kill137 | half137 | 280 | 281 | 2874 | 2875 | 50 | 51 | 574 | 575) found= ;;
    *) found="it ends with $status: $(tail -1 first)" ;;
    esac
    found="$found$(faults)"
    if [ -n "$found" ]; then
      wrong=$((wrong + 1))
      echo "$kind at call $(cat record): $found; $(grep -v '^warning' log | tail -1)"
    fi
    at=$((at + ${EVERY:-1}))
  done
done
echo "$tried faults, $wrong of them with consequences"
[ "$tried" -gt 20 ] && [ "$wrong" -eq 0 ]
