# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from odoo.addons.ats_channel import http

from .common import ChannelCommon

MODELS = ("ats.publication", "ats.send", "ats.inbox", "ats.channel.health")


@tagged("post_install", "-at_install")
class TestAccess(ChannelCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_level(cls.listing, 5)
        cls.inbox = cls.env["ats.inbox"].create(
            {
                "channel_id": cls.channel.id,
                "company_id": cls.channel.company_id.id,
                "environment": "live",
                "digest": "0",
                "state": "parked",
                "body": "{}",
            }
        )

    def test_strangers_see_nothing(self):
        for model in (*MODELS, "ats.channel.secret"):
            with self.subTest(model=model), self.assertRaises(AccessError):
                self.env[model].with_user(self.stranger).search([])

    def test_nobody_writes_queues_by_hand(self):
        for model in MODELS:
            with self.subTest(model=model):
                self.assertFalse(self.env[model].with_user(self.manager).has_access("create"))
                self.assertFalse(self.env[model].with_user(self.manager).has_access("unlink"))

    def test_a_document_with_half_a_character_can_be_read(self):
        self.inbox.body = '{"name": "\\ud83d", "city": "Köln"}'
        shown = self.inbox.with_user(self.operator).body_pretty
        self.assertIn("Köln", shown)
        self.assertIn("\\ud83d", shown)
        shown.encode()

    def test_operators_change_rows_by_the_buttons_only(self):
        publication = self._publication(self.listing).with_user(self.operator)
        with self.assertRaises(AccessError):
            publication.write({"desired_quantity": 999})
        with self.assertRaises(AccessError):
            self.inbox.with_user(self.operator).write({"body": "{}"})

    def test_viewers_read_but_neither_retry_nor_replay_nor_see_buyers(self):
        publication = self.env["ats.publication"].with_user(self.viewer).search([], limit=1)
        self.assertTrue(publication.channel_id.name)
        with self.assertRaises(AccessError):
            publication.action_retry()
        with self.assertRaises(AccessError):
            self.inbox.with_user(self.viewer).action_replay()
        with self.assertRaises(AccessError):
            self.inbox.with_user(self.viewer).read(["body"])
        with self.assertRaises(AccessError):
            self.channel.with_user(self.viewer).read(["token"])
        for button in ("action_publish_now", "action_test_connection", "action_resume", "action_renew_token"):
            with self.subTest(button=button), self.assertRaises(AccessError):
                getattr(self.channel.with_user(self.viewer), button)()

    def test_a_company_never_sees_the_rows_of_another(self):
        company = self.env["res.company"].create({"name": "Other"})
        self.manager.write({"company_ids": [(6, 0, company.ids)], "company_id": company.id})
        for model in (*MODELS, "ats.channel"):
            with self.subTest(model=model):
                found = self.env[model].with_user(self.manager).with_context(allowed_company_ids=company.ids).search([])
                self.assertNotIn(self.channel.company_id, found.company_id)

    def test_every_channel_secret_is_for_system_administrators_and_not_copied(self):
        secrets = [
            field
            for name, field in self.env["ats.channel"]._fields.items()
            if "secret" in name and field.store and field.type == "char"
        ]
        for field in secrets:
            with self.subTest(field=field.name):
                self.assertEqual(field.groups, "base.group_system")
                self.assertFalse(field.copy)

    def test_only_system_administrators_allow_private_addresses(self):
        with self.assertRaises(AccessError):
            self.env["ats.allowed.hosts"].with_user(self.manager).create({"hosts": "10.0.0.1"})
        administrator = new_test_user(self.env, "ats_system", "base.group_system")
        form = self.env["ats.allowed.hosts"].with_user(administrator)
        form.create({"hosts": "shop.local:8080\n192.168.1.20\n"}).action_apply()
        self.assertEqual(http.allowed_hosts(self.env), {"shop.local:8080", "192.168.1.20"})
        self.assertEqual(form.create({}).hosts, "shop.local:8080\n192.168.1.20")
        for wrong in ("http://shop.local", "shop local", "shop.local/path"):
            with self.subTest(wrong=wrong), self.assertRaises(ValidationError):
                form.create({"hosts": wrong}).action_apply()
