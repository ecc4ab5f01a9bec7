# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""A product that cannot be computed says so wherever its listings are looked at, with what to do about it."""

from odoo import fields, models


class AtsProduct(models.Model):
    _inherit = "ats.product"

    def _parked_todo(self):
        """What to do so that this product is computed again, in a sentence."""
        code = self.error_code or ""
        if code.startswith("kit"):
            return self.env._("Correct the bill of materials: the kit is then computed again by itself.")
        if code == "crashed":
            return self.env._("Computing ended without an answer. Try again under Refresh Work; if it happens again, tell your administrator.")
        return self.env._("Correct what is named, then try again under Refresh Work. Until then the last quantity stays in the shop.")

    def _parked_text(self):
        """Reason and remedy of a product that is parked; empty if it is not."""
        return f"{self.error_message or self.error_code} {self._parked_todo()}" if self.error_code else ""


def _parked_by_product(records):
    """{(company id, product id): text} of the products of listings or levels that are parked."""
    rows = records.env["ats.product"].sudo().search([
        ("product_id", "in", records.product_id.ids), ("company_id", "in", records.company_id.ids), ("error_code", "!=", False)])
    return {(row.company_id.id, row.product_id.id): row._parked_text() for row in rows}


class AtsListing(models.Model):
    _inherit = "ats.listing"

    parked_text = fields.Char(
        "Not Computed", compute="_compute_parked_text", help="Why the quantity of this listing stands still, and what to do.")

    def _compute_parked_text(self):
        texts = _parked_by_product(self)
        for listing in self:
            listing.parked_text = texts.get((listing.company_id.id, listing.product_id.id), "")


class AtsLevel(models.Model):
    _inherit = "ats.level"

    parked_text = fields.Char(
        "Not Computed", compute="_compute_parked_text", help="Why this quantity stands still, and what to do.")

    def _compute_parked_text(self):
        texts = _parked_by_product(self)
        for level in self:
            level.parked_text = texts.get((level.company_id.id, level.product_id.id), "")
