# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Runs the benchmarks and adds their figures to a JSON list.

``python3 benchmarks/run.py --out FILE [--size small|full]``. Each entry is
{workload, figure, unit, beside, ratio, reach, holds}: what was measured, what stood
beside it in the same run, their ratio, the ratio to reach (null if none) and whether
it holds. Entries of the same workloads are replaced. Exit 1 if an answer is wrong.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.resolve()
BUILD = ROOT / ".dev" / "build" / "bench"
SIZES = {"small": (50_000, 5), "full": (1_000_000, 5)}
SEED = 20261121
SERIAL_RATIO_MAX = 2.5


def build():
    """Builds the programs with the flags of a release; returns their folder."""
    configure = ["cmake", "-S", str(ROOT), "-B", str(BUILD), "-DCMAKE_BUILD_TYPE=Release", "-DATS_BENCHMARKS=ON", "-DATS_HARDENING=ON"]
    subprocess.run(configure, check=True, stdout=subprocess.DEVNULL)
    jobs = os.environ.get("CMAKE_BUILD_PARALLEL_LEVEL", str(os.cpu_count() or 1))
    subprocess.run(["cmake", "--build", str(BUILD), "--parallel", jobs], check=True, stdout=subprocess.DEVNULL)
    return BUILD / "benchmarks"


def entry(workload, seconds, beside, beside_seconds, reach):
    """One line of the list; `reach` is the largest ratio that holds, or None."""
    ratio = round(seconds / beside_seconds, 3)
    return {
        "workload": workload,
        "figure": round(seconds, 4),
        "unit": "s",
        "beside": f"{beside}: {beside_seconds:.4f} s",
        "ratio": ratio,
        "reach": None if reach is None else f"<= {reach}",
        "holds": reach is None or ratio <= reach,
    }


def engine_levels(folder, size):
    """The engine beside a loop written by hand for the same shop."""
    products, rounds = SIZES[size]
    done = subprocess.run([folder / "engine_levels", str(products), str(SEED), str(rounds)], stdout=subprocess.PIPE, check=True)
    best = json.loads(done.stdout)
    name = f"engine, {products:,} products x 10 nodes x 10 channels"
    return [
        entry(f"{name}, serial", best["serial"], "hand-written loop", best["hand_loop"], SERIAL_RATIO_MAX),
        entry(f"{name}, threads", best["threads"], "serial", best["serial"], None),
        entry(f"{name}, serial, with waterfalls", best["reasons"], "without", best["serial"], None),
    ]


def extend(path, entries):
    """Puts the entries into the list in that file, in place of older ones."""
    path.parent.mkdir(parents=True, exist_ok=True)
    known = json.loads(path.read_text()) if path.exists() else []
    fresh = {line["workload"] for line in entries}
    path.write_text(json.dumps([line for line in known if line["workload"] not in fresh] + entries, indent=1) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, help="the JSON list to extend")
    parser.add_argument("--size", choices=sorted(SIZES), default="full")
    arguments = parser.parse_args()
    try:
        entries = engine_levels(build(), arguments.size)
    except subprocess.CalledProcessError as error:
        print(f"{error.cmd[0]}: exit {error.returncode}", file=sys.stderr)
        return 1
    extend(arguments.out, entries)
    for line in entries:
        mark = "" if line["reach"] is None else f"  reach {line['reach']}: {'holds' if line['holds'] else 'MISSED'}"
        print(f"{line['workload']}: {line['figure']} s, {line['ratio']} x {line['beside']}{mark}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
