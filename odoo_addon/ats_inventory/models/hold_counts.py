# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""The smart buttons *Held* on products, variants and channels: live holds, and what they amount to."""

from odoo import fields, models
from odoo.fields import Domain

from .explain import plain

VIEWER = 'ats_inventory.group_ats_viewer'


class ProductTemplate(models.Model):
    _inherit = 'product.template'

    ats_hold_count = fields.Integer("Live Holds", compute='_compute_ats_holds', groups=VIEWER)
    ats_held = fields.Char("Held", compute='_compute_ats_holds', groups=VIEWER)

    def _compute_ats_holds(self):
        found = self.product_variant_ids._ats_live_holds()
        for template in self:
            rows = [found[variant] for variant in template.product_variant_ids if variant in found]
            template.ats_hold_count = sum(count for count, _quantity in rows)
            template.ats_held = plain(sum(quantity for _count, quantity in rows))

    def action_ats_holds(self):
        """Open the holds of all variants of these products."""
        return self.product_variant_ids.action_ats_holds()


class ProductProduct(models.Model):
    _inherit = 'product.product'

    ats_hold_count = fields.Integer("Live Holds", compute='_compute_ats_holds', groups=VIEWER)
    ats_held = fields.Char("Held", compute='_compute_ats_holds', groups=VIEWER)

    def _compute_ats_holds(self):
        found = self._ats_live_holds()
        for variant in self:
            count, quantity = found.get(variant._origin, (0, 0))
            variant.ats_hold_count = count
            variant.ats_held = plain(quantity)

    def _ats_live_holds(self):
        """``{product: (number of live holds, quantity)}`` of what the reader may see."""
        Hold = self.env['ats.hold']
        rows = Hold._read_group(
            Domain('product_id', 'in', self.ids) & Hold._live_domain(), ['product_id'], ['__count', 'quantity:sum'])
        return {product: (count, quantity) for product, count, quantity in rows}

    def action_ats_holds(self):
        """Open the holds of these variants, the live ones first."""
        action = self.env['ir.actions.act_window']._for_xml_id('ats_inventory.ats_hold_action')
        context = {'search_default_live': 1}
        if len(self) == 1:
            context['default_product_id'] = self.id
        return {**action, 'domain': [('product_id', 'in', self.ids)], 'context': context}


class AtsChannel(models.Model):
    _inherit = 'ats.channel'

    hold_count = fields.Integer("Live Holds", compute='_compute_hold_count')

    def _compute_hold_count(self):
        Hold = self.env['ats.hold']
        counts = dict(Hold._read_group(
            Domain('channel_id', 'in', self.ids) & Hold._live_domain(), ['channel_id'], ['__count']))
        for channel in self:
            channel.hold_count = counts.get(channel, 0)

    def action_open_holds(self):
        """Open the holds of this channel, the live ones first."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('ats_inventory.ats_hold_action')
        return {**action, 'domain': [('channel_id', '=', self.id)],
                'context': {'search_default_live': 1, 'default_channel_id': self.id, 'default_company_id': self.company_id.id}}
