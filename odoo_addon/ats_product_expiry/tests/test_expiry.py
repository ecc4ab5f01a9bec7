# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""The removal date decides, as in Odoo's free quantity, and a channel may ask for more life than that."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.ats_inventory.tests.common import InventoryCase


@tagged('post_install', '-at_install', 'ats')
class TestExpiry(InventoryCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product.write({'tracking': 'lot', 'use_expiration_date': True, 'expiration_time': 100})
        cls.now = fields.Datetime.now()

    def lot(self, name, quantity, removal_days, expiration_days=90):
        """A lot on the shelf that is to be removed in so many days."""
        lot = self.env['stock.lot'].create({'name': name, 'product_id': self.product.id})
        lot.expiration_date = self.now + timedelta(days=expiration_days)
        lot.removal_date = self.now + timedelta(days=removal_days)
        self.put(quantity, lot_id=lot)
        self.env.flush_all()
        return lot

    def test_the_removal_date_decides_not_the_expiration_date(self):
        self.lot("Good", 5, 30)
        self.lot("To be removed", 3, -2)
        self.lot("Expired but kept", 2, 30, expiration_days=-1)
        self.assertEqual(self.fresh(), 7)
        self.assertEqual(self.product.with_context(warehouse_id=self.warehouse.id).free_qty, 7)

    def test_minimum_life_of_the_channel(self):
        self.lot("Long", 5, 30)
        self.lot("Short", 3, 6)
        self.assertEqual(self.fresh(), 8)
        self.channel.min_life_days = 7
        self.assertEqual(self.fresh(), 5)

    def test_a_changed_date_counts_at_once(self):
        lot = self.lot("Recalled", 5, 30)
        lot.removal_date = self.now - timedelta(days=1)
        self.assertEqual(self.fresh(), 0)

    def test_the_waterfall_names_the_lots_and_leads_to_them(self):
        self.channel.min_life_days = 7
        old, _short, _good = self.lot("Old", 2, -3), self.lot("Short", 3, 6), self.lot("Good", 5, 30)
        self.env.cr.execute("""
            INSERT INTO ats_level (company_id, listing_id, channel_id, product_id, quantity, reasons, generation)
            VALUES (%s, %s, %s, %s, 5, '[["on_hand", "10"], ["withheld_expired", "-5"]]', 1) RETURNING id""",
                            [self.env.company.id, self.listing.id, self.channel.id, self.product.id])
        step = self.env['ats.level'].explain(self.env.cr.fetchone()[0])['steps'][1]
        self.assertIn("7 days", step['help'])
        cells = {row['cells'][0].split(",")[0]: row['cells'][2] for row in step['detail']['rows']}
        self.assertEqual(cells, {"Old": "2", "Short": "3"})
        rows = {row['cells'][0].split(",")[0]: row['link'] for row in step['detail']['rows']}
        self.assertEqual(self.env['stock.quant'].search(rows["Old"]['domain']).lot_id, old)
        self.assertEqual(sum(self.env['stock.quant'].search(step['link']['domain']).mapped('quantity')), 5)
