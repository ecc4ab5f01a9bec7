# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""The engine against a slow reading of the model, on random worlds from a printed seed.

To repeat a failure: ``ATS_SEED=<seed> ATS_WORLDS=1 pytest tests/python/test_random_worlds.py``.
"""

import json
import os
import random
from datetime import datetime, timezone
from fractions import Fraction

import ats_engine
import pytest
from reference import columns, model

NOW = "2026-11-21T10:00:00Z"
WORLDS = int(os.environ.get("ATS_WORLDS", "2000"))
BATCHES = 10
KINDS = ("purchase", "transfer", "manufacture")


def text(seconds):
    return datetime.fromtimestamp(seconds, tz=timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


class WorldMaker:
    """Draws small worlds in which everything of the model happens often, edges included."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.now = model.seconds(NOW)

    def chance(self, probability):
        return self.random.random() < probability

    def decimal(self, low, high, places=None):
        places = self.random.choice([0, 0, 0, 1, 3, 6]) if places is None else places
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
        return text(self.now + days * 86400 + self.random.choice([0, 0, 0, 1, -1, 3600]))

    def maybe(self, row, key, probability, value):
        if self.chance(probability):
            row[key] = value()
        return row

    def world(self):
        pick = self.random
        self.nodes = list(range(1, pick.randint(1, 4) + 1))
        self.products = [100 + i for i in range(pick.randint(1, 3))]
        self.locations = [10 * node + i for node in self.nodes for i in range(pick.randint(1, 2))]
        self.channels = list(range(1, pick.randint(1, 3) + 1))
        document = {
            "format": "ats-world/1",
            "now": NOW,
            "nodes": [{"id": node, "kind": "warehouse"} for node in self.nodes],
            "locations": [self.location(i) for i in self.locations],
            "products": [self.product(i) for i in self.products],
            "supply": [self.supply() for _ in range(pick.randint(0, 8))],
            "demand": [self.demand() for _ in range(pick.randint(0, 3))],
            "incoming": [self.incoming() for _ in range(pick.randint(0, 4))],
            "holds": [self.hold(i) for i in range(pick.randint(0, 3))],
            "channels": [self.channel(i) for i in self.channels],
            "rules": [self.rule(i) for i in range(pick.randint(0, 8))],
            "listings": [self.listing(i) for i in range(pick.randint(1, 4))],
        }
        return self.maybe(document, "demand_horizon_days", 0.5, lambda: pick.choice([0, 1, 3]))

    def location(self, identifier):
        return self.maybe({"id": identifier, "node": identifier // 10}, "sellable", 0.4, lambda: self.chance(0.5))

    def product(self, identifier):
        row = self.maybe({"id": identifier}, "decimals", 0.4, lambda: self.random.randint(0, 6))
        return self.maybe(row, "categories", 0.6, lambda: self.random.sample([1, 2, 3], self.random.randint(0, 3)))

    def supply(self):
        row = {
            "product": self.random.choice(self.products),
            "location": self.random.choice(self.locations),
            "quantity": self.decimal(-5, 60),
        }
        self.maybe(row, "reserved", 0.5, lambda: self.decimal(0, 10))
        self.maybe(row, "expires", 0.4, self.time)
        self.maybe(row, "owner", 0.25, lambda: self.random.choice([1, 2]))
        return self.maybe(row, "blocked", 0.3, lambda: self.chance(0.5))

    def fact(self):
        return {
            "product": self.random.choice(self.products),
            "node": self.random.choice(self.nodes),
            "quantity": self.decimal(0, 15),
        }

    def demand(self):
        return self.maybe(self.fact(), "due", 0.6, self.time)

    def incoming(self):
        return {**self.fact(), "expected": self.time(), "kind": self.random.choice(KINDS)}

    def hold(self, identifier):
        row = {**self.fact(), "id": identifier, "kind": "cart"}
        self.maybe(row, "channel", 0.5, lambda: self.random.choice(self.channels))
        return self.maybe(row, "expires", 0.6, self.time)

    def channel(self, identifier):
        row = {"id": identifier, "nodes": self.random.sample(self.nodes, self.random.randint(0, len(self.nodes)))}
        self.maybe(row, "per_node", 0.3, lambda: True)
        self.maybe(row, "incoming_kinds", 0.6, lambda: self.random.sample(KINDS, self.random.randint(0, 3)))
        self.maybe(row, "incoming_days", 0.7, lambda: self.random.choice([0, 1, 3, 7]))
        self.maybe(row, "incoming_percent", 0.4, self.percent)
        self.maybe(row, "owners", 0.4, lambda: self.random.choice([[1], [2], [1, 2]]))
        self.maybe(row, "min_life_days", 0.4, lambda: self.random.choice([0, 1, 3]))
        return self.maybe(row, "share_percent", 0.4, self.percent)

    def rule(self, identifier):
        kind = self.random.choice(ats_engine.RULE_KINDS[:4])
        row = {"id": identifier, "kind": kind}
        if kind.endswith("buffer") and self.chance(0.5):
            row["percent"] = self.percent()
        else:
            row["fixed"] = self.decimal(0, 20)
        scope = self.random.choice(["product", "category", None])
        if scope is not None:
            row[scope] = self.random.choice(self.products if scope == "product" else [1, 2, 3])
        if self.chance(0.5):
            target, choices = ("node", self.nodes) if kind == "node_buffer" else ("channel", self.channels)
            row[target] = self.random.choice(choices)
        self.maybe(row, "from", 0.3, self.time)
        self.maybe(row, "until", 0.3, self.time)
        if "from" in row and "until" in row and row["from"] >= row["until"]:
            del row["until"]
        return self.maybe(row, "sequence", 0.4, lambda: self.random.choice([1, 10, 20]))

    def listing(self, identifier):
        row = {
            "id": identifier,
            "channel": self.random.choice(self.channels),
            "product": self.random.choice(self.products),
        }
        self.maybe(row, "unit", 0.4, lambda: self.random.choice(["1", "6", "0.5", "2.5", "0.333333", "1.000000"]))
        if self.chance(0.25):
            row["override"] = self.maybe({"quantity": self.decimal(0, 40)}, "until", 0.6, self.time)
        return self.maybe(row, "blocked", 0.2, lambda: self.chance(0.5))


def as_model(result):
    """A document of levels in the form in which the reference gives them."""
    return [
        (
            level["listing"],
            level["node"],
            Fraction(level["quantity"]),
            [(reason["code"], Fraction(reason["quantity"])) for reason in level["reasons"]],
        )
        for level in result["levels"]
    ]


def check_next_change(world, result, expected, random_source):
    """Nothing changes from now until next_change; without one, nothing changes at all."""
    now = model.seconds(NOW)
    until = model.seconds(result["next_change"]) or now + 400 * 86400
    assert until > now
    for moment in {until - 1, random_source.randint(now, until - 1)}:
        assert model.levels(world, moment) == expected


@pytest.mark.parametrize("batch", range(BATCHES))
def test_engine_equals_the_model(batch):
    first = int(os.environ.get("ATS_SEED", random.randrange(2**40)))
    for seed in range(first, first + max(1, WORLDS // BATCHES)):
        world = WorldMaker(seed).world()
        try:
            result = json.loads(ats_engine.compute(json.dumps(world)))
            expected = model.levels(world)
            assert as_model(result) == expected
            by_columns = columns.compute(world)
            assert json.loads(by_columns.to_json()) == result
            assert list(columns.compute(world, reasons=False).quantity) == list(by_columns.quantity)
            check_next_change(world, result, expected, random.Random(seed))
        except Exception:
            print(f"ATS_SEED={seed}\n{json.dumps(world, indent=1)}")
            raise
