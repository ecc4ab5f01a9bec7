# Part of Available to Sell. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models


class AtsInbox(models.Model):
    _inherit = "ats.inbox"

    order_id = fields.Many2one("ats.order", "Channel order", compute="_compute_order_id")
    sale_order_id = fields.Many2one(related="order_id.sale_order_id", string="Sale order", related_sudo=True)

    @api.depends("result_model", "result_id")
    def _compute_order_id(self):
        of_orders = self.filtered(lambda row: row.result_model == "ats.order" and row.result_id)
        existing = set(self.env["ats.order"].browse(of_orders.mapped("result_id")).exists().ids)
        for row in self:
            row.order_id = row.result_id if row in of_orders and row.result_id in existing else False
