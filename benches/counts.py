#!/usr/bin/env python3
"""A guard against growing slower, which counts instead of timing: instructions and system calls of a build of 200 pages.

    cargo build --release
    python3 benches/counts.py             says how the counts differ from those on record; exit code 1 past 10 % growth
    python3 benches/counts.py --record    puts them on record, in counts.json beside this file

The build runs on one thread, into a new folder, without PDFs, and is counted by `valgrind --tool=callgrind` and by
`strace -c` (Debian: valgrind, strace). The same program gives the same counts to a few in ten thousand, whatever else the
machine does; another compiler or C library gives others. Calls by which threads wait for each other are left out, since
they depend on the moment.
"""
import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

from running import HERE, ROOT, corpus

RECORD = os.path.join(HERE, "counts.json")
PAGES = 200
MOST_GROWTH = 0.10
WAITING = {"futex", "sched_yield", "restart_syscall"}
TRIALS = 3


def count(tool, guidepost, site, out):
    """What a tool says of a build, on its standard error."""
    command = [*tool, guidepost, "build", "--no-pdf", "--root", site, "--output", out]
    environment = {"PATH": os.environ["PATH"], "HOME": "/", "RAYON_NUM_THREADS": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stderr}")
    return done.stderr


def instructions(guidepost, site, out):
    said = count(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"], guidepost, site, out)
    return int(re.search(r"Collected : (\d+)", said)[1])


def system_calls(guidepost, site, out):
    said = count(["strace", "-f", "-c", "-U", "calls,name"], guidepost, site, out)
    calls = re.findall(r"^ *(\d+) (\w+)$", said, re.M)
    return sum(int(times) for times, name in calls if name not in WAITING | {"total"})


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--guidepost", default=os.path.join(ROOT, "target/release/guidepost"))
    parser.add_argument("--record", action="store_true")
    args = parser.parse_args()
    for tool in ("valgrind", "strace"):
        if not shutil.which(tool):
            sys.exit(f"counts.py: {tool} is missing")
    guidepost = os.path.abspath(args.guidepost)
    counts = {}
    with tempfile.TemporaryDirectory(prefix="guidepost-counts-") as work:
        site = corpus("guidepost", PAGES, work)
        for name, counting in (("instructions", instructions), ("system calls", system_calls)):
            trials = [counting(guidepost, site, os.path.join(work, f"{name}-{trial}")) for trial in range(TRIALS)]
            counts[name] = min(trials)
    if args.record:
        with open(RECORD, "w", encoding="utf-8") as record:
            json.dump(counts, record, indent=2)
            record.write("\n")
    with open(RECORD, encoding="utf-8") as record:
        before = json.load(record)
    grown = False
    for name, now in counts.items():
        change = now / before[name] - 1
        grown |= change > MOST_GROWTH
        word = "MORE THAN ALLOWED" if change > MOST_GROWTH else "record the gain: --record" if change < -MOST_GROWTH else ""
        print(f"{name:14}{now:>14,}{change:>+9.1%}  {word}".rstrip())
    sys.exit(1 if grown else 0)


if __name__ == "__main__":
    main()
