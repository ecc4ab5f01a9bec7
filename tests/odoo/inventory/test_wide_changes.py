# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""A rule over everything: its manager does not wait, and a product that sells out meanwhile does not either.

ATS_WIDE_LISTINGS sets the size (a million by hand; the listings are made by SQL, ten channels for each product).
"""

import os
import threading
import time

import pytest

from harness.waiting import wait_for

LISTINGS = int(os.environ.get("ATS_WIDE_LISTINGS", "50000"))
CHANNELS = 10
SALES = 10
#: Batches of the wide change that may be computed between a sale and its level, in the middle of the sales: one that is under way, and one
#: claimed just before the mark could be seen. Counted, because seconds depend on the machine; they are printed.
BETWEEN_BATCHES_MAX = 2


def _fill(stock):
    """Copies of one product by SQL, each listed on CHANNELS channels."""
    model, listing = stock.product("Model")
    with stock.committed() as env:
        channels = [stock.channel(env, f"Wide {number}").id for number in range(CHANNELS)]
        template = env["product.product"].browse(model).product_tmpl_id.id

    def copy(table, source, **given):
        rows = stock.sql("""SELECT column_name FROM information_schema.columns
                             WHERE table_schema = current_schema() AND table_name = %s AND column_name <> 'id'""", table)
        names = [name for name, in rows if name not in given]
        return (f"INSERT INTO {table} ({', '.join([*names, *given])}) "
                f"SELECT {', '.join([*(f's.{name}' for name in names), *given.values()])} FROM {table} s, {{}} WHERE s.id = {source}")

    stock.sql("CREATE TABLE wide (id int)")
    stock.sql("WITH made AS (" + copy("product_template", template).format(f"generate_series(1, {LISTINGS // CHANNELS}) g")
              + " RETURNING id) INSERT INTO wide SELECT id FROM made")
    stock.sql(copy("product_product", model, product_tmpl_id="w.id", combination_indices="''").format("wide w"))
    channels = ", ".join(f"({channel})" for channel in channels)
    stock.sql(copy("ats_listing", listing, channel_id="c.id", product_id="p.id", external_id="p.id::text").format(
        f"(VALUES {channels}) AS c(id) CROSS JOIN wide w JOIN product_product p ON p.product_tmpl_id = w.id"))
    stock.sql("ANALYZE")


@pytest.fixture
def refreshing(stock):
    """A worker: refreshes all the time until the test ends."""
    over = threading.Event()

    def work():
        while not over.is_set():
            stock.refresh()

    thread = threading.Thread(target=work, daemon=True)
    yield thread
    over.set()
    if thread.ident:
        thread.join(60)


def test_a_rule_over_everything_keeps_nobody_waiting(stock, refreshing):
    from odoo.addons.ats_inventory.const import BATCH_SCOPE_PRODUCTS_MAX  # noqa: PLC0415

    _fill(stock)
    sold = [stock.product(f"Sold {number}", on_shelf=5) for number in range(SALES)]
    stock.sql("DELETE FROM ats_scope_mark")
    stock.refresh()
    start = time.monotonic()
    with stock.committed() as env:
        env["ats.rule"].create({"name": "Keep one", "kind": "channel_buffer", "fixed": 1})
    saved_s = time.monotonic() - start
    assert stock.sql("SELECT count(*) FROM ats_scope_mark") == [(1,)]
    refreshing.start()
    delays, between = [], []
    for product, listing in sold:
        computed = stock.sql("SELECT count(*) FROM ats_level")[0][0]
        wait_for(lambda seen=computed: stock.sql("SELECT count(*) FROM ats_level")[0][0] > seen, limit_s=60, what="levels of the wide change")
        stock.receive(product, -5)
        start, before = time.monotonic(), stock.sql("SELECT count(*) FROM ats_level")[0][0]
        wait_for(lambda listing=listing: stock.level(listing) == 0, limit_s=60, what="the sold product is at zero", every_s=0.01)
        delays.append(time.monotonic() - start)
        between.append((stock.sql("SELECT count(*) FROM ats_level")[0][0] - before) // CHANNELS)
    left = stock.sql("SELECT count(*) FROM ats_scope_mark")[0][0] + stock.sql("SELECT count(*) FROM ats_work")[0][0]
    print(f"{LISTINGS} listings: saved in {saved_s:.3f} s; at zero after " + ", ".join(f"{delay:.2f}" for delay in sorted(delays)) + " s")
    assert left > 0, "the wide change was over before the sales: the figures say nothing"
    assert sorted(between)[len(between) // 2] <= BETWEEN_BATCHES_MAX * BATCH_SCOPE_PRODUCTS_MAX, between
