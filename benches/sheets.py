#!/usr/bin/env python3
"""What the PDFs of sheets cost: CPU for each, memory, and a build again with nothing changed.

    cargo build --release
    python3 benches/sheets.py                     1,000 different sheets, on one thread and on two

The site is built with and without PDFs in turn, into fresh folders; the difference is what the PDFs cost. CPU is user and
system time together, memory the peak resident set; figures are medians. Bars: 20 ms a sheet (better: 5), 60 MiB more than
without PDFs, and no PDF made again where nothing changed.
"""
import argparse
import os
import tempfile

from running import ROOT, corpus, median, run

SHEETS_OF_A_GUIDE = 10  # of the corpus: 5 steps, a role, the journey, the criteria, the matrix, a worksheet


def sheets(folder):
    return sum(name.endswith(".pdf") for _, _, names in os.walk(folder) for name in names)


def build(guidepost, site, out, threads, pdf):
    more = [] if pdf else ["--no-pdf"]
    os.environ["RAYON_NUM_THREADS"] = str(threads)
    try:
        return run([guidepost, "build", "--root", site, "--output", out, *more], site)
    finally:
        del os.environ["RAYON_NUM_THREADS"]


def measure(guidepost, wanted, runs, work):
    """Prints what so many sheets cost; gives milliseconds of CPU for each, by the number of threads."""
    site, cost = corpus("guidepost", wanted // SHEETS_OF_A_GUIDE * 20, os.path.join(work, "sheets")), {}
    for threads in (1, 2):
        with_pdf, without, again = [], [], []
        for trial in range(runs):
            out = os.path.join(work, f"sheets-{threads}-{trial}")
            with_pdf.append(build(guidepost, site, out, threads, True))
            without.append(build(guidepost, site, out + "-plain", threads, False))
            again.append(build(guidepost, site, out, threads, True))
        count = sheets(out)
        cost[threads] = (median(with_pdf, "cpu") - median(without, "cpu")) / count * 1000
        print(f"{count} PDFs, {threads} thread{'s' if threads > 1 else ''}: {cost[threads]:.2f} ms of CPU each; "
              f"{median(with_pdf, 'mib'):.0f} MiB at most ({median(without, 'mib'):.0f} without PDFs); "
              f"wall {median(with_pdf, 'wall'):.2f} s; again with nothing changed {median(again, 'cpu'):.2f} s of CPU "
              f"(without PDFs a cold build takes {median(without, 'cpu'):.2f} s)", flush=True)
    return cost


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sheets", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--guidepost", default=os.path.join(ROOT, "target/release/guidepost"))
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="guidepost-bench-") as work:
        measure(os.path.abspath(args.guidepost), args.sheets, args.runs, work)


if __name__ == "__main__":
    main()
