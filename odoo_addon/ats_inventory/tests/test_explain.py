# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""*Why this number?*: every reason of the model has words, the steps add up, links lead to what the reader may see."""

import json

from odoo import Command
from odoo.exceptions import AccessError, MissingError
from odoo.tests import Form, TransactionCase, new_test_user, tagged

from ..models.explain import FLAG_CODES, STEP_CODES, plain


@tagged("post_install", "-at_install", "ats")
class TestExplain(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls.env["product.product"].create({"name": "Lamp", "is_storable": True})
        cls.warehouse = cls.env["stock.warehouse"].search([("company_id", "=", cls.env.company.id)], limit=1)
        cls.node = cls.env["ats.node"].search([("warehouse_id", "=", cls.warehouse.id)])
        cls.channel = cls.env["ats.channel"].create(
            {"name": "Shop", "source_ids": [Command.create({"node_id": cls.node.id})]}
        )
        cls.listing = cls.env["ats.listing"].create({"channel_id": cls.channel.id, "product_id": cls.product.id})
        cls.viewer = new_test_user(cls.env, login="ats_viewer", groups="ats_inventory.group_ats_viewer")

    def _level(self, reasons, quantity):
        """Write a level as the refresh does."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            INSERT INTO ats_level (company_id, listing_id, channel_id, product_id, quantity, reasons, generation,
                                   computed_at, changed_at)
                 VALUES (%s, %s, %s, %s, %s, %s, 7, now() at time zone 'UTC', now() at time zone 'UTC')
              RETURNING id
            """,
            [self.env.company.id, self.listing.id, self.channel.id, self.product.id, quantity, json.dumps(reasons)],
        )
        return self.env["ats.level"].browse(self.env.cr.fetchone()[0])

    def _explain(self, reasons, quantity):
        return self.env["ats.level"].with_user(self.viewer).explain(self._level(reasons, quantity).id)

    def test_every_reason_has_words_and_the_steps_add_up(self):
        reasons = [[code, "0" if code in FLAG_CODES else "1.5", None, None, None] for code in STEP_CODES]
        level = self._explain(reasons, "31.5")
        self.assertEqual([step["code"] for step in level["steps"]], list(STEP_CODES))
        for step in level["steps"]:
            self.assertNotEqual(step["label"], step["code"], "a reason without words")
        self.assertEqual(level["steps"][-1]["total"], "31.5")
        self.assertTrue(level["adds_up"])
        self.assertEqual(level["quantity"], "31.5")

    def test_links_find_the_records_behind_a_step(self):
        self.env["stock.quant"]._update_available_quantity(self.product, self.warehouse.lot_stock_id, 12)
        reasons = [[code, "0", None, None, None] for code in STEP_CODES]
        for step in self._explain(reasons, "0")["steps"]:
            if step["link"]:
                with self.subTest(code=step["code"]):
                    self.env[step["link"]["res_model"]].with_user(self.viewer).search(step["link"]["domain"])
        on_hand = next(step for step in self._explain_again()["steps"] if step["code"] == "on_hand")
        quants = self.env["stock.quant"].search(on_hand["link"]["domain"])
        self.assertEqual(sum(quants.mapped("quantity")), 12)

    def _explain_again(self):
        level = self.env["ats.level"].search([("listing_id", "=", self.listing.id)])
        return self.env["ats.level"].explain(level.id)

    def test_rule_that_won_is_named_and_linked_also_when_gone(self):
        rule = self.env["ats.rule"].create(
            {"name": "Keep five", "kind": "channel_buffer", "channel_id": self.channel.id, "amount_type": "fixed", "fixed": 5}
        )
        reasons = [["on_hand", "12", None, None, None], ["channel_buffer", "-5", rule.id, None, None]]
        step = self._explain(reasons, "7")["steps"][1]
        self.assertEqual(step["rule"], "Keep five")
        self.assertEqual(step["link"]["domain"], [["id", "=", rule.id]])
        gone = rule.id
        rule.unlink()
        self.assertIn(str(gone), self._explain_again()["steps"][1]["rule"])

    def test_level_that_does_not_add_up_says_so(self):
        self.assertFalse(self._explain([["on_hand", "3", None, None, None]], "4")["adds_up"])

    def test_quantities_are_plain_text(self):
        cases = [("83", "83"), (12.5, "12.5"), (-0.0, "0"), ("1000000", "1000000"), (0.1, "0.1"), ("0.000001", "0.000001")]
        for given, text in cases:
            self.assertEqual(plain(given), text)

    def test_level_that_is_gone(self):
        with self.assertRaises(MissingError):
            self.env["ats.level"].explain(0)

    def test_people_without_our_groups_read_nothing_and_open_products_as_before(self):
        level = self._level([["on_hand", "3", None, None, None]], "3")
        stranger = new_test_user(self.env, login="stranger", groups="stock.group_stock_manager,product.group_product_manager")
        with self.assertRaises(AccessError):
            self.env["ats.level"].with_user(stranger).explain(level.id)
        for record in (self.product, self.product.product_tmpl_id):
            own = record.with_user(stranger)
            self.assertNotIn("ats_level", own.get_view(view_type="form")["arch"])
            with Form(own) as form:
                form.name = "Lamp, renamed"

    def test_smart_button_of_product_and_variant(self):
        self._level([["on_hand", "3", None, None, None]], "3")
        own = self.product.with_user(self.viewer)
        self.assertEqual((own.ats_level_count, own.ats_level_range), (1, "3"))
        self.assertEqual(own.product_tmpl_id.ats_level_range, "3")
        action = own.product_tmpl_id.action_ats_levels()
        self.assertEqual(self.env["ats.level"].search(action["domain"]).product_id, self.product)

    def test_other_company_does_not_see_the_level(self):
        level = self._level([["on_hand", "3", None, None, None]], "3")
        other = self.env["res.company"].create({"name": "Other"})
        reader = new_test_user(
            self.env,
            login="other_reader",
            groups="ats_inventory.group_ats_manager",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        with self.assertRaises(AccessError):
            self.env["ats.level"].with_user(reader).explain(level.id)
