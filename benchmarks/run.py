# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Runs the benchmarks and adds their rows to a JSON list: see README.md here.

`python3 benchmarks/run.py --out FILE [WORKLOAD …] [--size small|full] [--seed N] [--list]`. Exit 1 if a workload fails, which it does when answers
differ; a ratio that is missed is told and is no failure.
"""

import argparse
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import row as rows

HERE = Path(__file__).parent.resolve()
ROOT = HERE.parent
BUILD = ROOT / ".dev" / "build" / "bench"
SEED = 20261121
LIMIT_S = {"small": 90, "full": 3600}
"""How long one workload may take, by size."""


def workloads():
    """The names of the folders that hold a `bench.py`."""
    return sorted(path.parent.name for path in HERE.glob("*/bench.py"))


def build():
    """Builds the C++ programs of all workloads with the flags of a release; returns their folder."""
    configure = ["cmake", "-S", str(ROOT), "-B", str(BUILD), "-DCMAKE_BUILD_TYPE=Release", "-DATS_BENCHMARKS=ON", "-DATS_HARDENING=ON"]
    jobs = os.environ.get("CMAKE_BUILD_PARALLEL_LEVEL", str(os.cpu_count() or 1))
    for command in (configure, ["cmake", "--build", str(BUILD), "--parallel", jobs]):
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        if done.returncode:
            sys.exit(f"{done.stdout[-4000:]}\n{command[0]}: exit {done.returncode}")
    return BUILD / "programs"


def run(name, size, seed, programs):
    """Runs one workload; yields its rows as they come. Raises ValueError when it fails, hangs or prints something else than rows."""
    command = [sys.executable, "-m", f"{name}.bench", "--size", size, "--seed", str(seed)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE), str(ROOT / "tests")]), "PYTHONDONTWRITEBYTECODE": "1",
                   "ATS_BENCH_PROGRAMS": str(programs)}
    child = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                             start_new_session=True)
    expired = threading.Event()
    watch = threading.Timer(LIMIT_S[size], lambda: (expired.set(), os.killpg(child.pid, 9)))
    watch.start()
    count = 0
    try:
        for line in child.stdout:
            yield _row(line)
            count += 1
    finally:
        if sys.exc_info()[0] and child.poll() is None:
            os.killpg(child.pid, 9)
        code = child.wait()
        watch.cancel()
    if expired.is_set():
        raise ValueError(f"over its limit of {LIMIT_S[size]} s")
    if code or not count:
        raise ValueError(f"exit {code}" if code else "no row")


def _row(line):
    try:
        row = json.loads(line)
    except ValueError:
        row = None
    wrong = rows.faults(row)
    if wrong:
        raise ValueError(f"not a row ({wrong}): {line.strip()[:200]}")
    return row


def keep(path, row):
    """Puts the row into the list in that file, in place of an older one of the same workload and the same thing beside it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    known = json.loads(path.read_text()) if path.exists() else []
    new = path.with_suffix(".new")
    new.write_text(json.dumps([line for line in known if _same_line(line, row) is False] + [row], indent=1) + "\n")
    os.replace(new, path)


def _same_line(one, other):
    return one["workload"] == other["workload"] and str(one["beside"]).split(":")[0] == str(other["beside"]).split(":")[0]


def main():
    parser = argparse.ArgumentParser(prog="./dev bench", description="Runs the benchmarks; without names all of them.")
    parser.add_argument("workloads", nargs="*", metavar="WORKLOAD", help="folders of benchmarks/")
    parser.add_argument("--out", type=Path, required=True, help="the JSON list to extend")
    parser.add_argument("--size", choices=sorted(LIMIT_S), default="full", help="small: seconds, to see that it works; the ratios say little")
    parser.add_argument("--seed", type=int, default=SEED, help="the seed of the generators")
    parser.add_argument("--list", action="store_true", help="name the workloads and end")
    options = parser.parse_args()
    known = workloads()
    unknown = sorted(set(options.workloads) - set(known))
    if options.list or unknown:
        print("\n".join(known))
        return f"there is no workload {', '.join(unknown)}: the list is above" if unknown else 0
    programs, failed = build(), []
    for name in options.workloads or known:
        begun = time.monotonic()
        print(f"{name} ({options.size}, seed {options.seed}) …", file=sys.stderr, flush=True)
        try:
            for row in run(name, options.size, options.seed, programs):
                print(rows.text(row), flush=True)
                keep(options.out, row)
        except ValueError as error:
            print(f"{name}: FAILED: {error}", flush=True)
            failed.append(name)
        print(f"{name}: {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
