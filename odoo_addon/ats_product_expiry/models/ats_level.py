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
            return [('removal_date', '!=', False), ('removal_date', '<=', limit)]
        return super()._explain_quant_terms(code, scope)
