"""kill -9 at random moments, of one worker and of four on one folder."""

import subprocess
import time

from laboratory import Lab, SWEEPS, ended, fail, kill, tail


def one_worker(torture):
    """Kills the only worker, again and again, until it gets through; then again in an empty folder, until there were enough kills."""
    killed = ends = files = 0
    lab = Lab(torture.folder, "one")
    while killed < torture.kills or ends == 0:
        worker = lab.work()
        enough = killed >= torture.kills
        try:
            worker.wait(600 if enough else torture.random.uniform(0, torture.seconds / 3))
        except subprocess.TimeoutExpired:
            pass
        if kill(worker):
            killed += 1
            files += lab.check_files()
            continue
        code, text = ended(worker)
        if code != 0:
            fail(f"a run behind {killed} kills ends with {code}: {tail(text)}")
        lab.check_end(torture.expected)
        ends += 1
        lab.remove()
        lab = Lab(torture.folder, "one")
    lab.remove()
    return f"{killed} kills of one worker, {ends} ends equal to the undisturbed run, {files} files read behind kills, all whole"


def four_workers(torture):
    """Kills one of four workers at random moments while three go on, and now and then all four."""
    killed = together = ends = files = 0
    while killed < torture.kills or ends == 0:
        lab = Lab(torture.folder, "four")
        # They begin with one sweep or the other.
        begin = lambda index: lab.work(SWEEPS if index % 2 == 0 else SWEEPS[::-1])
        workers = [begin(index) for index in range(4)]
        while True:
            time.sleep(torture.random.uniform(0, torture.seconds / 6))
            files += lab.check_files()
            for worker in workers:
                if worker.poll() not in (None, 0):
                    code, text = ended(worker)
                    fail(f"a worker beside others that are killed ends with {code}: {tail(text)}")
            living = [index for index, worker in enumerate(workers) if worker.poll() is None]
            if not living or killed >= torture.kills:
                break
            isEach = torture.random.random() < 0.1
            together += isEach
            for index in living if isEach else [torture.random.choice(living)]:
                if kill(workers[index]):
                    killed += 1
                    workers[index] = begin(index)
        for worker in workers:
            code, text = ended(worker)
            if code != 0:
                fail(f"a worker ends with {code}: {tail(text)}")
        lab.check_end(torture.expected)
        ends += 1
        lab.remove()
    return (
        f"{killed} kills among four workers, {together} times all at once, {ends} ends equal to the undisturbed run, "
        f"{files} files read, all whole")
