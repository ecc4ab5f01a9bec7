# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Which listings a place, a product or the time ahead can change, beside changing it and computing."""

import copy
import json
import random
import subprocess
import sys

import ats_engine
import pytest
from ats_engine import WorldError
from differential import worlds
from reference.world import seconds

WORLD = {
    "format": "ats-world/1",
    "now": worlds.NOW,
    "nodes": [{"id": 1, "kind": "warehouse"}, {"id": 2, "kind": "warehouse"}],
    "locations": [{"id": 8, "node": 1}, {"id": 9, "node": 2}],
    "products": [{"id": 100}, {"id": 101}, {"id": 102}],
    "supply": [
        {"product": 100, "location": 8, "quantity": 10, "expires": "2026-12-01T00:00:00Z"},
        {"product": 101, "location": 9, "quantity": 3},
    ],
    "channels": [{"id": 3, "nodes": [1], "min_life_days": 5}, {"id": 4, "nodes": [1, 2]}],
    "listings": [
        {"id": 7, "channel": 3, "product": 100},
        {"id": 8, "channel": 4, "product": 101},
        {"id": 9, "channel": 3, "product": 101},
        {"id": 10, "channel": 4, "product": 102},
    ],
}


def affected(world, **cause):
    told = json.loads(ats_engine.affected(json.dumps(world), **cause))
    assert told["format"] == "ats-affected/1"
    rows = {row["id"]: row for row in world["listings"]}
    for row in told["listings"]:
        assert row == {"listing": row["listing"], **{key: rows[row["listing"]][key] for key in ("channel", "product")}}
    order = [row["listing"] for row in told["listings"]]
    assert order == [identifier for identifier in rows if identifier in order]
    return set(order)


def levels(world):
    """Levels with their waterfalls, by listing."""
    found = {row["id"]: [] for row in world["listings"]}
    for row in json.loads(ats_engine.compute(json.dumps(world)))["levels"]:
        found[row["listing"]].append(row)
    return found


def differing(world, other):
    before, after = levels(world), levels(other)
    return {listing for listing in before if before[listing] != after[listing]}


@pytest.mark.parametrize(
    ("cause", "listings"),
    [
        ({"location": 8}, {7}),
        ({"location": 9}, {8}),
        ({"node": 2}, {8}),
        ({"product": 101}, {8, 9}),
        ({"product": 102}, {10}),
        ({"until": "2026-11-25T23:59:59Z"}, set()),
        ({"until": "2026-11-26T00:00:00Z"}, {7}),
        ({"until": worlds.NOW}, set()),
    ],
)
def test_a_small_world(cause, listings):
    assert affected(WORLD, **cause) == listings


def test_a_promise_without_a_node_makes_every_channel_see_the_place():
    held = {**WORLD, "holds": [{"id": 1, "product": 101, "quantity": 1, "channel": 4, "kind": "cart"}]}
    assert affected(held, location=9) == {8, 9}


def test_a_component_reaches_its_kits():
    world = {
        **WORLD,
        "kits": [{"product": 102, "lines": [{"product": 100, "quantity": 1}]}],
    }
    assert affected(world, product=100) == affected(world, location=8) == {7, 10}
    assert affected(world, product=101) == {8, 9}


def without(world, location=None, node=None, product=None):
    """The world without what is in that place or of that product."""
    other = copy.deepcopy(world)
    inside = {row["id"] for row in world["locations"] if row["node"] == node or row["id"] == location}
    other["supply"] = [row for row in world["supply"] if row["location"] not in inside and row["product"] != product]
    for table in ("demand", "incoming", "holds"):
        other[table] = [row for row in world[table] if (node is None or row.get("node") != node) and row["product"] != product]
    return other


def random_worlds(count):
    first = random.randrange(2**40)
    for seed in range(first, first + count):
        world, chance = worlds.make(seed), random.Random(seed)
        try:
            levels(world)
        except WorldError:
            continue
        yield seed, world, chance


def test_nothing_else_changes_when_a_place_or_a_product_is_emptied():
    changed = 0
    for seed, world, chance in random_worlds(1500):
        causes = {
            "location": chance.choice(world["locations"])["id"],
            "node": chance.choice(world["nodes"])["id"],
            "product": chance.choice(world["products"])["id"],
        }
        for name, identifier in causes.items():
            found = differing(world, without(world, **{name: identifier}))
            named = affected(world, **{name: identifier})
            assert found <= named, f"seed {seed}, {name} {identifier}: {found - named}\n{world}"
            changed += bool(found)
    assert changed > 500


def test_nothing_else_changes_by_time():
    changed = quiet = 0
    for seed, world, chance in random_worlds(1500):
        until = worlds.text(seconds(world["now"]) + chance.choice([1, 3600, 86400, 2 * 86400, 3 * 86400, 10 * 86400]))
        found, named = differing(world, {**world, "now": until}), affected(world, until=until)
        assert found <= named, f"seed {seed}, until {until}: {found - named}\n{world}"
        changed += bool(found)
        quiet += len(named) < len(world["listings"])
    assert changed > 200 and quiet > 50


def test_what_is_refused():
    for cause, pointer in [({"location": 1}, "/locations"), ({"node": 8}, "/nodes"), ({"product": 1}, "/products")]:
        with pytest.raises(WorldError) as caught:
            ats_engine.affected(json.dumps(WORLD), **cause)
        assert (caught.value.code, caught.value.pointer) == ("unknown_reference", pointer)
    for causes in ({}, {"location": 8, "node": 1}, {"until": "tomorrow"}):
        with pytest.raises(ValueError, match="one of|must be a time"):
            ats_engine.affected(json.dumps(WORLD), **causes)
    with pytest.raises(WorldError):
        ats_engine.affected("{}", node=1)


def test_command_line(tmp_path):
    world = tmp_path / "world.json"
    world.write_text(json.dumps(WORLD))

    def run(*arguments):
        command = [sys.executable, "-m", "ats_engine", "affected", str(world), *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=60)

    assert run("--location", "8").stdout == ats_engine.affected(json.dumps(WORLD), location=8)
    assert run("--until", "2026-12-24T00:00:00Z").stdout == ats_engine.affected(json.dumps(WORLD), until="2026-12-24T00:00:00Z")
    assert run("--node", "7").stderr.startswith("unknown_reference /nodes: there is no node 7")
    for wrong in ((), ("--node", "1", "--location", "8"), ("--until", "soon")):
        assert run(*wrong).returncode == 2
