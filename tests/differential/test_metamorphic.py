# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""What must hold whatever the numbers: the engine against itself, and against flows, on random worlds from a printed seed."""

import json
import os
import random
from fractions import Fraction

import ats_engine
import pytest
from reference import columns

from differential import edits, flow
from differential.worlds import WorldMaker

FIRST = int(os.environ.get("ATS_SEED", random.randrange(2**40)))
WORLDS = int(os.environ.get("ATS_METAMORPHIC", "1000"))
SEEDS = range(FIRST, FIRST + WORLDS)


def compute(world):
    return json.loads(ats_engine.compute(json.dumps(world)))


def by_listing(world, **options):
    """{listing: [(node, quantity, waterfall)]} by columns."""
    found = {}
    for level in json.loads(columns.compute(world, **options).to_json())["levels"]:
        found.setdefault(level["listing"], []).append((level["node"], level["quantity"], level["reasons"]))
    return found


@pytest.fixture(autouse=True)
def told(request):
    print(f"ATS_SEED={FIRST}")


def worlds():
    for seed in SEEDS:
        maker = WorldMaker(seed)
        yield seed, maker, maker.world()


def test_the_order_of_facts_changes_nothing():
    for seed, maker, world in worlds():
        shuffled = {**world}
        for name in ("supply", "demand", "incoming", "holds", "rules", "kits", "nodes", "locations", "products", "channels"):
            shuffled[name] = maker.random.sample(world[name], len(world[name]))
        assert compute(shuffled) == compute(world), seed


def test_a_supply_row_may_be_two():
    split = 0
    for seed, maker, world in worlds():
        rows = []
        for row in world["supply"]:
            if "expires" in row and not maker.random.randrange(2) or Fraction(row["quantity"]) < 1:
                rows.append(row)
                continue
            quantity = Fraction(row["quantity"])
            rows.append({**row, "quantity": "1"})
            rows.append({key: value for key, value in row.items() if key != "reserved"} | {"quantity": f"{float(quantity - 1):.6f}"})
            split += 1
        assert compute({**world, "supply": rows}) == compute(world), seed
    assert split > WORLDS / 3


class OneEligibility(WorldMaker):
    """Worlds in which all channels may ship the same, levels are pools, and nothing but whole units comes in.

    A percentage that is rounded up may grow faster than what it is taken of when that grows by less than a unit, and
    a promise on a kit may move to a node that has become able to make one: both are left out.
    """

    def channel(self, identifier):
        same = {"incoming_kinds": ["purchase"], "incoming_days": 3, "owners": [1], "min_life_days": 1}
        return {"id": identifier, "nodes": self.random.sample(self.nodes, self.random.randint(1, len(self.nodes))), **same}

    def hold(self, identifier):
        return {**super().hold(identifier), "product": self.random.choice(self.stocked)}

    def rule(self, identifier):
        rule = super().rule(identifier)
        if rule["kind"] == "channel_buffer" and "percent" in rule:
            rule = {key: value for key, value in rule.items() if key != "percent"} | {"fixed": "2"}
        return rule

    def plain_world(self):
        self.flavour = self.random.choice(["pools", "kits and pools"])
        world = self.world()
        listings = [{"id": 1000 + i, "channel": channel, "product": product} for i, (channel, product) in enumerate(
            (channel, product) for channel in self.channels for product in self.stocked if self.storable[product])]
        return {**world, "listings": listings}


def quantities(world):
    return [Fraction(level["quantity"]) for level in compute(world)["levels"]]


def test_more_supply_never_lowers_a_level():
    rose = 0
    for seed in SEEDS:
        maker = OneEligibility(seed)
        world = maker.plain_world()
        product, location = maker.random.choice(maker.stocked), maker.random.choice(maker.locations)
        row = {"product": product, "location": location, "quantity": maker.random.randint(1, 9)}
        before, after = quantities(world), quantities({**world, "supply": [*world["supply"], row]})
        assert all(new >= old for old, new in zip(before, after, strict=True)), (seed, row, before, after, json.dumps(world))
        rose += before != after
    assert rose > WORLDS / 10


def test_one_more_promise_never_raises_a_level():
    fell = 0
    for seed in SEEDS:
        maker = OneEligibility(seed)
        world = maker.plain_world()
        hold = {"id": 1000, "product": maker.random.choice(maker.stocked), "channel": maker.random.choice(maker.channels),
                "quantity": maker.decimal(1, 9), "kind": "cart"}
        before, after = quantities(world), quantities({**world, "holds": [*world["holds"], hold]})
        assert all(new <= old for old, new in zip(before, after, strict=True)), (seed, hold, before, after, json.dumps(world))
        fell += before != after
    assert fell > WORLDS / 10


class Promised(WorldMaker):
    """Worlds of rows and promises alone, in whole numbers, with kits of whole numbers; all channels stock by location."""

    def whole_world(self):
        pick = self.random
        self.nodes, self.stocked, self.kits = list(range(1, pick.randint(2, 5))), [100, 101], [200]
        self.channels = list(range(1, pick.randint(3, 5)))
        world = {
            "format": "ats-world/1", "now": "2026-11-21T10:00:00Z", "nodes": [{"id": node, "kind": "3pl"} for node in self.nodes],
            "locations": [{"id": 10 * node, "node": node} for node in self.nodes], "products": [{"id": 100}, {"id": 101}, {"id": 200}],
            "kits": [{"product": 200, "lines": [{"product": part, "quantity": pick.randint(1, 3)} for part in self.stocked[: pick.randint(1, 2)]]}],
        }
        self.locations = [10 * node for node in self.nodes]
        world["supply"] = [self.whole_row() for _ in range(pick.randint(3, 12))]
        world["channels"] = [{**super(Promised, self).channel(channel), "per_node": True, "share_percent": "100"} for channel in self.channels]
        world["holds"] = [{"id": i, "product": pick.choice(self.stocked), "quantity": pick.randint(1, 12), "channel": pick.choice(self.channels),
                           "kind": "cart"} for i in range(pick.randint(1, 6))]
        # the first channel has no quota, so that its own cannot change what binds it
        world["rules"] = [{"id": i, "kind": "quota", "product": product, "channel": self.channels[-1], "fixed": pick.randint(1, 9)}
                          for i, product in enumerate(self.stocked) if self.chance(0.4)]
        world["listings"] = [{"id": product, "channel": self.channels[0], "product": product} for product in (100, 101, 200)]
        return world

    def whole_row(self):
        row = {"product": self.random.choice(self.stocked), "location": self.random.choice(self.locations), "quantity": self.random.randint(1, 12)}
        self.maybe(row, "owner", 0.3, lambda: self.random.choice([1, 2]))
        return self.maybe(row, "expires", 0.4, self.time)


def stock_of(world, product):
    """(node, channels that may ship it, quantity) of the rows of a product, by the model's order of reasons."""
    now = columns.seconds(world["now"])

    def ships(channel, row):
        life = channel.get("min_life_days", 0) * 86400
        good = "expires" not in row or columns.seconds(row["expires"]) > now + life
        return good and ("owner" not in row or row["owner"] in channel.get("owners", []))

    return [(row["location"] // 10, {channel["id"] for channel in world["channels"] if ships(channel, row)}, row["quantity"])
            for row in world["supply"] if row["product"] == product]


def promises_of(world, product):
    nodes = {channel["id"]: channel["nodes"] for channel in world["channels"]}
    rows = [row for row in [*world["holds"], *world["rules"]] if row["product"] == product]
    return [(row["channel"], nodes[row["channel"]], row.get("quantity", row.get("fixed"))) for row in rows]


def test_what_is_granted_can_be_served_beside_the_promises():
    granted = 0
    for seed in SEEDS:
        world = Promised(seed).whole_world()
        channel = world["channels"][0]
        ratios = {100: {100: 1}, 101: {101: 1}, 200: {}}
        for line in world["kits"][0]["lines"]:
            ratios[200][line["product"]] = line["quantity"]
        levels = by_listing(world)
        for product, components in ratios.items():
            x = {node: int(quantity) for node, quantity, _reasons in levels.get(product, [])}
            granted += sum(x.values())
            for component, ratio in components.items():
                rows, promises = stock_of(world, component), promises_of(world, component)
                alone = flow.served(rows, promises)
                wishes = [(channel["id"], [node], ratio * quantity) for node, quantity in x.items() if quantity]
                assert flow.served(rows, promises + wishes) == alone + ratio * sum(x.values()), (seed, product, json.dumps(world))
                if product == component:
                    most = flow.served(rows, [*promises, (channel["id"], channel["nodes"], 10**6)]) - alone
                    assert sum(x.values()) == most, (seed, product, json.dumps(world))
    assert granted > WORLDS


def test_computing_what_was_touched_equals_computing_all():
    recomputed = 0
    for seed, maker, start in worlds():
        world, known = start, by_listing(start)
        for _ in range(3):
            changed, product = edits.edit(world, maker)
            families = [edits.Families(world), edits.Families(changed)]
            listed = families[0].affected(product) | families[1].affected(product)
            listed &= {row["product"] for row in world["listings"]}
            part = edits.part_of(changed, listed, families[1].needed(listed))
            again = by_listing(part)
            recomputed += len(again)
            known = {**known, **again}
            assert known == by_listing(changed), (seed, product, json.dumps(changed))
            world = changed
    assert recomputed > WORLDS


def test_the_digest_tells_waterfalls_apart():
    """Equal waterfalls have equal digests and others have others, over all worlds."""
    waterfall_of, digest_of = {}, {}
    for seed, _maker, world in worlds():
        levels = columns.compute(world)
        for digest, level in zip(levels.reason_digest, json.loads(levels.to_json())["levels"], strict=True):
            told = json.dumps(level["reasons"])
            assert waterfall_of.setdefault(digest, told) == told, seed
            assert digest_of.setdefault(told, digest) == digest, seed
    assert len(digest_of) > WORLDS / 2


def test_the_digest_sees_a_limiting_component_alone():
    """Two sets of equal number, limited by another component: only a detail of the waterfall differs."""
    def digest(first, second):
        supply = [{"product": product, "location": 10, "quantity": quantity} for product, quantity in ((100, first), (101, second))]
        lines = [{"product": 100, "quantity": 1}, {"product": 101, "quantity": 1}]
        return columns.compute({
            "format": "ats-world/1", "now": "2026-11-21T10:00:00Z", "nodes": [{"id": 1, "kind": "warehouse"}], "locations": [{"id": 10, "node": 1}],
            "products": [{"id": 100}, {"id": 101}, {"id": 200}], "kits": [{"product": 200, "lines": lines}], "supply": supply,
            "channels": [{"id": 1, "nodes": [1]}], "listings": [{"id": 1, "channel": 1, "product": 200}]}).reason_digest[0]

    assert digest(5, 9) == digest(5, 8) != digest(9, 5)


SHIFT = 1000


def beside_each_other(parts):
    """Several worlds of one time as one: the ids of each are moved to a range of their own. Categories are shared as they are."""
    whole = {"format": "ats-world/1", "now": parts[0]["now"], "demand_horizon_days": 3}
    names = {"nodes": ["id"], "locations": ["id", "node"], "products": ["id"], "kits": ["product"], "supply": ["product", "location"],
             "demand": ["product", "node"], "incoming": ["product", "node"], "holds": ["id", "product", "node", "channel"],
             "channels": ["id"], "rules": ["id", "product", "node", "channel"], "listings": ["id", "channel", "product"]}
    for name, keys in names.items():
        whole[name] = []
        for number, part in enumerate(parts):
            for row in part[name]:
                moved = {key: value + SHIFT * number if key in keys else value for key, value in row.items()}
                if name == "channels":
                    moved["nodes"] = [node + SHIFT * number for node in row["nodes"]]
                if name == "kits":
                    moved["lines"] = [{**line, "product": line["product"] + SHIFT * number} for line in row["lines"]]
                whole[name].append(moved)
    return whole


def test_serial_equals_parallel_and_each_world_equals_itself_in_a_crowd():
    parts = []
    for _seed, _maker, world in worlds():
        # rules without a product would act in the other worlds too
        parts.append({**world, "demand_horizon_days": 3, "rules": [rule for rule in world["rules"] if rule.get("product") is not None]})
    whole = beside_each_other(parts)
    serial = columns.compute(whole, threads=1)
    for threads in (2, 4):
        parallel = columns.compute(whole, threads=threads)
        assert parallel.to_json() == serial.to_json()
    crowd = json.loads(serial.to_json())["levels"]
    alone = [level for part in parts for level in compute(part)["levels"]]
    assert [(level["quantity"], [reason["quantity"] for reason in level["reasons"]]) for level in crowd] == [
        (level["quantity"], [reason["quantity"] for reason in level["reasons"]]) for level in alone]
