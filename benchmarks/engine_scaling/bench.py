# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""How the engine grows: time for a level from 10^3 to 10^6 products, with threads, and memory for a million products. Plain products.

What stands beside each row is the same engine at the smallest size, or with one thread; the levels of all threads are compared first.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import row
from plain_levels import shop, with_engine

SIZES = {"small": ((1_000, 10_000), 3), "full": ((1_000, 10_000, 100_000, 1_000_000), 3)}
"""Products of each step, rounds."""
THREADS = (1, 2, 4)
MEGABYTE = 2**20
PEAK_MB_MAX = 400
"""Design: a million products in ten nodes loaded as one chunk."""


def best_of(rounds, work):
    """The least seconds of so many calls."""
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)


def growth(steps, rounds, seed):
    """Rows: nanoseconds for a level at each number of products. Returns the tables of the largest."""
    first = None
    for products in steps:
        row.progress(f"{products:,} products")
        tables = with_engine.prepare(shop.make(products, seed))
        levels = products * shop.CHANNELS
        seconds = best_of(rounds * (1 if products > 100_000 else 10), lambda tables=tables: with_engine.levels(tables))
        figure = seconds / levels * 1e9
        beside = {} if first is None else {"beside": f"{steps[0]:,} products", "beside_figure": first}
        row.show(f"time for a level, {products:,} products x 10 nodes x 10 channels, serial", figure, "ns", **beside)
        first = first or figure
    return tables


def threads(tables, rounds):
    """Rows: the largest size with more threads. False if a level differs."""
    products, serial = len(tables["products"]["id"]), None
    expected = with_engine.levels(tables).copy()
    for count in THREADS:
        if not np.array_equal(with_engine.levels(tables, threads=count), expected):
            return False
        seconds = best_of(rounds, lambda count=count: with_engine.levels(tables, threads=count))
        beside = {} if serial is None else {"beside": "one thread", "beside_figure": serial}
        row.show(f"engine, {products:,} plain products x 10 nodes x 10 channels, {count} threads", seconds, "s", **beside)
        serial = serial or seconds
    return True


def memory(products, seed):
    """Rows: the peak of a process that holds the columns and computes, less what Python alone takes."""
    with tempfile.TemporaryDirectory() as folder:
        facts = shop.make(products, seed)
        for name, values in vars(facts).items():
            np.save(Path(folder) / f"{name}.npy", values)
        for channels in (1, shop.CHANNELS):
            row.progress(f"memory of {products:,} products on {channels} channels")
            command = [sys.executable, "-m", "engine_scaling.memory", folder, str(channels)]
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
            reach = {"at_most": PEAK_MB_MAX} if channels == 1 else {}
            row.show(f"peak memory, columns and levels, {products:,} products x 10 nodes, {products * channels:,} levels",
                     int(done.stdout) / MEGABYTE, "MB", **reach)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", choices=SIZES, default="full")
    parser.add_argument("--seed", type=int, required=True)
    options = parser.parse_args()
    steps, rounds = SIZES[options.size]
    tables = growth(steps, rounds, options.seed)
    if not threads(tables, rounds):
        print("more threads give other levels", file=sys.stderr)
        return 1
    memory(steps[-1], options.seed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
