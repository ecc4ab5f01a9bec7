# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""What waits before or after production is beside the main stock: no delivery reserves it, so nobody sells it."""
from odoo.tests import tagged

from odoo.addons.ats_inventory.tests.common import InventoryCase


@tagged('post_install', '-at_install', 'ats')
class TestPlaces(InventoryCase):

    def test_nothing_is_sold_before_or_after_production_unless_chosen(self):
        self.warehouse.manufacture_steps = 'pbm_sam'
        before, after = self.warehouse.pbm_loc_id, self.warehouse.sam_loc_id
        self.assertTrue(before.active and after.active)
        self.put(1)
        self.put(2, before)
        self.put(4, after)
        self.assertEqual((before.ats_sellable, before.ats_sellable_reason), (False, 'before_production'))
        self.assertEqual((after.ats_sellable, after.ats_sellable_reason), (False, 'after_production'))
        self.assertEqual(self.fresh(), 1)
        after.action_ats_sell()
        self.assertEqual(self.fresh(), 5)

    def test_another_place_before_production_marks_the_warehouse(self):
        marks = self.env['ats.scope.mark'].search_count([('location_id', '=', self.warehouse.view_location_id.id)])
        self.warehouse.pbm_loc_id = self.env['stock.location'].create({
            'name': "Line", 'location_id': self.warehouse.view_location_id.id})
        self.assertEqual(
            self.env['ats.scope.mark'].search_count([('location_id', '=', self.warehouse.view_location_id.id)]), marks + 1)
