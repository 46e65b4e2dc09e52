#!/usr/bin/env python3
"""What 10,000 mistakes in one run cost, against the same site without one.

    cargo build --release
    python3 benches/errors.py             CPU seconds of `check` for each sort of mistake; exit code 1 past three times as much

The site has 2,000 pages, each with five mistakes of the sort. Messages are drawn and thrown away.
"""
import argparse
import os
import pathlib
import shutil
import sys
import tempfile

from running import ROOT, corpus, median, run

PAGES = 2_000
EACH = 5
MOST = 3.0
TRIALS = 5

# What stands in each page, by the number of the page and of the mistake.
KEYS = {
    "unknown keys": lambda page, one: f"colour{page}x{one}: red",
    "misspelt keys": lambda page, one: ["sumary: a", "titel: a", "revewed: a", "alais: a", "ordr: 1"][one],
    "wrong types": lambda page, one: ["order: first", "facts: F1", "draft: yes", "extra: a", "allow: b"][one],
    "lines that are no YAML": lambda page, one: f"note{page}x{one}: a: b",
}
TEXT = {
    "broken links": lambda page, one: f"[a](nowhere-{page}-{one}.md)",
    "unknown ids": lambda page, one: f"[[nowhere-{page}-{one}]]",
}


def spoil(site, keys, text):
    for page, path in enumerate(sorted(pathlib.Path(site, "content").rglob("*.md"))):
        _, head, body = path.read_text(encoding="utf-8").split("---\n", 2)
        lines = [line for line in head.splitlines() if not keys or not spoils(keys, page, line)]
        lines += [keys(page, one) for one in range(EACH)] if keys else []
        body += "".join("\n\n" + text(page, one) for one in range(EACH)) + "\n" if text else ""
        path.write_text("---\n" + "\n".join(lines) + "\n---\n" + body, encoding="utf-8")


def spoils(keys, page, line):
    """Whether a line has a key that a mistake has, too."""
    return any(line.startswith(keys(page, one).split(":")[0] + ":") for one in range(EACH))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--guidepost", default=os.path.join(ROOT, "target/release/guidepost"))
    args = parser.parse_args()
    guidepost = os.path.abspath(args.guidepost)
    slow = False
    with tempfile.TemporaryDirectory(prefix="guidepost-errors-") as work:
        fine = corpus("guidepost", PAGES, work)
        cost = {}
        for name, (keys, text) in {"none": (None, None), **{name: (make, None) for name, make in KEYS.items()},
                                   **{name: (None, make) for name, make in TEXT.items()}}.items():
            site = os.path.join(work, "spoilt")
            shutil.copytree(fine, site)
            spoil(site, keys, text)
            cost[name] = median([run([guidepost, "check", "--root", site], site) for _ in range(TRIALS)], "cpu")
            shutil.rmtree(site)
            ratio = cost[name] / cost["none"]
            slow |= ratio > MOST
            print(f"{name:24}{cost[name]:7.2f} s{ratio:7.1f} times{'  TOO SLOW' if ratio > MOST else ''}", flush=True)
    sys.exit(slow)


if __name__ == "__main__":
    main()
