# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
from odoo import api, models


class StockQuant(models.Model):
    _inherit = 'stock.quant'

    # Marks are written by triggers; these overrides only wake the refresh, once per transaction.

    @api.model_create_multi
    def create(self, vals_list):
        quants = super().create(vals_list)
        self.env['ats.refresh']._wake()
        return quants

    def write(self, vals):
        result = super().write(vals)
        self.env['ats.refresh']._wake()
        return result

    def unlink(self):
        result = super().unlink()
        self.env['ats.refresh']._wake()
        return result
