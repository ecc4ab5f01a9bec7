# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""The engine beside a loop written by hand over flat arrays for the same shop, in C++ (main.cpp); the program first compares the answers."""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

import row

SIZES = {"small": (50_000, 5), "full": (1_000_000, 5)}
"""Products, rounds."""
SERIAL_RATIO_MAX = 2.5


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", choices=SIZES, default="full")
    parser.add_argument("--seed", type=int, required=True)
    options = parser.parse_args()
    products, rounds = SIZES[options.size]
    program = Path(os.environ["ATS_BENCH_PROGRAMS"]) / "engine_levels"
    done = subprocess.run([program, str(products), str(options.seed), str(rounds)], stdout=subprocess.PIPE)
    if done.returncode:
        return done.returncode
    best = json.loads(done.stdout)
    name = f"engine, {products:,} products x 10 nodes x 10 channels"
    row.show(f"{name}, serial", best["serial"], "s", beside="hand-written loop", beside_figure=best["hand_loop"], at_most=SERIAL_RATIO_MAX)
    row.show(f"{name}, threads", best["threads"], "s", beside="serial", beside_figure=best["serial"])
    row.show(f"{name}, serial, with waterfalls", best["reasons"], "s", beside="without", beside_figure=best["serial"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
