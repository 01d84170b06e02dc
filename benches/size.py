#!/usr/bin/env python3
"""How small native captures are: records workloads, converts them, and compares.

    benches/size.py [--capture PROGRAM] [--keep DIR] [WORKLOAD...]

For each workload: events, bytes an event with I/O buffers and without them, and the size relative to the .scap, to that
through gzip -6, and to what sysdig -z -w makes of the same events. Tables and buffers are counted on all sides. Workloads:
build (a small C project), packages (dpkg installs some), web (a server under load), redis (a database benchmark), shell (an
interactive one). Needs gcc, make, dpkg, curl, redis-server, redis-benchmark, sysdig, zstd.
"""
import argparse
import gzip
import os
import pty
import subprocess
import sys
import tempfile
import time

from timing import CAPTURE, ROOT

sys.path.insert(0, os.path.join(ROOT, "tests"))
import cap_reader  # noqa: E402

BUILD = """
for i in $(seq 60); do
  printf '#include <stdio.h>\\n#include <stdlib.h>\\n#include <string.h>\\nint f%d(int x) { return printf("%%d", x); }\\n' $i >$i.c
done
echo 'int main(void) { return 0; }' >main.c
echo 'all: main' >Makefile
echo "main: main.o $(seq -s ' ' -f %g.o 60)" >>Makefile
make -s -j2
"""
PACKAGES = """
mkdir -p root/var/lib/dpkg/info root/var/lib/dpkg/updates root/etc && touch root/var/lib/dpkg/status
for i in $(seq 20); do
  mkdir -p p$i/DEBIAN p$i/usr/share/p$i
  printf 'Package: p%d\\nVersion: 1\\nArchitecture: all\\nMaintainer: nobody\\nDescription: some files\\n' $i >p$i/DEBIAN/control
  for j in $(seq 40); do seq $((i * j)) $((i * j + 400)) >p$i/usr/share/p$i/file$j; done
  dpkg-deb -b p$i p$i.deb
done
"""
INSTALL = "dpkg --root=$PWD/root --force-all -i p*.deb"
PAGES = "mkdir www; for i in $(seq 50); do seq $((i * 100)) >www/$i.html; done"
WEB = """
python3 -m http.server -d www --bind 127.0.0.1 7398 & p=$!
sleep 1
for i in $(seq 40); do curl -s 'http://127.0.0.1:7398/[1-50].html' -o /dev/null; done
kill $p
"""
REDIS = """
redis-server --port 7399 --save '' --appendonly no & p=$!
sleep 0.5
redis-benchmark -p 7399 -n 8000 -c 10 -t set,get,incr,lpush -q
kill $p
"""
TYPED = ["ls -l /usr/bin | head -40", "cd /etc", "cat passwd | cut -d: -f1 | sort", "ps aux", "find . -name '*.conf'",
         "grep -r root . 2>/dev/null | wc -l", "vi --version | head -3", "history", "for i in 1 2 3; do date; sleep 0.1; done", "exit"]

# What is done before, and what is recorded; `None`: typed into a shell.
WORKLOADS = {
    "build": ("", BUILD),
    "packages": (PACKAGES, INSTALL),
    "web": (PAGES, WEB),
    "redis": ("", REDIS),
    "shell": ("", None),
}


def record(capture, before, script, directory, file):
    quiet = {"cwd": directory, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run(["sh", "-c", before], check=True, **quiet)
    command = [capture, "record", "-q", "--force", "-w", file, "--"]
    if script is not None:
        subprocess.run([*command, "sh", "-c", script], check=False, **quiet)
    else:
        type_into([*command, "bash", "-i"], directory)


def type_into(command, directory):
    """Runs a command on a terminal, and types."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(directory)
        os.execvp(command[0], command)
    for line in TYPED:
        time.sleep(0.5)
        for byte in line.encode() + b"\n":
            os.write(terminal, bytes([byte]))
            time.sleep(0.02)
            drain(terminal)
    while drain(terminal):
        time.sleep(0.05)
    os.waitpid(pid, 0)


def drain(terminal):
    """Takes what the terminal shows; whether anybody is still there."""
    os.set_blocking(terminal, False)
    try:
        while os.read(terminal, 1 << 16):
            pass
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.set_blocking(terminal, True)
    return False


def counted(file):
    """Events, and bytes of their buffers."""
    with open(file, "rb") as opened:
        data = opened.read()
    events = buffers = 0
    for kind, payload in cap_reader.sections(data):
        if kind == cap_reader.BATCH:
            columns = cap_reader.Columns(payload)
            head = columns.numbers(cap_reader.BATCH_HEAD)
            events += columns.entries[cap_reader.THREAD, 0, 0][1] - (head[2] if head else 0)
            buffers += sum(size for (kind, _, _), size in columns.sizes.items() if kind == cap_reader.DATA)
    return events, buffers


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--capture", default=CAPTURE)
    parser.add_argument("--keep", help="keep the captures in this directory")
    parser.add_argument("workloads", nargs="*", default=list(WORKLOADS))
    arguments = parser.parse_args()
    capture = os.path.abspath(arguments.capture)
    print(f"{'':10} {'events':>8} {'bytes/event':>12} {'no buffers':>11} {'of .scap':>9} {'of gzip':>8} {'of sysdig -z':>13}")
    with tempfile.TemporaryDirectory() as scratch:
        kept = os.path.abspath(arguments.keep or scratch)
        for name in arguments.workloads:
            directory = os.path.join(scratch, name + ".d")
            os.makedirs(directory)
            scap, cap, zipped = (os.path.join(kept, name + end) for end in (".scap", ".cap", ".sysdig.gz"))
            record(capture, *WORKLOADS[name], directory, scap)
            subprocess.run([capture, "convert", "-q", scap, cap], check=True)
            subprocess.run(["sysdig", "-r", scap, "-z", "-w", zipped], check=True, stderr=subprocess.DEVNULL)
            events, buffers = counted(cap)
            size = os.path.getsize(cap)
            with open(scap, "rb") as file:
                packed = len(gzip.compress(file.read(), 6))
            print(
                f"{name:10} {events:8} {size / events:12.2f} {(size - buffers) / events:11.2f} "
                f"{size / os.path.getsize(scap):9.3f} {size / packed:8.3f} {size / os.path.getsize(zipped):13.3f}"
            )


main()
