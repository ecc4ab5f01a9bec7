# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .common import ChannelCommon


@tagged("post_install", "-at_install")
class TestChannel(ChannelCommon):
    def test_a_new_channel_is_disabled_and_has_a_token_of_its_own(self):
        other = self._make_channel("Other")
        self.assertEqual(self.channel.state, "disabled")
        self.assertGreaterEqual(len(self.channel.token), 43)
        self.assertNotEqual(self.channel.token, other.token)
        self.assertIn(self.channel.token, self.channel.inbox_url)
        self.assertEqual(len(self.channel.health_ids), 1)

    def test_a_copy_shares_neither_token_nor_state(self):
        copy = self.channel.copy()
        self.assertEqual(copy.state, "disabled")
        self.assertNotEqual(copy.token, self.channel.token)

    def test_a_channel_without_a_kind_cannot_be_switched_on(self):
        for state in ("test", "live"):
            with self.assertRaises(ValidationError):
                self.channel.state = state
        self.channel.state = "shadow"

    def test_publish_now_explains_why_it_does_nothing(self):
        with self.assertRaisesRegex(UserError, "Disabled"):
            self.channel.action_publish_now()

    def test_a_new_token_ends_the_old_address(self):
        before = self.channel.sudo().token_sha256
        self.channel.with_user(self.manager).action_renew_token()
        self.assertNotEqual(self.channel.sudo().token_sha256, before)

    def test_the_sku_defaults_to_the_internal_reference(self):
        self.assertEqual(self.listing.external_id, "CHAIR")
        nameless = self.env["product.product"].create({"name": "No reference"})
        with Form(self.env["ats.listing"].with_context(default_channel_id=self.channel.id)) as form:
            form.product_id = nameless
        self.assertEqual(form.record.external_id, str(nameless.id))

    def test_a_buffer_made_in_the_form_is_a_rule_of_this_channel(self):
        with Form(self.channel.with_user(self.manager)) as form:
            with form.rule_ids.new() as rule:
                rule.name = "Keep two"
                rule.fixed = 2
        self.assertEqual(self.channel.rule_ids.kind, "channel_buffer")
        self.assertEqual(self.channel.rule_ids.company_id, self.channel.company_id)

    def test_a_channel_is_switched_off_before_it_is_put_away(self):
        self.env.cr.execute("UPDATE ats_channel SET state = 'live' WHERE id = %s", [self.channel.id])
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "Disabled"):
            self.channel.action_archive()
        with self.assertRaisesRegex(UserError, "Disabled"):
            self.channel.unlink()
        self.channel.state = "disabled"
        self.channel.action_archive()
        self.assertFalse(self.channel.active)
