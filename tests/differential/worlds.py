# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Random worlds in the exchange format: small, so that everything of the model happens often, edges included."""

import random
from datetime import datetime, timezone
from fractions import Fraction

import ats_engine
from reference.world import seconds

NOW = "2026-11-21T10:00:00Z"
DAY = 86400
KINDS = ("purchase", "transfer", "production", "return")
FLAVOURS = ("plain", "kits", "pools", "pools", "kits and pools", "kits and pools", "crowd")


def text(moment):
    return datetime.fromtimestamp(moment, tz=timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


class WorldMaker:
    """Draws one world from a seed. Its flavour says what there is much of."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.now = seconds(NOW)
        self.flavour = self.random.choices(FLAVOURS, [30, 15, 15, 15, 15, 15, 1])[0]

    def has(self, word):
        return word in self.flavour

    def chance(self, probability):
        return self.random.random() < probability

    def decimal(self, low, high, places=None):
        places = self.random.choice([0, 0, 0, 0, 1, 3, 6]) if places is None else places
        scale = 10**places
        value = Fraction(self.random.randint(low * scale, high * scale), scale)
        if value.denominator == 1:
            return self.random.choice([int(value), str(int(value))])
        return f"{float(value):.6f}"

    def percent(self):
        return self.random.choice(["0", "100", "50", "7.5", "33.333333", str(self.random.randint(0, 100))])

    def time(self):
        """Around now, often exactly now or whole days from it."""
        days = self.random.choice([0, 0, 1, -1, 2, 3, 7, -3])
        return text(self.now + days * DAY + self.random.choice([0, 0, 0, 1, -1, 3600]))

    def maybe(self, row, key, probability, value):
        if self.chance(probability):
            row[key] = value()
        return row

    def world(self):
        pick = self.random
        crowd = self.has("crowd")
        self.nodes = pick.sample(range(1, 9), 2 if crowd else pick.choice([1, 2, 2, 3, 3, 4, 5]))
        ids = pick.sample(range(100, 130), 8)
        self.stocked = ids[: pick.randint(1, 2 if self.has("pools") else 4)]
        self.kits = ids[4 : 4 + pick.randint(1, 3)] if self.has("kits") else ids[4:5] if crowd and self.chance(0.3) else []
        self.storable = {product: not self.chance(0.12) for product in self.stocked}
        self.storable[self.stocked[0]] = True
        self.channels = pick.sample(range(1, 40), 20 if crowd else pick.randint(1, 4 if self.has("pools") else 3))
        document = {
            "format": "ats-world/1",
            "now": NOW,
            "nodes": [{"id": node, "kind": "warehouse"} for node in self.nodes],
            "locations": [self.location(10 * node + i) for node in self.nodes for i in range(pick.randint(1, 2))],
            "products": [self.product(i) for i in pick.sample(self.stocked + self.kits, len(self.stocked) + len(self.kits))],
            "kits": [self.kit(i) for i in range(len(self.kits))],
        }
        self.locations = [row["id"] for row in document["locations"]]
        self.add_facts(document)
        document["channels"] = [self.channel(i) for i in self.channels]
        document["rules"] = [self.rule(i) for i in range(pick.randint(0, 10 if self.has("pools") else 7))]
        document["listings"] = [self.listing(i) for i in range(pick.randint(1, 2 if crowd else 4))]
        return self.maybe(document, "demand_horizon_days", 0.5, lambda: pick.choice([0, 1, 3]))

    def add_facts(self, document):
        pick = self.random
        rows = len(self.stocked) * len(self.nodes)
        holds = pick.randint(13, 22) if self.has("crowd") else pick.randint(0, 8 if self.has("pools") else 3)
        document["supply"] = [self.supply() for _ in range(pick.randint(0, 3 * rows))]
        # a kit needs all its components in one node
        whole = [(product, location) for product in self.stocked for location in self.locations if self.chance(0.5)]
        document["supply"] += [{"product": product, "location": location, "quantity": self.decimal(1, 40)} for product, location in whole]
        document["demand"] = [self.demand() for _ in range(pick.randint(0, 3))]
        document["incoming"] = [self.incoming() for _ in range(pick.randint(0, 4))]
        document["holds"] = [self.hold(i) for i in range(holds)]

    def location(self, identifier):
        return self.maybe({"id": identifier, "node": identifier // 10}, "sellable", 0.25, lambda: self.chance(0.5))

    def product(self, identifier):
        row = self.maybe({"id": identifier}, "decimals", 0.35, lambda: self.random.randint(0, 6))
        if not self.storable.get(identifier, self.chance(0.5)):
            row["storable"] = False
        return self.maybe(row, "categories", 0.5, lambda: self.random.sample([1, 2, 3], self.random.randint(0, 3)))

    def kit(self, position):
        """A kit of stocked products and of kits that come later in the list: no cycle."""
        below = self.stocked + self.kits[position + 1 :]
        lines = [
            {"product": self.random.choice(below), "quantity": self.random.choice(["1", "1", 1, 2, "3", "0.5", "1.5", "0.333333", "12"])}
            for _ in range(self.random.randint(1, 3))
        ]
        row = {"product": self.kits[position], "lines": lines}
        return self.maybe(row, "yields", 0.4, lambda: self.random.choice(["1", "2", 3, "0.5", "7", "1.2"]))

    def any_product(self):
        return self.random.choice(self.stocked + self.kits)

    def supply(self):
        # seldom of a kit: such rows are ignored
        row = {
            "product": self.any_product() if self.chance(0.1) else self.random.choice(self.stocked),
            "location": self.random.choice(self.locations),
            "quantity": self.decimal(-8 if self.chance(0.1) else 0, 30),
        }
        self.maybe(row, "reserved", 0.4, lambda: self.decimal(0, 8))
        self.maybe(row, "expires", 0.35, self.time)
        self.maybe(row, "owner", 0.2, lambda: self.random.choice([1, 2]))
        return self.maybe(row, "blocked", 0.2, lambda: self.chance(0.5))

    def fact(self):
        return {"product": self.any_product(), "node": self.random.choice(self.nodes), "quantity": self.decimal(0, 9)}

    def demand(self):
        return self.maybe(self.fact(), "due", 0.6, self.time)

    def incoming(self):
        return {**self.fact(), "expected": self.time(), "kind": self.random.choice(KINDS)}

    def hold(self, identifier):
        row = {**self.fact(), "id": identifier, "kind": "cart"}
        pooled = 0.95 if self.has("crowd") else 0.8 if self.has("pools") else 0.1
        if self.chance(pooled):
            del row["node"]
            row["channel"] = self.random.choice(self.channels)
        else:
            self.maybe(row, "channel", 0.5, lambda: self.random.choice(self.channels))
        if self.has("crowd"):
            row["quantity"] = self.random.choice(["1", "1", 2, "0.5"])
        return self.maybe(row, "expires", 0.15 if self.has("crowd") else 0.4, self.time)

    def channel(self, identifier):
        fewest = 0 if self.chance(0.15) else 1
        row = {"id": identifier, "nodes": self.random.sample(self.nodes, self.random.randint(min(fewest, len(self.nodes)), len(self.nodes)))}
        self.maybe(row, "per_node", 0.35, lambda: True)
        self.maybe(row, "incoming_kinds", 0.5, lambda: self.random.sample(KINDS, self.random.randint(0, 3)))
        self.maybe(row, "incoming_days", 0.6, lambda: self.random.choice([0, 1, 3, 7]))
        self.maybe(row, "incoming_percent", 0.3, self.percent)
        self.maybe(row, "owners", 0.4, lambda: self.random.choice([[1], [2], [1, 2]]))
        self.maybe(row, "min_life_days", 0.4, lambda: self.random.choice([0, 1, 3]))
        return self.maybe(row, "share_percent", 0.2, self.percent)

    def rule(self, identifier):
        if self.has("pools") and self.chance(0.5):
            return self.quota(identifier)
        kind = self.random.choice([kind for kind in ats_engine.RULE_KINDS if kind != "quota"])
        row = {"id": identifier, "kind": kind}
        if kind.endswith("buffer") and self.chance(0.5):
            row["percent"] = self.percent()
        else:
            row["fixed"] = self.decimal(0, 12)
        scope = self.random.choice(["product", "category", None])
        if scope is not None:
            row[scope] = self.any_product() if scope == "product" else self.random.choice([1, 2, 3])
        if self.chance(0.5):
            target, choices = ("node", self.nodes) if kind == "node_buffer" else ("channel", self.channels)
            row[target] = self.random.choice(choices)
        return self.dated(row)

    def quota(self, identifier):
        row = {
            "id": identifier, "kind": "quota", "product": self.any_product(), "channel": self.random.choice(self.channels),
            "fixed": self.decimal(0, 15),
        }
        return self.dated(row, 0.2)

    def dated(self, row, probability=0.3):
        self.maybe(row, "from", probability, self.time)
        self.maybe(row, "until", probability, self.time)
        if "from" in row and "until" in row and row["from"] >= row["until"]:
            del row["until"]
        return self.maybe(row, "sequence", 0.4, lambda: self.random.choice([1, 10, 20]))

    def listing(self, identifier):
        sold = [product for product in self.stocked if self.storable[product]] + self.kits * 2
        row = {"id": identifier, "channel": self.random.choice(self.channels), "product": self.random.choice(sold)}
        self.maybe(row, "unit", 0.25, lambda: self.random.choice(["1", "6", "0.5", "2.5", "0.333333", "1.000000"]))
        if self.chance(0.12):
            row["override"] = self.maybe({"quantity": self.decimal(0, 40)}, "until", 0.6, self.time)
        return self.maybe(row, "blocked", 0.08, lambda: self.chance(0.5))


def make(seed):
    return WorldMaker(seed).world()
