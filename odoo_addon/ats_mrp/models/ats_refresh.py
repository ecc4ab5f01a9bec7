# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
from dataclasses import replace

from odoo import api, models

from ..kits import KIT_USERS_SQL, KITS_SQL

#: Where components wait for production and what was made waits to be stored: beside the main stock, where no delivery
#: reserves.
SPECIAL_LOCATIONS = (('pbm_loc_id', 'before_production'), ('sam_loc_id', 'after_production'))


class AtsRefresh(models.AbstractModel):
    _inherit = 'ats.refresh'

    @api.model
    def _fact_sources(self):
        known = super()._fact_sources()
        return replace(known, kits=KITS_SQL, kit_users=KIT_USERS_SQL,
                       special_locations=known.special_locations + SPECIAL_LOCATIONS)
