# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
from odoo import api, models

# Marks are written by triggers; these overrides only wake the refresh, once per transaction.


class MrpBom(models.Model):
    _inherit = 'mrp.bom'

    @api.model_create_multi
    def create(self, vals_list):
        boms = super().create(vals_list)
        self.env['ats.refresh']._wake()
        return boms

    def write(self, vals):
        result = super().write(vals)
        self.env['ats.refresh']._wake()
        return result

    def unlink(self):
        result = super().unlink()
        self.env['ats.refresh']._wake()
        return result


class MrpBomLine(models.Model):
    _inherit = 'mrp.bom.line'

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        self.env['ats.refresh']._wake()
        return lines

    def write(self, vals):
        result = super().write(vals)
        self.env['ats.refresh']._wake()
        return result

    def unlink(self):
        result = super().unlink()
        self.env['ats.refresh']._wake()
        return result
