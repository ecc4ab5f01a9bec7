# Part of Available to Sell. See LICENSE file for full copyright and licensing details.

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.ats_channel.errors import InboxParked, InboxRejected

from .common import ChannelOrderCase


@tagged("post_install", "-at_install", "ats")
class TestOrderImport(ChannelOrderCase):
    def assertStops(self, error, code, document, channel=None):
        with self.assertRaises(error) as raised:
            self._import(document, channel)
        self.assertEqual(raised.exception.code, code)
        return raised.exception.message

    # --- the good way -------------------------------------------------------------------------------------------

    def test_order_is_confirmed_and_reserved_as_given(self):
        self._stock(self.chair, self.near, 5)
        order = self._import(self._document(("CHAIR", "2", "12.34")))
        sale = order.sale_order_id
        self.assertEqual(sale.state, "sale")
        self.assertEqual(sale.client_order_ref, "S-1")
        self.assertEqual(sale.company_id, self.company)
        self.assertEqual(sale.amount_untaxed, 24.68)
        self.assertEqual(sale.picking_ids.move_ids.quantity, 2)
        self.assertEqual(sale.picking_ids.state, "assigned")
        self.assertEqual(str(order.placed_at), "2026-11-21 10:00:00")

    def test_a_time_that_is_none_is_refused(self):
        for number, text in enumerate(("yesterday", "0001-01-01T00:00:00+23:00")):
            with self.subTest(text=text), self.assertRaises(InboxRejected) as caught:
                self._import(self._document(id=f"T{number}", placed_at=text))
            self.assertEqual(caught.exception.code, "bad_document")

    def test_same_id_again_is_the_same_order(self):
        first = self._import(self._document())
        inbox = self._inbox(external_id="again")
        again = self.env["ats.order"]._import(inbox, self._document(("CHAIR", "7", "1")))
        self.assertEqual(again, first)
        self.assertEqual(first.sale_order_id.order_line.product_uom_qty, 2)

    def test_order_without_stock_is_confirmed_and_counts_as_demand(self):
        sale = self._import(self._document()).sale_order_id
        self.assertEqual(sale.picking_ids.state, "confirmed")
        self.assertEqual(sale.picking_ids.move_ids.quantity, 0)

    def test_price_of_channel_wins_over_price_lists(self):
        sale = self._import(self._document(("CHAIR", "1", "0"), ("SCREW", "1", "1.5"))).sale_order_id
        self.assertEqual(sale.order_line.mapped("price_unit"), [0, 1.5])

    # --- units --------------------------------------------------------------------------------------------------

    def test_pack_keeps_the_money_to_the_cent(self):
        self._listing(self.chair, unit=7, external_id="SEVEN")
        line = self._import(self._document(("SEVEN", "3", "10"))).sale_order_id.order_line
        self.assertEqual(line.product_uom_qty * line.product_uom_id.factor / self.chair.uom_id.factor, 21)
        self.assertEqual(line.price_subtotal, 30)

    def test_pack_with_a_unit_of_measure_is_sold_in_it(self):
        pack = self.env["uom.uom"].create(
            {"name": "Pack of 7", "relative_uom_id": self.chair.uom_id.id, "relative_factor": 7}
        )
        self._listing(self.chair, unit=7, external_id="SEVEN")
        sale = self._import(self._document(("SEVEN", "3", "10"))).sale_order_id
        self.assertEqual(sale.order_line.product_uom_id, pack)
        self.assertEqual(sale.order_line.product_uom_qty, 3)
        self.assertEqual(sale.picking_ids.move_ids.product_qty, 21)

    def test_quantity_that_cannot_be_sold(self):
        self._listing(self.chair, unit=6, external_id="SIX")
        for sku, quantity in [("CHAIR", "0"), ("CHAIR", "-1"), ("CHAIR", "1.5"), ("SIX", "0.5")]:
            with self.subTest(sku=sku, quantity=quantity):
                self.assertStops(InboxRejected, "bad_quantity", self._document((sku, quantity, "1")))

    def test_measured_goods_are_sold_in_their_precision(self):
        self.chair.uom_id.ats_decimals = 2
        sale = self._import(self._document(("CHAIR", "1.25", "8"))).sale_order_id
        self.assertEqual(sale.amount_untaxed, 10)
        self.assertStops(InboxRejected, "bad_quantity", self._document(("CHAIR", "1.255", "8"), id="2"))

    # --- what is put right first --------------------------------------------------------------------------------

    def test_unknown_listing_names_the_sku_and_goes_through_once_listed(self):
        document = self._document(("CHAIR", "1", "1"), ("NEW-ONE", "1", "1"))
        message = self.assertStops(InboxParked, "unknown_listing", document)
        self.assertIn("NEW-ONE", message)
        self._listing(self._product("New", "NEW-ONE"))
        self.env["ats.order"].search([("channel_id", "=", self.channel.id)]).unlink()
        self.assertEqual(len(self._import(document).sale_order_id.order_line), 2)

    def test_listing_of_another_channel_is_unknown(self):
        other = self.channel.copy({"name": "Other shop"})
        self.assertStops(InboxParked, "unknown_listing", self._document(), other)

    def test_order_for_a_listing_taken_off_meanwhile(self):
        self.chair_listing.active = False
        self.assertTrue(self._import(self._document()).sale_order_id)

    def test_currencies(self):
        self.assertStops(InboxParked, "unknown_currency", self._document(currency="XYZ"))
        foreign = self.env.ref("base.CHF")
        foreign.active = False
        self.assertStops(InboxParked, "unknown_currency", self._document(currency="CHF", id="2"))
        foreign.active = True
        sale = self._import(self._document(currency="CHF", id="3")).sale_order_id
        self.assertEqual(sale.currency_id, foreign)
        self.assertEqual(sale.amount_untaxed, 20)
        again = self._import(self._document(currency="CHF", id="4")).sale_order_id
        self.assertEqual(again.pricelist_id, sale.pricelist_id)

    def test_channel_without_nodes(self):
        self.channel.source_ids.unlink()
        self.assertStops(InboxParked, "no_node", self._document())

    def test_unknown_country(self):
        address = {"street": "Road 1", "country": "XX"}
        self.assertStops(InboxParked, "unknown_country", self._document(shipping_address=address))

    def test_refusal_of_odoo_is_parked_with_its_words(self):
        def refuse(records):
            raise UserError("not today")

        self.patch(type(self.env["sale.order"]), "action_confirm", refuse)
        message = self.assertStops(InboxParked, "odoo_refused", self._document())
        self.assertIn("not today", message)

    def test_empty_order(self):
        self.assertStops(InboxRejected, "no_lines", self._document(lines=[]))

    # --- where from ---------------------------------------------------------------------------------------------

    def test_first_node_that_can_supply_all_lines(self):
        self._stock(self.chair, self.near, 5)
        self._stock(self.chair, self.far, 5)
        self._stock(self.screw, self.far, 5)
        document = self._document(("CHAIR", "2", "1"), ("SCREW", "2", "1"))
        self.assertEqual(self._import(document).sale_order_id.warehouse_id, self.far)

    def test_lines_of_one_product_are_added_up(self):
        self._stock(self.chair, self.near, 3)
        self._stock(self.chair, self.far, 4)
        document = self._document(("CHAIR", "2", "1"), ("CHAIR", "2", "1"))
        self.assertEqual(self._import(document).sale_order_id.warehouse_id, self.far)

    def test_first_node_if_none_can_supply_all(self):
        self._stock(self.chair, self.far, 1)
        self.assertEqual(self._import(self._document()).sale_order_id.warehouse_id, self.near)

    # --- buyers -------------------------------------------------------------------------------------------------

    def test_buyer_comes_back_by_mail_address(self):
        first = self._import(self._document())
        second = self._import(self._document(id="2", customer={"name": "A.", "email": "ada@EXAMPLE.com"}))
        self.assertEqual(first.partner_id, second.partner_id)
        self.assertEqual(first.partner_id.company_id, self.company)

    def test_other_address_becomes_a_delivery_address_once(self):
        address = {"name": "Bob", "street": "Lane 2", "city": "Ghent", "zip": "9000", "country": "be"}
        self._import(self._document())
        second = self._import(self._document(id="2", shipping_address=address)).sale_order_id
        third = self._import(self._document(id="3", shipping_address=address)).sale_order_id
        self.assertEqual(second.partner_shipping_id.street, "Lane 2")
        self.assertEqual(second.partner_shipping_id.parent_id, second.partner_id)
        self.assertEqual(third.partner_shipping_id, second.partner_shipping_id)

    def test_contacts_that_this_channel_did_not_bring_are_left_alone(self):
        stranger = self.env["res.partner"].create({"name": "Ada of the club", "email": "ada@example.com"})
        self.assertNotEqual(self._import(self._document()).partner_id, stranger)

    def test_state_that_odoo_does_not_know_is_kept_as_text(self):
        address = {"street": "Road 1", "city": "Brussels", "country": "BE", "state": "Brabant-Nowhere"}
        sale = self._import(self._document(shipping_address=address)).sale_order_id
        self.assertIn("Brabant-Nowhere", sale.partner_shipping_id.street2)

    # --- companies ----------------------------------------------------------------------------------------------

    def test_companies_are_kept_apart(self):
        mine = self._import(self._document())
        other = self.env["res.company"].create({"name": "Other Ltd"})
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", other.id)], limit=1)
        channel = self.env["ats.channel"].create(
            {
                "name": "Other",
                "company_id": other.id,
                "source_ids": [Command.create({"node_id": self._node(warehouse).id})],
            }
        )
        self.env["ats.listing"].create(
            {"channel_id": channel.id, "product_id": self.chair.id, "external_id": "CHAIR"}
        )
        theirs = self._import(self._document(currency=other.currency_id.name), channel)
        self.assertEqual(theirs.sale_order_id.company_id, other)
        self.assertNotEqual(theirs.partner_id, mine.partner_id)
        self.assertEqual(theirs.partner_id.company_id, other)
