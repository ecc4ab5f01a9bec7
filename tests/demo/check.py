# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""`./dev demo --check`: proves the way from stock to shop and back, one line each."""

import time
from decimal import Decimal

from demo import warehouse, world
from harness.waiting import wait_for

LIMIT_S = 150
OUTAGE_S = 20


class Check:
    """Runs the steps in order on one world; a failed step is told and the next one is tried."""

    def __init__(self, here):
        self.here, self.rpc, self.shops = here, here.rpc, here.shops
        self.first, self.second, self.third = here.products[:3]
        self.failed = 0

    def run(self):
        steps = (
            ("both shops show every listing", self.first_publication),
            ("a validated receipt raises the shops' quantity", self.receipt),
            ("goods in quality control do not raise it, goods put away do", self.quality_control),
            ("a reservation by another sale lowers it", self.reservation),
            ("a new buffer rule lowers it", self.buffer_rule),
            ("an order in shop A becomes a confirmed, reserved sale order and lowers shop B", self.order),
            ("a shop that was down for 20 s catches up by itself", self.outage),
            ("every shop's quantity equals a fresh computation", self.fresh),
            ("no generation in a shop's ledger ever falls", self.generations),
        )
        for name, action in steps:
            self._step(name, action)
        return self.failed

    def _step(self, name, action):
        begun = time.monotonic()
        try:
            latency_s, detail = action()
        except Exception as error:  # noqa: BLE001 - one failed step is told, the others still run
            self.failed += 1
            print(f"FAILED {time.monotonic() - begun:7.2f} s  {name}: {type(error).__name__}: {error}", flush=True)
            return
        print(f"ok     {latency_s:7.2f} s  {name}: {detail}", flush=True)

    def _shows(self, key, product, quantity):
        """Waits until the shop shows the quantity; returns the seconds that took."""
        begun = time.monotonic()
        shop = self.shops[key]
        wait_for(lambda: shop.quantity(product["sku"]) == quantity, limit_s=LIMIT_S, what=f"{shop.name} shows {quantity} of {product['sku']}")
        return time.monotonic() - begun

    def _before(self, product):
        return self.shops["a"].quantity(product["sku"]), self.shops["b"].quantity(product["sku"])

    def _change(self, product, action, by_a, by_b):
        """Does `action` and waits until both shops show the changed quantities."""
        a, b = self._before(product)
        action()
        seconds = self._shows("a", product, a + by_a), self._shows("b", product, b + by_b)
        return sum(seconds), f"A {a} → {a + by_a}, B {b} → {b + by_b}"

    def first_publication(self):
        begun = time.monotonic()
        skus = {product["sku"] for product in self.here.products}
        for shop in self.shops.values():
            wait_for(lambda shop=shop: set(shop.quantities()) >= skus, limit_s=LIMIT_S, what=f"{shop.name} shows {sorted(skus)}")
        wait_for(lambda: not self._differences(), limit_s=LIMIT_S, what="the shops agree with a fresh computation")
        return time.monotonic() - begun, f"{len(skus)} listings each"

    def receipt(self):
        return self._change(self.first, lambda: warehouse.receive(self.here, self.first, world.MAIN, 10), 10, 10)

    def quality_control(self):
        a, b = self._before(self.second)
        receipt = warehouse.receive(self.here, self.second, world.HARBOUR, 7)
        in_control = warehouse.validate_next(self.rpc, receipt)
        place = self.rpc.read("stock.picking", in_control, ["location_dest_id"])["location_dest_id"]
        control = self.rpc.read("stock.warehouse", self.here.warehouses[world.HARBOUR], ["wh_qc_stock_loc_id"])["wh_qc_stock_loc_id"]
        assert place == control, f"the goods are in {place[1]}, not in {control[1]}"
        # a later change of another product has arrived: so had this one, if it were to come
        self._change(self.third, lambda: warehouse.receive(self.here, self.third, world.MAIN, 1), 1, 1)
        assert self._before(self.second) == (a, b), f"{(a, b)} became {self._before(self.second)}"
        warehouse.validate_next(self.rpc, in_control)
        return self._shows("a", self.second, a + 7), f"A stayed {a} while in {control[1]}, then {a + 7}; B stays {b}"

    def reservation(self):
        def sell():
            order = warehouse.sell(self.here, self.first, 3)
            assert self.rpc.read("sale.order", order, ["state"])["state"] == "sale"

        return self._change(self.first, sell, -3, -3)

    def buffer_rule(self):
        old = world.SHOPS["b"]["buffer"]
        values = {"name": "Keep more of it", "kind": "channel_buffer", "channel_id": self.here.channels["b"], "product_id": self.first["id"],
                  "fixed": old + 4}
        return self._change(self.first, lambda: self.rpc.create("ats.rule", values), 0, -4)

    def order(self):
        b = self.shops["b"].quantity(self.first["sku"])
        placed = self.shops["a"].place_order([(self.first["sku"], 2)])
        assert placed["state"] == "accepted", placed
        begun = time.monotonic()
        order = wait_for(lambda: self._sale_order(placed["number"]), limit_s=LIMIT_S, what=f"a sale order for {placed['number']}")
        imported_s = time.monotonic() - begun
        moves = self.rpc.search_read("stock.move", [("sale_line_id.order_id", "=", order["id"])], ["state", "quantity"])
        assert order["state"] == "sale", order
        assert moves and all(move["state"] == "assigned" and move["quantity"] == 2 for move in moves), moves
        self._shows("b", self.first, b - 2)
        return time.monotonic() - begun, f"{placed['number']} is {order['name']} after {imported_s:.2f} s, B {b} → {b - 2}"

    def _sale_order(self, number):
        rows = self.rpc.search_read("ats.order", [("number", "=", number), ("sale_order_id", "!=", False)], ["sale_order_id"])
        return rows and self.rpc.read("sale.order", rows[0]["sale_order_id"][0], ["name", "state"])

    def outage(self):
        shop = self.shops["b"]
        b = shop.quantity(self.second["sku"])
        shop.stop()
        until = time.monotonic() + OUTAGE_S
        a, _none = self.shops["a"].quantity(self.second["sku"]), warehouse.receive(self.here, self.second, world.MAIN, 5)
        other_s = self._shows("a", self.second, a + 5)
        wait_for(lambda: time.monotonic() >= until, limit_s=OUTAGE_S + 5, what="the end of the outage")
        shop.start()
        return self._shows("b", self.second, b + 5), f"B {b} → {b + 5} after it was back; A had it after {other_s:.2f} s meanwhile"

    def _differences(self):
        found = []
        for key, channel in self.here.channels.items():
            shown = self.shops[key].quantities()
            skus = {row["id"]: row["external_id"] for row in self.rpc.search_read("ats.listing", [("channel_id", "=", channel)], ["external_id"])}
            for level in self.rpc.execute("ats.level", "fresh_levels", [], {"channel_ids": [channel]}):
                sku = skus[level["listing"]]
                if shown.get(sku) != Decimal(level["fresh"]):
                    found.append(f"{self.shops[key].name} shows {shown.get(sku)} of {sku}, computed {level['fresh']}")
        return found

    def fresh(self):
        begun = time.monotonic()
        wait_for(lambda: not self._differences(), limit_s=LIMIT_S, what=f"no differences, but: {self._differences()}")
        return time.monotonic() - begun, f"{sum(len(shop.quantities()) for shop in self.shops.values())} quantities"

    def generations(self):
        rows = 0
        for shop in self.shops.values():
            newest = {}
            for row in shop.ledger():
                key = row["sku"], row["node"]
                assert row["generation"] >= newest.get(key, 0), f"{shop.name}: {row} after generation {newest[key]}"
                newest[key] = row["generation"]
                rows += 1
        return 0.0, f"{rows} entries"


def run():
    """Returns the exit code."""
    begun = time.monotonic()
    with world.running("demo_check", keep=False) as here:
        failed = Check(here).run()
    print(f"demo --check: {'all holds' if not failed else f'{failed} failed'}, {time.monotonic() - begun:.0f} s", flush=True)
    return 1 if failed else 0
