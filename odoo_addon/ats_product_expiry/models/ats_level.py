# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import fields, models


class AtsLevel(models.Model):
    _inherit = 'ats.level'

    def _explain_help(self, code, scope):
        if code == 'withheld_expired':
            days = scope.channel.min_life_days
            return self.env._(
                "Past their removal date, or within %(days)s days of it: what this channel sells has to live longer.",
                days=days) if days else self.env._("Past their removal date, as in Odoo's own free quantity.")
        return super()._explain_help(code, scope)

    def _explain_quant_terms(self, code, scope):
        if code == 'withheld_expired':
            # As of now, not of the computation: whoever looks wants to see what is on the shelf.
            limit = fields.Datetime.now() + timedelta(days=scope.channel.min_life_days)
            return [
                ('location_id.ats_sellable', '=', True), ('lot_id.ats_blocked', '=', False),
                ('removal_date', '!=', False), ('removal_date', '<=', limit)]
        return super()._explain_quant_terms(code, scope)

    def _explain_lot_name(self, lot):
        name = super()._explain_lot_name(lot)
        if not lot.removal_date:
            return name
        day = fields.Datetime.context_timestamp(self, lot.removal_date).date()
        return self.env._("%(lot)s, to be removed on %(day)s", lot=name, day=fields.Date.to_string(day))
