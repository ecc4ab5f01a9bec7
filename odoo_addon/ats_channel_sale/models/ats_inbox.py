# Part of Available to Sell. See LICENSE file for full copyright and licensing details.

from odoo import fields, models


class AtsInbox(models.Model):
    _inherit = "ats.inbox"

    order_id = fields.Many2one("ats.order", "Channel order", readonly=True, ondelete="set null", index="btree_not_null")
    sale_order_id = fields.Many2one(related="order_id.sale_order_id", string="Sale order")
