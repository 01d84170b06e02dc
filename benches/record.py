#!/usr/bin/env python3
"""What recording costs, side by side with strace in one run: added wall time over the untraced program.

    benches/record.py [--runs N] [WORKLOAD...]

Yardsticks: strace as users run it (strace -f -o FILE), strace with a filter in the kernel and the same set of calls
(--seccomp-bpf), and strace held on one CPU with those it traces (taskset -c 0). Needs strace, git, gcc; redis-server and
redis-benchmark for the server.
"""
import argparse
import os
import shutil
import subprocess
import sys
import tempfile

from timing import CAPTURE, ROOT, best

SOURCES = """
for i in $(seq 24); do
  printf '#include <stdio.h>\\n#include <stdlib.h>\\n#include <string.h>\\nint f%d(int x) { return printf("%%d", x); }\\n' $i >$i.c
done
echo all: $(seq -f %g.o 24) >Makefile
"""
REDIS = "redis-server --port 7399 --save '' --appendonly no --daemonize no >/dev/null & p=$!; sleep 0.3; redis-benchmark -p 7399 -n 20000 -c 10 -t set,get -q >/dev/null; kill $p; wait $p"

WORKLOADS = {
    "find": ("", "find /usr -name nothing-is-called-so", ["find"]),
    "compile": (SOURCES, "make -s -B -j2", ["gcc", "make"]),
    "git": ("", "git -C %s log -p >/dev/null" % ROOT, ["git"]),
    "redis": ("", REDIS, ["redis-server", "redis-benchmark"]),
}


def names(directory, options):
    """The calls that a recording with these options has, as strace names them."""
    file = os.path.join(directory, "names.scap")
    subprocess.run([CAPTURE, "record", "-q", "--force", *options, "-w", file, "--", "true"], check=True)
    info = subprocess.run([CAPTURE, "info", file], capture_output=True, text=True, check=True).stdout
    line = next(line for line in info.splitlines() if line.startswith("recording.calls:"))
    return ",".join("?" + name for name in line.split(":", 1)[1].replace(",", " ").split())


def rows(directory, script):
    shell = ["sh", "-c", script]
    out = os.path.join(directory, "strace.out")
    file = os.path.join(directory, "r.scap")
    ours = lambda *options: [CAPTURE, "record", "-q", "--force", *options, "-w", file, "--", *shell]
    few = "evt.type in (execve, connect)"
    return {
        "untraced": shell,
        "strace -f": ["strace", "-f", "-o", out, *shell],
        "strace -f, one CPU": ["taskset", "-c", "0", "strace", "-f", "-o", out, *shell],
        "capture record": ours(),
        "strace --seccomp-bpf, security": [
            "strace", "-f", "--seccomp-bpf", "-e", "trace=" + names(directory, ["--fast", "--calls", "security"]), "-o",
            out, *shell],
        "capture record --fast --calls security": ours("--fast", "--calls", "security"),
        "capture record --fast '%s'" % few: ours("--fast", few),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("workload", nargs="*", default=list(WORKLOADS))
    args = parser.parse_args()
    for name in args.workload:
        prepare, script, programs = WORKLOADS[name]
        if missing := [program for program in programs if not shutil.which(program)]:
            print("%s: skipped, there is no %s" % (name, ", ".join(missing)))
            continue
        with tempfile.TemporaryDirectory() as directory:
            subprocess.run(["sh", "-c", prepare], cwd=directory, check=True)
            commands = rows(directory, script)
            # A workload may end with any status: a server is killed at the end.
            results = best(commands.values(), args.runs, statuses=None, directory=directory)
        times = {what: seconds for what, (seconds, _, _) in zip(commands, results)}
        plain = times["untraced"]
        added = {what: seconds - plain for what, seconds in times.items()}
        print("%s: untraced %.3f s" % (name, plain))
        for what, seconds in times.items():
            print("  %-46s %8.3f s  %6.2f x  added %8.3f s" % (what, seconds, seconds / plain, added[what]))
        ratio = lambda a, b: added[a] / added[b] if added[b] > 0 else float("nan")
        print("  added, ours to strace's: %.2f as users run it, %.2f on one CPU; security set %.2f" % (
            ratio("capture record", "strace -f"), ratio("capture record", "strace -f, one CPU"),
            ratio("capture record --fast --calls security", "strace --seccomp-bpf, security")))
        sys.stdout.flush()


main()
