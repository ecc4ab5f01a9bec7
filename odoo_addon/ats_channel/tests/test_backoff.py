# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
from odoo.tests import BaseCase, tagged

from odoo.addons.ats_channel import const, http
from odoo.addons.ats_channel.backoff import pause_s


@tagged("post_install", "-at_install")
class TestBackoff(BaseCase):
    def test_pauses_double_and_end_at_the_cap(self):
        for failures, least, most in ((1, 0.75, 1.25), (3, 3, 5), (6, 24, 40), (11, 675, 900), (500, 675, 900)):
            for _number in range(50):
                self.assertGreaterEqual(pause_s(failures), least)
                self.assertLessEqual(pause_s(failures), most)

    def test_retry_after_lengthens_a_pause_and_never_shortens_it(self):
        self.assertEqual(pause_s(1, 60), 60)
        self.assertGreater(pause_s(8, 1), 90)
        self.assertEqual(pause_s(1, 10**9), const.BACKOFF_CAP_S)

    def test_retry_after_is_read_as_number_or_date_and_else_ignored(self):
        for text, expected in (("7", 7), ("-3", 0), ("1e9", const.BACKOFF_CAP_S), ("nan", None), ("", None), ("x", None)):
            self.assertEqual(http.retry_after_s(http.Response(429, {"retry-after": text})), expected, text)
        past = http.Response(429, {"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"})
        self.assertEqual(http.retry_after_s(past), 0)
