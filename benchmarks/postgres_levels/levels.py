# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""The ways from PostgreSQL to levels that are measured beside each other."""

import threading
import time
from contextlib import contextmanager
from pathlib import Path

MILLION = 1_000_000


class Recorder:
    """Odoo's cursor, with every COPY statement that goes through it written down."""

    def __init__(self, cr):
        self._cr, self.statements = cr, []

    def __getattr__(self, name):
        return getattr(self._cr, name)

    @property
    def _obj(self):
        return self

    def copy_expert(self, statement, file):
        self.statements.append(statement)
        self._cr._obj.copy_expert(statement, file)


class Discard:
    """A file that keeps nothing."""

    def write(self, data):
        pass


def chunks(shape, size):
    return [list(range(start, min(start + size, shape.first + shape.products))) for start in range(shape.first, shape.first + shape.products, size)]


def read_and_compute(env, cr, company, shape, size, kept=None):
    """The add-on's own way, as in a refresh: facts of each chunk by COPY, the engine with waterfalls, then what differs from the stored levels.

    :param kept: a dict that takes {listing: millionths}, or None
    :return: (number of stored levels that differ, seconds of the engine)
    """
    from odoo.addons.ats_inventory import computation, facts, level_store  # noqa: PLC0415

    sources, differing, engine_s = env["ats.refresh"]._fact_sources(), 0, 0.0
    for products in chunks(shape, size):
        known = facts.read(cr, company, products, sources)
        begun = time.perf_counter()
        answer = computation.compute(known)
        engine_s += time.perf_counter() - begun
        changes, _stored = level_store.diff(cr, answer)
        differing += len(changes.written) + len(changes.gone)
        if kept is not None:
            kept.update(zip(answer.levels.listing, answer.levels.quantity, strict=True))
    return differing, engine_s


def read_only_stock(env, cr, company, shape, size):
    """The same reading without listings, of which there are ten a product, and without stored levels."""
    from odoo.addons.ats_inventory import facts  # noqa: PLC0415

    sources = env["ats.refresh"]._fact_sources()
    for products in chunks(shape, size):
        facts.read(cr, company, products, sources, listing_ids=[])


def store(env, company, shape, size):
    """Store the levels as a refresh finds them later: quantities and digests; waterfalls are left empty, nothing compares those."""
    from odoo.addons.ats_inventory import computation, facts  # noqa: PLC0415

    sources = env["ats.refresh"]._fact_sources()
    for products in chunks(shape, size):
        found = computation.compute(facts.read(env.cr, company, products, sources)).levels
        env.cr.execute("""
            INSERT INTO ats_level (company_id, listing_id, channel_id, product_id, quantity, reasons, digest, generation, computed_at, changed_at)
            SELECT l.company_id, l.id, l.channel_id, l.product_id, f.quantity / 1000000.0, '[]', f.digest, nextval('ats_generation_seq'), now(), now()
              FROM unnest(%s::int[], %s::numeric[], %s::bigint[]) AS f(listing, quantity, digest) JOIN ats_listing l ON l.id = f.listing""",
                       [list(found.listing), list(found.quantity), list(found.reason_digest)])
    env.cr.execute("INSERT INTO ats_product (company_id, product_id) SELECT %s, id FROM product_product WHERE id >= %s", [company, shape.first])


def copy_and_discard(cr, statements):
    """The reader's own statements, what they send thrown away."""
    sink = Discard()
    for statement in statements:
        cr._obj.copy_expert(statement, sink)


def odoo_quantities(env, shape):
    """Odoo's own computation, one call a warehouse: {warehouse: {product: its five numbers}}."""
    products = env["product.product"].browse(range(shape.first, shape.first + shape.products))
    answer = {}
    for warehouse in shape.warehouses:
        answer[warehouse] = products.with_context(warehouse_id=warehouse)._compute_quantities_dict(None, None, None)
        env.invalidate_all()
    return answer


def levels_of_odoo(shape, quantities, sources, listings):
    """What Odoo's numbers make of every listing. Here all that is reserved goes out, so what can be sold is on hand less outgoing, and for the
    channel that counts purchases plus incoming; warehouse by warehouse, none below zero."""
    levels = {}
    for listing, channel, product in listings:
        total = 0
        for step in sources:
            said = quantities[shape.warehouses[(channel + step) % len(shape.warehouses)]][product]
            total += max(said["qty_available"] - said["outgoing_qty"] + (said["incoming_qty"] if channel == 0 else 0), 0)
        levels[listing] = round(total * MILLION)
    return levels


@contextmanager
def peak_memory():
    """Yields a function that gives by how many MiB the memory of this process grew at most, sampled every 5 ms."""
    def resident():
        return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20

    begun, top, done = resident(), [0.0], threading.Event()

    def watch():
        while not done.wait(0.005):
            top[0] = max(top[0], resident() - begun)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield lambda: max(top[0], resident() - begun)
    finally:
        done.set()
        watcher.join()
