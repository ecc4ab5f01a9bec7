# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Who may do what; and whoever has none of our groups works as before."""
from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from .common import InventoryCase

GROUP = 'ats_inventory.group_ats_'


@tagged('post_install', '-at_install', 'ats')
class TestAccess(InventoryCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = new_test_user(cls.env, login='clerk', groups='stock.group_stock_user')
        cls.viewer = new_test_user(cls.env, login='viewer', groups=GROUP + 'viewer')
        cls.operator = new_test_user(cls.env, login='operator', groups=GROUP + 'operator')
        cls.manager = new_test_user(cls.env, login='manager', groups=GROUP + 'manager')

    def test_a_stock_user_validates_a_picking_and_sees_nothing_of_ours(self):
        self.put(10)
        picking = self.env['stock.picking'].with_user(self.clerk).create({
            'picking_type_id': self.warehouse.out_type_id.id, 'location_id': self.shelf.id,
            'location_dest_id': self.customers.id,
            'move_ids': [Command.create({
                'product_id': self.product.id, 'product_uom_qty': 2, 'location_id': self.shelf.id,
                'location_dest_id': self.customers.id})]})
        picking.action_confirm()
        picking.action_assign()
        picking.button_validate()
        self.assertEqual(picking.state, 'done')
        for model in ('ats.node', 'ats.channel', 'ats.listing', 'ats.rule', 'ats.level', 'ats.event', 'ats.work',
                      'ats.product', 'ats.location', 'ats.uom', 'ats.lot', 'ats.mark', 'ats.scope.mark'):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.clerk).search([])
        with self.assertRaises(AccessError):
            self.env['ats.level'].with_user(self.clerk).fresh_levels()

    def test_a_stock_user_opens_locations_and_lots_without_our_fields(self):
        for model, field in (('stock.location', 'ats_sellable'), ('stock.lot', 'ats_blocked'), ('uom.uom', 'ats_decimals')):
            self.assertNotIn(field, self.env[model].with_user(self.clerk).fields_get())
            self.assertIn(field, self.env[model].with_user(self.viewer).fields_get())
        view = self.env.ref('stock.view_location_form').id
        self.assertNotIn('ats_sellable', self.env['stock.location'].with_user(self.clerk).get_view(view)['arch'])
        with Form(self.env['stock.location'].with_user(
                new_test_user(self.env, login='boss', groups='stock.group_stock_manager'))) as form:
            form.name = "A new shelf"

    def test_a_manager_without_stock_rights_chooses_sellable_locations(self):
        self.shelf.with_user(self.manager).action_ats_do_not_sell()
        self.assertFalse(self.shelf.ats_sellable)
        self.shelf.with_user(self.manager).action_ats_sellable_default()
        self.assertTrue(self.shelf.ats_sellable)
        for user in (self.viewer, self.operator):
            with self.assertRaises(AccessError):
                self.shelf.with_user(user).action_ats_do_not_sell()
        action = self.env['ir.actions.act_window']._for_xml_id('ats_inventory.ats_location_action')
        locations = self.env['stock.location'].with_user(self.manager).search(
            [('usage', 'in', ('internal', 'transit')), ('warehouse_id', '!=', False)])
        self.assertIn(self.shelf, locations)
        self.assertTrue(locations.read(['complete_name', 'ats_sellable', 'ats_sellable_choice', 'warehouse_id']))
        self.assertEqual(action['res_model'], 'stock.location')

    def test_a_stock_manager_without_our_group_cannot_choose(self):
        boss = new_test_user(self.env, login='boss', groups='stock.group_stock_manager')
        with self.assertRaises(AccessError):
            self.shelf.with_user(boss).action_ats_do_not_sell()

    def test_only_managers_configure(self):
        values = {'name': "Keep", 'kind': 'cap', 'fixed': 1}
        rule = self.env['ats.rule'].with_user(self.manager).create(values)
        for user in (self.viewer, self.operator):
            with self.assertRaises(AccessError):
                self.env['ats.rule'].with_user(user).create(values)
            self.assertTrue(rule.with_user(user).read(['name']))
        for model in ('ats.level', 'ats.event', 'ats.work'):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.manager).check_access('create')

    def test_a_manager_makes_a_channel_with_its_nodes_and_listings(self):
        channel = self.env['ats.channel'].with_user(self.manager).create({
            'name': "Mine", 'source_ids': [Command.create({'node_id': self.node.id})]})
        listing = self.env['ats.listing'].with_user(self.manager).create({
            'channel_id': channel.id, 'product_id': self.product.id})
        listing.with_user(self.manager).blocked = True
        self.env['ats.uom'].with_user(self.manager).create({'uom_id': self.product.uom_id.id, 'decimals': 1})
        listing.with_user(self.manager).unlink()

    def test_companies_do_not_see_each_other(self):
        other = self.env['res.company'].create({'name': "Other"})
        stranger = new_test_user(
            self.env, login='stranger', groups=GROUP + 'manager', company_id=other.id, company_ids=[Command.set(other.ids)])
        rule = self.env['ats.rule'].create({'name': "Keep", 'kind': 'cap', 'fixed': 1})
        for record in (self.node, self.channel, self.channel.source_ids, self.listing, rule):
            self.assertFalse(self.env[record._name].with_user(stranger).search([('id', '=', record.id)]), record._name)
            with self.assertRaises(AccessError):
                record.with_user(stranger).read(['display_name'])
        self.assertEqual(self.env['ats.level'].with_user(stranger).fresh_levels([self.channel.id]), [])

    def test_records_of_two_companies_do_not_mix(self):
        other = self.env['res.company'].create({'name': "Other"})
        warehouse = self.env['stock.warehouse'].search([('company_id', '=', other.id)], limit=1) or (
            self.env['stock.warehouse'].create({'name': "Other", 'code': "OTH", 'company_id': other.id}))
        node = self.env['ats.node'].search([('warehouse_id', '=', warehouse.id)])
        self.assertEqual(node.company_id, other)
        with self.assertRaises(ValidationError):
            self.env['ats.channel.source'].create({'channel_id': self.channel.id, 'node_id': node.id})
        foreign = self.env['product.product'].create({'name': "Foreign", 'is_storable': True, 'company_id': other.id})
        with self.assertRaises(ValidationError):
            self.env['ats.listing'].create({'channel_id': self.channel.id, 'product_id': foreign.id})
        with self.assertRaises(ValidationError):
            self.node.company_id = other

    def test_an_operator_retries_parked_products(self):
        self.env.cr.execute("""
            INSERT INTO ats_work (company_id, product_id, lane, dirty, attempts, due_at, state, error_code)
            VALUES (%s, %s, 0, 1, 4, now() AT TIME ZONE 'UTC', 'parked', 'crashed') RETURNING id
        """, [self.env.company.id, self.product.id])
        work = self.env['ats.work'].browse(self.env.cr.fetchone())
        with self.assertRaises(AccessError):
            work.with_user(self.viewer).action_retry()
        with self.assertRaises(AccessError):
            work.with_user(self.operator).write({'state': 'due'})
        work.with_user(self.operator).action_retry()
        self.assertEqual((work.state, work.attempts, work.error_code), ('due', 0, False))

    def test_events_are_shown_when_what_they_name_was_deleted(self):
        warehouse = self.env['stock.warehouse'].create({'name': "Gone", 'code': 'GONE'})
        node = self.env['ats.node'].search([('warehouse_id', '=', warehouse.id)])
        product = self.env['product.product'].create({'name': "Gone"})
        self.env.cr.execute("""
            INSERT INTO ats_event (company_id, product_id, node_id, kind, txid, occurred_at)
            VALUES (%s, %s, %s, 'receipt', 1, now() AT TIME ZONE 'UTC') RETURNING id
        """, [self.env.company.id, product.id, node.id])
        event = self.env['ats.event'].browse(self.env.cr.fetchone()).with_user(self.viewer)
        named = {'fields': {'display_name': {}}}
        specification = {'product_id': named, 'node_id': named, 'company_id': named, 'kind': {}}
        [shown] = event.web_read(specification)
        self.assertEqual(shown['node_id']['display_name'], "Gone")
        node.unlink()
        product.unlink()
        self.env.invalidate_all()
        [shown] = event.web_read(specification)
        self.assertEqual((shown['node_id'], shown['product_id'], shown['kind']), (False, False, 'receipt'))
        self.assertEqual(shown['company_id']['id'], self.env.company.id)
        for field in ('node_id', 'product_id'):
            groups = event.web_read_group([('id', '=', event.id)], [field], ['__count'])['groups']
            self.assertEqual([(group[field], group['__count']) for group in groups], [(False, 1)])
