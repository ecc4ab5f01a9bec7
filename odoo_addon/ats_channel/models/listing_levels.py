# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""What a listing's lines show: the level and what the shop was told of it."""

from odoo import fields, models

from odoo.addons.ats_inventory.models.explain import plain


class AtsListing(models.Model):
    _inherit = "ats.listing"

    # Text and not numbers: a listing of a channel that stocks by location has one quantity for each node.
    quantity_text = fields.Char("Available to Sell", compute="_compute_level_texts")
    told_text = fields.Char("Shop Was Told", compute="_compute_level_texts")

    def _compute_level_texts(self):
        levels = self.env["ats.level"].search([("listing_id", "in", self.ids)], order="listing_id, id")
        publications = self.env["ats.publication"].search([("level_id", "in", levels.ids)])
        told = {row.level_id.id: plain(row.acked_quantity) for row in publications if row.acked_generation}
        by_listing = levels.grouped("listing_id")
        for listing in self:
            own = by_listing.get(listing, levels.browse())
            listing.quantity_text = " + ".join(plain(level.quantity) for level in own)
            listing.told_text = " + ".join(told.get(level.id, "?") for level in own) if told.keys() & set(own.ids) else ""

    def action_levels(self):
        """Open the levels of these listings."""
        action = self.env["ir.actions.act_window"]._for_xml_id("ats_inventory.ats_level_action")
        action["domain"] = [("listing_id", "in", self.ids)]
        return action

    def action_explain(self):
        """Open the waterfall of this listing; where the channel stocks by location, the list of its levels."""
        self.ensure_one()
        levels = self.env["ats.level"].search([("listing_id", "=", self.id)])
        return levels.action_explain() if len(levels) == 1 else self.action_levels()
