"""Compares what `coppice plan --simulate` foretells with what happens: python Tests/Simulation/check.py PROGRAM

A sweep is run by several processes with a job each on one folder of results, on this machine. Each repeat begins with a
run that records how long stages take, and foretells from its journal how long 1, 2 and 4 workers need. Then these numbers of
workers run the sweep, each in a new folder. Printed are the seconds foretold and measured, from the start of the first process to
the end of the last, and their ratio; at the end the medians. The exit code is 1 where a median of ratios is more than a fifth off.

The default sweep takes about half a minute with one worker in a release build. Another one stands behind `--`.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

SWEEP = ["quickstart", "--seeds", "2", "--set", "training=600it"]
TOLERANCE = 0.2


def run(program, sweep, results, workers):
    """Runs the sweep by some processes at once, and gives the seconds until the last one ends."""
    command = [program, "work", *sweep, "--any", "--as", "check", "--jobs", "1", "--threads", "1", "--quiet", "--results", results]
    begin = time.monotonic()
    processes = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(workers)]
    codes = [process.wait() for process in processes]
    if any(codes):
        sys.exit(f"a run ended with {codes}")
    return time.monotonic() - begin


def entries(results):
    with open(os.path.join(results, "check", "journal.jsonl")) as file:
        return [json.loads(line) for line in file]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program")
    parser.add_argument("--workers", default="1,2,4")
    parser.add_argument("--repeats", type=int, default=3)
    # The options of the sweep are none of this script.
    end = sys.argv.index("--") if "--" in sys.argv else len(sys.argv)
    options = parser.parse_args(sys.argv[1:end])
    program, sweep = os.path.abspath(options.program), sys.argv[end + 1:] or SWEEP
    workers = [int(count) for count in options.workers.split(",")]
    ratios = {count: [] for count in workers}
    print("repeat  workers  foretold (s)  measured (s)  foretold / measured")
    with tempfile.TemporaryDirectory() as folder:
        for repeat in range(1, options.repeats + 1):
            recorded = os.path.join(folder, f"recorded{repeat}")
            seconds = run(program, sweep, recorded, 1)
            # What passes before a process has its plan, and after its summary stands, is no part of the model: it is the processes'
            # own, and each needs a core for it.
            journal = entries(recorded)
            beside = seconds - (journal[-1]["time"] - journal[0]["time"])
            plan = subprocess.run(
                [program, "plan", *sweep, "--as", "check", "--threads", "1", "--json", "--results", recorded]
                + ["--simulate", "jobs=" + options.workers],
                check=True, capture_output=True, text=True)
            outcomes = json.loads(plan.stdout)["simulation"]["outcomes"]
            for count, outcome in zip(workers, outcomes):
                foretold = beside * max(1, count / os.cpu_count()) + outcome["makespan_seconds"]
                measured = run(program, sweep, os.path.join(folder, f"{repeat}-{count}"), count)
                ratios[count].append(foretold / measured)
                print(f"{repeat:6}  {count:7}  {foretold:12.2f}  {measured:12.2f}  {foretold / measured:.3f}", flush=True)
    medians = {count: statistics.median(values) for count, values in ratios.items()}
    for count, median in medians.items():
        print(f"median  {count:7}  {'':12}  {'':12}  {median:.3f}")
    sys.exit(0 if all(abs(median - 1) <= TOLERANCE for median in medians.values()) else 1)


if __name__ == "__main__":
    main()
