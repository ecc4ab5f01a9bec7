# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""What is left of a quota, and the holds and moves that used it up."""
from odoo import fields, models
from odoo.fields import Domain

from .. import quota
from .ats_hold import LIVE_SQL


class AtsRule(models.Model):
    _inherit = 'ats.rule'

    quota_held = fields.Float("Held", digits=(16, 6), compute='_compute_quota', help="Live holds of the channel.")
    quota_moved = fields.Float(
        "Ordered", digits=(16, 6), compute='_compute_quota', help="Open and shipped transfers of the channel since the start.")
    quota_used = fields.Float("Used", digits=(16, 6), compute='_compute_quota')
    quota_left = fields.Float("Left", digits=(16, 6), compute='_compute_quota', help="What is still set aside.")

    def _compute_quota(self):
        quotas = self.filtered(lambda rule: rule.kind == 'quota')
        used = {}
        if quotas.ids:
            self.env.flush_all()
            self.env.cr.execute(f"""
                SELECT r.id, {quota.held_sql(LIVE_SQL)}, {quota.moved_sql(self.env['ats.refresh']._fact_sources())}
                  FROM ats_rule r WHERE r.id = ANY(%(rules)s)""", {'rules': quotas.ids})
            used = {rule: (float(held), float(moved)) for rule, held, moved in self.env.cr.fetchall()}
        for rule in self:
            held, moved = used.get(rule._origin.id, (0.0, 0.0))
            rule.quota_held, rule.quota_moved, rule.quota_used = held, moved, held + moved
            rule.quota_left = max(rule.fixed - held - moved, 0.0) if rule in quotas else 0.0

    def action_open_quota_holds(self):
        """Open the live holds that use up this quota."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('ats_inventory.ats_hold_action')
        domain = Domain('product_id', '=', self.product_id.id) & Domain('channel_id', '=', self.channel_id.id)
        return {**action, 'domain': list(domain), 'context': {
            'search_default_live': 1, 'default_product_id': self.product_id.id, 'default_channel_id': self.channel_id.id}}

    def action_open_quota_moves(self):
        """Open the transfers of the channel that use up this quota."""
        self.ensure_one()
        self.env.cr.execute(f"""
            SELECT ARRAY(SELECT m.id {quota.sold_sql(self.env['ats.refresh']._fact_sources())})
              FROM ats_rule r WHERE r.id = %(rule)s""", {'rule': self.id})
        moves, = self.env.cr.fetchone()
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Ordered on %(channel)s", channel=self.channel_id.name),
            'res_model': 'stock.move', 'views': [(False, 'list'), (False, 'form')], 'domain': [('id', 'in', moves)],
        }
