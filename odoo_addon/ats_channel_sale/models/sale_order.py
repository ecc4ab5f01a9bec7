# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Where a sale order came from. Computed from `ats.order`, never stored: no column of ours on `sale_order`."""

from odoo import fields, models

VIEWER = "ats_inventory.group_ats_viewer"


class SaleOrder(models.Model):
    _inherit = "sale.order"

    ats_order_id = fields.Many2one(
        "ats.order", "Channel order", compute="_compute_ats_order_id", search="_search_ats_order_id", groups=VIEWER
    )
    ats_channel_id = fields.Many2one(related="ats_order_id.channel_id", string="Channel", groups=VIEWER)
    ats_external_id = fields.Char(related="ats_order_id.external_id", string="Channel order id", groups=VIEWER)

    def _compute_ats_order_id(self):
        rows = self.env["ats.order"].search_fetch([("sale_order_id", "in", self.ids)], ["sale_order_id"])
        by_sale = {row.sale_order_id.id: row for row in rows}
        for order in self:
            order.ats_order_id = by_sale.get(order.id, False)

    def _search_ats_order_id(self, operator, value):
        if operator in ("any", "any!"):
            matching = self.env["ats.order"].search(value)
        elif operator in ("in", "not in") and set(value) == {False}:
            all_orders = self.env["ats.order"].search([("sale_order_id", "!=", False)])
            return [("id", "not in" if operator == "in" else "in", all_orders.sale_order_id.ids)]
        elif operator == "in":
            matching = self.env["ats.order"].search([("id", "in", list(value))])
        else:
            return NotImplemented
        return [("id", "in", matching.sale_order_id.ids)]

    def action_ats_order(self):
        """Open the channel order behind this sale order."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Channel order"),
            "res_model": "ats.order",
            "res_id": self.ats_order_id.id,
            "views": [(False, "form")],
        }
