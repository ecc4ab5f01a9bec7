# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
from odoo.exceptions import UserError
from odoo.tests import tagged

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
