# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import UserError

from ..columns import BigInteger, PlainMany2one
from ..const import FRESH_LISTINGS_MAX


class AtsLevel(models.Model):
    """The answer for one listing (and one node, where the channel stocks by location), with its waterfall.

    Written by the refresh only. `generation` comes from one sequence and grows with each change of `quantity`,
    so that whoever publishes a level can tell a newer value from an older one.
    `reasons` is a list of [code, quantity as text, rule id, node id, component id], with a sixth entry where there are
    details: {"shortage": text} or {"components": [[node id, component id, quantity as text], …]}. The quantities add up to
    the level. `digest` is the engine's fingerprint of them: a waterfall is written again only if it differs.
    """

    _name = 'ats.level'
    _inherit = 'ats.loose'
    _description = "Level"
    _order = 'listing_id, id'
    _rec_name = 'listing_id'
    _log_access = False

    company_id = PlainMany2one('res.company', "Company", required=True, readonly=True)
    listing_id = fields.Many2one('ats.listing', "Listing", required=True, readonly=True, ondelete='cascade')
    channel_id = PlainMany2one('ats.channel', "Channel", required=True, readonly=True, index=True)
    product_id = PlainMany2one('product.product', "Product", required=True, readonly=True)
    node_id = PlainMany2one('ats.node', "Node", readonly=True, help="Empty: all nodes of the channel together.")
    quantity = fields.Float("Available to Sell", digits=(16, 6), required=True, readonly=True, aggregator=None)
    reasons = fields.Json("Reasons", readonly=True)
    digest = BigInteger("Digest of the Reasons", readonly=True, aggregator=None)
    generation = BigInteger("Generation", required=True, readonly=True, aggregator=None)
    computed_at = fields.Datetime("Computed", readonly=True)
    changed_at = fields.Datetime("Changed", readonly=True)

    _listing_node_uniq = models.UniqueIndex("(listing_id, COALESCE(node_id, 0))")
    _product_idx = models.Index("(product_id, company_id)")

    def init(self):
        """Make the sequence of generations."""
        self.env.cr.execute("CREATE SEQUENCE IF NOT EXISTS ats_generation_seq")

    @api.model
    def fresh_levels(self, channel_ids=None):
        """Compute levels anew, beside the stored ones, without writing anything.

        :param channel_ids: ids of channels, or None for all channels the user may see
        :return: list of {'listing', 'channel', 'product', 'node' (None for all), 'stored', 'fresh'};
            quantities are text with no trailing zeros, None where there is no such level
        :raise UserError: more than FRESH_LISTINGS_MAX listings are asked for
        """
        self.check_access('read')
        domain = [('channel_id', 'in', channel_ids)] if channel_ids is not None else []
        listings = self.env['ats.listing'].search(domain, limit=FRESH_LISTINGS_MAX + 1)
        if len(listings) > FRESH_LISTINGS_MAX:
            raise UserError(self.env._(
                "Fresh levels can be computed for %(limit)s listings at a time. Choose fewer channels.",
                limit=FRESH_LISTINGS_MAX))
        rows = {}
        for company, mine in listings.grouped('company_id').items():
            for fresh in self.env['ats.refresh'].sudo()._fresh(company, mine.ids):
                rows[fresh['listing_id'], fresh['node_id']] = {
                    'listing': fresh['listing_id'], 'channel': fresh['channel_id'], 'product': fresh['product_id'],
                    'node': fresh['node_id'], 'stored': None, 'fresh': _plain(fresh['quantity'])}
        for stored in self._stored(listings.ids):
            key = stored['listing'], stored['node']
            row = rows.setdefault(key, {**stored, 'fresh': None})
            row['stored'] = stored['stored']
        return list(rows.values())

    @api.model
    def _stored(self, listing_ids):
        self.flush_model()
        self.env.cr.execute("""
            SELECT listing_id, channel_id, product_id, node_id, quantity FROM ats_level
             WHERE listing_id = ANY(%s) ORDER BY listing_id, id""", [listing_ids])
        return [
            {'listing': listing, 'channel': channel, 'product': product, 'node': node, 'stored': _plain(quantity)}
            for listing, channel, product, node, quantity in self.env.cr.fetchall()
        ]


def _plain(quantity):
    """A decimal as text without exponent or trailing zeros, as the engine prints it."""
    text = f"{quantity:f}"
    return text.rstrip('0').rstrip('.') if '.' in text else text
