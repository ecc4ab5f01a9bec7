# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""A node is a warehouse or a tree of locations; trees that overlap wrongly are refused."""
from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import InventoryCase


@tagged('post_install', '-at_install', 'ats')
class TestNodes(InventoryCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Location = cls.env['stock.location']
        cls.outside = cls.Location.create({'name': "Third party", 'usage': 'internal', 'location_id': False})
        cls.inside = cls.Location.create({'name': "Annex", 'usage': 'internal', 'location_id': cls.shelf.id})

    def node_at(self, location, **values):
        return self.env['ats.node'].create({'name': "Tree", 'kind': '3pl', 'location_id': location.id, **values})

    def test_a_tree_outside_and_one_inside_a_warehouse(self):
        outside, inside = self.node_at(self.outside), self.node_at(self.inside)
        nested = self.node_at(self.Location.create({'name': "Corner", 'usage': 'internal', 'location_id': self.inside.id}))
        self.assertEqual((outside | inside | nested).company_id, self.env.company)

    def test_the_form_takes_the_name_of_the_place(self):
        form = Form(self.env['ats.node'])
        form.location_id = self.outside
        self.assertEqual(form.save().name, "Third party")

    def test_supplier_nodes_are_refused_by_name(self):
        with self.assertRaisesRegex(ValidationError, "drop-ship suppliers are not supported"):
            self.node_at(self.outside, kind='supplier')

    def test_stock_of_no_company_outside_warehouses_marks_for_the_company_of_the_node(self):
        bin_ = self.Location.create({'name': "Bin", 'usage': 'internal', 'location_id': self.outside.id})
        self.node_at(self.outside)
        self.env.flush_all()
        # Odoo's form does not let a company go; an import can make such a location.
        self.env.cr.execute("UPDATE stock_location SET company_id = NULL WHERE id = %s", [bin_.id])
        bin_.invalidate_recordset()
        self.put(3, bin_)
        self.env.flush_all()
        self.assertFalse(self.env['stock.quant'].search([('location_id', '=', bin_.id)]).company_id)
        self.env.cr.execute("SELECT DISTINCT company_id FROM ats_mark WHERE product_id = %s AND txid = txid_current() AND lane = 0",
                            [self.product.id])
        self.assertIn((self.env.company.id,), self.env.cr.fetchall())

    @mute_logger('odoo.sql_db')
    def test_a_node_has_exactly_one_place(self):
        for values in ({}, {'location_id': self.outside.id, 'warehouse_id': self.warehouse.id}):
            with self.assertRaises(IntegrityError), self.env.cr.savepoint():
                self.env['ats.node'].create({'name': "Nowhere", **values})
                self.env.flush_all()

    @mute_logger('odoo.sql_db')
    def test_a_location_is_one_node_only(self):
        self.node_at(self.outside)
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.node_at(self.outside)

    def test_locations_that_hold_no_stock_of_ours_are_refused(self):
        for usage in ('customer', 'supplier', 'inventory', 'transit'):
            location = self.Location.create({'name': usage, 'usage': usage})
            with self.assertRaisesRegex(ValidationError, "only internal and view locations"):
                self.node_at(location)

    def test_a_warehouse_itself_or_what_contains_one_is_refused(self):
        around = self.Location.create({'name': "Site", 'usage': 'view', 'location_id': False})
        self.warehouse.view_location_id.location_id = around
        for location in (self.shelf, self.warehouse.view_location_id, around):
            with self.assertRaisesRegex(ValidationError, "is or contains the stock of warehouse"):
                self.node_at(location)

    def test_a_location_of_another_company_is_refused(self):
        other = self.env['res.company'].create({'name': "Other"})
        with self.assertRaises(UserError):
            self.node_at(self.outside, company_id=other.id)

    def test_settings_of_a_company_refuse_nonsense(self):
        settings = self.env['ats.company'].browse(self.env['ats.company'].action_open()['res_id'])
        self.assertEqual((settings.company_id, settings.has_demand_horizon), (self.env.company, False))
        self.assertEqual(self.env['ats.company'].action_open()['res_id'], settings.id)
        for days in (-1, 10 ** 9):
            with mute_logger('odoo.sql_db'), self.assertRaises(IntegrityError), self.env.cr.savepoint():
                settings.demand_horizon_days = days
                settings.flush_recordset()
        for name, value in (('incoming_percent', 101), ('incoming_percent', -1), ('incoming_days', -1), ('incoming_days', 36501),
                            ('min_life_days', -1), ('min_life_days', 36501)):
            with mute_logger('odoo.sql_db'), self.assertRaises(IntegrityError), self.env.cr.savepoint():
                self.channel.write({name: value})
                self.channel.flush_recordset()
