# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: Fields of a channel that its levels depend on.
COUNTING_FIELDS = {
    'active', 'per_node', 'owner_ids', 'share_percent', 'company_id', 'min_life_days', 'count_purchase', 'count_transfer',
    'count_production', 'count_return', 'incoming_days', 'incoming_percent',
}

#: Of these, what the promises of the channel can be served with: other channels' levels depend on it (model M5).
SERVING_FIELDS = COUNTING_FIELDS - {'per_node', 'share_percent'}


class AtsChannel(models.Model):
    """A place that sells: the sourcing half, which decides what a level of the channel counts.

    Connection, state and secrets of a channel are added by the module that talks to channels.
    """

    _name = 'ats.channel'
    _description = "Channel"
    _order = 'sequence, id'
    _check_company_auto = True

    name = fields.Char(required=True)
    company_id = fields.Many2one(
        'res.company', "Company", required=True, index=True, default=lambda self: self.env.company)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    source_ids = fields.One2many(
        'ats.channel.source', 'channel_id', "Nodes", copy=True,
        help="The nodes this channel sells from. The first that can supply an order ships it.")
    per_node = fields.Boolean(
        "Stock by Location", help="The channel is told a quantity for each node instead of one for all of them.")
    owner_ids = fields.Many2many(
        'res.partner', 'ats_channel_owner_rel', 'channel_id', 'partner_id', "Stock Owners",
        help="Stock that belongs to somebody else is sold here only if its owner is named.")
    share_percent = fields.Float(
        "Share (%)", digits=(9, 6), default=100.0, required=True,
        help="The part of the available quantity that this channel may show.")
    min_life_days = fields.Integer(
        "Minimum Remaining Life (days)", default=0, required=True,
        help="Stock that is to be removed from sale within so many days is not sold here. 0: until its removal date.")
    count_purchase = fields.Boolean("Purchases", help="Goods on their way from suppliers count as if they were here.")
    count_transfer = fields.Boolean("Transfers", help="Goods on their way from another warehouse or node count as if they were here.")
    count_production = fields.Boolean("Production", help="Goods being made count as if they were here.")
    count_return = fields.Boolean("Returns", help="Goods on their way back from customers count as if they were here.")
    incoming_days = fields.Integer(
        "Incoming Within (days)", default=0, required=True,
        help="Incoming goods count if they are expected within so many days. What is overdue never counts. 0: nothing counts.")
    incoming_percent = fields.Float(
        "Confidence in Incoming (%)", digits=(9, 6), default=100.0, required=True,
        help="The part of the incoming goods that counts, rounded down for each node.")
    listing_ids = fields.One2many('ats.listing', 'channel_id', "Listings")
    listing_count = fields.Integer("Number of Listings", compute='_compute_listing_count')

    _share_percent_range = models.Constraint(
        'CHECK (share_percent >= 0 AND share_percent <= 100)', "The share must be between 0 and 100 %.")
    _incoming_percent_range = models.Constraint(
        'CHECK (incoming_percent >= 0 AND incoming_percent <= 100)',
        "The confidence in incoming goods must be between 0 and 100 %.")
    _days_positive = models.Constraint(
        'CHECK (incoming_days >= 0 AND min_life_days >= 0)', "A number of days cannot be below zero.")
    # PostgreSQL and Python know no time that far away: no product of the channel could be computed or explained.
    _days_readable = models.Constraint(
        'CHECK (incoming_days <= 36500 AND min_life_days <= 36500)', "At most 36,500 days (100 years) can be looked ahead.")

    @api.depends('listing_ids')
    def _compute_listing_count(self):
        counts = dict(self.env['ats.listing']._read_group(
            [('channel_id', 'in', self.ids)], ['channel_id'], ['__count']))
        for channel in self:
            channel.listing_count = counts.get(channel, 0)

    @api.constrains('company_id')
    def _check_company_unchanged(self):
        for channel in self:
            if (channel.source_ids.node_id.company_id | channel.listing_ids.company_id) - channel.company_id:
                raise ValidationError(self.env._(
                    "Channel %(channel)s has nodes or listings: its company cannot change.", channel=channel.name))

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & COUNTING_FIELDS:
            self._mark(promises=bool(vals.keys() & SERVING_FIELDS))
            for channel in self:
                self.env['ats.event']._record('channel', channel)
        return result

    def unlink(self):
        # Its rules and holds go by the cascade in the database.
        self.env['ats.refresh']._mark_promised(self)
        return super().unlink()

    def _mark(self, promises=True):
        """Mark what these channels sell and, with `promises`, what they have promised or set aside, wherever it is sold."""
        for channel in self:
            self.env['ats.refresh']._mark_scope('channel', channel)
        if promises:
            self.env['ats.refresh']._mark_promised(self)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_held(self):
        self.env['ats.hold']._refuse_if_held('channel_id', self)


class AtsChannelSource(models.Model):
    """One node in the sourcing set of a channel; the order matters."""

    _name = 'ats.channel.source'
    _description = "Node of a Channel"
    _order = 'channel_id, sequence, id'
    _rec_name = 'node_id'

    channel_id = fields.Many2one('ats.channel', "Channel", required=True, ondelete='cascade', index=True)
    node_id = fields.Many2one(
        'ats.node', "Node", required=True, ondelete='cascade', index=True,
        domain="[('company_id', '=', company_id)]")
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(related='channel_id.company_id', store=True, index=True)

    _node_uniq = models.Constraint('UNIQUE (channel_id, node_id)', "A channel names each node once.")

    @api.constrains('channel_id', 'node_id')
    def _check_company(self):
        for source in self.sudo():
            if source.node_id.company_id != source.channel_id.company_id:
                raise ValidationError(self.env._(
                    "Node %(node)s belongs to another company than channel %(channel)s.",
                    node=source.node_id.name, channel=source.channel_id.name))

    @api.model_create_multi
    def create(self, vals_list):
        sources = super().create(vals_list)
        sources._mark_channels()
        return sources

    def write(self, vals):
        before = self.channel_id
        result = super().write(vals)
        self._mark_channels(before)
        return result

    def unlink(self):
        self._mark_channels()
        return super().unlink()

    def _mark_channels(self, more=None):
        (self.channel_id | (more or self.env['ats.channel']))._mark()
