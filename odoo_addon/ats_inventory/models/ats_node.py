# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: Usages of the location at the root of a node.
ROOT_USAGES = ('internal', 'view')


class AtsNode(models.Model):
    """A place that can ship: a warehouse, or a location with those below it (model M1).

    A location tree may lie inside a warehouse or inside another node's tree: what lies in both belongs to the nearer root.
    """

    _name = 'ats.node'
    _description = "Node"
    _order = 'company_id, sequence, id'
    _check_company_auto = True

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        'res.company', "Company", required=True, index=True, default=lambda self: self.env.company)
    kind = fields.Selection(
        [('warehouse', "Own stock"), ('3pl', "Third party's stock"), ('supplier', "Drop-ship supplier")],
        required=True, default='warehouse', help="Who runs the place. Both kinds are counted alike.")
    warehouse_id = fields.Many2one(
        'stock.warehouse', "Warehouse", ondelete='cascade', check_company=True,
        help="All locations of this warehouse, less those that are a node of their own.")
    location_id = fields.Many2one(
        'stock.location', "Location", ondelete='restrict', check_company=True,
        domain="[('usage', 'in', ('internal', 'view')), ('company_id', '=', company_id)]",
        help="This location and all below it. Inside a warehouse they are taken out of the warehouse's own node.")
    active = fields.Boolean(default=True)

    _warehouse_uniq = models.Constraint('UNIQUE (warehouse_id)', "This warehouse already has a node.")
    _location_uniq = models.Constraint('UNIQUE (location_id)', "This location already has a node.")
    _one_place = models.Constraint(
        'CHECK ((warehouse_id IS NULL) <> (location_id IS NULL))', "A node is either a warehouse or a location: choose one of them.")

    @api.constrains('kind')
    def _check_kind(self):
        for node in self:
            if node.kind == 'supplier':
                raise ValidationError(self.env._(
                    "Node %(node)s: nodes of drop-ship suppliers are not supported. Choose another kind.", node=node.name))

    @api.constrains('warehouse_id', 'location_id', 'company_id')
    def _check_place_company(self):
        for node in self.sudo():
            if node.warehouse_id and node.warehouse_id.company_id != node.company_id:
                raise ValidationError(self.env._(
                    "Node %(node)s and its warehouse must belong to the same company.", node=node.name))
            if node.location_id and node.location_id.company_id != node.company_id:
                raise ValidationError(self.env._(
                    "Node %(node)s and its location must belong to the same company.", node=node.name))

    @api.constrains('location_id', 'company_id')
    def _check_location(self):
        """Refuse a root that is no stock, or that is or contains a warehouse. (Odoo keeps the trees of companies apart.)"""
        for node in self.sudo().filtered('location_id'):
            location = node.location_id
            if location.usage not in ROOT_USAGES:
                raise ValidationError(self.env._(
                    "%(location)s cannot be a node: only internal and view locations can.", location=location.display_name))
            for warehouse in self.env['stock.warehouse'].sudo().with_context(active_test=False).search([
                    '|', ('view_location_id', 'child_of', location.id), ('lot_stock_id', '=', location.id)]):
                raise ValidationError(self.env._(
                    "%(location)s is or contains the stock of warehouse %(warehouse)s, which has a node of its own. Choose a "
                    "location below it.", location=location.display_name, warehouse=warehouse.name))

    @api.onchange('warehouse_id', 'location_id')
    def _onchange_place(self):
        if not self.name:
            self.name = self.warehouse_id.name or self.location_id.name

    @api.model_create_multi
    def create(self, vals_list):
        nodes = super().create(vals_list)
        nodes._mark()
        return nodes

    def write(self, vals):
        relevant = vals.keys() & {'warehouse_id', 'location_id', 'company_id', 'active'}
        if relevant:
            self._mark()
        result = super().write(vals)
        if relevant - {'active'}:
            self._mark()
        return result

    def unlink(self):
        # When the marks are taken up the node is in no sourcing set any more: its channels are marked instead.
        self._channels()._mark()
        self._mark_locations()
        return super().unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_held(self):
        self.env['ats.hold']._refuse_if_held('node_id', self)

    def _channels(self):
        sources = self.env['ats.channel.source'].sudo().search([('node_id', 'in', self.ids)])
        return sources.channel_id

    def _mark(self):
        """Mark what the channels of these nodes sell and have promised; and what lies in a location tree: it changes its node."""
        for node in self:
            self.env['ats.refresh']._mark_scope('node', node)
        self.env['ats.refresh']._mark_promised(self._channels())
        self._mark_locations()

    def _mark_locations(self):
        for location in self.sudo().location_id:
            self.env['ats.refresh']._mark_scope('location', location)

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
