# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""One product beside promises that no node was named for: every subset of 12 groups over 40 nodes is weighed (main.cpp)."""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

import row

SIZES = {"small": (40, 12, 11), "full": (40, 12, 101)}
"""Nodes, groups of promises, rounds."""
MILLISECONDS_MAX = 5


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", choices=SIZES, default="full")
    parser.add_argument("--seed", type=int, required=True)
    options = parser.parse_args()
    nodes, groups, rounds = SIZES[options.size]
    program = Path(os.environ["ATS_BENCH_PROGRAMS"]) / "promises"
    done = subprocess.run([program, str(nodes), str(groups), str(options.seed), str(rounds)], stdout=subprocess.PIPE)
    if done.returncode:
        return done.returncode
    times = json.loads(done.stdout)
    name = f"promises, one product, {groups} groups over {nodes} nodes"
    row.show(f"{name}, all channels see the same stock", times["alike"], "ms", at_most=MILLISECONDS_MAX)
    row.show(f"{name}, each channel has owners of its own", times["owners"], "ms", at_most=MILLISECONDS_MAX)
    return 0


if __name__ == "__main__":
    sys.exit(main())
