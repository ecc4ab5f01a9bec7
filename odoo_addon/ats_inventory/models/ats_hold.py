# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from ..columns import PlainMany2one
from ..const import CLEANUP_ROWS_MAX, HOLD_DAYS_DEFAULT, HOLD_DAYS_KEPT

#: Whether a row of ats_hold is live at the moment of the database's clock.
#: The same as a method of the model: _live_domain.
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
    uom_id = fields.Many2one(related='product_id.uom_id', string="Unit")
    kind = fields.Selection([
        ('channel_order', "Channel order"),
        ('unpaid', "Unpaid order"),
        ('fraud', "Order under review"),
        ('cart', "Cart"),
        ('b2b', "Business customer"),
        ('manual', "By hand"),
    ], required=True, default='manual', index=True)
    kind_help = fields.Char(compute='_compute_kind_help')
    reference = fields.Char("Reference", help="What people call the order, cart or customer it is for.")
    expires_at = fields.Datetime(
        "Until", default=lambda self: fields.Datetime.now() + timedelta(days=HOLD_DAYS_DEFAULT), copy=False,
        help="From this very moment on it no longer holds. Empty: until it is released.")
    released_at = fields.Datetime("Released", readonly=True, copy=False)
    release_reason = fields.Selection([
        ('manual', "Released by hand"),
        ('converted', "Became an order"),
        ('cancelled', "Cancelled where it came from"),
        ('replaced', "Replaced by another"),
    ], "Why Released", readonly=True, copy=False)
    res_model = fields.Char("Document Model", readonly=True, copy=False)
    res_id = fields.Many2oneReference("Document Id", model_field='res_model', readonly=True, copy=False)
    release_note = fields.Char("Became", readonly=True, copy=False, help="The order that took its place.")
    document = fields.Char("Document", compute='_compute_document')
    state = fields.Selection(
        [('live', "Live"), ('expired', "Expired"), ('released', "Released")], compute='_compute_state', search='_search_state',
        help="Live: reduces what others are offered. Expired: its time is over. Released: it was given up or became an order.")

    _live_idx = models.Index("(company_id, product_id) WHERE released_at IS NULL")
    _document_idx = models.Index("(res_model, res_id) WHERE res_model IS NOT NULL")
    # Two deliveries of one message must not hold the goods twice, whatever their transactions see of each other.
    _document_uniq = models.UniqueIndex(
        "(res_model, res_id, product_id, COALESCE(node_id, 0)) WHERE res_model IS NOT NULL AND released_at IS NULL",
        "This document holds this product already.")
    _quantity_positive = models.Constraint('CHECK (quantity >= 0)', "A hold cannot be below zero.")
    _has_place = models.Constraint(
        'CHECK (channel_id IS NOT NULL OR node_id IS NOT NULL)',
        "A hold needs a channel or a node: say whose promise it is, or which place is to keep the goods.")

    @api.depends('released_at', 'expires_at')
    def _compute_state(self):
        now = fields.Datetime.now()
        for hold in self:
            over = hold.expires_at and hold.expires_at <= now
            hold.state = 'released' if hold.released_at else 'expired' if over else 'live'

    def _search_state(self, operator, value):
        if operator != 'in':
            return NotImplemented
        now = fields.Datetime.now()
        domains = {
            'live': self._live_domain(),
            'expired': Domain('released_at', '=', False) & Domain('expires_at', '<=', now),
            'released': Domain('released_at', '!=', False),
        }
        return Domain.OR(domains[state] for state in value if state in domains)

    @api.model
    def _live_domain(self):
        """The holds that reduce a level now."""
        now = fields.Datetime.now()
        return Domain('released_at', '=', False) & (Domain('expires_at', '=', False) | Domain('expires_at', '>', now))

    @api.depends('kind')
    def _compute_kind_help(self):
        _ = self.env._
        words = {
            'channel_order': _("An order has come from a channel and is not imported yet. Ends when it becomes an order here."),
            'unpaid': _("An order waits for its payment. Ends when it is paid, or after a time."),
            'fraud': _("An order is being checked before it may be shipped."),
            'cart': _("A customer has put it into the cart. Give it a short end."),
            'b2b': _("Goods promised to a business customer who has not ordered yet."),
            'manual': _("You keep goods aside for a reason of your own. Say in the reference for whom."),
        }
        for hold in self:
            hold.kind_help = words.get(hold.kind, "")

    @api.depends('res_model', 'res_id')
    def _compute_document(self):
        for hold in self:
            known = hold.res_model in self.env and hold.res_id
            record = self.env[hold.res_model].sudo().browse(hold.res_id).exists() if known else None
            hold.document = record.display_name if record else ""

    @api.depends('product_id', 'quantity', 'reference')
    def _compute_display_name(self):
        for hold in self:
            hold.display_name = " · ".join(filter(None, [hold.product_id.display_name, hold.reference])) or self.env._("New hold")

    @api.onchange('channel_id', 'node_id')
    def _onchange_place(self):
        company = (self.channel_id or self.node_id).company_id
        if company:
            self.company_id = company

    @api.constrains('company_id', 'channel_id', 'node_id')
    def _check_places_company(self):
        for hold in self.sudo():
            for place in (hold.channel_id, hold.node_id):
                if place and place.company_id != hold.company_id:
                    raise ValidationError(self.env._(
                        "%(place)s belongs to another company than the hold.", place=place.name))

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_document_by_system(vals)
            if not vals.get('channel_id') and not vals.get('node_id'):
                raise UserError(self.env._(
                    "A hold needs a channel or a node: say whose promise it is, or which place is to keep the goods."))
        holds = super().create(vals_list)
        holds._mark()
        holds._record_events()
        return holds

    def write(self, vals):
        self._check_document_by_system(vals)
        relevant = vals.keys() & {
            'company_id', 'product_id', 'quantity', 'channel_id', 'node_id', 'expires_at', 'released_at'}
        if relevant and 'released_at' not in vals and any(self.mapped('released_at')):
            raise UserError(self.env._("A released hold is history and cannot be changed. Make a new one."))
        if relevant:
            self._mark()
        result = super().write(vals)
        if relevant:
            self._record_events()
        if vals.keys() & {'company_id', 'product_id'}:
            self._mark()
        return result

    def unlink(self):
        self._mark()
        return super().unlink()

    def _check_document_by_system(self, vals):
        """Refuse people a document of their choice: its name is shown to whoever sees the hold, whatever record it is."""
        if not self.env.su and (vals.get('res_model') or vals.get('res_id')):
            raise AccessError(self.env._("The document of a hold is named by what makes it, not by hand."))

    def _mark(self):
        """Mark what is held; with a kit what is in it."""
        refresh = self.env['ats.refresh']
        for company, holds in self.grouped('company_id').items():
            refresh._mark_products(company, refresh._with_components(company, holds.product_id.ids))

    def _record_events(self):
        for hold in self:
            self.env['ats.event']._record('hold', hold, product=hold.product_id)

    @api.model
    def _refuse_if_held(self, field, places):
        """Refuse to delete channels or nodes whose promises would go with them."""
        for hold in self.sudo().search(Domain(field, 'in', places.ids) & self._live_domain(), limit=1):
            raise UserError(self.env._(
                "%(place)s has live holds, for instance %(hold)s. Release them first, or archive it.",
                place=hold[field].name, hold=hold.display_name))

    # --- what people do ------------------------------------------------------------------------------------------

    def action_release(self):
        """Give the goods free at once. For operators; holds that are released already stay as they are."""
        self.check_access('write')
        self._release('manual')
        return True

    def action_undo_release(self):
        """Take back a release by hand: the hold is live again, unless its time is over meanwhile. For operators.

        :raise UserError: a hold was released because of its document: holding it again could count the goods twice
        """
        self.check_access('write')
        for hold in self:
            if hold.release_reason != 'manual':
                raise UserError(self.env._(
                    "Only a release by hand can be undone. %(hold)s was not released by hand.", hold=hold.display_name))
        self.write({'released_at': False, 'release_reason': False, 'release_note': False})
        return True

    def action_extend(self):
        """Ask until when these holds are to last."""
        if any(self.mapped('released_at')):
            raise UserError(self.env._("A released hold cannot be extended. Undo its release first, or make a new one."))
        action = self.env['ir.actions.act_window']._for_xml_id('ats_inventory.ats_hold_extend_action')
        return {**action, 'context': {'default_hold_ids': self.ids}}

    def action_open_document(self):
        """Open what this hold came from, with the user's own rights."""
        self.ensure_one()
        if self.res_model not in self.env or not self.env[self.res_model].browse(self.res_id).exists():
            raise UserError(self.env._("The document of this hold does not exist any more."))
        return {'type': 'ir.actions.act_window', 'res_model': self.res_model, 'res_id': self.res_id, 'views': [(False, 'form')]}

    @api.autovacuum
    def _gc_holds(self):
        """Delete holds that were released or have ended more than HOLD_DAYS_KEPT days ago."""
        self.env.cr.execute("""
            DELETE FROM ats_hold WHERE id IN (
                SELECT id FROM ats_hold WHERE LEAST(released_at, expires_at) < %s LIMIT %s FOR UPDATE SKIP LOCKED)
        """, [fields.Datetime.now() - timedelta(days=HOLD_DAYS_KEPT), CLEANUP_ROWS_MAX])
        return self.env.cr.rowcount, self.env.cr.rowcount == CLEANUP_ROWS_MAX
