# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Short transactions of our own, apart from the caller's."""

from contextlib import contextmanager

from odoo import SUPERUSER_ID, api


@contextmanager
def read_committed(registry):
    """Yield an environment of the superuser in a READ COMMITTED transaction; commit at the end, roll back on error.

    Odoo's cursors are REPEATABLE READ, in which `FOR UPDATE SKIP LOCKED` and `ON CONFLICT DO NOTHING` raise
    40001 whenever another worker committed since the snapshot (odoo/sql_db.py). Claims and compare-and-sets need
    to see what is committed now. Record rules do not apply: the caller names companies and ids.
    """
    with registry.cursor() as cr:
        cr.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        yield api.Environment(cr, SUPERUSER_ID, {})
