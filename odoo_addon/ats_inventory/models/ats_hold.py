# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..columns import PlainMany2one

#: Whether a row of ats_hold is live at the moment of the database's clock.
LIVE_SQL = "released_at IS NULL AND (expires_at IS NULL OR expires_at > clock_timestamp() AT TIME ZONE 'UTC')"


class AtsHold(models.Model):
    """A promise that is not a transfer yet (model M1): a quantity of a product that nobody else is offered.

    With a node it is taken from that node's stock; with a channel only, from what the channel's nodes supply together (model M5).
    It is live while it is not released and its end has not come; what is no longer live is history, kept HOLD_DAYS_KEPT days.
    """

    _name = 'ats.hold'
    _description = "Hold"
    _order = 'id desc'
    _rec_name = 'reference'
    _check_company_auto = True

    company_id = PlainMany2one(
        'res.company', "Company", required=True, index=True, default=lambda self: self.env.company)
    product_id = fields.Many2one(
        'product.product', "Product", required=True, ondelete='cascade', index=True, check_company=True)
    quantity = fields.Float("Quantity", digits=(16, 6), required=True, default=1.0, help="In the product's own unit.")
    channel_id = fields.Many2one(
        'ats.channel', "Channel", ondelete='cascade', index='btree_not_null', check_company=True,
        help="Whose promise it is. Without a node, any node of this channel may serve it.")
    node_id = fields.Many2one(
        'ats.node', "Node", ondelete='cascade', index='btree_not_null', check_company=True,
        help="The place that is to serve it. Empty: any node of the channel.")
    kind = fields.Selection([
        ('channel_order', "Channel order"),
        ('unpaid', "Unpaid order"),
        ('fraud', "Order under review"),
        ('cart', "Cart"),
        ('b2b', "Business customer"),
        ('manual', "By hand"),
    ], required=True, default='manual', index=True)
    reference = fields.Char("Reference", help="What people call the order, cart or customer it is for.")
    expires_at = fields.Datetime("Until", help="From this very moment on it no longer holds. Empty: until it is released.")
    released_at = fields.Datetime("Released", readonly=True, copy=False)
    release_reason = fields.Selection([
        ('manual', "Released by hand"),
        ('converted', "Became an order"),
        ('cancelled', "Cancelled where it came from"),
        ('replaced', "Replaced by another"),
    ], "Why Released", readonly=True, copy=False)
    res_model = fields.Char("Document Model", readonly=True, copy=False)
    res_id = fields.Many2oneReference("Document", model_field='res_model', readonly=True, copy=False)

    _live_idx = models.Index("(company_id, product_id) WHERE released_at IS NULL")
    _document_idx = models.Index("(res_model, res_id) WHERE res_id IS NOT NULL")
    _quantity_positive = models.Constraint('CHECK (quantity >= 0)', "A hold cannot be below zero.")
    _has_place = models.Constraint(
        'CHECK (channel_id IS NOT NULL OR node_id IS NOT NULL)',
        "A hold needs a channel or a node: say whose promise it is, or which place is to keep the goods.")

    @api.constrains('company_id', 'channel_id', 'node_id')
    def _check_places_company(self):
        for hold in self.sudo():
            for place in (hold.channel_id, hold.node_id):
                if place and place.company_id != hold.company_id:
                    raise ValidationError(self.env._(
                        "%(place)s belongs to another company than the hold.", place=place.name))

    @api.model_create_multi
    def create(self, vals_list):
        holds = super().create(vals_list)
        holds._mark()
        return holds

    def write(self, vals):
        relevant = vals.keys() & {
            'company_id', 'product_id', 'quantity', 'channel_id', 'node_id', 'expires_at', 'released_at'}
        if relevant:
            self._mark()
        result = super().write(vals)
        if vals.keys() & {'company_id', 'product_id'}:
            self._mark()
        return result

    def unlink(self):
        self._mark()
        return super().unlink()

    def _mark(self):
        for company, holds in self.grouped('company_id').items():
            self.env['ats.refresh']._mark_products(company, holds.product_id.ids)
