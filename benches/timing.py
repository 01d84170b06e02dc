"""What benchmarks share: where our program is, and how long commands take."""
import os
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CAPTURE = os.path.join(ROOT, "target", "release", "capture")


def run(command, statuses=(0,), directory=None):
    """Seconds, peak memory in MB and seconds of CPU of a command; ends everything if its status is none of `statuses`."""
    start = time.monotonic()
    process = subprocess.Popen(command, cwd=directory, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - start
    if statuses and os.waitstatus_to_exitcode(status) not in statuses:
        sys.exit(f"status {status}: {' '.join(command)}")
    return seconds, usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime


def best(commands, runs, **options):
    """The best run of each command: they take turns, so that a machine whose speed changes favours none."""
    results = [[run(command, **options) for command in commands] for _ in range(runs)]
    return [min(column) for column in zip(*results)]
