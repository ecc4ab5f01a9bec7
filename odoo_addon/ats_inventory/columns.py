# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Two kinds of columns that Odoo does not have."""
from odoo import fields


class BigInteger(fields.Integer):
    """An integer of 8 bytes, for counters that never stop (Odoo's own has 4)."""

    _column_type = ('int8', 'int8')


class PlainMany2one(fields.Many2one):
    """A reference without a foreign key.

    For tables that warehouse transactions or the refresh write: a foreign key would make each of their inserts
    lock the row it points to, and dropping the table would need an exclusive lock on Odoo's table.
    The record may have been deleted since; models that inherit `ats.loose` then show the reference as empty.
    """

    def update_db_foreign_key(self, model, column):
        """Make no foreign key."""
