# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""*What would this change?* says beforehand what the levels are after saving, and changes nothing itself."""

from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from ..models import ats_rule_compare
from .common import InventoryCase


@tagged("post_install", "-at_install", "ats")
class TestCompare(InventoryCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rival = cls.env["ats.channel"].create(
            {"name": "Rival", "source_ids": [Command.create({"node_id": cls.node.id})]})
        cls.rival_listing = cls.env["ats.listing"].create({"channel_id": cls.rival.id, "product_id": cls.product.id})
        cls.desk = cls.env["product.product"].create({"name": "Desk", "is_storable": True})
        cls.desk_listing = cls.env["ats.listing"].create({"channel_id": cls.channel.id, "product_id": cls.desk.id})
        cls.env["stock.quant"]._update_available_quantity(cls.product, cls.shelf, 20)
        cls.env["stock.quant"]._update_available_quantity(cls.desk, cls.shelf, 3)

    def values(self, **values):
        return {"name": "New", "kind": "channel_buffer", "amount_type": "fixed", "fixed": 5, "channel_id": self.channel.id, **values}

    def compare(self, rule=None, search="", **values):
        return self.env["ats.rule"].compare_levels([{"id": rule.id if rule else False, "values": values}], search)

    def told(self, answer):
        """{listing: (before, after)} of the listings that were in the setup, in the order shown."""
        ours = (self.listing | self.rival_listing | self.desk_listing).ids
        return {row["listing"]: (row["before"], row["after"]) for row in answer["rows"] if row["listing"] in ours}

    def levels(self):
        rows = self.env["ats.refresh"]._fresh(self.env.company, (self.listing | self.rival_listing | self.desk_listing).ids)
        return {row["listing_id"]: f"{row['quantity'].normalize():f}" for row in rows}

    def assert_as_saved(self, answer, save):
        """What was told is the difference between the levels before and after saving."""
        before = self.levels()
        save()
        after = self.levels()
        expected = {listing: (before[listing], after[listing]) for listing in before if before[listing] != after[listing]}
        self.assertTrue(expected)
        self.assertEqual(self.told(answer), expected)

    def test_a_rule_that_is_not_saved_yet(self):
        rules = self.env["ats.rule"].search_count([])
        answer = self.compare(**self.values())
        self.assertEqual(self.env["ats.rule"].search_count([]), rules)
        self.assertEqual((answer["changed"], answer["to_zero"], answer["from_zero"]), (2, 1, 0))
        self.assertEqual(list(self.told(answer)), [self.desk_listing.id, self.listing.id], "to zero first")
        self.assert_as_saved(answer, lambda: self.env["ats.rule"].create(self.values()))

    def test_an_edited_rule(self):
        rule = self.env["ats.rule"].create(self.values(fixed=3))
        answer = self.compare(rule, amount_type="percent", percent=50)
        self.assertEqual((answer["changed"], answer["to_zero"], answer["from_zero"]), (2, 0, 1))
        self.assert_as_saved(answer, lambda: rule.write({"amount_type": "percent", "percent": 50}))

    def test_an_edit_that_moves_the_rule_to_another_channel(self):
        rule = self.env["ats.rule"].create(self.values(fixed=3))
        answer = self.compare(rule, channel_id=self.rival.id)
        self.assert_as_saved(answer, lambda: rule.write({"channel_id": self.rival.id}))
        self.assertEqual(len(self.told(answer)), 3)

    def test_archiving(self):
        rule = self.env["ats.rule"].create(self.values())
        action = rule.action_compare_archived()
        answer = self.env["ats.rule"].compare_levels(action["params"]["changes"])
        self.assertEqual(answer["from_zero"], 1)
        self.assert_as_saved(answer, lambda: rule.write({"active": False}))

    def test_a_quota_takes_from_the_other_channels_what_is_left_of_it(self):
        values = self.values(kind="quota", product_id=self.product.id, fixed=15)
        self.env["ats.hold"].create({
            "product_id": self.product.id, "channel_id": self.channel.id, "quantity": 4, "kind": "manual",
            "company_id": self.env.company.id})
        answer = self.compare(**values)
        self.assert_as_saved(answer, lambda: self.env["ats.rule"].create(values))
        rule = self.env["ats.rule"].search([("kind", "=", "quota"), ("product_id", "=", self.product.id)])
        answer = self.compare(rule, fixed=6)
        self.assert_as_saved(answer, lambda: rule.write({"fixed": 6}))

    def test_safety_stock_of_a_node_reaches_every_channel(self):
        values = self.values(kind="node_buffer", node_id=self.node.id, channel_id=False, product_id=self.product.id)
        answer = self.compare(**values)
        self.assertEqual(answer["changed"], 2)
        self.assert_as_saved(answer, lambda: self.env["ats.rule"].create(values))

    def test_a_rule_that_starts_later_changes_nothing_now(self):
        answer = self.compare(**self.values(date_from="2099-01-01 00:00:00"))
        self.assertEqual((answer["changed"], answer["rows"], answer["problem"]), (0, [], ""))

    def test_search(self):
        answer = self.compare(search="desk", **self.values())
        self.assertEqual(list(self.told(answer)), [self.desk_listing.id])
        self.assertEqual(answer["changed"], 2, "the counts are of all")

    def test_too_many_listings_are_refused_in_words(self):
        with patch.object(ats_rule_compare, "COMPARE_LISTINGS_MAX", 1):
            answer = self.compare(**self.values())
        self.assertIn("more than 1 listings", answer["problem"])
        self.assertEqual(answer["rows"], [])

    def test_a_rule_that_could_not_be_saved_is_refused_alike(self):
        with self.assertRaises(ValidationError):
            self.compare(**self.values(kind="cap", amount_type="percent", percent=5))

    def test_nothing_is_written(self):
        self.env.flush_all()
        self.env.cr.execute("SELECT count(*), max(id) FROM ats_scope_mark")
        before = self.env.cr.fetchone()
        with patch.object(type(self.env.cr), "execute", autospec=True, side_effect=type(self.env.cr).execute) as execute:
            self.compare(**self.values())
        written = [str(call.args[1]) for call in execute.call_args_list
                   if str(call.args[1]).lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE"))]
        self.assertEqual(written, [])
        self.env.cr.execute("SELECT count(*), max(id) FROM ats_scope_mark")
        self.assertEqual(self.env.cr.fetchone(), before)

    def test_people_without_our_groups_cannot_ask(self):
        stranger = new_test_user(self.env, login="stranger", groups="stock.group_stock_manager")
        with self.assertRaises(AccessError):
            self.env["ats.rule"].with_user(stranger).compare_levels([{"id": False, "values": self.values()}])
        viewer = new_test_user(self.env, login="ats_viewer", groups="ats_inventory.group_ats_viewer")
        self.assertEqual(self.env["ats.rule"].with_user(viewer).compare_levels([{"id": False, "values": self.values()}])["changed"], 2)
