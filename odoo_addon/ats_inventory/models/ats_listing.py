# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import LANE_MARK, LANE_SCOPE, LISTINGS_FAST_MAX


class AtsListing(models.Model):
    """A product offered on a channel, in its own unit of sale."""

    _name = 'ats.listing'
    _description = "Listing"
    _order = 'channel_id, id'
    _rec_name = 'product_id'

    channel_id = fields.Many2one('ats.channel', "Channel", required=True, ondelete='cascade', index=True)
    company_id = fields.Many2one(related='channel_id.company_id', store=True, index=True)
    product_id = fields.Many2one('product.product', "Product", required=True, ondelete='cascade', index=True)
    unit = fields.Float(
        "Unit of Sale", digits=(16, 6), default=1.0, required=True,
        help="How many of the product's own units the channel sells as one (6 for a six-pack).")
    has_override = fields.Boolean("Override", help="Show this quantity instead of the computed one.")
    override_quantity = fields.Float("Override Quantity", digits=(16, 6), help="In units of sale.")
    override_until = fields.Datetime("Override Until", help="Empty: until the override is taken away.")
    blocked = fields.Boolean("Blocked", help="Shown as 0, whatever is in stock.")
    active = fields.Boolean(default=True)
    level_ids = fields.One2many('ats.level', 'listing_id', "Levels")

    _unit_positive = models.Constraint('CHECK (unit > 0)', "The unit of sale must be above zero.")
    _override_positive = models.Constraint(
        'CHECK (override_quantity IS NULL OR override_quantity >= 0)', "An override cannot be below zero.")

    @api.depends('product_id', 'channel_id')
    def _compute_display_name(self):
        for listing in self:
            listing.display_name = f"{listing.product_id.display_name or ''} @ {listing.channel_id.name or ''}"

    @api.constrains('product_id', 'channel_id')
    def _check_product_company(self):
        for listing in self.sudo():
            company = listing.product_id.company_id
            if company and company != listing.channel_id.company_id:
                raise ValidationError(self.env._(
                    "%(product)s belongs to %(company)s and cannot be listed on a channel of another company.",
                    product=listing.product_id.display_name, company=company.name))

    @api.model_create_multi
    def create(self, vals_list):
        listings = super().create(vals_list)
        listings._mark()
        return listings

    def write(self, vals):
        relevant = vals.keys() & {
            'channel_id', 'product_id', 'unit', 'has_override', 'override_quantity', 'override_until',
            'blocked', 'active'}
        if relevant:
            self._mark()
        result = super().write(vals)
        if vals.keys() & {'product_id', 'channel_id'}:
            self._mark()
        return result

    def unlink(self):
        self._mark()
        return super().unlink()

    def _mark(self):
        """Mark the listed products, through the slow lane when there are many."""
        lane = LANE_MARK if len(self) <= LISTINGS_FAST_MAX else LANE_SCOPE
        for company, listings in self.grouped('company_id').items():
            self.env['ats.refresh']._mark_products(company, listings.product_id.ids, lane=lane)
