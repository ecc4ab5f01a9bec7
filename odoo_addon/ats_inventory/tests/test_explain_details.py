# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""The small tables of *Why this number?*: promises, lots, holds and transfers behind a step, each with a link to them."""

import json
from datetime import timedelta

from odoo import Command, fields
from odoo.tests import new_test_user, tagged

from .common import InventoryCase


@tagged("post_install", "-at_install", "ats")
class TestExplainDetails(InventoryCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rival = cls.env["ats.channel"].create(
            {"name": "Rival", "source_ids": [Command.create({"node_id": cls.node.id})]})
        cls.elsewhere = cls.env["ats.channel"].create({"name": "Sells from no node"})
        cls.viewer = new_test_user(cls.env, login="ats_viewer", groups="ats_inventory.group_ats_viewer")

    def step(self, code, quantity="0", extra=None, user=None):
        """The step of a level that consists of this one only, as the refresh would have stored it."""
        self.env.flush_all()
        row = [code, quantity, None, None, None, *([extra] if extra else [])]
        self.env.cr.execute("DELETE FROM ats_level WHERE listing_id = %s", [self.listing.id])
        self.env.cr.execute(
            """INSERT INTO ats_level (company_id, listing_id, channel_id, product_id, quantity, reasons, generation)
               VALUES (%s, %s, %s, %s, %s, %s, 1) RETURNING id""",
            [self.env.company.id, self.listing.id, self.channel.id, self.product.id, quantity,
             fields.Json().convert_to_column([row], self.env["ats.level"])])
        level = self.env["ats.level"].browse(self.env.cr.fetchone()[0])
        return level.with_user(user or self.env.user).explain(level.id)["steps"][0]

    def cells(self, step):
        return [row["cells"] for row in step["detail"]["rows"]] if step["detail"] else []

    def opened(self, link):
        return self.env[link["res_model"]].search(link["domain"])

    def hold(self, quantity, **values):
        return self.env["ats.hold"].create({
            "product_id": self.product.id, "quantity": quantity, "kind": "manual", "company_id": self.env.company.id, **values})

    def test_promises_of_channels_that_share_a_node(self):
        two = self.hold(2, channel_id=self.rival.id) | self.hold(1, channel_id=self.rival.id)
        own = self.hold(1, channel_id=self.channel.id)
        self.hold(9, channel_id=self.elsewhere.id)
        self.hold(9, channel_id=self.rival.id).action_release()
        pinned = self.hold(4, node_id=self.node.id, reference="Mrs. Key")
        quota = self.env["ats.rule"].create({
            "name": "Fair", "kind": "quota", "product_id": self.product.id, "channel_id": self.rival.id,
            "amount_type": "fixed", "fixed": 10})
        step = self.step("pool_commitment", "-13")
        lamp = self.product.display_name
        self.assertEqual(self.cells(step), [
            ["Rival, 2 holds", lamp, "3"], ["Shop, 1 holds", lamp, "1"],
            # Its own holds are used up of a quota.
            ["Rival, set aside by rule Fair", lamp, "7"]])
        rows = step["detail"]["rows"]
        self.assertEqual(self.opened(rows[0]["link"]), two.sorted("id", reverse=True))
        self.assertEqual(self.opened(rows[2]["link"]), quota)
        self.assertEqual(self.opened(step["link"]), (two | own).sorted("id", reverse=True))
        self.assertEqual(len(self.cells(self.step("overcommitted"))), 2, "a quota is no promise that could be broken")
        node_step = self.step("node_hold", "-4")
        self.assertEqual(self.cells(node_step), [["By hand · Mrs. Key", self.node.name, "4"]])
        self.assertEqual(self.opened(node_step["link"]), pinned)

    def test_shortage_is_told(self):
        self.assertEqual(self.step("overcommitted", extra={"shortage": "3"})["shortage"], "3")
        self.assertFalse(self.step("overcommitted")["shortage"])

    def test_blocked_lots_and_where_they_lie(self):
        self.product.tracking = "lot"
        good, bad = self.env["stock.lot"].create([{"name": name, "product_id": self.product.id} for name in ("Good", "Bad")])
        self.put(5, lot_id=good)
        self.put(3, lot_id=bad)
        bad.action_ats_block()
        step = self.step("withheld_blocked", "-3")
        self.assertEqual(self.cells(step), [["Bad", self.shelf.display_name, "3"]])
        self.assertEqual(self.opened(step["detail"]["rows"][0]["link"]).lot_id, bad)

    def test_incoming_by_kind_as_far_as_the_channel_counts_it(self):
        self.channel.write({"count_purchase": True, "incoming_days": 5})
        supplier = self.env.ref("stock.stock_location_suppliers")

        def receipt(quantity, days, source=supplier):
            return self.env["stock.move"].create({
                "product_id": self.product.id, "product_uom_qty": quantity, "product_uom": self.product.uom_id.id,
                "location_id": source.id, "location_dest_id": self.shelf.id,
                "picking_type_id": self.warehouse.in_type_id.id, "date": fields.Datetime.now() + timedelta(days=days),
            })._action_confirm(merge=False)

        soon = receipt(7, 2)
        receipt(5, 9)
        receipt(3, -1)
        receipt(2, 2, self.customers)
        step = self.step("incoming", "7")
        self.assertEqual(self.cells(step), [["Purchases", "1 transfers", "7"]])
        self.assertEqual(self.opened(step["detail"]["rows"][0]["link"]), soon)

    def test_limiting_component_of_each_node(self):
        screw = self.env["product.product"].create({"name": "Screw", "is_storable": True})
        self.put(8, product=screw)
        step = self.step("kit_components", "2", extra={"components": [[self.node.id, screw.id, "2"]]})
        self.assertEqual(self.cells(step), [[self.node.name, "Screw", "2"]])
        self.assertEqual(self.opened(step["detail"]["rows"][0]["link"]).product_id, screw)

    def test_a_long_table_ends_with_how_many_more_there_are(self):
        for number in range(15):
            self.hold(1, node_id=self.node.id, reference=f"N{number}")
        detail = self.step("node_hold", "-15")["detail"]
        self.assertEqual((len(detail["rows"]), detail["more"]), (12, 3))

    def test_viewer_sees_the_tables_and_their_links(self):
        self.hold(2, channel_id=self.rival.id)
        step = self.step("pool_commitment", "-2", user=self.viewer)
        self.assertEqual(self.cells(step), [["Rival, 1 holds", self.product.display_name, "2"]])
        self.assertTrue(step["detail"]["rows"][0]["link"])
        # Links travel as JSON.
        json.dumps(step)

    def test_parked_product_says_why_and_what_to_do(self):
        self.env.flush_all()
        self.env.cr.execute(
            """INSERT INTO ats_product (company_id, product_id, error_code, error_message)
               VALUES (%s, %s, 'kit_cycle', 'The kit contains itself.')
               ON CONFLICT (company_id, product_id) DO UPDATE SET error_code = 'kit_cycle', error_message = 'The kit contains itself.'""",
            [self.env.company.id, self.product.id])
        self.env.invalidate_all()
        text = "The kit contains itself. Correct the bill of materials: the kit is then computed again by itself."
        self.assertEqual(self.listing.with_user(self.viewer).parked_text, text)
        self.step("on_hand", "5")
        level = self.env["ats.level"].search([("listing_id", "=", self.listing.id)])
        self.assertEqual(level.with_user(self.viewer).parked_text, text)
        self.assertEqual(level.explain(level.id)["parked"]["code"], "kit_cycle")
