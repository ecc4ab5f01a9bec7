# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
import time
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import config

from .. import const
from .common import ChannelCommon


@tagged("post_install", "-at_install")
class TestPublication(ChannelCommon):
    def test_a_level_brings_one_publication_that_follows_it(self):
        level = self._make_level(self.listing, 5)
        publication = self._publication(self.listing)
        self.assertEqual((publication.state, publication.desired_quantity, publication.lane), ("due", 5, 2))
        self.env.cr.execute(
            "UPDATE ats_level SET quantity = 0, generation = nextval('ats_generation_seq') WHERE id = %s", [level.id]
        )
        self.env["ats.refresh"]._levels_written(self.env.cr, level.ids)
        self.env.invalidate_all()
        self.assertEqual((publication.desired_quantity, publication.lane), (0, 0))
        self.assertEqual(len(self._publication(self.listing)), 1)

    def test_an_older_generation_never_replaces_a_newer_one(self):
        level = self._make_level(self.listing, 5)
        self.env.cr.execute("UPDATE ats_publication SET desired_generation = desired_generation + 10")
        self.env["ats.refresh"]._levels_written(self.env.cr, level.ids)
        self.env.cr.execute("SELECT desired_generation FROM ats_publication WHERE level_id = %s", [level.id])
        self.assertEqual(self.env.cr.fetchone()[0], level.generation + 10)

    def test_a_parked_row_with_a_newer_value_waits_before_it_is_tried_again(self):
        level = self._make_level(self.listing, 5)
        self.env.cr.execute("UPDATE ats_publication SET state = 'parked', batch_limit = 1")
        self.env.cr.execute(
            "UPDATE ats_level SET quantity = 4, generation = nextval('ats_generation_seq') WHERE id = %s", [level.id]
        )
        self.env["ats.refresh"]._levels_written(self.env.cr, level.ids)
        self.env.invalidate_all()
        publication = self._publication(self.listing)
        self.assertEqual((publication.state, publication.batch_limit), ("due", 1))
        self.assertTrue(publication.not_before)

    def test_a_listing_that_the_shop_shows_is_archived_not_deleted(self):
        self._make_level(self.listing, 5)
        self.env.cr.execute("UPDATE ats_publication SET acked_quantity = 5")
        self.env.cr.execute("UPDATE ats_channel SET state = 'live' WHERE id = %s", [self.channel.id])
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "Archive"):
            self.listing.unlink()

    def test_operators_retry_parked_rows(self):
        self._make_level(self.listing, 5)
        self.env.cr.execute("UPDATE ats_publication SET state = 'parked', error_message = 'no'")
        self.env.invalidate_all()
        self._publication(self.listing).with_user(self.operator).action_retry()
        self.assertEqual(self._publication(self.listing).state, "due")

    def _show(self, quantity, state="live"):
        """What the shop was told of the listing's level, on a channel in `state`."""
        self._make_level(self.listing, quantity)
        self.env.cr.execute(
            "UPDATE ats_publication SET state = 'done', acked_generation = desired_generation, acked_quantity = %s"
            " WHERE listing_id = %s",
            [quantity, self.listing.id],
        )
        self.env.cr.execute("UPDATE ats_channel SET state = %s WHERE id = %s", [state, self.channel.id])
        self.env.invalidate_all()

    def test_a_sku_on_sale_cannot_be_taken_back_under_another_name(self):
        self._show(5)
        with self.assertRaisesRegex(UserError, "Archive"):
            self.listing.external_id = "OTHER"
        self.listing.external_id = self.listing.external_id

    def test_a_new_sku_is_told_anew(self):
        self._show(0)
        self.assertEqual(self._publication(self.listing).state, "done")
        self.listing.with_user(self.manager).external_id = "OTHER"
        publication = self._publication(self.listing)
        self.assertEqual((publication.state, publication.acked_generation), ("due", 0))

    def test_a_published_listing_stays_on_its_channel(self):
        other = self._make_channel("Other")
        self.listing.channel_id = other
        self.listing.channel_id = self.channel
        self._show(0)
        with self.assertRaisesRegex(UserError, "other channel"):
            self.listing.channel_id = other

    def test_switching_on_again_does_not_forget_what_the_shop_sells(self):
        self._show(5)
        level = self.listing.level_ids
        self.env["ats.publication"]._forget_acknowledged(self.env.cr, self.channel.ids)
        self.env["ats.refresh"]._levels_removed(self.env.cr, level.ids)
        self.env.invalidate_all()
        publication = self._publication(self.listing)
        self.assertEqual((publication.state, publication.desired_quantity, publication.withdrawn), ("due", 0, True))

    def test_a_node_whose_stock_a_shop_sells_is_archived_not_deleted(self):
        self._show(5)
        self.env.cr.execute("UPDATE ats_publication SET node_id = %s WHERE listing_id = %s", [self.node.id, self.listing.id])
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "Archive the node"):
            self.node.unlink()

    def test_a_product_that_a_shop_sells_is_archived_not_deleted(self):
        self._show(5)
        for record in (self.product, self.product.product_tmpl_id):
            with self.subTest(model=record._name), self.assertRaisesRegex(UserError, "Archive it"):
                record.with_user(self.env.ref("base.user_admin")).unlink()
        self._show_zero()
        self.product.unlink()
        self.assertFalse(self.listing.exists())

    def _show_zero(self):
        self.env.cr.execute("UPDATE ats_publication SET acked_quantity = 0 WHERE listing_id = %s", [self.listing.id])
        self.env.invalidate_all()

    def test_a_publisher_waits_for_a_channel_only_beside_a_worker_that_is_free(self):
        publisher = self.env["ats.publisher"]
        for workers, publishers, longest in ((1, 1, 5.0), (2, 1, const.BACKOFF_WAIT_S), (4, 3, const.BACKOFF_WAIT_S), (8, 3, const.BACKOFF_WAIT_S)):
            with self.subTest(workers=workers), patch.dict(config.options, {"max_cron_threads": workers}):
                self.assertEqual(self.env["ats.wake"]._publishers_in_use(), publishers)
                self.assertAlmostEqual(publisher._patience_s(time.monotonic() + 5.0), longest, delta=0.5)
