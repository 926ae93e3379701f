"""A store whose files cannot be locked, as on some NFS."""

import glob
import os
import shutil
import signal
import subprocess
import time

from laboratory import Lab, ended, fail, tail
from together import entries

SHIM = """
#include <errno.h>
#include <sys/file.h>
int flock(int file, int way) { (void)file; (void)way; errno = ENOLCK; return -1; }
"""


def no_locks(torture):
    """Three workers where flock fails, and one of them killed: heartbeats alone say who is at work."""
    compiler = shutil.which("cc") or shutil.which("clang")
    if compiler is None:
        return None, "there is no C compiler, which makes flock fail"
    lab = Lab(torture.folder, "locks")
    shim = os.path.join(lab.folder, "shim.so")
    subprocess.run([compiler, "-shared", "-fPIC", "-x", "c", "-", "-o", shim], input=SHIM, text=True, check=True)
    workers = [lab.work(LD_PRELOAD=shim, HDF5_USE_FILE_LOCKING="FALSE") for _ in range(3)]
    while not entries(lab, "stage"):
        time.sleep(0.01)
    os.killpg(workers.pop().pid, signal.SIGKILL)
    for worker in workers:
        code, text = ended(worker)
        if code != 0:
            fail(f"a worker without locks ends with {code}: {tail(text)}")
    # Whether the dead one's run lives, nothing tells for ten minutes; here they are over at once.
    left = glob.glob(os.path.join(lab.results, "*", "run-*.lease"))
    for lease in left:
        os.utime(lease, (time.time() - 700,) * 2)
    lab.finish()
    lab.check_end(torture.expected)
    made = [entry["stage"] for entry in entries(lab, "stage") if entry.get("message") is None]
    lab.remove()
    twice = len(made) - len(set(made))
    return f"three workers without locks, one killed: {len(set(made))} stages, {twice} of them made twice; the same bits"
