"""A disk that is full, and one that may only be read."""

import os
import subprocess
import time

from laboratory import Lab, SWEEPS, ended, fail, kill, name, tail


class Disk:
    """A small file system in memory, with the results of a laboratory on it."""

    def __init__(self, lab, kilobytes):
        self.path = lab.results
        os.makedirs(self.path)
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", self.path], capture_output=True, text=True)
        self.fault = done.stderr.strip() if done.returncode != 0 else None

    def remount(self, options):
        done = subprocess.run(["mount", "-o", "remount," + options, self.path], capture_output=True, text=True)
        if done.returncode != 0:
            fail(f"remount: {done.stderr.strip()}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.fault is None:
            subprocess.run(["umount", self.path], check=True)


def cannot_mount(torture):
    lab = Lab(torture.folder, "probe")
    with Disk(lab, 64) as disk:
        return disk.fault and f"no file system can be mounted here ({disk.fault})"


def full_disk(torture):
    """Sizes up to what the results need: the message, the exit code, and nothing lost; with more room, the same command ends."""
    reason = cannot_mount(torture)
    if reason:
        return None, reason
    needed = sum(os.path.getsize(path) for path in torture.lab.files()) // 1024
    full = 0
    sizes = [needed * share // 100 for share in (2, 10, 25, 50, 75, 90)]
    for size in sizes:
        lab = Lab(torture.folder, "disk")
        with Disk(lab, size) as disk:
            code, text = ended(lab.work())
            if code == 0:
                fail(f"it ended on a disk of {size} of {needed} kB")
            if code != 74 or "No space left on device" not in text or "Make room" not in text:
                fail(f"a full disk ends with {code}: {tail(text)}")
            full += 1
            stored = {path: open(path, "rb").read() for path in stages(lab)}
            lab.check_files()
            disk.remount(f"size={4 * needed + 20000}k")
            lab.finish()
            lost = [path for path, bytes in stored.items() if open(path, "rb").read() != bytes]
            if lost:
                fail(f"{len(lost)} of {len(stored)} stages that were stored were written again: {lost[0]}")
            lab.check_end(torture.expected)
        lab.remove()
    return f"{full} disks of {sizes[0]} to {sizes[-1]} kB filled up: exit 74; with more room the same command ended with the same bits"


def stages(lab):
    return [path for path in lab.files() if "/stages/" in path and not path.endswith(".checkpoint.h5")]


READERS = [
    ["status"], ["status", "dynamic", "--json"], ["table", "dynamic"], ["table", "compacted", "--rows"], ["ls", "dynamic"],
    ["show", "compacted/random"], ["clean"], ["plan", *SWEEPS[0]], ["diff", "dynamic", "dynamic"],
]


def read_only(torture):
    """A store that may only be read, finished and half done: writing says so with an exit code, reading goes on."""
    reason = cannot_mount(torture)
    if reason:
        return None, reason
    lab = Lab(torture.folder, "read-only")
    with Disk(lab, 400_000) as disk:
        worker = lab.work()
        try:
            worker.wait(torture.seconds / 2)
        except subprocess.TimeoutExpired:
            pass
        kill(worker)
        disk.remount("ro")
        code, text = ended(lab.work())
        if code != 74 or "Read-only file system" not in text:
            fail(f"half a store that may only be read ends a run with {code}: {tail(text)}")
        disk.remount("rw")
        lab.finish()
        lab.check_end(torture.expected)
        disk.remount("ro")
        for command in READERS:
            code, text = lab.run(*command)
            if code != 0:
                fail(f"{command[0]} ends with {code} in a store that may only be read: {tail(text)}")
        code, text = ended(lab.work())
        if code != 74 or "Read-only file system" not in text:
            fail(f"a finished store that may only be read ends a run with {code}: {tail(text)}")
        disk.remount("rw")
    lab.remove()
    return f"runs end with 74 and the reason, {len(READERS)} commands read, and with leave to write the same bits came"
