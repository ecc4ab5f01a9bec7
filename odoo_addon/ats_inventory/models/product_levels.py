# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""The smart button on products and variants: what their channels may sell.

The fields are computed, never stored, and readable by our groups only: for everyone else they do not exist.
"""

from odoo import fields, models

from .explain import plain

VIEWER = "ats_inventory.group_ats_viewer"


class ProductTemplate(models.Model):
    _inherit = "product.template"

    ats_level_count = fields.Integer("Levels", compute="_compute_ats_levels", groups=VIEWER)
    ats_level_range = fields.Char("Available to Sell", compute="_compute_ats_levels", groups=VIEWER)

    def _compute_ats_levels(self):
        by_variant = self.product_variant_ids._ats_levels()
        for template in self:
            levels = [level for variant in template.product_variant_ids for level in by_variant.get(variant.id, ())]
            template.ats_level_count = len(levels)
            template.ats_level_range = _range_of(levels)

    def action_ats_levels(self):
        """Open the levels of all variants of these products."""
        return self.product_variant_ids.action_ats_levels()


class ProductProduct(models.Model):
    _inherit = "product.product"

    ats_level_count = fields.Integer("Levels", compute="_compute_ats_levels", groups=VIEWER)
    ats_level_range = fields.Char("Available to Sell", compute="_compute_ats_levels", groups=VIEWER)

    def _compute_ats_levels(self):
        by_variant = self._ats_levels()
        for variant in self:
            levels = by_variant.get(variant.id, [])
            variant.ats_level_count = len(levels)
            variant.ats_level_range = _range_of(levels)

    def _ats_levels(self):
        """Quantities of the levels the reader may see, ``{product id: [quantity, …]}``."""
        rows = self.env["ats.level"].search_fetch([("product_id", "in", self.ids)], ["product_id", "quantity"])
        found = {}
        for row in rows:
            found.setdefault(row.product_id.id, []).append(row.quantity)
        return found

    def action_ats_levels(self):
        """Open the levels of these variants, one line per channel (and node where the channel stocks by location)."""
        action = self.env["ir.actions.act_window"]._for_xml_id("ats_inventory.ats_level_action")
        action["domain"] = [("product_id", "in", self.ids)]
        action["display_name"] = self.env._("Available to Sell")
        return action


def _range_of(quantities):
    """``'12'`` where all levels agree, else lowest and highest: ``'12 – 83'``; empty without levels."""
    if not quantities:
        return ""
    low, high = plain(min(quantities)), plain(max(quantities))
    return low if low == high else f"{low} – {high}"
