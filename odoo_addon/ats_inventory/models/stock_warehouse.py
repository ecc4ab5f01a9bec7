# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
from odoo import api, models

#: Fields that say which locations of a warehouse hold goods that are not (yet, or no longer) for sale.
SPECIAL_LOCATIONS = {
    'view_location_id', 'lot_stock_id', 'wh_input_stock_loc_id', 'wh_qc_stock_loc_id', 'wh_pack_stock_loc_id',
    'wh_output_stock_loc_id',
}


class StockWarehouse(models.Model):
    _inherit = 'stock.warehouse'

    @api.model_create_multi
    def create(self, vals_list):
        warehouses = super().create(vals_list)
        self.env['ats.node']._ensure_for_warehouses(warehouses)
        return warehouses

    def write(self, vals):
        result = super().write(vals)
        nodes = self.env['ats.node'].sudo().with_context(active_test=False).search([('warehouse_id', 'in', self.ids)])
        if 'active' in vals:
            nodes.write({'active': vals['active']})
        others = {column for column, _reason in self.env['ats.refresh']._fact_sources().special_locations}
        if vals.keys() & (SPECIAL_LOCATIONS | others):
            for warehouse in self:
                self.env['ats.refresh']._mark_scope('location', warehouse.view_location_id)
        return result


class StockPickingType(models.Model):
    _inherit = 'stock.picking.type'

    def write(self, vals):
        result = super().write(vals)
        if 'reservation_method' in vals:
            for picking_type in self:
                self.env['ats.refresh']._mark_scope('picking_type', picking_type)
        return result
