# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
from odoo import api, models


class AtsRefresh(models.AbstractModel):
    _inherit = "ats.refresh"

    @api.model
    def _levels_written(self, cr, level_ids):
        result = super()._levels_written(cr, level_ids)
        if level_ids:
            self.env["ats.publication"]._levels_written(cr, level_ids)
            self.env(cr=cr)["ats.wake"]._publishers()
        return result

    @api.model
    def _levels_removed(self, cr, level_ids):
        result = super()._levels_removed(cr, level_ids)
        if level_ids:
            self.env["ats.publication"]._levels_removed(cr, level_ids)
            self.env(cr=cr)["ats.wake"]._publishers()
        return result
