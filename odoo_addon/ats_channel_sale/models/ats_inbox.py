# Part of Available to Sell. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models


class AtsInbox(models.Model):
    _inherit = "ats.inbox"

    order_id = fields.Many2one("ats.order", "Channel order", compute="_compute_orders")
    sale_order_id = fields.Many2one("sale.order", "Sale order", compute="_compute_orders")

    @api.depends("result_model", "result_id")
    def _compute_orders(self):
        of_orders = self.filtered(lambda row: row.result_model == "ats.order" and row.result_id)
        orders = self.env["ats.order"].browse(of_orders.mapped("result_id")).exists()
        by_id = {order.id: order for order in orders}
        for row in self:
            order = by_id.get(row.result_id) if row in of_orders else None
            row.order_id = order and order.id
            row.sale_order_id = order and order.sale_order_id.id
