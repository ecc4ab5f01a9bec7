# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.ats_channel import http
from odoo.addons.ats_channel.errors import ChannelRefused, ChannelRetry
from odoo.addons.ats_channel.tests.common import ChannelCommon


@tagged("post_install", "-at_install")
class TestDemo(ChannelCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel.code = "demo"

    def test_a_demo_channel_can_never_go_live(self):
        for state in ("shadow", "test", "disabled"):
            self.channel.state = state
        with self.assertRaisesRegex(ValidationError, "never go live"):
            self.channel.state = "live"
        with self.assertRaises(ValidationError):
            self._make_channel("Live at once", code="demo", state="live")

    def _send(self, outcome):
        self.channel.demo_outcome = outcome
        response = http.call(self.channel._push_request("msg_1", "[]"))
        http.raise_for_status(response)
        return self.channel._push_answer(response, [{"publication_id": 4}, {"publication_id": 5}])

    def test_each_outcome_is_what_a_real_shop_would_cause(self):
        self.assertEqual(self._send("accept"), {})
        self.assertEqual(list(self._send("refuse")), [4])
        with self.assertRaises(ChannelRefused):
            self._send("refuse_all")
        with self.assertRaises(ChannelRetry) as lost:
            self._send("timeout")
        self.assertIsNone(lost.exception.delivered)
        with self.assertRaises(ChannelRetry) as down:
            self._send("unreachable")
        self.assertIs(down.exception.delivered, False)

    def test_an_outcome_is_for_one_send(self):
        self.channel.demo_outcome = "refuse"
        self.channel._push_request("msg_1", "[]")
        self.assertEqual(self.channel.demo_outcome, "accept")

    def test_only_its_own_signature_opens_its_inbox(self):
        good = {"x-demo-signature": self.channel._demo_signature(b"{}")}
        self.assertTrue(self.channel._inbound_verify(good, b"{}"))
        self.assertFalse(self.channel._inbound_verify(good, b"{ }"))
        self.assertFalse(self.channel._inbound_verify({"x-demo-signature": "é"}, b"{}"))

    def test_an_order_again_needs_an_order_first(self):
        with self.assertRaisesRegex(UserError, "first"):
            self.channel.action_demo_order_again()

    def test_each_button_sends_everything_once_with_its_outcome(self):
        with self.assertRaisesRegex(UserError, "Test"):
            self.channel.action_demo_refuse()
        self.channel.state = "test"
        self._make_level(self.listing, 5)
        self.env.cr.execute(
            "UPDATE ats_publication SET state = 'done', acked_generation = desired_generation, acked_quantity = 5"
        )
        self.env.invalidate_all()
        for button, outcome in (("accept", "accept"), ("refuse", "refuse"), ("timeout", "timeout")):
            with self.subTest(button=button):
                getattr(self.channel.with_user(self.manager), f"action_demo_{button}")()
                self.assertEqual(self.channel.demo_outcome, outcome)
                self.assertEqual(self._publication(self.listing).state, "due")
