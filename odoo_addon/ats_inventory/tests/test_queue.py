# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""What the queue of the refresh takes first."""
from unittest.mock import patch

from odoo.tests import tagged

from .. import work_queue
from ..const import LANE_MARK, LANE_SCOPE
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
