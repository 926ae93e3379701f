#!/usr/bin/env bash
# Large stores, made and measured: `make scale`. A sweep of TRIALS tiny trainings is run, then its store is filled with copies of a
# stage file under other keys until it has STAGES files. Every command on it is timed, in seconds of the clock. The store lies in
# memory where the system has a folder for that, so that the disk is not what is measured. Before it, a sweep of 1,020 stages of
# usual length tells what share of its time two workers spend between stages (SHARE=0 leaves that out).
set -euo pipefail
coppice=${COPPICE:-.build/release/coppice}
trials=${TRIALS:-10000}
stages=${STAGES:-100000}
command -v python3 >/dev/null || { echo "python3 is needed: it copies the stage files" >&2; exit 69; }

if [ -d /dev/shm ]; then memory=/dev/shm; else memory=${TMPDIR:-/tmp}; fi
folder=$(mktemp -d "$memory/coppice-scale.XXXXXX")
trap 'rm -rf "$folder"' EXIT
export COPPICE_RESULTS="$folder/results" HOME="$folder" SWIFT_BACKTRACE=enable=no

# Prints how long a command took, with the words before `--`; its output is thrown away.
TIMEFORMAT=%R
measure() {
  local words=$1 seconds code=0
  shift
  seconds=$({ time "$@" >"$folder/out" 2>"$folder/err" || echo "$?" >"$folder/code"; } 2>&1)
  [ -s "$folder/code" ] && code=$(cat "$folder/code") && rm "$folder/code"
  [ "$code" = 0 ] || { echo "exit code $code: $*" >&2; head -5 "$folder/err" >&2; exit 1; }
  printf '%9s s  %s\n' "$seconds" "$words"
}

# A seed of the quickstart is 21 trials, two of them dense.
sweep=(quickstart --seeds $(((trials + 20) / 21))
  --set "model=mlp(widths: [4])" --set "dataset=glyphs(training: 20, validation: 10, test: 10)"
  --set batch-size=10 --set training=2it --set evaluation=2it --as many)
count() { find "$COPPICE_RESULTS/stages" -type f | wc -l; }

[ "${SHARE:-1}" = 0 ] || {
  measure "run of 252 trials, 600 steps a training" "$coppice" run quickstart --seeds 12 --set training=600it --as share --jobs 2 --quiet
  python3 - "$COPPICE_RESULTS/share/journal.jsonl" <<'PYTHON'
import json, sys
entries = [json.loads(line) for line in open(sys.argv[1])]
ends = [entry for entry in entries if entry["event"] == "stage"]
begin = min(entry["time"] for entry in entries if entry["event"] == "started")
whole = 2 * (max(entry["time"] for entry in ends) - begin)
work = sum(entry["seconds"] for entry in ends)
print(f"           {len(ends)} stages; {1 - work / whole:.2%} of the time of two workers lies between them")
PYTHON
  rm -r "$COPPICE_RESULTS"
}
measure "run of the sweep" "$coppice" run "${sweep[@]}" --quiet
files=$(find "$COPPICE_RESULTS/many/trials" -name '*.h5' | wc -l)
echo "           $files trials, $(count) stages, $(du -sm "$COPPICE_RESULTS" | cut -f1) MB"
measure "plan of the same sweep" "$coppice" plan "${sweep[@]}"
measure "run of the same sweep: nothing to do" "$coppice" run "${sweep[@]}" --quiet
measure "status of the sweep" "$coppice" status many
measure "table of the sweep" "$coppice" table many

python3 - "$COPPICE_RESULTS/stages" "$stages" <<'PYTHON'
import os, sys
root, wanted = sys.argv[1], int(sys.argv[2])
files = [os.path.join(folder, name) for folder, _, names in os.walk(root) for name in names if name.endswith(".h5")]
contents = open(min(files, key=os.path.getsize), "rb").read()
for number in range(wanted - len(files)):
    folder = f"{number % 256:02x}"
    os.makedirs(f"{root}/{folder}", exist_ok=True)
    with open(f"{root}/{folder}/{folder}{number:062d}.h5", "wb") as file:
        file.write(contents)
    # Every second one has not been used for a month.
    if number % 2:
        os.utime(file.name, (os.path.getmtime(files[0]) - 30 * 86400,) * 2)
PYTHON
echo "           $(count) stages"
small=(quickstart --seeds 1 --set training=2it --set evaluation=2it --as one)
measure "plan of a small sweep" "$coppice" plan "${small[@]}"
measure "run of a small sweep" "$coppice" run "${small[@]}" --quiet
measure "run of the small sweep: nothing to do" "$coppice" run "${small[@]}" --quiet
measure "status of all" "$coppice" status
measure "clean: what could go" "$coppice" clean
[ -n "${BASELINE:-}" ] || {
  measure "clean --stages --older-than 7d" "$coppice" clean --stages --older-than 7d
  echo "           $(count) stages"
}
measure "clean --stages" "$coppice" clean --stages
echo "           $(count) stages"
