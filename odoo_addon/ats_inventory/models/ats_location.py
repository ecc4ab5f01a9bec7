# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import SQL

from ..columns import PlainMany2one
from ..places import places_sql


class AtsLocation(models.Model):
    """The explicit choice whether stock in a location (and in those below it) can be sold.

    A location without a row here follows its nearest parent with one, else the default. See places.py.
    """

    _name = 'ats.location'
    _description = "Sellable Location"
    _rec_name = 'location_id'

    location_id = PlainMany2one('stock.location', "Location", required=True)
    company_id = fields.Many2one(related='location_id.company_id')
    sellable = fields.Boolean("Sellable", required=True)

    _location_uniq = models.Constraint('UNIQUE (location_id)', "This location has a choice already.")

    @api.constrains('location_id', 'sellable')
    def _check_usage(self):
        for choice in self.sudo():
            if choice.sellable and choice.location_id.usage != 'internal':
                raise ValidationError(self.env._(
                    "%(location)s is not an internal location: what lies there cannot be sold.",
                    location=choice.location_id.display_name))

    @api.model_create_multi
    def create(self, vals_list):
        choices = super().create(vals_list)
        choices._mark()
        return choices

    def write(self, vals):
        self._mark()
        result = super().write(vals)
        if 'location_id' in vals:
            self._mark()
        return result

    def unlink(self):
        self._mark()
        return super().unlink()

    def _mark(self):
        for location in self.sudo().location_id:
            self.env['ats.refresh']._mark_scope('location', location)
            self.env['ats.event']._record('location', location)
        self.env['stock.location'].invalidate_model(['ats_sellable', 'ats_sellable_choice', 'ats_sellable_reason'])


class StockLocation(models.Model):
    _inherit = 'stock.location'

    ats_sellable = fields.Boolean(
        "Sellable", compute='_compute_ats_sellable', inverse='_inverse_ats_sellable', search='_search_ats_sellable',
        groups='ats_inventory.group_ats_viewer',
        help="Stock in this location can be sold on channels. Unless somebody chooses, it can be in internal "
             "locations outside input, quality control, packing, output and the places before and after production.")
    ats_sellable_choice = fields.Selection(
        [('default', "Default"), ('yes', "Sellable"), ('no', "Not sellable")], "Choice",
        compute='_compute_ats_sellable', groups='ats_inventory.group_ats_viewer')
    ats_sellable_reason = fields.Selection([
        ('stock', "Stock"),
        ('chosen', "Chosen, here or above"),
        ('refused', "Taken out of sale, here or above"),
        ('input', "Input"),
        ('quality', "Quality control"),
        ('packing', "Packing"),
        ('output', "Output"),
        ('transit', "In transit"),
        ('archived', "Archived"),
        ('view', "View: its stock lies below"),
    ], "Why", compute='_compute_ats_sellable', groups='ats_inventory.group_ats_viewer',
        help="Why stock in this location can be sold or not. Empty: it belongs to no active node.")
    ats_node_id = fields.Many2one(
        'ats.node', "Node", compute='_compute_ats_sellable', search='_search_ats_node_id',
        groups='ats_inventory.group_ats_viewer', help="The place that ships from this location.")

    @api.model
    def _ats_places(self):
        """The query of places, with what other modules know about warehouses (see places.places_sql)."""
        return SQL(places_sql(self.env['ats.refresh']._fact_sources().special_locations))

    @api.depends('usage', 'location_id', 'warehouse_id')
    def _compute_ats_sellable(self):
        places, choices = {}, {}
        if self.ids:
            self.env['ats.location'].flush_model()
            self.flush_model(['usage', 'parent_path', 'warehouse_id', 'active', 'company_id'])
            self.env['stock.warehouse'].flush_model()
            self.env['ats.node'].flush_model()
            self.env.cr.execute(SQL(
                "SELECT location_id, sellable, reason, node_id FROM (%s) s WHERE location_id = ANY(%s)",
                self._ats_places(), self.ids))
            places = {location: rest for location, *rest in self.env.cr.fetchall()}
            self.env.cr.execute(
                "SELECT location_id, sellable FROM ats_location WHERE location_id = ANY(%s)", [self.ids])
            choices = dict(self.env.cr.fetchall())
        for location in self:
            key = location._origin.id
            sellable, reason, node = places.get(key, (False, False, False))
            location.ats_sellable, location.ats_sellable_reason = sellable, reason
            # Read with the rights of the system: the location is the reader's to see, its node only a name here.
            location.ats_node_id = self.env['ats.node'].sudo().browse(node)
            location.ats_sellable_choice = {None: 'default', True: 'yes', False: 'no'}[choices.get(key)]

    def _inverse_ats_sellable(self):
        # Storing the first makes the cache forget the others.
        for location, sellable in [(location, location.ats_sellable) for location in self]:
            location._ats_set_sellable(sellable)

    def _search_ats_sellable(self, operator, value):
        if operator != 'in':
            return NotImplemented
        self.env['ats.location'].flush_model()
        wanted = set(value)
        found = SQL("(SELECT location_id FROM (%s) s WHERE sellable)", self._ats_places())
        domains = []
        if True in wanted:
            domains.append([('id', 'in', found)])
        if wanted - {True}:
            domains.append([('id', 'not in', found)])
        return fields.Domain.OR(domains)

    def _search_ats_node_id(self, operator, value):
        if operator != 'in':
            return NotImplemented
        self.env['ats.node'].flush_model()
        nodes = [node for node in value if node]
        found = SQL("(SELECT location_id FROM (%s) s WHERE node_id = ANY(%s))", self._ats_places(), nodes)
        domains = [[('id', 'in', found)]]
        if len(nodes) < len(value):
            domains.append([('id', 'not in', SQL("(SELECT location_id FROM (%s) s)", self._ats_places()))])
        return fields.Domain.OR(domains)

    def write(self, vals):
        result = super().write(vals)
        # The marks are a trigger's.
        if vals.keys() & {'usage', 'location_id', 'active', 'company_id'}:
            self.env['ats.refresh']._wake()
        return result

    def action_ats_sell(self):
        """Say that stock in these locations can be sold. For managers of availability, whatever their stock rights."""
        return self._ats_set_sellable(True)

    def action_ats_do_not_sell(self):
        """Say that stock in these locations cannot be sold. For managers of availability."""
        return self._ats_set_sellable(False)

    def action_ats_sellable_default(self):
        """Take the explicit choice away. For managers of availability."""
        return self._ats_set_sellable(None)

    def _ats_set_sellable(self, sellable):
        """Store the choice (None: no choice) after checking the group; the rest runs with the rights of the system."""
        if not self.env.su and not self.env.user.has_group('ats_inventory.group_ats_manager'):
            raise AccessError(self.env._("Only managers of Available to Sell choose which locations are sellable."))
        self.check_access('read')
        Choice = self.env['ats.location'].sudo()
        for location in self:
            choice = Choice.search([('location_id', '=', location.id)])
            if sellable is None:
                choice.unlink()
            elif choice:
                choice.sellable = sellable
            else:
                Choice.create({'location_id': location.id, 'sellable': sellable})
        return True

    @api.ondelete(at_uninstall=False)
    def _unlink_ats_choices(self):
        self.env['ats.location'].sudo().search([('location_id', 'in', self.ids)]).unlink()
