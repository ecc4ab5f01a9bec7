# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Short transactions of our own, apart from the caller's."""

from contextlib import contextmanager

from odoo import SUPERUSER_ID, api

from odoo.addons.ats_inventory import clock


@contextmanager
def read_committed(registry):
    """Yield an environment of the superuser in a READ COMMITTED transaction; commit at the end, roll back on error.

    The cursor is that of ats_inventory, which says why. Record rules do not apply: the caller names companies and ids.
    """
    with clock.read_committed(registry) as cr:
        yield api.Environment(cr, SUPERUSER_ID, {})
