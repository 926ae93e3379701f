"""Files of every kind, damaged in every way: detected, set aside, made again and named."""

import os
import time

from laboratory import Lab, ended, fail, kill, name, tail


def flipped(path, random):
    with open(path, "r+b") as file:
        place = random.randrange(os.path.getsize(path))
        file.seek(place)
        byte = file.read(1)[0]
        file.seek(place)
        file.write(bytes([byte ^ 1 << random.randrange(8)]))


def cut(path, random):
    os.truncate(path, random.randrange(1, os.path.getsize(path)))


def empty(path, random):
    os.truncate(path, 0)


def garbage(path, random):
    size = os.path.getsize(path)
    with open(path, "wb") as file:
        file.write(random.randbytes(size))


def folder(path, random):
    os.unlink(path)
    os.mkdir(path)
    with open(os.path.join(path, "mine.txt"), "w") as file:
        file.write("whoever put it here may want it back\n")


def dangling(path, random):
    os.unlink(path)
    os.symlink(path + ".nowhere", path)


DAMAGES = [flipped, cut, empty, garbage, folder, dangling]


def choose(lab, kind, random):
    """A file of a kind, in a state of the store in which a run reads it."""
    if kind == "summary":
        return os.path.join(lab.results, "compacted", "summary.h5")
    if kind == "journal":
        return os.path.join(lab.results, "compacted", "journal.jsonl")
    if kind == "trial":
        return random.choice(sorted(path for path in lab.files() if "/trials/" in path))
    if kind == "stage":
        # Stages are read where trials are to be put together.
        for path in lab.files():
            if "/trials/" in path:
                os.unlink(path)
        return random.choice(sorted(path for path in lab.files() if "/stages/" in path and "checkpoint" not in path))
    return random.choice(sorted(lab.files({"checkpoint": ".checkpoint.h5", "lease": ".lease"}[kind])))


def interrupted(torture):
    """A store as kill -9 leaves it in the middle of a training, with a checkpoint and a lease beside it."""
    for _ in range(50):
        lab = Lab(torture.folder, "half")
        worker = lab.work()
        until = time.monotonic() + 60
        while worker.poll() is None and time.monotonic() < until:
            time.sleep(0.002)
            if lab.files(".checkpoint.h5"):
                break
        kill(worker)
        if lab.files(".checkpoint.h5") and any("/stages/" in path for path in lab.files(".lease")):
            return lab
        lab.remove()
    fail("no training was caught behind a checkpoint")


def damaged_files(torture):
    """One damage a store, a store for each kind of file and way of damage; twice over for those that are placed by chance."""
    half = interrupted(torture)
    whole = torture.lab
    cases = [
        (kind, damage)
        for kind in ["stage", "trial", "summary", "journal", "checkpoint", "lease"] for damage in DAMAGES
        for _ in range(2 if damage in (flipped, cut) else 1)
    ]
    waiting, faults = [], []
    counts = {}
    for kind, damage in cases:
        lab = torture.copy(half if kind in ("checkpoint", "lease") else whole, f"{kind}-{damage.__name__}")
        path = choose(lab, kind, torture.random)
        damage(path, torture.random)
        # A lease that nobody can understand is waited for: those runs are left to themselves meanwhile.
        worker = lab.work()
        waiting.append((kind, damage, lab, path, worker))
        if kind != "lease":
            judge(torture, waiting.pop(), faults, counts)
    for case in waiting:
        judge(torture, case, faults, counts)
    half.remove()
    if faults:
        fail(f"{len(faults)} of {len(cases)}: " + "; ".join(faults))
    return f"{len(cases)} damaged files ({', '.join(f'{kind} {count}' for kind, count in counts.items())}): named, set aside, the same bits"


def judge(torture, case, faults, counts):
    kind, damage, lab, path, worker = case
    counts[kind] = counts.get(kind, 0) + 1
    try:
        code, text = ended(worker, 300)
        file = os.path.basename(path)
        if kind == "journal" and damage is folder:
            # A run without a journal cannot be followed: it says so and does nothing.
            if code != 65 or file not in text:
                fail(f"ends with {code}: {tail(text)}")
            return
        if code != 0:
            fail(f"ends with {code}: {tail(text)}")
        # A lease that is whole but for a number may be believed, and one that leads nowhere is none; so with lines of journals.
        if kind in ("stage", "trial", "summary", "checkpoint") and damage is not dangling:
            if file not in text:
                fail(f"{file} is not named: {tail(text)}")
            kept = [
                found for place, folders, files in os.walk(lab.results) if place.endswith("set-aside")
                for found in folders + files
            ]
            if not kept:
                fail(f"{file} is not set aside")
        lab.check_end(torture.expected)
        lab.remove()
    except AssertionError as error:
        faults.append(f"{kind} {damage.__name__}: {error}")
