#!/bin/sh
# Lets every call on the files of a small run go wrong once, then runs it again. Each call is killed, killed in the middle of what it
# writes (behind it, where it writes nothing), answered with a full disk and with an error of the disk. The run that follows must
# succeed, with the results of a run to which nothing happened, nothing set aside, and no temporary file, lease or checkpoint left.
#
# What is seen: the calls of the program and of its libraries on files below its folder of results, by their names in the C library.
# What is not: questions about names (stat, lstat, access), files elsewhere, programs that it starts, and a power cut, after which the
# disk may hold less than was written.
#
# COPPICE is the program (.build/release/coppice), JOBS so many faults at once (one a processor), EVERY=7 tries each seventh call
# alone, FIRST=90 begins with the ninetieth, KINDS="kill 28" tries these kinds. Exit: 0 all well, 1 not, 69 no compiler, or no Linux.
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
jobs=${JOBS:-$(nproc)}

# Runs the sweep below the folder at hand, under a command where one is given. What has no end in a minute has none.
run() {
  timeout -k 5 60 "$@" "$program" run quickstart --quiet --seeds 1 --jobs 1 --threads 1 --as small --results "$PWD/results" \
    --set "model=mlp(widths: [4])" --set "dataset=glyphs(training: 40, validation: 20, test: 20)" \
    --set batch-size=20 --set training=3it --set evaluation=2it --set schedule=one-shot --set sparsity=0.5 \
    --set criterion=magnitude --set retraining=none
}

# Every number of every round, but for times.
rows() { "$program" table small --rows --json --results "$PWD/results" | sed -E 's/"wall_time": *[^,}]*//g'; }

# Says what is wrong with the results; nothing where all is well.
faults() {
  run >log 2>&1 || echo "the run that follows ends with $?"
  rows >found 2>>log && cmp -s "$folder/expected" found || echo "other results"
  find results | grep -E '\.tmp-|\.lease$|\.checkpoint\.h5$|/set-aside' || true
}

# Runs with one call going wrong, by the kind of fault and the number of the call; fails where there are fewer calls.
try() {
  rm -rf results record
  status=0
  (
    run env FAULT_ROOT="$PWD/results" FAULT_AT="$2" FAULT_KIND="$1" FAULT_LOG="$PWD/record" LD_PRELOAD="$folder/inject.so"
  ) >first 2>&1 || status=$?
  [ -e record ] || return 1
  case $1$status in
  kill137 | half137 | 280 | 281 | 2874 | 2875 | 50 | 51 | 574 | 575) found= ;;
  *) found="it ends with $status: $(tail -1 first); " ;;
  esac
  found="$found$(faults)"
  echo "$1 $2" >>tried
  [ -z "$found" ] || echo "$1 at call $(cat record): $found; $(grep -v '^warning' log | tail -1)" | tee -a wrong
}

# Tries every call whose number is this one modulo the number of jobs.
work() {
  mkdir -p "$folder/job-$1"
  cd "$folder/job-$1"
  for kind in ${KINDS:-kill half 28 5}; do
    at=$((${FIRST:-1} + $1 * ${EVERY:-1}))
    while try $kind $at; do at=$((at + jobs * ${EVERY:-1})); done
  done
  touch ended
}

mkdir good
cd good
run >log 2>&1 || { cat log >&2; exit 1; }
rows >"$folder/expected" 2>>log
cd ..
[ "$(wc -c <expected)" -gt 500 ] || { echo "there are no results to compare with" >&2; exit 1; }

job=0 started=
trap 'kill $started; exit 1' INT TERM
while [ $job -lt "$jobs" ]; do
  work $job &
  started="$started $!"
  job=$((job + 1))
done
wait
tried=$(cat job-*/tried | wc -l)
wrong=$(cat job-*/wrong 2>/dev/null | wc -l)
echo "$tried faults, $wrong of them with consequences"
[ "$tried" -gt 20 ] && [ "$wrong" -eq 0 ] && [ "$(ls job-*/ended | wc -l)" -eq "$jobs" ]
