# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..columns import PlainMany2one


class AtsLot(models.Model):
    """A lot or serial number that is held back from sale, for instance during a recall."""

    _name = 'ats.lot'
    _description = "Blocked Lot"
    _rec_name = 'lot_id'

    lot_id = PlainMany2one('stock.lot', "Lot/Serial Number", required=True)
    product_id = fields.Many2one(related='lot_id.product_id')
    company_id = fields.Many2one(related='lot_id.company_id')
    blocked = fields.Boolean("Blocked", required=True, default=True)

    _lot_uniq = models.Constraint('UNIQUE (lot_id)', "This lot is listed already.")

    @api.model_create_multi
    def create(self, vals_list):
        lots = super().create(vals_list)
        lots._mark()
        return lots

    def write(self, vals):
        self._mark()
        result = super().write(vals)
        if 'lot_id' in vals:
            self._mark()
        return result

    def unlink(self):
        self._mark()
        return super().unlink()

    def _mark(self):
        for lot in self.sudo().lot_id:
            self.env['ats.refresh']._mark_scope('lot', lot)
        self.env['stock.lot'].invalidate_model(['ats_blocked'])


class StockLot(models.Model):
    _inherit = 'stock.lot'

    ats_blocked = fields.Boolean(
        "Blocked from Sale", compute='_compute_ats_blocked', inverse='_inverse_ats_blocked',
        search='_search_ats_blocked', groups='ats_inventory.group_ats_viewer',
        help="Channels do not count the stock of this lot.")

    def _compute_ats_blocked(self):
        rows = self.env['ats.lot'].sudo().search_fetch([('lot_id', 'in', self.ids), ('blocked', '=', True)], ['lot_id'])
        blocked = set(rows.lot_id.ids)
        for lot in self:
            lot.ats_blocked = lot._origin.id in blocked

    def _inverse_ats_blocked(self):
        # Storing the first makes the cache forget the others.
        for lot, blocked in [(lot, lot.ats_blocked) for lot in self]:
            lot._ats_set_blocked(blocked)

    def _search_ats_blocked(self, operator, value):
        if operator != 'in':
            return NotImplemented
        blocked = self.env['ats.lot'].sudo().search([('blocked', '=', True)]).lot_id.ids
        domains = []
        if True in value:
            domains.append([('id', 'in', blocked)])
        if set(value) - {True}:
            domains.append([('id', 'not in', blocked)])
        return fields.Domain.OR(domains)

    def action_ats_block(self):
        """Hold these lots back from sale. For managers of availability, whatever their stock rights."""
        return self._ats_set_blocked(True)

    def action_ats_unblock(self):
        """Sell these lots again. For managers of availability."""
        return self._ats_set_blocked(False)

    def _ats_set_blocked(self, blocked):
        """Store the choice after checking the group; the rest runs with the rights of the system."""
        if not self.env.su and not self.env.user.has_group('ats_inventory.group_ats_manager'):
            raise AccessError(self.env._("Only managers of Available to Sell block lots from sale."))
        self.check_access('read')
        Blocked = self.env['ats.lot'].sudo()
        for lot in self:
            row = Blocked.search([('lot_id', '=', lot.id)])
            if row:
                row.blocked = blocked
            elif blocked:
                Blocked.create({'lot_id': lot.id, 'blocked': True})
        return True

    @api.ondelete(at_uninstall=False)
    def _unlink_ats_lots(self):
        self.env['ats.lot'].sudo().search([('lot_id', 'in', self.ids)]).unlink()
