# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""The moves of a channel's order are known as such: back orders and returns too, other orders' not."""

from datetime import timedelta

from odoo import Command, fields
from odoo.tests import Form, tagged

from .common import ChannelOrderCase


@tagged("post_install", "-at_install", "ats")
class TestMoveChannel(ChannelOrderCase):
    def _channel_moves(self):
        """{move: channel id} as the facts see it."""
        self.env.flush_all()
        sold = self.env["ats.refresh"]._fact_sources().move_channel
        self.env.cr.execute(f"SELECT move_id, channel_id FROM ({sold}) s")
        rows = self.env.cr.fetchall()
        self.assertEqual(len(rows), len(dict(rows)), "each move once")
        return {self.env["stock.move"].browse(move): channel for move, channel in rows}

    def test_back_orders_and_returns_belong_to_the_channel(self):
        self._stock(self.chair, self.near, 5)
        sale = self._import(self._document(("CHAIR", "5", "10"))).sale_order_id
        picking = sale.picking_ids
        picking.move_ids.write({"quantity": 2, "picked": True})
        Form.from_action(self.env, picking.button_validate()).save().process()
        backorder = sale.picking_ids - picking
        self.assertEqual(backorder.move_ids.product_uom_qty, 3)
        wizard = self.env["stock.return.picking"].with_context(active_id=picking.id, active_model="stock.picking").create({})
        wizard.product_return_moves.quantity = 1
        returned = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"]).move_ids
        expected = picking.move_ids | backorder.move_ids | returned
        moves = self._channel_moves()
        self.assertEqual({move: moves.get(move) for move in expected}, dict.fromkeys(expected, self.channel.id))

    def test_each_step_of_a_delivery_in_three_steps(self):
        self.near.delivery_steps = "pick_pack_ship"
        self._stock(self.chair, self.near, 5)
        sale = self._import(self._document()).sale_order_id
        self.assertLessEqual(set(sale.picking_ids.move_ids), set(self._channel_moves()))

    def test_an_order_made_by_hand_is_no_channels(self):
        before = self._channel_moves()
        sale = self.env["sale.order"].create({
            "partner_id": self.env["res.partner"].create({"name": "Walk-in"}).id, "warehouse_id": self.near.id, "company_id": self.company.id,
            "order_line": [Command.create({"product_id": self.chair.id, "product_uom_qty": 1})]})
        sale.action_confirm()
        self.assertTrue(sale.picking_ids.move_ids)
        self.assertEqual(self._channel_moves(), before)

    def test_a_back_order_uses_up_a_quota_only_if_its_order_does(self):
        self._stock(self.chair, self.near, 5)
        order = self._import(self._document(("CHAIR", "5", "10")))
        quota = self.env["ats.rule"].create({
            "name": "Aside", "kind": "quota", "product_id": self.chair.id, "channel_id": order.channel_id.id, "fixed": 9,
            "date_from": fields.Datetime.now() - timedelta(hours=1)})
        self.assertEqual(quota.quota_moved, 5)
        # Its moves are younger than the quota, as a back order's are.
        self.env.cr.execute("UPDATE ats_order SET create_date = create_date - interval '1 day' WHERE id = %s", [order.id])
        quota.invalidate_recordset()
        self.assertEqual(quota.quota_moved, 0)
