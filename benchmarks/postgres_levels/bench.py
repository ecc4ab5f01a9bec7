# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""PostgreSQL to levels beside raw COPY and beside Odoo; then one product refreshed, and the memory of a chunk."""

import argparse
import statistics
import sys
import time

import row

from harness import in_process, machine, template

from . import database, levels
from .shape import Shape

SIZES = {"small": (1_000, 2, 20), "full": (100_000, 3, 300)}
"""Products, rounds, single products refreshed."""
CHUNK = 20_000
"""Products read at once, as the verification of all levels does."""
COPY_RATIO_MAX = 1.5
ODOO_RATIO_MIN = 15
ODOO_RATIO_MIN_WITHOUT_LISTINGS = 25


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", choices=SIZES, default="full")
    parser.add_argument("--seed", type=int, required=True)
    options = parser.parse_args()
    products, rounds, singles = SIZES[options.size]
    machine.become_service_user()
    template_db = template.ensure()
    in_process.set_up()
    name = database.ensure(template_db, products, options.seed)
    with in_process.registry_of(name) as registry:
        from odoo import api  # noqa: PLC0415

        with registry.cursor() as cr:
            env = api.Environment(cr, 1, {})
            shape = Shape.of(cr)
            if not _measure(env, shape, rounds):
                return 1
        _single_products(registry, shape, singles)
    return 0


def _measure(env, shape, rounds):
    """The bulk rows. Returns whether the levels agree."""
    company = env.company.id
    recorder, ours = levels.Recorder(env.cr), {}
    # before anything else: memory that this process got once is not given back
    with levels.peak_memory() as grown:
        levels.read_and_compute(env, env.cr, company, shape.part(CHUNK), CHUNK)
        peak = grown()
    row.progress("the add-on's levels")
    differing, _engine_s = levels.read_and_compute(env, recorder, company, shape, CHUNK, ours)
    row.progress("Odoo's quantities")
    begun = time.perf_counter()
    quantities = levels.odoo_quantities(env, shape)
    odoo_s = time.perf_counter() - begun
    env.cr.execute("""
        SELECT id, channel_id, product_id FROM ats_listing WHERE channel_id = ANY(%s) AND product_id >= %s""", [shape.channels, shape.first])
    position = {channel: number for number, channel in enumerate(shape.channels)}
    listings = [(listing, position[channel], product) for listing, channel, product in env.cr.fetchall()]
    theirs = levels.levels_of_odoo(shape, quantities, database.SOURCES, listings)
    del quantities
    different = [listing for listing, level in theirs.items() if ours.get(listing) != level]
    if different or differing or len(ours) != len(theirs):
        pairs = {each: (ours.get(each), theirs[each]) for each in different[:3]}
        row.progress(f"{len(different)} of {len(theirs)} levels differ, as (listing: ours, Odoo's) {pairs}; {differing} from the stored ones")
        return False
    ours, theirs = None, None
    copies, reads, engines, without = [], [], [], []
    for number in range(rounds):
        row.progress(f"round {number + 1} of {rounds}")
        copies.append(_timed(lambda: levels.copy_and_discard(env.cr, recorder.statements)))
        begun = time.perf_counter()
        _differing, engine_s = levels.read_and_compute(env, env.cr, company, shape, CHUNK)
        reads.append(time.perf_counter() - begun)
        engines.append(engine_s)
        without.append(_timed(lambda: levels.read_only_stock(env, env.cr, company, shape, CHUNK)) + engine_s)
    best = min(reads)
    row.show(shape.title, best, "s", beside="binary COPY of the same queries, discarded", beside_figure=min(copies), at_most=COPY_RATIO_MAX)
    row.show(shape.title, best, "s", beside="Odoo's _compute_quantities_dict, one call a warehouse", beside_figure=odoo_s, at_least=ODOO_RATIO_MIN)
    row.show(f"{shape.title}, without reading listings", min(without), "s", beside="Odoo's _compute_quantities_dict, one call a warehouse",
             beside_figure=odoo_s, at_least=ODOO_RATIO_MIN_WITHOUT_LISTINGS)
    row.show(f"{shape.title}, the engine's part", min(engines), "s", beside="all of it", beside_figure=best)
    row.show(f"{shape.title}, memory of {min(CHUNK, shape.products):,} products at a time", peak, "MiB")
    return True


def _single_products(registry, shape, count):
    """One product refreshed by the scheduled action's own method, with nothing changed: lock, snapshot, facts, engine, comparison."""
    from odoo import api  # noqa: PLC0415

    from odoo.addons.ats_inventory.work_queue import Claim  # noqa: PLC0415

    seconds = []
    for turn in range(2):
        for number in range(count):
            product = shape.first + number * (shape.products // count)
            with registry.cursor() as cr:
                env = api.Environment(cr, 1, {})
                claim = Claim("bench", env.company.id, {product: 0})
                begun = time.perf_counter()
                env["ats.refresh"]._refresh_products(claim, [product])
                if turn:
                    seconds.append((time.perf_counter() - begun) * 1000)
    quantiles = statistics.quantiles(seconds, n=100)
    title = f"one of {shape.products:,} products refreshed, {len(shape.channels)} listings, nothing changed"
    row.show(f"{title}, median", statistics.median(seconds), "ms")
    row.show(f"{title}, 99 of 100 within", quantiles[98], "ms")


def _timed(action):
    begun = time.perf_counter()
    action()
    return time.perf_counter() - begun


if __name__ == "__main__":
    sys.exit(main())
