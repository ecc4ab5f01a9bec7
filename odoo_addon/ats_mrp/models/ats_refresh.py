# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
from dataclasses import replace

from odoo import api, models

from ..kits import KIT_USERS_SQL, KITS_SQL


class AtsRefresh(models.AbstractModel):
    _inherit = 'ats.refresh'

    @api.model
    def _fact_sources(self):
        return replace(super()._fact_sources(), kits=KITS_SQL, kit_users=KIT_USERS_SQL)
