#!/usr/bin/env python3
"""Does to results what happens to them: kills, full disks, damaged files, clocks that jump, and whoever else is at work.

    python3 Tests/Torture/torture.py [PART ...] [--seed N] [--kills 100]

Each part prints a line with its numbers, and holds the results of sweeps with dynamic training and with compaction
against those of a run to which nothing happened: the SHA-256 of every trial, which covers masks, weights, losses and
evaluations. COPPICE is the program (.build/release/coppice), PYTHON an interpreter with h5py, where there is one, TORTURE_FOLDER
where files lie. Only the standard library is needed. Disks need root, and a part that cannot be done here says why.
Exit: 0 where everything held, 1 where something did not, 69 where there is no program.
"""

import argparse
import os
import random
import shutil
import sys
import tempfile
import time

import damage
import disk
import killing
import locks
import together
from laboratory import PROGRAM, Torture

PARTS = {
    "kills": killing.one_worker,
    "workers": killing.four_workers,
    "full-disk": disk.full_disk,
    "read-only": disk.read_only,
    "together": together.two_runs,
    "damage": damage.damaged_files,
    "clock": together.jumping_clock,
    "reader": together.open_summary,
    "locks": locks.no_locks,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--seed", type=int, default=None, help="of all that is left to chance; printed")
    parser.add_argument("--kills", type=int, default=100, help="in each of the parts that kill")
    arguments = parser.parse_args()
    for part in arguments.parts:
        if part not in PARTS:
            parser.error(f"there is no part {part}: {', '.join(PARTS)}")
    if not os.access(PROGRAM, os.X_OK):
        print(f"{PROGRAM} is missing: make build, or name a program as COPPICE", file=sys.stderr)
        return 69
    seed = random.SystemRandom().randrange(1 << 32) if arguments.seed is None else arguments.seed
    folder = tempfile.mkdtemp(prefix="coppice-torture-", dir=os.environ.get("TORTURE_FOLDER"))
    isWell = True
    try:
        torture = Torture(folder, seed, arguments.kills)
        print(
            f"seed {seed}: undisturbed, the sweeps take {torture.seconds:.1f} s: {len(torture.expected)} trials, "
            f"{torture.files} files", flush=True)
        for part in arguments.parts or PARTS:
            # Of its own for each part, so that a part alone does the same.
            torture.random = random.Random(f"{seed} {part}")
            start = time.monotonic()
            try:
                answer = PARTS[part](torture)
                word, text = ("skipped", answer[1]) if isinstance(answer, tuple) else ("held", answer)
            except AssertionError as error:
                isWell, word, text = False, "FAILED", str(error)
            print(f"{part}: {word} in {time.monotonic() - start:.0f} s: {text}", flush=True)
    finally:
        if isWell:
            shutil.rmtree(folder, ignore_errors=True)
        else:
            print(f"what is left lies in {folder}", file=sys.stderr)
    return 0 if isWell else 1


if __name__ == "__main__":
    sys.exit(main())
