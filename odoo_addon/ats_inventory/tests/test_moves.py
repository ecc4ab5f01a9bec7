# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Which open moves are demand, which are incoming, and from when on."""
from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged

from .. import facts
from ..const import INCOMING_KINDS, MILLION
from .common import InventoryCase


@tagged('post_install', '-at_install', 'ats')
class TestMoves(InventoryCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.suppliers = cls.env.ref('stock.stock_location_suppliers')
        cls.production = cls.env['stock.location'].search(
            [('usage', '=', 'production'), ('company_id', 'in', (False, cls.env.company.id))], limit=1)
        cls.channel.write({f'count_{kind}': True for kind in INCOMING_KINDS} | {'incoming_days': 30})
        cls.warehouse.out_type_id.reservation_method = 'manual'
        second = cls.env['stock.warehouse'].create({'name': "Second", 'code': "W2"})
        cls.second_shelf = second.lot_stock_id
        cls.second_node = cls.env['ats.node'].search([('warehouse_id', '=', second.id)])

    def move(self, quantity, source, dest, days=1, **values):
        """A confirmed move that is due in some days."""
        return self.env['stock.move'].create({
            'product_id': self.product.id, 'product_uom_qty': quantity, 'product_uom': self.product.uom_id.id,
            'location_id': source.id, 'location_dest_id': dest.id, 'date': fields.Datetime.now() + timedelta(days=days),
            'picking_type_id': self.warehouse.out_type_id.id, **values})._action_confirm(merge=False, create_proc=False)

    def rows(self, table, *columns):
        self.env.flush_all()
        found = facts.read(self.env.cr, self.env.company.id, self.product.ids).tables[table]
        return sorted(zip(*(found[column] for column in columns), strict=True)) if found else []

    def demand(self):
        return [(node, quantity / MILLION) for node, quantity in self.rows('demand', 'node', 'quantity')]

    def incoming(self):
        names = {number: kind for kind, number in INCOMING_KINDS.items()}
        return [(node, names[kind], quantity / MILLION)
                for node, kind, quantity in self.rows('incoming', 'node', 'kind', 'quantity')]

    def test_each_way_into_a_node_has_its_kind(self):
        self.move(1, self.suppliers, self.shelf)
        self.move(2, self.second_shelf, self.shelf)
        self.move(3, self.production, self.shelf)
        self.move(4, self.customers, self.shelf)
        self.assertEqual(self.incoming(), [
            (self.node.id, 'purchase', 1), (self.node.id, 'transfer', 2),
            (self.node.id, 'production', 3), (self.node.id, 'return', 4)])
        self.assertEqual(self.demand(), [(self.second_node.id, 2)])

    def test_kinds_that_no_channel_counts_are_not_read(self):
        self.move(1, self.suppliers, self.shelf)
        self.move(4, self.customers, self.shelf)
        self.channel.count_purchase = False
        self.assertEqual(self.incoming(), [(self.node.id, 'return', 4)])

    def test_what_is_overdue_is_not_incoming(self):
        self.move(1, self.suppliers, self.shelf, days=-1)
        self.assertEqual(self.incoming(), [])

    def test_a_chain_comes_in_once_at_its_final_place(self):
        gate = self.warehouse.wh_input_stock_loc_id
        self.move(5, self.suppliers, gate, location_final_id=self.shelf.id)
        self.move(5, gate, self.shelf)
        self.assertEqual(self.incoming(), [(self.node.id, 'purchase', 5)])
        self.assertEqual(self.demand(), [])

    def test_what_ends_where_nothing_is_sold_is_not_incoming(self):
        self.move(5, self.suppliers, self.warehouse.wh_qc_stock_loc_id)
        self.assertEqual(self.incoming(), [])

    def test_drop_shipping_touches_no_node(self):
        self.move(5, self.suppliers, self.customers)
        self.assertEqual((self.incoming(), self.demand()), ([], []))

    def test_goods_made_to_order_are_neither_demand_nor_for_sale(self):
        delivery = self.move(5, self.shelf, self.customers, procure_method='make_to_order')
        self.assertEqual(self.demand(), [(self.node.id, 5)], "nothing is on its way yet")
        receipt = self.move(
            7, self.suppliers, self.shelf, move_dest_ids=[Command.link(delivery.id)], propagate_cancel=False)
        self.assertEqual((self.demand(), self.incoming()), ([], [(self.node.id, 'purchase', 2)]))
        receipt._action_cancel()
        self.assertEqual((self.demand(), self.incoming()), ([(self.node.id, 5)], []))

    def test_what_is_on_its_way_is_dealt_out_once(self):
        deliveries = self.move(4, self.shelf, self.customers) + self.move(5, self.shelf, self.customers)
        self.move(6, self.suppliers, self.shelf, move_dest_ids=[Command.set(deliveries.ids)])
        self.assertEqual((self.demand(), self.incoming()), ([(self.node.id, 3)], []))

    def test_a_chain_through_a_sellable_output_counts_once(self):
        output = self.warehouse.wh_output_stock_loc_id
        output.action_ats_sell()
        self.put(10)
        shipping = self.move(4, output, self.customers)
        picking = self.move(4, self.shelf, output, move_dest_ids=[Command.link(shipping.id)])
        self.assertEqual(self.demand(), [(self.node.id, 4)])
        picking._action_assign()
        self.assertEqual(self.demand(), [])
        self.assertEqual(self.fresh(), 6)

    def test_picking_on_the_way_to_a_customer_leaves(self):
        output = self.warehouse.wh_output_stock_loc_id
        output.action_ats_sell()
        self.move(4, self.shelf, output, location_final_id=self.customers.id)
        self.assertEqual(self.demand(), [(self.node.id, 4)])

    def test_a_horizon_lets_what_is_due_later_be_sold(self):
        self.put(10)
        self.move(2, self.shelf, self.customers, days=5)
        self.move(3, self.shelf, self.customers, days=50)
        self.assertEqual(self.fresh(), 5)
        self.env['ats.company']._of(self.env.company).write({'has_demand_horizon': True, 'demand_horizon_days': 30})
        self.assertEqual(self.fresh(), 8)
        dues = [due for due, in self.rows('demand', 'due')]
        self.assertEqual((len(dues), sum(due > 0 for due in dues)), (2, 1))

    def test_another_company_sees_no_move(self):
        self.move(1, self.suppliers, self.shelf)
        self.move(2, self.shelf, self.customers)
        other = self.env['res.company'].create({'name': "Other"})
        self.env.flush_all()
        tables = facts.read(self.env.cr, other.id, self.product.ids).tables
        self.assertEqual(len(tables['demand']['product']), 0)
        self.assertFalse(tables['incoming'])


@tagged('post_install', '-at_install', 'ats')
class TestPlaces(InventoryCase):

    def test_a_location_tree_is_carved_out_of_its_warehouse(self):
        corner = self.env['stock.location'].create({'name': "Corner", 'location_id': self.shelf.id})
        bin_ = self.env['stock.location'].create({'name': "Bin", 'location_id': corner.id})
        self.put(10)
        self.put(4, location=bin_)
        self.assertEqual(self.fresh(), 14)
        node = self.env['ats.node'].create({'name': "Corner", 'kind': '3pl', 'location_id': corner.id})
        self.assertEqual(self.fresh(), 10)
        self.channel.source_ids = [Command.create({'node_id': node.id})]
        self.assertEqual(self.fresh(), 14)
        node.active = False
        self.assertEqual(self.fresh(), 10, "an archived node keeps its tree: nothing there is sold")
        node.unlink()
        self.assertEqual(self.fresh(), 14)

    def test_a_tree_outside_every_warehouse_can_ship(self):
        depot = self.env['stock.location'].create({'name': "Depot", 'location_id': False, 'usage': 'internal'})
        self.put(6, location=depot)
        self.assertEqual(self.fresh(), 0)
        node = self.env['ats.node'].create({'name': "Depot", 'kind': '3pl', 'location_id': depot.id})
        self.channel.source_ids = [Command.create({'node_id': node.id})]
        self.assertEqual(self.fresh(), 6)


@tagged('post_install', '-at_install', 'ats')
class TestPromises(InventoryCase):

    def test_holds_and_quotas_bind(self):
        self.put(10)
        other = self.env['ats.channel'].create({
            'name': "Other", 'source_ids': [Command.create({'node_id': self.node.id})]})
        hold = self.env['ats.hold'].create({
            'product_id': self.product.id, 'quantity': 3, 'channel_id': other.id, 'company_id': self.env.company.id})
        self.assertEqual(self.fresh(), 7)
        self.env['ats.rule'].create({
            'name': "Set aside", 'kind': 'quota', 'product_id': self.product.id, 'channel_id': other.id, 'fixed': 5})
        self.assertEqual(self.fresh(), 5, "the hold uses up three of the five")
        hold.released_at = fields.Datetime.now()
        self.assertEqual(self.fresh(), 5)

    def test_a_hold_at_a_node_takes_from_that_node(self):
        self.put(10)
        self.env['ats.hold'].create({'product_id': self.product.id, 'quantity': 4, 'node_id': self.node.id})
        self.assertEqual(self.fresh(), 6)

    def test_an_archived_channel_still_serves_what_it_promised(self):
        self.put(10)
        other = self.env['ats.channel'].create({
            'name': "Other", 'source_ids': [Command.create({'node_id': self.node.id})]})
        self.env['ats.hold'].create({'product_id': self.product.id, 'quantity': 3, 'channel_id': other.id})
        other.active = False
        self.assertEqual(self.fresh(), 7)
