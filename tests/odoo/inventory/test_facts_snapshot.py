# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""All facts of a refresh are one moment: a hold that becomes a sale order between two reads is seen as one of both."""

import pytest


class Conversion:
    """A hold of three that becomes a confirmed move of three, in one transaction of another connection."""

    def __init__(self, stock, product):
        self.stock, self.product = stock, product

    def prepare(self):
        with self.stock.committed() as env:
            env["stock.move"].search([("product_id", "=", self.product), ("state", "=", "confirmed")])._action_cancel()
            env["ats.hold"].create({"product_id": self.product, "quantity": 3, "channel_id": self.stock.channel_id})

    def convert(self):
        with self.stock.committed() as env:
            env["ats.hold"].search([("product_id", "=", self.product), ("released_at", "=", False)]).write({
                "released_at": env.cr.now()})
            self.stock.delivery(env, self.product, 3)


class Reads:
    """Counts the statements of one cursor and calls back before one of them."""

    def __init__(self, cr, before, callback):
        self.cr, self.count = cr, 0
        self._before, self._callback = before, callback

    def __enter__(self):
        self._execute, self._mogrify = self.cr.execute, self.cr.mogrify
        self.cr.execute = self._counted(self._execute)
        # Each COPY of the reader is put together by one call of this.
        self.cr.mogrify = self._counted(self._mogrify)
        return self

    def __exit__(self, *_error):
        del self.cr.execute, self.cr.mogrify

    def _counted(self, function):
        def call(*args, **options):
            if self.count == self._before:
                self._callback()
            self.count += 1
            return function(*args, **options)
        return call


def read_with_conversion(stock, conversion, cursor, before):
    """The level as read through a cursor of this kind, the conversion coming before that statement; and their number."""
    from odoo.addons.ats_inventory import computation, facts  # noqa: PLC0415

    with cursor(stock.registry) as cr, Reads(cr, before, conversion.convert) as reads:
        known = facts.read(cr, stock.company_id, [conversion.product])
        [level] = computation.compute(known).rows()
    return level.quantity // 10**6, reads.count


@pytest.fixture
def conversion(stock):
    product, _listing = stock.product(on_shelf=10)
    with stock.committed() as env:
        env["stock.warehouse"].browse(stock.warehouse_id).out_type_id.reservation_method = "manual"
    return Conversion(stock, product)


def test_a_hold_that_becomes_an_order_between_two_reads_is_never_lost_nor_counted_twice(stock, conversion):
    from odoo.addons.ats_inventory.clock import snapshot  # noqa: PLC0415

    levels, before, statements = [], 1, 2
    while before <= statements:
        conversion.prepare()
        level, statements = read_with_conversion(stock, conversion, snapshot, before)
        levels.append(level)
        before += 1
    assert len(levels) > 10
    assert set(levels) == {7}


def test_without_a_snapshot_the_same_reads_do_lose_it(stock, conversion):
    """Shows that the conversion above does fall between the reads that matter."""
    from odoo.addons.ats_inventory.clock import read_committed  # noqa: PLC0415

    levels, before, statements = set(), 1, 2
    while before <= statements:
        conversion.prepare()
        level, statements = read_with_conversion(stock, conversion, read_committed, before)
        levels.add(level)
        before += 1
    assert levels == {7, 4} or levels == {7, 10} or levels == {4, 7, 10}
