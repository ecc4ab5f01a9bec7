# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
from odoo import api, models


class StockMove(models.Model):
    _inherit = 'stock.move'

    # Marks are written by triggers; these overrides only wake the refresh, once per transaction.

    @api.model_create_multi
    def create(self, vals_list):
        moves = super().create(vals_list)
        self.env['ats.refresh']._wake()
        return moves

    def write(self, vals):
        result = super().write(vals)
        self.env['ats.refresh']._wake()
        return result

    def unlink(self):
        result = super().unlink()
        self.env['ats.refresh']._wake()
        return result
