# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import ValidationError


class AtsNode(models.Model):
    """A place that can ship: one for each warehouse (a 3PL is a warehouse that somebody else runs)."""

    _name = 'ats.node'
    _description = "Node"
    _order = 'company_id, sequence, id'
    _check_company_auto = True

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        'res.company', "Company", required=True, index=True, default=lambda self: self.env.company)
    kind = fields.Selection(
        [('warehouse', "Warehouse"), ('3pl', "Third-party warehouse")], required=True, default='warehouse')
    warehouse_id = fields.Many2one(
        'stock.warehouse', "Warehouse", required=True, ondelete='cascade', check_company=True)
    active = fields.Boolean(default=True)

    _warehouse_uniq = models.Constraint('UNIQUE (warehouse_id)', "This warehouse already has a node.")

    @api.constrains('warehouse_id', 'company_id')
    def _check_warehouse_company(self):
        for node in self.sudo():
            if node.warehouse_id.company_id != node.company_id:
                raise ValidationError(self.env._(
                    "Node %(node)s and its warehouse must belong to the same company.", node=node.name))

    @api.model_create_multi
    def create(self, vals_list):
        nodes = super().create(vals_list)
        for node in nodes:
            self.env['ats.refresh']._mark_scope('node', node)
        return nodes

    def write(self, vals):
        if vals.keys() & {'warehouse_id', 'company_id', 'active'}:
            for node in self:
                self.env['ats.refresh']._mark_scope('node', node)
        return super().write(vals)

    def unlink(self):
        for company in self.company_id:
            self.env['ats.refresh']._mark_scope('global', company)
        return super().unlink()

    @api.model
    def _ensure_for_warehouses(self, warehouses):
        """Make the node of each of these warehouses that has none yet. Trusts its caller."""
        known = self.sudo().with_context(active_test=False).search([('warehouse_id', 'in', warehouses.ids)])
        missing = warehouses - known.warehouse_id
        return self.sudo().create([{
            'name': warehouse.name,
            'company_id': warehouse.company_id.id,
            'warehouse_id': warehouse.id,
            'active': warehouse.active,
        } for warehouse in missing])
