# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Run by the version before on its own database: `fill_base.py CONFIG DATABASE`. Data of every kind and open work; prints a JSON object of ids."""

import json
import sys
import uuid
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone

import odoo.init  # noqa: F401  # Odoo 19 is a namespace package: its set-up is a module of its own
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config

config.parse_config(["-c", sys.argv[1], "--max-cron-threads=0", "--log-level=error"], setup_logging=True)
registry = Registry(sys.argv[2])
made = {}


@contextmanager
def committed():
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        yield env
        env.flush_all()


def put(env, product_id, quantity, location_id=None):
    location = env["stock.location"].browse(location_id or made["shelf"])
    env["stock.quant"]._update_available_quantity(env["product.product"].browse(product_id), location, quantity)


def channels_and_listings(env):
    warehouse = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)
    second = env["stock.warehouse"].create({"name": "Second", "code": "UPG"})
    nodes = [env["ats.node"].search([("warehouse_id", "=", one.id)]).id for one in (warehouse, second)]
    category = env["product.category"].create({"name": "Upgraded"})
    products = env["product.product"].create([
        {"name": f"Upgraded {number}", "is_storable": True, "categ_id": category.id, "default_code": f"UPG-{number}"} for number in range(12)])
    demo = env["ats.channel"].create({"name": "Demo before", "code": "demo", "source_ids": [(0, 0, {"node_id": node}) for node in nodes]})
    silent = env["ats.channel"].create({"name": "Silent before", "per_node": True, "share_percent": 80,
                                        "source_ids": [(0, 0, {"node_id": node}) for node in nodes]})
    listings = env["ats.listing"].create([
        {"channel_id": channel.id, "product_id": product.id, "external_id": f"SKU-{channel.id}-{product.id}", "unit": 1 + (number % 3)}
        for channel in (demo, silent) for number, product in enumerate(products)])
    listings[0].write({"has_override": True, "override_quantity": 3})
    listings[1].blocked = True
    made.update(warehouse=warehouse.id, second=second.id, shelf=warehouse.lot_stock_id.id, second_shelf=second.lot_stock_id.id, nodes=nodes,
                category=category.id, products=products.ids, demo=demo.id, silent=silent.id, listings=listings.ids)


def rules(env):
    later = datetime.now(timezone.utc).replace(tzinfo=None, microsecond=0) + timedelta(days=30)
    env["ats.rule"].create([
        {"name": "Safety stock", "kind": "node_buffer", "node_id": made["nodes"][0], "amount_type": "fixed", "fixed": 2},
        {"name": "Reserve", "kind": "channel_buffer", "channel_id": made["demo"], "category_id": made["category"], "amount_type": "percent",
         "percent": 10, "date_until": later},
        {"name": "Stop", "kind": "stop_sell", "product_id": made["products"][2], "amount_type": "fixed", "fixed": 5},
        {"name": "Cap", "kind": "cap", "product_id": made["products"][3], "amount_type": "fixed", "fixed": 7},
    ])
    location = env["stock.location"].create({"name": "Quarantine", "location_id": made["shelf"]})
    location.action_ats_do_not_sell()
    made["quarantine"] = location.id


def stock_and_levels(env):
    for number, product in enumerate(made["products"]):
        put(env, product, 10 + number)
        put(env, product, 5, made["second_shelf"])
        put(env, product, 3, made["quarantine"])
    env["uom.uom"].search([("name", "=", "kg")], limit=1).write({"ats_decimals": 3})


def order(env, channel, sku):
    number = f"UPGRADE-{uuid.uuid4().hex[:8]}"
    return {
        "id": number, "number": number, "placed_at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "currency": channel.company_id.currency_id.name, "customer": {"name": "Buyer", "email": "buyer@example.com", "phone": None},
        "shipping_address": None, "lines": [{"id": "1", "sku": sku, "quantity": "1", "unit_price": "10.00"}], "note": None,
    }


def deliver(sku):
    """A channel's order, received and stored; returns its number."""
    with committed() as env:
        channel = env["ats.channel"].browse(made["demo"]).sudo()
        document = order(env, channel, sku)
        raw = json.dumps(document).encode()
        token, headers = channel.token, {"x-demo-signature": channel._demo_signature(raw)}
        assert env["ats.inbox"]._receive(token, headers, raw)
    return document["id"]


def main():
    with committed() as env:
        channels_and_listings(env)
        rules(env)
        stock_and_levels(env)
    with committed() as env:
        env["ats.channel"].browse(made["demo"]).state = "test"
        env["ats.refresh"]._run()
        env["ats.publisher"]._run()
    sku = f"SKU-{made['demo']}-{made['products'][4]}"
    made["order_imported"], made["order_parked"] = deliver(sku), deliver("nobody knows this one")
    with committed() as env:
        env["ats.inbox"]._run_import()
        env["ats.refresh"]._run()
    open_work()
    print(json.dumps(made))


def open_work():
    """What the version before leaves undone: an order, publications that are due, work, marks, a scope mark, a product set aside."""
    with committed() as env:
        put(env, made["products"][5], 20)
    with committed() as env:
        env["ats.refresh"]._run()  # a new level, and its publication that nobody sent
    made["order_waiting"] = deliver(f"SKU-{made['demo']}-{made['products'][6]}")
    with committed() as env:
        env.cr.execute("""
            INSERT INTO ats_work (company_id, product_id, lane, dirty, attempts, due_at, state, error_code, error_message)
            SELECT %(company)s, unnest(%(due)s), 0, 1, 1, now() AT TIME ZONE 'UTC', 'due', NULL, NULL
            UNION ALL SELECT %(company)s, %(parked)s, 0, 1, 3, now() AT TIME ZONE 'UTC', 'parked', 'overflow', 'set aside before the upgrade'""",
            {"company": env.company.id, "due": made["products"][7:9], "parked": made["products"][9]})
        put(env, made["products"][10], 1)
        env["ats.rule"].create({"name": "Wide", "kind": "channel_buffer", "amount_type": "fixed", "fixed": 1})


main()
