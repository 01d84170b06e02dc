#!/usr/bin/env python3
"""Times `capture query` and `capture convert` against the installed sysdig on a large capture, and prints ratios.

usage: benches/query.py CAPTURE.scap [RUNS]

CAPTURE should have some millions of events; grow a small one with a tool of your choice. It is converted to a `.cap` beside
the temporary files first, and compressed with gzip. Every command prints to /dev/null. A ratio is sysdig's time divided
by ours, on the capture of the same form (sysdig reads the plain one where ours reads the `.cap`): above 1 we are faster.
The best of RUNS runs (default 3) counts, and runs of all programs take turns. `copy` is how long it takes to copy as many
bytes in memory as the `.cap` has. Our program is target/release/capture: build it first.
"""
import os
import shutil
import subprocess
import sys
import tempfile
import time

from timing import CAPTURE, best, run

# What is asked, and which ratios are aimed at: on a .cap, a .scap, a compressed .scap.
SELECTIVE, EVERY_ROW, PRINT = (50, 2, 1.5), (10, 2, 1.5), (5, 2, 1.5)
CASES = [
    ("a connection", None, SELECTIVE),
    ("proc.name = nosuchprogram", ["proc.name=nosuchprogram"], SELECTIVE),
    ("container.id = 0123456789ab", ["container.id=0123456789ab"], SELECTIVE),
    ("fd.name = /etc/shadow", ["fd.name=/etc/shadow"], SELECTIVE),
    ("evt.rawres < 0", ["evt.rawres<0"], EVERY_ROW),
    ("evt.buffer contains GET", ["evt.buffer contains GET"], EVERY_ROW),
    ("fd.name contains etc, exits", ["fd.name contains etc and evt.dir=<"], EVERY_ROW),
    ("every event", [], PRINT),
    ("every event as JSON", ["-j"], PRINT),
]


def a_connection(cap):
    """A filter on a source port that one of the capture's connections has."""
    words = ["query", "--view", "classic", "-r", cap, "-n", "1", "-p", "%fd.sport", "evt.type=connect and fd.sport>0"]
    port = subprocess.run([CAPTURE, *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.decode().strip()
    return [f"evt.type=connect and fd.sport={port or 1}"]


def first_line(cap, words):
    """Seconds until the first line of a query is there."""
    start = time.monotonic()
    process = subprocess.Popen([CAPTURE, "query", "--view", "classic", "-r", cap, *words], stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL)
    line = process.stdout.readline()
    seconds = time.monotonic() - start
    process.kill()
    process.wait()
    return seconds if line else None


def copy(size):
    """Seconds that a copy of so many bytes in memory takes."""
    source = bytearray(size)
    start = time.monotonic()
    bytes(source)
    return time.monotonic() - start


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    scap, runs = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 3
    sysdig = shutil.which("sysdig") or sys.exit("sysdig is not installed")
    with tempfile.TemporaryDirectory() as directory:
        cap, gz = os.path.join(directory, "big.cap"), os.path.join(directory, "big.scap.gz")
        seconds, memory, cpu = run([CAPTURE, "convert", "-q", scap, cap])
        with open(gz, "wb") as packed:
            subprocess.run(["gzip", "-1", "-c", scap], stdout=packed, check=True)
        print(f"convert: {seconds:.2f} s, {cpu:.2f} s of CPU, {memory:.0f} MB; {os.path.getsize(scap)} to {os.path.getsize(cap)} bytes")
        print(f"a copy of the .cap in memory: {copy(os.path.getsize(cap)) * 1000:.1f} ms")
        forms = [cap, scap, gz]
        print(f"{'':<30}{'sysdig':>8}{'.cap':>8}{'ratio':>7}{'aim':>5}{'.scap':>8}{'ratio':>7}{'aim':>5}{'.gz':>8}{'ratio':>7}{'aim':>5}{'MB':>6}")
        for name, words, aims in CASES:
            words = words if words is not None else a_connection(cap)
            ours = [[CAPTURE, "query", "--view", "classic", "-r", form, *words] for form in forms]
            theirs = [[sysdig, "-r", form, *words] for form in (scap, gz)]
            *mine, plain, packed = best(ours + theirs, runs)
            line = f"{name:<30}{plain[0]:>7.2f}s"
            for (seconds, _, _), their, aim in zip(mine, (plain, plain, packed), aims):
                line += f"{seconds:>7.2f}s{their[0] / seconds:>7.1f}{aim:>5}"
            print(f"{line}{max(memory for _, memory, _ in mine):>6.0f}", flush=True)
        seconds = first_line(cap, a_connection(cap))
        print("first line of a selective query: " + (f"{seconds * 1000:.0f} ms" if seconds else "no line"))


main()
