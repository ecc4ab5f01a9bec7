# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""The demo's company: Odoo's demo data, two warehouses, two shops; configured over Odoo's external interface as a person would in the UI."""

import contextlib
import json
import shutil

from harness import odoo_server, paths, postgres, template
from harness.say import say, step
from harness.shop import Shop

HARBOUR = "Harbour"
MAIN = "San Francisco"
SHOPS = {
    "a": {"name": "Shop A", "port": 8071, "nodes": (MAIN, HARBOUR), "buffer": 1},
    "b": {"name": "Shop B", "port": 8072, "nodes": (MAIN,), "buffer": 2},
}
PRODUCTS = 6
HARBOUR_QUANTITY = 15
MAIN_QUANTITY_MIN = 25


class World:
    """`.odoo` (OdooServer), `.rpc` (as admin), `.shops` {"a", "b"}, `.channels` {"a", "b"} → id, `.products` list of {id, sku, name}."""

    def __init__(self, odoo, name):
        self.odoo, self.name = odoo, name
        self.rpc = odoo.rpc()
        self.shops, self.channels, self.products, self.warehouses = {}, {}, [], {}

    # --- first time -------------------------------------------------------------------------------------------

    def configure(self):
        self._stock_up()
        # the shops are on this machine: private addresses have to be allowed one by one
        self.rpc.execute("ir.config_parameter", "set_param", ["ats_channel.allowed_hosts", "127.0.0.1"])
        for key, plan in SHOPS.items():
            self.shops[key] = self._start_shop(key)
            self.channels[key] = self._make_channel(key, plan)

    def _stock_up(self):
        rpc = self.rpc
        main = rpc.search("stock.warehouse", [("company_id", "=", rpc.ref("base.main_company"))], limit=1)[0]
        harbour = rpc.create("stock.warehouse", {"name": HARBOUR, "code": "HARB", "reception_steps": "three_steps"})
        self.warehouses = {MAIN: main, HARBOUR: harbour}
        kits = rpc.search_read("mrp.bom", [("type", "=", "phantom")], ["product_tmpl_id"])
        domain = [("is_storable", "=", True), ("tracking", "=", "none"), ("sale_ok", "=", True), ("default_code", "!=", False),
                  ("company_id", "=", False), ("product_tmpl_id", "not in", [kit["product_tmpl_id"][0] for kit in kits])]
        found = rpc.search_read("product.product", domain, ["default_code", "name", "lst_price"], order="id", limit=PRODUCTS)
        self.products = [{"id": row["id"], "sku": row["default_code"], "name": row["name"], "price": f"{row['lst_price']:.2f}"} for row in found]
        for product in self.products:
            self.count(product, HARBOUR, HARBOUR_QUANTITY)
            self.count(product, MAIN, MAIN_QUANTITY_MIN + product["id"] % 20)

    def count(self, product, warehouse, quantity):
        """Counts `quantity` more of the product into the warehouse's stock location (an inventory adjustment)."""
        location = self.rpc.read("stock.warehouse", self.warehouses[warehouse], ["lot_stock_id"])["lot_stock_id"][0]
        quants = self.rpc.search_read("stock.quant", [("product_id", "=", product["id"]), ("location_id", "=", location)], ["quantity"])
        held = sum(row["quantity"] for row in quants)
        values = {"product_id": product["id"], "location_id": location, "inventory_quantity": held + quantity}
        quant = self.rpc.execute("stock.quant", "create", [values], {"context": {"inventory_mode": True}})
        self.rpc.execute("stock.quant", "action_apply_inventory", [[quant]])

    def _start_shop(self, key, **settings):
        plan = SHOPS[key]
        catalogue = {product["sku"]: {"name": product["name"], "price": product["price"]} for product in self.products}
        port = plan["port"] if self.name == "demo" else None
        return Shop(plan["name"], state_dir=paths.SHOPS / f"{self.name}-{key}", port=port, catalogue=catalogue, **settings)

    def _make_channel(self, key, plan):
        rpc, shop = self.rpc, self.shops[key]
        nodes = rpc.search_read("ats.node", [("warehouse_id", "in", [self.warehouses[name] for name in plan["nodes"]])], ["warehouse_id"])
        by_warehouse = {row["warehouse_id"][0]: row["id"] for row in nodes}
        sources = [(0, 0, {"node_id": by_warehouse[self.warehouses[name]], "sequence": 10 * index}) for index, name in enumerate(plan["nodes"], 1)]
        channel = rpc.create("ats.channel", {"name": plan["name"], "code": "webhook", "webhook_live_url": shop.webhook_url, "source_ids": sources})
        rpc.execute("ats.channel.secret", "create", [{"channel_id": channel, "purpose": "webhook_signing", "value": shop.secret}],
                    {"context": {"default_channel_id": channel}})
        rpc.create("ats.rule", {"name": f"Safety stock of {plan['name']}", "kind": "channel_buffer", "channel_id": channel, "fixed": plan["buffer"]})
        for product in self.products:
            rpc.create("ats.listing", {"channel_id": channel, "product_id": product["id"], "external_id": product["sku"]})
        rpc.write("ats.channel", channel, {"state": "live"})
        self._tell_shop(key, channel)
        return channel

    def _tell_shop(self, key, channel):
        token = self.rpc.read("ats.channel", channel, ["token"])["token"]
        self.shops[key].configure(odoo_url=f"{self.odoo.url}/ats/webhook/{token}")

    # --- again ------------------------------------------------------------------------------------------------

    def save(self, template_name):
        held = {"template": template_name, "channels": self.channels, "products": self.products, "warehouses": self.warehouses,
                "secrets": {key: shop.secret for key, shop in self.shops.items()}}
        path = _saved(self.name)
        path.write_text(json.dumps(held))
        path.chmod(0o600)

    def resume(self, held):
        """Goes on with the shops and channels of an earlier run; ports may have changed."""
        self.channels, self.products, self.warehouses = held["channels"], held["products"], held["warehouses"]
        for key, secret in held["secrets"].items():
            self.shops[key] = self._start_shop(key, secret=secret)
            self.rpc.write("ats.channel", self.channels[key], {"webhook_live_url": self.shops[key].webhook_url})
            self._tell_shop(key, self.channels[key])


def _saved(name):
    return paths.SHOPS / f"{name}.json"


def _held(name, template_name):
    """What an earlier run with the same code left behind, or None."""
    path = _saved(name)
    if name not in postgres.databases() or not path.exists():
        return None
    held = json.loads(path.read_text())
    if held["template"] != template_name:
        say("the code changed since the last run: the demo begins anew")
        return None
    return held


def _forget(name):
    for path in paths.SHOPS.glob(f"{name}-*"):
        shutil.rmtree(path)
    _saved(name).unlink(missing_ok=True)


@contextlib.contextmanager
def running(name, *, keep):
    """A running World on the database `name`; with `keep` it goes on from the last run and is there for the next one."""
    template_name = template.ensure()
    held = _held(name, template_name) if keep else None
    if not held:
        _forget(name)
        template.copy(template_name, name)
    with contextlib.ExitStack() as stopping:
        with step("starting Odoo"):
            odoo = odoo_server.OdooServer(name, port=odoo_server.HTTP_PORT if keep else None)
        stopping.callback(odoo.stop)
        here = World(odoo, name)
        stopping.callback(lambda: [shop.stop() for shop in here.shops.values()])
        with step("starting the shops" if held else "making warehouses, channels, listings and rules, and starting the shops"):
            here.resume(held) if held else here.configure()
        here.save(template_name)
        yield here
    if not keep:
        template.drop(name)
        _forget(name)
