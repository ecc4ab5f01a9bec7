# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""A channel with two warehouses, two products and a small vocabulary for channel orders."""

from decimal import Decimal

from odoo import Command
from odoo.tests import TransactionCase


class ChannelOrderCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.company = cls.env["res.company"].create({"name": "Order Import Ltd"})
        cls.env.user.company_ids |= company
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": company.ids})
        warehouses = cls.env["stock.warehouse"]
        cls.near = warehouses.search([("company_id", "=", company.id)], limit=1)
        cls.far = warehouses.create({"name": "Far", "code": "FAR", "company_id": company.id})
        cls.chair = cls._product("Chair", "CHAIR")
        cls.screw = cls._product("Screw", "SCREW")
        cls.channel = cls.env["ats.channel"].create(
            {
                "name": "Shop",
                "company_id": company.id,
                "source_ids": [
                    Command.create({"node_id": cls._node(cls.near).id, "sequence": 1}),
                    Command.create({"node_id": cls._node(cls.far).id, "sequence": 2}),
                ],
            }
        )
        cls.chair_listing = cls._listing(cls.chair)
        cls.screw_listing = cls._listing(cls.screw)

    @classmethod
    def _product(cls, name, code):
        return cls.env["product.product"].create(
            {"name": name, "default_code": code, "is_storable": True, "list_price": 99.0, "taxes_id": False}
        )

    @classmethod
    def _node(cls, warehouse):
        return cls.env["ats.node"].search([("warehouse_id", "=", warehouse.id)])

    @classmethod
    def _listing(cls, product, **values):
        return cls.env["ats.listing"].create(
            {"channel_id": cls.channel.id, "product_id": product.id, "external_id": product.default_code, **values}
        )

    @classmethod
    def _stock(cls, product, warehouse, quantity):
        cls.env["stock.quant"]._update_available_quantity(product, warehouse.lot_stock_id, quantity)

    def _inbox(self, channel=None, external_id="1"):
        channel = channel or self.channel
        return self.env["ats.inbox"].create(
            {
                "channel_id": channel.id,
                "company_id": channel.company_id.id,
                "external_id": external_id,
                "digest": f"digest of {external_id}",
                "environment": "test",
                "kind": "order.created",
                "body": "{}",
                "state": "received",
            }
        )

    def _document(self, *lines, **values):
        """A canonical order; a line is ``(sku, quantity, unit price)``."""
        return {
            "id": "1",
            "number": "S-1",
            "placed_at": "2026-11-21T10:00:00Z",
            "currency": self.company.currency_id.name,
            "customer": {"name": "Ada", "email": "Ada@example.com", "phone": "+32 2 555 01 01"},
            "shipping_address": {"street": "Road 1", "zip": "1000", "city": "Brussels", "country": "BE"},
            "lines": [
                {"id": str(number), "sku": sku, "quantity": Decimal(quantity), "unit_price": Decimal(price)}
                for number, (sku, quantity, price) in enumerate(lines or [("CHAIR", "2", "10")], 1)
            ],
            **values,
        }

    def _import(self, document, channel=None):
        return self.env["ats.order"]._import(self._inbox(channel, document["id"]), document)
