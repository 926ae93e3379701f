"""The program, the sweeps that are tortured, and what must hold of a folder of results."""

import os
import random
import shutil
import signal
import struct
import subprocess
import tarfile
import tempfile
import time

PROGRAM = os.path.abspath(os.environ.get("COPPICE", ".build/release/coppice"))

GLYPHS = "dataset=glyphs(training: 400, validation: 100, test: 100)"

# Masks that move while they are trained: RigL, SET and gradual pruning, beside one that stands still.
DYNAMIC = ["dynamics-lenet-mnist", "--seeds", "1", "--as", "dynamic"] + [
    word
    for setting in [GLYPHS, "model=mlp(widths: [64, 32])", "training=400it", "evaluation=100it", "batch-size=20"]
    for word in ("--set", setting)
]

# Networks that get smaller between rounds: pruned units are cut out, and what follows is trained with smaller arrays.
COMPACTED = ["quickstart", "--seeds", "1", "--as", "compacted"] + [
    word
    for setting in [
        GLYPHS, "model=mlp(widths: [48, 32])", "training=300it", "evaluation=100it", "schedule=iterative(rounds: 3)",
        "sparsity=0.6", "retraining=fine-tune(budget: 0.5)", "granularity=coupled-unit", "compaction=after-pruning", "batch-size=20",
    ]
    for word in ("--set", setting)
]

SWEEPS = [DYNAMIC, COMPACTED]


def name(sweep):
    return sweep[sweep.index("--as") + 1]


def fail(message):
    raise AssertionError(message)


class Lab:
    """A folder of results in a folder of its own, and the processes that work there."""

    def __init__(self, parent, label="lab"):
        self.folder = tempfile.mkdtemp(prefix=label + "-", dir=parent)
        self.results = os.path.join(self.folder, "results")
        self.logs = 0

    def environment(self, **more):
        kept = {key: value for key, value in os.environ.items() if not key.startswith("COPPICE_")}
        return {
            **kept, "COPPICE_RESULTS": self.results, "COPPICE_CHECKPOINT_SECONDS": "0.05",
            "SWIFT_BACKTRACE": "enable=no", "HOME": self.folder, **more,
        }

    def start(self, *arguments, script=None, **more):
        """Starts the program, or a script of the shell that calls it as "$0", in a process group of its own."""
        self.logs += 1
        log = os.path.join(self.folder, f"log-{self.logs}")
        command = [PROGRAM, *arguments] if script is None else ["/bin/sh", "-c", script, PROGRAM, *arguments]
        with open(log, "wb") as file:
            process = subprocess.Popen(
                command, env=self.environment(**more), stdout=file, stderr=subprocess.STDOUT, cwd=self.folder,
                stdin=subprocess.DEVNULL, start_new_session=True)
        process.log = log
        return process

    def run(self, *arguments, seconds=600, **more):
        """Runs to the end. Returns the exit code and what was printed."""
        process = self.start(*arguments, **more)
        return ended(process, seconds)

    def work(self, sweeps=SWEEPS, **more):
        """One worker: a process that goes through the sweeps, one behind the other."""
        lines = [
            " ".join(['"$0"', "run", *map(quoted, sweep), "--quiet", "--jobs", "1", "--threads", "1"])
            for sweep in sweeps
        ]
        return self.start(script=" && ".join(lines), **more)

    def finish(self, sweeps=SWEEPS, **more):
        """Works to the end, undisturbed. Returns what was printed."""
        code, text = ended(self.work(sweeps, **more))
        if code != 0:
            fail(f"the run that follows ends with {code}: {tail(text)}")
        return text

    def files(self, ending=".h5"):
        """What a reader may find: temporary files have other endings."""
        return [
            os.path.join(folder, file)
            for folder, _, files in os.walk(self.results) for file in files
            if file.endswith(ending) and "/set-aside" not in folder
        ]

    def check_files(self):
        """Every file that can be seen is whole. Returns how many there are."""
        count = 0
        for path in self.files():
            fault = seal_fault(path)
            if fault:
                fail(f"{path}: {fault}")
            count += 1
        return count

    def digests(self, sweeps=SWEEPS):
        """The SHA-256 of every trial: initial weights, and the weights, masks, losses and evaluations of every round."""
        found = {}
        for sweep in sweeps:
            archive = os.path.join(self.folder, "archive.tar.gz")
            code, text = self.run("pack", name(sweep), "-o", archive)
            if code != 0:
                fail(f"pack ends with {code}: {tail(text)}")
            with tarfile.open(archive) as members:
                lines = members.extractfile(f"{name(sweep)}/digests.txt").read().decode().splitlines()
            for line in (line for line in lines if not line.startswith("#")):
                digest, trial = line.split("  ", 1)
                found[f"{name(sweep)}/{trial}"] = digest
        return found

    def check_end(self, expected, sweeps=SWEEPS):
        """The results are those of an undisturbed run to the bit, and nothing is left over."""
        self.check_files()
        found = self.digests(sweeps)
        if found != expected:
            other = [trial for trial in expected if found.get(trial) != expected[trial]]
            fail(f"{len(other)} of {len(expected)} trials have other bits: {other[:3]}")
        left = [
            os.path.join(folder, file)
            for folder, _, files in os.walk(self.results) for file in files
            if (".tmp-" in file or file.endswith((".lease", ".checkpoint.h5")))
            # A link is nobody's lease: it stays where somebody put it.
            and not os.path.islink(os.path.join(folder, file))
        ]
        if left:
            fail(f"left over: {left[:3]}")

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)


def quoted(word):
    return "'" + word.replace("'", "'\\''") + "'"


def tail(text, lines=3):
    return " | ".join(text.strip().splitlines()[-lines:])


def ended(process, seconds=600):
    try:
        code = process.wait(seconds)
    except subprocess.TimeoutExpired:
        kill(process)
        fail(f"no end in {seconds} s: {process.args}")
    with open(process.log, errors="replace") as file:
        return code, file.read()


def kill(process, number=signal.SIGKILL):
    """Kills a process and all it started. Says whether it lived."""
    lived = process.poll() is None
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        pass
    if number == signal.SIGKILL:
        process.wait()
    return lived


MASK = (1 << 64) - 1


def seal_fault(path):
    """Why a file is not as it was written (see Sources/HDF5/Seal.swift); None where it is, or was replaced meanwhile."""
    key, bytes = read_whole(path)
    if key is None or key in seal_fault.known:
        return None
    if len(bytes) < 32 or bytes[-32:-16] != b"coppice checksum":
        return f"no seal at the end of {len(bytes)} bytes"
    count, stated = struct.unpack("<QQ", bytes[-16:])
    image = bytes[:-32]
    if count != len(image):
        return f"{len(image)} bytes of {count}"
    image += b"\0" * (-len(image) % 8)
    value = 0x9E3779B97F4A7C15
    for (word,) in struct.iter_unpack("<Q", image):
        value ^= word
        value = ((value << 29 | value >> 35) * 0xD6E8FEB86659FD93) & MASK
    if value != stated:
        return "bad checksum"
    seal_fault.known.add(key)
    return None


seal_fault.known = set()


def read_whole(path):
    try:
        with open(path, "rb") as file:
            status = os.fstat(file.fileno())
            return (status.st_ino, status.st_mtime_ns, status.st_size), file.read()
    except FileNotFoundError:
        return None, b""


class Torture:
    """What the parts share: a folder, a seed, and the bits of a run to which nothing happened."""

    def __init__(self, folder, seed, kills):
        self.folder, self.kills = folder, kills
        self.random = random.Random(seed)
        self.lab = Lab(folder, "undisturbed")
        start = time.monotonic()
        self.lab.finish()
        self.seconds = time.monotonic() - start
        self.expected = self.lab.digests()
        self.files = self.lab.check_files()

    def expected_of(self, sweep):
        return {key: value for key, value in self.expected.items() if key.startswith(name(sweep) + "/")}

    def copy(self, of=None, label="copy"):
        lab = Lab(self.folder, label)
        shutil.copytree((of or self.lab).results, lab.results, symlinks=True)
        return lab
