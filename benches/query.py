#!/usr/bin/env python3
"""Times `capture query` against the installed sysdig on a large capture, and prints the ratios and the peak memory.

usage: benches/query.py CAPTURE [RUNS]

CAPTURE, compressed or not, should have some millions of events; grow a small one with a tool of your choice. Every
command prints to /dev/null. A ratio is sysdig's time divided by ours: above 1 we are faster. The best of RUNS runs
(default 3) counts. Our program is target/release/capture: build it first.
"""
import os
import shutil
import subprocess
import sys
import time

OURS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "target", "release", "capture")
CASES = [
    ("full print", []),
    ("JSON", ["-j"]),
    ("evt.type=connect", ["evt.type=connect"]),
    ("proc.name=nginx", ["proc.name=nginx"]),
    ("fd.name contains passwd", ["fd.name contains passwd"]),
    ("evt.rawres < 0", ["evt.rawres<0"]),
    ("evt.buffer contains passwd", ["evt.buffer contains passwd"]),
    ("nothing matches", ["proc.name=nosuchprogram and fd.sport=1"]),
]


def run(command):
    """Seconds and peak memory in MB of a command; its status must be 0."""
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - start
    if status != 0:
        sys.exit(f"status {status}: {' '.join(command)}")
    return seconds, usage.ru_maxrss / 1024


def best(command, runs):
    results = [run(command) for _ in range(runs)]
    return min(seconds for seconds, _ in results), max(memory for _, memory in results)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    capture, runs = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 3
    sysdig = shutil.which("sysdig")
    print(f"{'':<28}{'ours':>9}{'MB':>7}{'sysdig':>9}{'MB':>7}{'ratio':>8}")
    for name, words in CASES:
        ours, memory = best([OURS, "query", "--view", "classic", "-r", capture, *words], runs)
        line = f"{name:<28}{ours:>8.2f}s{memory:>7.0f}"
        if sysdig:
            theirs, their_memory = best([sysdig, "-r", capture, *words], runs)
            line += f"{theirs:>8.2f}s{their_memory:>7.0f}{theirs / ours:>8.2f}"
        print(line, flush=True)


main()
