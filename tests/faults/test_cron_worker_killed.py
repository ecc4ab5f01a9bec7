# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""kill -9 of cron workers while they refresh and publish: the shop gets the right values, and never an older one after a newer.

Two kills by default; `ATS_KILLS=10 ./dev test faults` for more. `ATS_SEED` repeats a run's choices.
"""

import os
import random
import signal
import threading
import time
from decimal import Decimal

from harness.waiting import wait_for

KILLS = int(os.environ.get("ATS_KILLS", "2"))
SEED = int(os.environ.get("ATS_SEED", str(random.SystemRandom().randrange(10**6))))
CONVERGENCE_LIMIT_S = 150
LOAD_LIMIT_S = 6
PRODUCTS = 8
LEVELS_LIMIT_S = 150


class Warehouse:
    """Someone who counts stock without pause, through Odoo's own interface, until told to stop."""

    def __init__(self, server, location, products, chance):
        self._rpc = server.rpc()
        self._location, self._products, self._chance = location, products, chance
        self._enough = threading.Event()
        self.counts = 0
        self.faults = []
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def _work(self):
        while not self._enough.is_set():
            try:
                count(self._rpc, self._location, self._chance.choice(self._products), self._chance.randrange(1, 500))
                self.counts += 1
            except Exception as error:  # noqa: BLE001 - reported by the test, which must see all of them
                self.faults.append(error)

    def stop(self):
        self._enough.set()
        self._thread.join()


def count(rpc, location, product, quantity):
    """Sets a product's quantity by an inventory adjustment."""
    quant = rpc.execute("stock.quant", "create", [{"product_id": product, "location_id": location, "inventory_quantity": quantity}],
                        {"context": {"inventory_mode": True}})
    # the server answers None, which JSON-RPC can carry
    rpc.execute("stock.quant", "action_apply_inventory", [[quant]])


def channel_with_listings(rpc, shop):
    """A live webhook channel on `shop` with PRODUCTS listings. Returns its id, its stock location and the products."""
    rpc.execute("ir.config_parameter", "set_param", ["ats_channel.allowed_hosts", "127.0.0.1"])
    company = rpc.read("res.users", rpc.uid, ["company_id"])["company_id"][0]
    node = rpc.search_read("ats.node", [("company_id", "=", company)], ["warehouse_id"], limit=1)[0]
    location = rpc.read("stock.warehouse", node["warehouse_id"][0], ["lot_stock_id"])["lot_stock_id"][0]
    channel = rpc.create("ats.channel", {
        "name": "Killed", "code": "webhook", "webhook_live_url": shop.webhook_url, "webhook_test_url": shop.webhook_url,
        "webhook_secret": shop.secret, "source_ids": [(0, 0, {"node_id": node["id"]})]})
    rpc.write("ats.channel", channel, {"state": "live"})
    products = [rpc.create("product.product", {"name": f"Killed {number}", "is_storable": True}) for number in range(PRODUCTS)]
    for number, product in enumerate(products):
        rpc.create("ats.listing", {"channel_id": channel, "product_id": product, "external_id": f"KILL-{number}"})
    return channel, location, products


def fresh(rpc, channel):
    """What the shop should show: {sku: quantity} of a fresh computation."""
    skus = {row["id"]: row["external_id"] for row in rpc.search_read("ats.listing", [("channel_id", "=", channel)], ["external_id"])}
    return {skus[row["listing"]]: Decimal(row["fresh"]) for row in rpc.execute("ats.level", "fresh_levels", [[channel]])}


def generations_fell(ledger):
    """Entries that were applied although the shop had applied a newer generation of the same product before."""
    newest, fell = {}, []
    for entry in ledger:
        if entry["applied"]:
            key = entry["sku"], entry["node"]
            if entry["generation"] < newest.get(key, 0):
                fell.append(entry)
            newest[key] = entry["generation"]
    return fell


def sent_after_newer(ledger):
    """Entries that came with an older generation after a newer one, whether the shop took them or not, but for repeats of one send."""
    newest, late, seen = {}, [], set()
    for entry in ledger:
        key = entry["sku"], entry["node"]
        first = (entry["webhook_id"], *key) not in seen
        seen.add((entry["webhook_id"], *key))
        if first and entry["generation"] < newest.get(key, 0):
            late.append(entry)
        newest[key] = max(newest.get(key, 0), entry["generation"])
    return late


def test_the_shop_is_right_within_150_s_of_each_kill_and_generations_never_fall(server, shop):
    chance = random.Random(SEED)
    print(f"seed {SEED}, {KILLS} kills")
    rpc = server.rpc()
    store = shop("killed")
    channel, location, products = channel_with_listings(rpc, store)
    wait_for(lambda: len(store.quantities()) == PRODUCTS, limit_s=LEVELS_LIMIT_S, what="the shop knows all products")
    for number in range(KILLS):
        warehouse = Warehouse(server, location, products, chance)
        moment = time.monotonic() + chance.uniform(1, LOAD_LIMIT_S)
        wait_for(lambda moment=moment: time.monotonic() > moment, limit_s=LOAD_LIMIT_S + 1, what="a random moment under load")
        victims = server.cron_worker_pids()
        assert victims, "no cron worker is there to be killed"
        if number % 2:
            victims = [chance.choice(victims)]
        for pid in victims:
            os.kill(pid, signal.SIGKILL)
        killed_at = time.monotonic()
        warehouse.stop()
        assert not warehouse.faults, warehouse.faults[:3]
        assert warehouse.counts, "there was no load"
        wanted = fresh(rpc, channel)
        wait_for(lambda wanted=wanted: store.quantities() == wanted,
                 limit_s=CONVERGENCE_LIMIT_S, what="the shop shows what a fresh computation gives", every_s=0.2)
        print(f"kill {number + 1} of {len(victims)} cron worker(s): {warehouse.counts} counts before it, "
              f"right after {time.monotonic() - killed_at:.1f} s")
    ledger = store.ledger()
    assert not generations_fell(ledger)
    assert not sent_after_newer(ledger)
