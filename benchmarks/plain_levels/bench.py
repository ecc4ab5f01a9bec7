# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Plain products: the engine beside numpy, polars and DuckDB, each in memory already and each giving the same levels.."""

import argparse
import sys
import time

import numpy as np
import row

from . import shop, with_duckdb, with_engine, with_numpy, with_polars

SIZES = {"small": (20_000, 2), "full": (1_000_000, 3)}
"""Products, rounds."""
#: name: (module, the ratio to reach)
COMPETITORS = {"numpy": (with_numpy, 3), "polars": (with_polars, 30), "DuckDB": (with_duckdb, 30)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", choices=SIZES, default="full")
    parser.add_argument("--seed", type=int, required=True)
    options = parser.parse_args()
    products, rounds = SIZES[options.size]
    row.progress(f"a shop of {products:,} products")
    facts = shop.make(products, options.seed)
    tables = with_engine.prepare(facts)
    expected = with_engine.levels(tables).copy()
    runs = {"engine": lambda: with_engine.levels(tables), "engine, two threads": lambda: with_engine.levels(tables, threads=2)}
    for name, (module, _reach) in COMPETITORS.items():
        row.progress(f"{name}: is it the same answer?")
        loaded = module.prepare(facts)
        if not np.array_equal(module.levels(loaded), expected):
            print(f"{name} answers otherwise than the engine", file=sys.stderr)
            return 1
        runs[name] = lambda module=module, loaded=loaded: module.levels(loaded)
    best = dict.fromkeys(runs, float("inf"))
    for turn in range(rounds):
        row.progress(f"round {turn + 1} of {rounds}")
        for name, run in runs.items():
            started = time.perf_counter()
            run()
            best[name] = min(best[name], time.perf_counter() - started)
    name = f"plain products, {products:,} x 10 nodes x 10 channels"
    for competitor, (_module, reach) in COMPETITORS.items():
        row.show(f"{name}, serial", best["engine"], "s", beside=competitor, beside_figure=best[competitor], at_least=reach)
    row.show(f"{name}, two threads", best["engine, two threads"], "s", beside="serial", beside_figure=best["engine"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
