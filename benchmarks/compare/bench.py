# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""What a manager waits for before saving a rule: compare() over a shop beside computing all levels twice (main.cpp); answers are compared first."""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

import row

SIZES = {"small": (5_000, 3), "full": (100_000, 5)}
"""Products, rounds."""
SECONDS_MAX = 1


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", choices=SIZES, default="full")
    parser.add_argument("--seed", type=int, required=True)
    options = parser.parse_args()
    products, rounds = SIZES[options.size]
    program = Path(os.environ["ATS_BENCH_PROGRAMS"]) / "compare_rules"
    done = subprocess.run([program, str(products), str(options.seed), str(rounds)], stdout=subprocess.PIPE)
    if done.returncode:
        return done.returncode
    for best in json.loads(done.stdout):
        name = f"compare, {products:,} products x 10 channels, a rule for {best['change']}"
        row.show(f"{name}, {best['changed']:,} levels change", best["compare"], "s", at_most=SECONDS_MAX)
        row.show(name, best["compare"], "s", beside="all levels twice", beside_figure=best["twice"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
