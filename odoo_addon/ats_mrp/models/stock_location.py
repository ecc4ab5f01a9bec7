# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
from odoo import fields, models


class StockLocation(models.Model):
    _inherit = 'stock.location'

    ats_sellable_reason = fields.Selection(selection_add=[
        ('before_production', "Before production"),
        ('after_production', "After production"),
    ])
