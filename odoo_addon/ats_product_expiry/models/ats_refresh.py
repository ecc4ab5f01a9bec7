# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
from dataclasses import replace

from odoo import api, models


class AtsRefresh(models.AbstractModel):
    _inherit = 'ats.refresh'

    @api.model
    def _fact_sources(self):
        # The removal date, from which on Odoo's own free_qty leaves the quant out; not the expiration date.
        return replace(super()._fact_sources(), expires='q.removal_date')
