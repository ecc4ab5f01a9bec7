# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""A document of the exchange format, read for the reference: numbers, times, defaults, exploded records (M2, M4)."""

from datetime import datetime, timezone
from fractions import Fraction
from functools import cache
from math import ceil, floor

SECONDS_PER_DAY = 86400
MILLIONTHS = 6


@cache
def number(value):
    return Fraction(value)


@cache
def seconds(text):
    if text is None:
        return None
    return int(datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc).timestamp())


def round_down(value, decimals):
    return Fraction(floor(value * 10**decimals), 10**decimals)


def round_up(value, decimals):
    return Fraction(ceil(value * 10**decimals), 10**decimals)


class World:
    """A document with its defaults filled in, at a given time.

    Demand, holds and quotas on kits are exploded into the same on stocked components, each record
    rounded up at millionths. `memory` keeps what was worked out before; it changes no answer.
    """

    def __init__(self, document, now=None):
        self.document = document
        self.now = seconds(document["now"]) if now is None else now
        self.horizon = document.get("demand_horizon_days")
        self.nodes = [row["id"] for row in self.table("nodes")]
        self.products = {row["id"]: row for row in self.table("products")}
        self.locations = {row["id"]: row for row in self.table("locations")}
        self.channels = {row["id"]: row for row in self.table("channels")}
        self.kits = {row["product"]: row for row in self.table("kits")}
        self.memory = {}
        self._facts = {}
        for name in ("demand", "holds"):
            for row in self.table(name):
                for component, quantity in self.exploded(row["product"], number(row["quantity"])).items():
                    self._add(name, component, row.get("node"), {**row, "quantity": quantity})
        for row in self.table("incoming"):
            self._add("incoming", row["product"], row["node"], {**row, "quantity": number(row["quantity"])})
        for row in self.table("supply"):
            self._add("supply", row["product"], self.locations[row["location"]]["node"], row)

    def _add(self, name, product, node, row):
        self._facts.setdefault((name, product, node), []).append(row)

    def table(self, name):
        return self.document.get(name, [])

    def facts(self, name, product, node):
        """The records on a stocked product in a node; with node None, those that name no node."""
        return self._facts.get((name, product, node), [])

    def decimals(self, product):
        return self.products[product].get("decimals", 0)

    def is_kit(self, product):
        return product in self.kits

    def components(self, product):
        """{stocked storable component: its quantity for one of the product}, sums over paths; a stocked product is its own."""
        if not self.is_kit(product):
            return {product: Fraction(1)} if self.products[product].get("storable", True) else {}
        kit = self.kits[product]
        found = {}
        for line in kit["lines"]:
            for component, inner in self.components(line["product"]).items():
                ratio = number(line["quantity"]) / number(kit.get("yields", "1")) * inner
                found[component] = found.get(component, Fraction(0)) + ratio
        return dict(sorted(found.items()))

    def exploded(self, product, quantity):
        return {component: round_up(quantity * ratio, MILLIONTHS) for component, ratio in self.components(product).items()}

    def live_holds(self, product, node):
        """Live holds on a stocked product in a node; with node None, those that name no node."""
        return [row for row in self.facts("holds", product, node) if row.get("expires") is None or self.now < seconds(row["expires"])]
