# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""People without our groups work as before; people of one company do not see the other's orders."""

from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from .common import ChannelOrderCase


@tagged("post_install", "-at_install", "ats")
class TestOrderAccess(ChannelOrderCase):
    def _user(self, login, groups, company=None):
        company = company or self.company
        return new_test_user(
            self.env, login=login, groups=groups, company_id=company.id, company_ids=[(6, 0, company.ids)]
        )

    def test_seller_without_our_groups_works_as_before(self):
        sale = self._import(self._document()).sale_order_id
        seller = self._user("ats_seller", "base.group_user,sales_team.group_sale_manager,stock.group_stock_user")
        own = sale.with_user(seller)
        arch = own.get_view(self.env.ref("sale.view_order_form").id, "form")["arch"]
        self.assertNotIn("ats_order_id", arch)
        with Form(own) as form:
            form.client_order_ref = "changed"
        own.picking_ids.move_ids.quantity = 2
        own.picking_ids.button_validate()
        with self.assertRaises(AccessError):
            self.env["ats.order"].with_user(seller).search([])

    def test_viewer_finds_the_channel_order_from_the_sale_order(self):
        order = self._import(self._document())
        viewer = self._user("ats_viewer", "sales_team.group_sale_manager,ats_inventory.group_ats_viewer")
        sale = order.sale_order_id.with_user(viewer)
        self.assertEqual(sale.ats_order_id, order)
        self.assertEqual(sale.ats_external_id, "1")
        self.assertEqual(sale.search([("ats_order_id", "=", order.id)]), sale)
        self.assertEqual(sale.action_ats_order()["res_id"], order.id)

    def test_other_company_sees_nothing(self):
        order = self._import(self._document())
        other = self.env["res.company"].create({"name": "Other Ltd"})
        user = self._user("ats_other", "ats_inventory.group_ats_manager", other)
        self.assertFalse(self.env["ats.order"].with_user(user).with_context(allowed_company_ids=other.ids).search([]) & order)
        with self.assertRaises(AccessError):
            order.with_user(user).with_context(allowed_company_ids=other.ids).read(["external_id"])
