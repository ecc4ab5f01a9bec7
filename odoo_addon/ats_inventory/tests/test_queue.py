# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""What the queue of the refresh takes first, and what it is about to do."""
from unittest.mock import patch

from odoo.tests import tagged

from .. import work_queue
from ..const import LANE_MARK, LANE_SCOPE
from ..fact_sources import STOCK_ONLY
from .common import InventoryCase


@tagged('post_install', '-at_install', 'ats')
class TestQueue(InventoryCase):

    def test_marks_of_wide_changes_are_taken_up_last(self):
        company, wide = self.env.company.id, self.product.id
        fast = self.env['product.product'].create({'name': "Fast", 'is_storable': True}).id
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM ats_mark")
        for product, lane in ((wide, LANE_SCOPE), (fast, LANE_MARK)):
            self.env['ats.refresh']._mark_products(company, [product], lane=lane)
        with patch.object(work_queue, 'ABSORB_MARKS_MAX', 1):
            left = []
            for _turn in range(2):
                self.assertEqual(work_queue.absorb_marks(self.env.cr), 1)
                self.env.cr.execute("SELECT product_id FROM ats_mark")
                left.append(self.env.cr.fetchall())
        self.assertEqual(left, [[(wide,)], []])

    def test_a_change_is_under_way_from_the_moment_that_the_facts_are_read_for(self):
        self.env.cr.execute("DELETE FROM ats_mark")
        self.env.cr.execute("DELETE FROM ats_scope_mark")
        company, product = self.env.company.id, self.product.id
        self.env.cr.execute("""
            INSERT INTO ats_product (company_id, product_id, next_change) VALUES (%s, %s, to_timestamp(1000) AT TIME ZONE 'UTC')""",
                            [company, product])
        for now, found in ((999, set()), (1000, {product})):
            self.assertEqual(work_queue.under_way(self.env.cr, company, [product], STOCK_ONLY, now), found)
