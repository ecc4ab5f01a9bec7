# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""A vocabulary for tests of marks and refresh: products that are listed, goods that move, levels that follow."""

from contextlib import contextmanager
from decimal import Decimal

import pytest


class Stock:
    """One warehouse with its node and two channels that sell from it, in a database whose commits are real."""

    def __init__(self, registry):
        self.registry = registry
        with self.committed() as env:
            self.warehouse_id = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1).id
            warehouse = env["stock.warehouse"].browse(self.warehouse_id)
            self.company_id = env.company.id
            self.shelf_id = warehouse.lot_stock_id.id
            self.output_id = warehouse.wh_output_stock_loc_id.id
            self.quality_id = warehouse.wh_qc_stock_loc_id.id
            self.node_id = env["ats.node"].search([("warehouse_id", "=", self.warehouse_id)]).id
            self.channel_id = self.channel(env, "Shop A").id
        self.refresh()

    @contextmanager
    def committed(self, user_id=1):
        """An environment whose changes are committed at the end."""
        from odoo import api  # noqa: PLC0415

        with self.registry.cursor() as cr:
            env = api.Environment(cr, user_id, {})
            yield env
            env.flush_all()

    def channel(self, env, name, **values):
        return env["ats.channel"].create({"name": name, "source_ids": [(0, 0, {"node_id": self.node_id})], **values})

    def product(self, name="Lamp", on_shelf=0, channel_id=None, **listing):
        """Make a listed product with some stock. Returns (product id, listing id)."""
        with self.committed() as env:
            product = env["product.product"].create({"name": name, "is_storable": True})
            row = env["ats.listing"].create(
                {"channel_id": channel_id or self.channel_id, "product_id": product.id, **listing})
            if on_shelf:
                self.put(env, product, on_shelf)
            return product.id, row.id

    def put(self, env, product, quantity, location_id=None):
        """Change the stock of a product as a done move does."""
        location = env["stock.location"].browse(location_id or self.shelf_id)
        env["stock.quant"]._update_available_quantity(product, location, quantity)

    def receive(self, product_id, quantity, location_id=None):
        with self.committed() as env:
            self.put(env, env["product.product"].browse(product_id), quantity, location_id)

    def delivery(self, env, product_id, quantity, source_id=None, dest_id=None):
        """A confirmed move to a customer."""
        warehouse = env["stock.warehouse"].browse(self.warehouse_id)
        product = env["product.product"].browse(product_id)
        move = env["stock.move"].create({
            "product_id": product_id, "product_uom_qty": quantity, "product_uom": product.uom_id.id,
            "location_id": source_id or self.shelf_id,
            "location_dest_id": dest_id or env.ref("stock.stock_location_customers").id,
            "picking_type_id": warehouse.out_type_id.id,
        })
        return move._action_confirm()

    def refresh(self):
        """Run the scheduled action's method until it finds nothing to do."""
        with self.committed() as env:
            return env["ats.refresh"]._run()

    def level(self, listing_id, node_id=None):
        """The stored quantity of a listing, or None without level."""
        rows = self.sql(
            "SELECT quantity FROM ats_level WHERE listing_id = %s AND node_id IS NOT DISTINCT FROM %s", listing_id, node_id)
        return Decimal(rows[0][0]) if rows else None

    def sql(self, query, *parameters):
        """Run one statement in a transaction of its own and return its rows."""
        with self.registry.cursor() as cr:
            cr.execute(query, list(parameters) or None)
            return cr.fetchall() if cr.description else []

    def marks(self, product_id):
        return self.sql("SELECT count(*) FROM ats_mark WHERE product_id = %s", product_id)[0][0]


@pytest.fixture
def stock(registry):
    return Stock(registry)
