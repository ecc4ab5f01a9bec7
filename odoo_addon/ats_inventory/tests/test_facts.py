# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""The facts that the engine is given are those of Odoo."""
from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .. import facts
from .common import InventoryCase


@tagged('post_install', '-at_install', 'ats')
class TestFacts(InventoryCase):

    def read(self, **options):
        self.env.flush_all()
        return facts.read(self.env.cr, self.env.company.id, self.product.ids, **options)

    def rows(self, table, *columns):
        found = self.read().tables[table]
        return list(zip(*(found[column] for column in columns), strict=True))

    def test_special_locations_are_not_sellable_unless_chosen(self):
        special = (self.warehouse.wh_input_stock_loc_id, self.warehouse.wh_qc_stock_loc_id,
                   self.warehouse.wh_pack_stock_loc_id, self.warehouse.wh_output_stock_loc_id)
        for location in special:
            self.assertFalse(location.ats_sellable, location.name)
            below = self.env['stock.location'].create({'name': "Below", 'location_id': location.id})
            self.assertFalse(below.ats_sellable)
        self.assertTrue(self.shelf.ats_sellable)
        self.assertFalse(self.customers.ats_sellable)
        self.assertFalse(self.warehouse.view_location_id.ats_sellable)

    def test_choices_for_several_records_at_once_reach_each_of_them(self):
        units = self.env['uom.uom'].search([], limit=3)
        units.ats_decimals = 4
        self.assertEqual(self.env['ats.uom'].search([('uom_id', 'in', units.ids)]).mapped('decimals'), [4, 4, 4])
        places = self.env['stock.location'].create([{'name': name, 'usage': 'internal'} for name in ("One", "Two")])
        places.ats_sellable = False
        self.assertEqual(self.env['ats.location'].search([('location_id', 'in', places.ids)]).mapped('sellable'), [False, False])

    def test_a_choice_holds_for_the_locations_below_until_a_nearer_one(self):
        bin_ = self.env['stock.location'].create({'name': "Bin", 'location_id': self.shelf.id})
        box = self.env['stock.location'].create({'name': "Box", 'location_id': bin_.id})
        bin_.action_ats_do_not_sell()
        self.assertEqual((self.shelf.ats_sellable, bin_.ats_sellable, box.ats_sellable), (True, False, False))
        box.action_ats_sell()
        self.assertEqual((bin_.ats_sellable, box.ats_sellable), (False, True))
        found = self.env['stock.location'].search([('ats_sellable', '=', True), ('id', 'in', (bin_ | box).ids)])
        self.assertEqual(found, box)
        self.assertEqual(
            self.env['stock.location'].search([('ats_sellable', '=', False), ('id', 'in', (bin_ | box).ids)]), bin_)
        bin_.action_ats_sellable_default()
        self.assertEqual((bin_.ats_sellable_choice, bin_.ats_sellable), ('default', True))

    def test_supply_is_added_up_and_rounded_against_us(self):
        self.put(3)
        self.env.flush_all()
        self.env.cr.execute("""
            INSERT INTO stock_quant (product_id, location_id, company_id, quantity, reserved_quantity, in_date)
            VALUES (%(product)s, %(shelf)s, %(company)s, 0.12345678, 0.00000012, now()),
                   (%(product)s, %(shelf)s, %(company)s, 0, -2, now())
        """, {'product': self.product.id, 'shelf': self.shelf.id, 'company': self.env.company.id})
        self.assertEqual(
            self.rows('supply', 'product', 'location', 'quantity', 'reserved'),
            [(self.product.id, self.shelf.id, 3123456, 0)])

    def test_an_archived_product_is_not_for_sale(self):
        self.put(3)
        self.assertEqual(self.fresh(), 3)
        self.product.active = False
        self.assertFalse(self.env['ats.refresh']._fresh(self.env.company, self.listing.ids))
        self.product.active = True
        self.assertEqual(self.fresh(), 3)

    def test_noise_of_binary_fractions_is_no_fact(self):
        self.env.cr.execute("""
            INSERT INTO stock_quant (product_id, location_id, company_id, quantity, reserved_quantity, in_date)
            VALUES (%s, %s, %s, 2.9999999999999996, 1.0000000000000002, now())
        """, [self.product.id, self.shelf.id, self.env.company.id])
        self.assertEqual(self.rows('supply', 'quantity', 'reserved'), [(3000000, 1000000)])

    def test_demand_is_what_leaves_sellable_stock_unreserved(self):
        self.put(10)
        move = self.delivery(4)
        self.assertEqual(self.rows('demand', 'product', 'node', 'quantity'), [(self.product.id, self.node.id, 4000000)])
        move._action_assign()
        self.assertEqual(self.rows('demand', 'quantity'), [])
        self.assertEqual(self.rows('supply', 'quantity', 'reserved'), [(10000000, 4000000)])

    def test_moves_inside_a_node_or_out_of_its_output_are_no_demand(self):
        bin_ = self.env['stock.location'].create({'name': "Bin", 'location_id': self.shelf.id})
        self.delivery(4, dest=bin_)
        self.delivery(5, source=self.warehouse.wh_output_stock_loc_id)
        self.assertEqual(self.rows('demand', 'quantity'), [])
        self.delivery(6, dest=self.warehouse.wh_output_stock_loc_id)
        self.assertEqual(self.rows('demand', 'quantity'), [(6000000,)])

    def test_categories_come_nearest_first(self):
        root = self.env['product.category'].create({'name': "Root"})
        leaf = self.env['product.category'].create({'name': "Leaf", 'parent_id': root.id})
        self.product.categ_id = leaf
        self.assertEqual(list(self.read().tables['products']['categories']), [leaf.id, root.id])

    def test_sourcing_sets_keep_their_order(self):
        second = self.env['stock.warehouse'].create({'name': "Second", 'code': "W2"})
        node = self.env['ats.node'].search([('warehouse_id', '=', second.id)])
        self.channel.source_ids = [Command.create({'node_id': node.id, 'sequence': 1})]
        channels = self.read().tables['channels']
        index = list(channels['id']).index(self.channel.id)
        mine = channels['nodes'][channels['node_offsets'][index]:channels['node_offsets'][index + 1]]
        self.assertEqual(list(mine), [node.id, self.node.id])

    def test_what_is_not_tracked_in_stock_has_no_listing(self):
        self.product.is_storable = False
        self.assertEqual(self.read().listed(), {})
        self.assertEqual(self.env['ats.refresh']._fresh(self.env.company, self.listing.ids), [])

    def test_other_companies_see_none_of_it(self):
        self.put(5)
        other = self.env['res.company'].create({'name': "Other"})
        self.env.flush_all()
        found = facts.read(self.env.cr, other.id, self.product.ids)
        self.assertEqual(found.listed(), {})
        self.assertEqual(len(found.tables['supply']['product']), 0)
        self.assertNotIn(self.node.id, list(found.tables['nodes']['id']))

    def test_facts_beyond_the_engine_are_told_to_the_user(self):
        self.put(1)
        self.env.flush_all()
        self.env.cr.execute("UPDATE stock_quant SET quantity = 9000000000000 WHERE product_id = %s", [self.product.id])
        self.put(1, location=self.warehouse.wh_qc_stock_loc_id)
        self.env.flush_all()
        self.env.cr.execute("UPDATE stock_quant SET quantity = 9000000000000 WHERE product_id = %s", [self.product.id])
        with self.assertRaisesRegex(UserError, "cannot be computed"):
            self.fresh()

    def test_free_by_node_leaves_rules_out(self):
        self.put(5)
        self.env['ats.rule'].create({'name': "Keep", 'kind': 'node_buffer', 'fixed': 4})
        service = self.env['product.product'].create({'name': "Service", 'type': 'service'})
        free = self.env['ats.refresh']._free_by_node(self.channel, self.product | service)
        self.assertEqual(free, {self.product.id: {self.node.id: 5}})
