#!/usr/bin/env python3
"""Times `capture rules run` with many rules, with one rule, and `capture query` with a filter that selects nothing, on one
large capture, and prints events a second and ratios.

usage: benches/rules.py CAPTURE RULES [RULE [RUNS]]

CAPTURE is a `.cap`, or a `.scap`, which is converted beside the temporary files first; it should have some millions of events.
RULES is a rule file or a directory with files, such as Falco's public rules. RULE is the one that is run alone: one that looks at
frequent events makes the comparison fair (default: Read sensitive file untrusted). The best of RUNS runs (default 3) counts, and
the commands take turns. Our program is target/release/capture: build it first.
"""
import json
import os
import subprocess
import sys
import tempfile

from timing import CAPTURE, best, run

# A rule fired, or none did.
STATUSES = (0, 1)


def events_of(cap):
    """How many events a capture has."""
    return json.loads(subprocess.check_output([CAPTURE, "info", "-j", cap]))["events"]["total"]


def rules_of(rules):
    """How many rules there are."""
    return len(json.loads(subprocess.check_output([CAPTURE, "rules", "list", "-j", rules]))["rules"])


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    capture, rules = sys.argv[1:3]
    rule = sys.argv[3] if len(sys.argv) > 3 else "Read sensitive file untrusted"
    runs = int(sys.argv[4]) if len(sys.argv) > 4 else 3
    with tempfile.TemporaryDirectory() as directory:
        if capture.endswith(".scap"):
            scap, capture = capture, os.path.join(directory, "big.cap")
            run([CAPTURE, "convert", "-q", scap, capture])
        every = [CAPTURE, "rules", "run", "-q", "-r", capture, rules, "-o", "rules[].enable.rule=*"]
        alone = [CAPTURE, "rules", "run", "-q", "-r", capture, rules]
        alone += ["-o", "rules[].disable.rule=*", "-o", f"rules[].enable.rule={rule}"]
        query = [CAPTURE, "query", "-q", "--view", "exit", "-r", capture, "proc.name=nosuchprogram"]
        events = events_of(capture)
        results = best([every, alone, query], runs, statuses=STATUSES)
        print(f"{events} events")
        print(f"{'':<40}{'seconds':>9}{'CPU':>9}{'MB':>7}{'million events/s':>18}{'all rules cost':>16}")
        for name, (seconds, memory, cpu) in zip([f"{rules_of(rules)} rules", rule, "a query that selects nothing"], results):
            multiple = results[0][0] / seconds
            print(f"{name:<40}{seconds:>9.2f}{cpu:>9.2f}{memory:>7.0f}{events / seconds / 1e6:>18.1f}{multiple:>14.1f} x")


main()
