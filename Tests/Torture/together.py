"""Several runs in one store, clocks that jump, and a reader that holds the summary open."""

import glob
import json
import os
import subprocess
import sys
import time

from laboratory import COMPACTED, DYNAMIC, Lab, SWEEPS, ended, fail, name, tail


def entries(lab, event):
    """The lines of journals that tell of an event."""
    found = []
    for journal in glob.glob(os.path.join(lab.results, "*", "journal.jsonl")):
        with open(journal) as lines:
            found += [entry for entry in map(json.loads, lines) if entry["event"] == event]
    return found


def two_runs(torture):
    """Two runs of one sweep and two of two sweeps that share stages, at the same time: each stage is made once."""
    lab = Lab(torture.folder, "together")
    # Under another name, the same trials: they have their stages in common with the first.
    other = [word if word != "dynamic" else "shared" for word in DYNAMIC]
    workers = [lab.work([DYNAMIC]), lab.work([DYNAMIC]), lab.work([other]), lab.work([COMPACTED])]
    for worker in workers:
        code, text = ended(worker)
        if code != 0:
            fail(f"a run beside others ends with {code}: {tail(text)}")
    lab.check_end(torture.expected)
    shared = lab.digests([other])
    if sorted(shared.values()) != sorted(torture.expected_of(DYNAMIC).values()):
        fail("the sweep under another name has other bits")
    made = [entry["stage"] for entry in entries(lab, "stage") if entry.get("message") is None]
    twice = len(made) - len(set(made))
    if twice:
        fail(f"{twice} of {len(set(made))} stages were made twice")
    lab.remove()
    return f"4 runs of 3 sweeps in one store: {len(made)} stages, each made once; the bits of runs alone"


def jumping_clock(torture):
    """Wall clocks that jump by hours while two workers run; nothing rests on them."""
    library = next(iter(glob.glob("/usr/lib/*/faketime/libfaketime.so.1") + glob.glob("/usr/lib/faketime/libfaketime.so.1")), None)
    if library is None:
        return None, "libfaketime is missing (apt-get install faketime)"
    lab = Lab(torture.folder, "clock")
    stamp = os.path.join(lab.folder, "time")
    jumps = 0

    def jump(hours):
        with open(stamp + ".new", "w") as file:
            file.write(f"{hours:+d}h\n")
        os.rename(stamp + ".new", stamp)

    jump(0)
    faked = {
        "LD_PRELOAD": library, "FAKETIME_TIMESTAMP_FILE": stamp, "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1",
    }
    start = time.monotonic()
    # One whose clock jumps, beside one whose clock does not.
    workers = [lab.work(**faked), lab.work(SWEEPS[::-1])]
    while any(worker.poll() is None for worker in workers):
        if time.monotonic() - start > 600:
            fail("no end in ten minutes")
        jump(torture.random.choice([-50, -5, 0, 5, 50]))
        jumps += 1
        time.sleep(0.05)
    elapsed = time.monotonic() - start
    for worker in workers:
        code, text = ended(worker)
        if code != 0:
            fail(f"a run whose clock jumps ends with {code}: {tail(text)}")
    lab.check_end(torture.expected)
    stages = entries(lab, "stage")
    odd = [entry["seconds"] for entry in stages if not 0 <= entry["seconds"] <= elapsed]
    if odd:
        fail(f"stages took {odd[:3]} s in a run of {elapsed:.1f} s")
    far = sum(abs(entry["time"] - time.time()) > 3600 for entry in entries(lab, "began") + entries(lab, "ended") + stages)
    twice = len(stages) - len({entry["stage"] for entry in stages})
    if twice:
        fail(f"{twice} stages were made twice: a lease was lost")
    walls = wall_times(lab)
    if any(not 0 <= wall <= elapsed for wall in walls):
        fail(f"trials took {min(walls)} to {max(walls)} s in a run of {elapsed:.1f} s")
    if far == 0:
        fail("the clock did not jump")
    lab.remove()
    return f"{jumps} jumps of up to 50 hours, {len(stages)} stages each made once, every duration within the run; the same bits"


def wall_times(lab):
    walls = []
    for sweep in SWEEPS:
        code, text = lab.run("table", name(sweep), "--rows", "--json")
        if code != 0:
            fail(f"table ends with {code}: {tail(text)}")
        walls += numbers(json.loads(text[text.index("{"):]), "wall_time")
    return [wall for wall in walls if wall is not None]


def numbers(value, key):
    if isinstance(value, dict):
        return [value[key]] if key in value else [number for inner in value.values() for number in numbers(inner, key)]
    if isinstance(value, list):
        return [number for inner in value for number in numbers(inner, key)]
    return []


READER = """
import sys, time
try:
    import h5py
    file = h5py.File(sys.argv[1], "r")
    count = lambda: len(file["index"][:])
except ImportError:
    import fcntl, os
    file = open(sys.argv[1], "rb")
    fcntl.flock(file, fcntl.LOCK_SH)
    count = lambda: os.pread(file.fileno(), 1 << 30, 0)
first = count()
print("h5py" if "h5py" in sys.modules else "the standard library", flush=True)
for line in sys.stdin:
    assert count() == first
    print("same", flush=True)
"""


def open_summary(torture):
    """A reader holds the summary open while the sweep goes on and replaces it."""
    lab = Lab(torture.folder, "reader")
    # The first summary says what is to come, and has no rows of finished trials.
    first = lab.work([COMPACTED])
    summary = os.path.join(lab.results, "compacted", "summary.h5")
    while not os.path.exists(summary) and first.poll() is None:
        time.sleep(0.001)
    reader = subprocess.Popen(
        [os.environ.get("PYTHON", sys.executable), "-c", READER, summary], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    by = reader.stdout.readline().strip()
    before = os.stat(summary).st_ino
    code, text = ended(first)
    if code != 0:
        fail(f"the run ends with {code} while a reader holds the summary: {tail(text)}")
    if os.stat(summary).st_ino == before:
        fail("the summary was not replaced while it was open")
    again, text = lab.run("run", *COMPACTED, "--quiet")
    if again != 0:
        fail(f"the run behind it ends with {again}: {tail(text)}")
    reader.stdin.write("again\n")
    reader.stdin.flush()
    if reader.stdout.readline().strip() != "same":
        fail("the reader does not find what it opened")
    reader.stdin.close()
    if reader.wait(60) != 0:
        fail("the reader ended badly")
    lab.check_end(torture.expected_of(COMPACTED), [COMPACTED])
    lab.remove()
    return f"a summary that {by} holds open was replaced, and both went on"
