# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
from odoo import models


class StockLot(models.Model):
    _inherit = 'stock.lot'

    # Marks are written by a trigger; this override only wakes the refresh, once per transaction.

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {'expiration_date', 'removal_date'}:
            self.env['ats.refresh']._wake()
        return result
