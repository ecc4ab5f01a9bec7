# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..columns import PlainMany2one


class AtsUom(models.Model):
    """The precision in which products of a unit of measure are sold: whole pieces unless said otherwise."""

    _name = 'ats.uom'
    _description = "Selling Precision of a Unit of Measure"
    _rec_name = 'uom_id'

    uom_id = PlainMany2one('uom.uom', "Unit of Measure", required=True)
    decimals = fields.Integer("Decimals", required=True, default=0, help="Decimal places of a quantity as it is sold.")

    _uom_uniq = models.Constraint('UNIQUE (uom_id)', "This unit of measure has its decimals already.")
    _decimals_range = models.Constraint(
        'CHECK (decimals >= 0 AND decimals <= 6)', "A quantity is sold with 0 to 6 decimal places.")

    @api.model_create_multi
    def create(self, vals_list):
        precisions = super().create(vals_list)
        precisions._mark()
        return precisions

    def write(self, vals):
        self._mark()
        result = super().write(vals)
        if 'uom_id' in vals:
            self._mark()
        return result

    def unlink(self):
        self._mark()
        return super().unlink()

    def _mark(self):
        for uom in self.uom_id:
            self.env['ats.refresh']._mark_scope('uom', uom)
        self.env['uom.uom'].invalidate_model(['ats_decimals'])


class UomUom(models.Model):
    _inherit = 'uom.uom'

    ats_decimals = fields.Integer(
        "Decimals when Sold", compute='_compute_ats_decimals', inverse='_inverse_ats_decimals',
        groups='ats_inventory.group_ats_viewer',
        help="Decimal places of a quantity as channels sell it. 0: whole units only.")

    def _compute_ats_decimals(self):
        rows = self.env['ats.uom'].sudo().search_fetch([('uom_id', 'in', self.ids)], ['uom_id', 'decimals'])
        decimals = {row.uom_id.id: row.decimals for row in rows}
        for uom in self:
            uom.ats_decimals = decimals.get(uom._origin.id, 0)

    def _inverse_ats_decimals(self):
        # Storing the first makes the cache forget the others.
        for uom, decimals in [(uom, uom.ats_decimals) for uom in self]:
            uom._ats_set_decimals(decimals)

    def _ats_set_decimals(self, decimals):
        """Store the decimals after checking the group."""
        self.ensure_one()
        if not self.env.su and not self.env.user.has_group('ats_inventory.group_ats_manager'):
            raise AccessError(self.env._("Only managers of Available to Sell choose the decimals of a unit."))
        Precision = self.env['ats.uom'].sudo()
        row = Precision.search([('uom_id', '=', self.id)])
        if row:
            row.decimals = decimals
        else:
            Precision.create({'uom_id': self.id, 'decimals': decimals})

    @api.ondelete(at_uninstall=False)
    def _unlink_ats_decimals(self):
        self.env['ats.uom'].sudo().search([('uom_id', 'in', self.ids)]).unlink()
