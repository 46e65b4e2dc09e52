"""What the benchmarks share: the corpus, a run of a program with what it cost, medians."""
import os
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)


def run(command, cwd):
    """Runs a command; gives wall, user and system seconds, their sum, peak MiB, and its exit code."""
    start = time.perf_counter()
    child = subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    return {"wall": wall, "user": usage.ru_utime, "system": usage.ru_stime, "cpu": usage.ru_utime + usage.ru_stime,
            "mib": usage.ru_maxrss / 1024, "code": child.returncode, "files": 0}


def median(runs, key):
    return statistics.median(one[key] for one in runs)


def corpus(fmt, pages, work):
    out = os.path.join(work, f"{fmt}-{pages}")
    subprocess.run([sys.executable, os.path.join(HERE, "corpus.py"), "--format", fmt, "--pages", str(pages), "--out", out],
                   check=True, stdout=subprocess.DEVNULL)
    return out
