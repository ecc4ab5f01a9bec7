# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Levels before and after other rules, beside computing twice and looking."""

import json
import random
import subprocess
import sys
import time
from array import array

import ats_engine
import pytest
from ats_engine import NONE, RULE_KINDS, WorldError
from differential import worlds

WORLD = {
    "format": "ats-world/1",
    "now": worlds.NOW,
    "nodes": [{"id": 1, "kind": "warehouse"}, {"id": 2, "kind": "warehouse"}],
    "locations": [{"id": 8, "node": 1}, {"id": 9, "node": 2}],
    "products": [{"id": 100, "categories": [5]}, {"id": 101}],
    "supply": [
        {"product": 100, "location": 8, "quantity": 10},
        {"product": 100, "location": 9, "quantity": 3},
        {"product": 101, "location": 8, "quantity": 4},
    ],
    "channels": [{"id": 3, "nodes": [1]}, {"id": 4, "nodes": [2, 1], "per_node": True}],
    "rules": [{"id": 1, "kind": "stop_sell", "product": 101, "fixed": 5}],
    "listings": [{"id": 7, "channel": 3, "product": 100}, {"id": 8, "channel": 4, "product": 100}, {"id": 9, "channel": 3, "product": 101}],
}


def compare(world, rules):
    return json.loads(ats_engine.compare(json.dumps(world), json.dumps(rules)))


def levels(world):
    return [(row["listing"], row["node"], row["quantity"]) for row in json.loads(ats_engine.compute(json.dumps(world)))["levels"]]


def by_hand(world, rules):
    """The comparison as ats_engine.compare words it, by computing all levels twice."""
    before, after = levels(world), levels({**world, "rules": rules})
    changes = [
        {"listing": listing, "node": node, "before": was, "after": now}
        for (listing, node, was), (_, _, now) in zip(before, after, strict=True) if was != now
    ]
    left = [{listing for listing, _, quantity in rows if quantity != "0"} for rows in (before, after)]
    return {
        "format": "ats-comparison/1",
        "levels": len(before),
        "changed": len(changes),
        "to_zero": sum(row["after"] == "0" for row in changes),
        "from_zero": sum(row["before"] == "0" for row in changes),
        "listings_changed": len({row["listing"] for row in changes}),
        "listings_to_zero": len(left[0] - left[1]),
        "listings_from_zero": len(left[1] - left[0]),
        "changes": changes,
    }


def test_what_changes_reaches_zero_and_leaves_it():
    rules = [{"id": 2, "kind": "node_buffer", "node": 2, "fixed": 3}, {"id": 3, "kind": "channel_buffer", "channel": 4, "fixed": 2}]
    assert compare(WORLD, rules) == {
        "format": "ats-comparison/1", "levels": 4, "changed": 3, "to_zero": 1, "from_zero": 1,
        "listings_changed": 2, "listings_to_zero": 0, "listings_from_zero": 1,
        "changes": [
            {"listing": 8, "node": 2, "before": "3", "after": "0"},
            {"listing": 8, "node": 1, "before": "10", "after": "8"},
            {"listing": 9, "node": None, "before": "0", "after": "4"},
        ],
    }  # fmt: skip
    assert compare(WORLD, rules) == by_hand(WORLD, rules)


@pytest.mark.parametrize(
    "rules",
    [
        WORLD["rules"],
        [{**WORLD["rules"][0], "sequence": 10}],
        [*WORLD["rules"], {"id": 2, "kind": "cap", "fixed": 0, "from": "2027-01-01T00:00:00Z"}],
        [*WORLD["rules"], {"id": 2, "kind": "cap", "fixed": 0, "until": worlds.NOW}],
        [*WORLD["rules"], {"id": 2, "kind": "cap", "category": 77, "fixed": 0}],
    ],
    ids=["the same", "a default written out", "not yet", "no longer", "a category of no product"],
)
def test_nothing_changes(rules):
    told = compare(WORLD, rules)
    assert (told["levels"], told["changed"], told["changes"]) == (4, 0, [])


def other_rules(maker, chance):
    """The world's rules with some taken away, changed or added."""
    rules = [dict(rule) for rule in maker.document["rules"] if chance.random() < 0.8]
    for rule in rules:
        if "fixed" in rule and chance.random() < 0.4:
            rule["fixed"] = maker.decimal(0, 12)
        if chance.random() < 0.2:
            rule["sequence"] = chance.choice([1, 10, 20])
    return rules + [maker.rule(1000 + i) for i in range(chance.randint(0, 3))]


def refusal(call, *arguments):
    try:
        return None, call(*arguments)
    except WorldError as error:
        return error.code, None


def test_any_rules_on_any_world():
    first, compared, kinds = random.randrange(2**40), 0, set()
    for seed in range(first, first + 2500):
        maker, chance = worlds.WorldMaker(seed), random.Random(seed)
        maker.document = world = maker.world()
        rules = other_rules(maker, chance)
        expected_code, expected = refusal(by_hand, world, rules)
        code, told = refusal(compare, world, rules)
        assert code == expected_code or code is None, (seed, world, rules)  # what is not reached is not computed
        if expected_code is None:
            assert told == expected, f"seed {seed}\n{told}\n{expected}\n{world}\n{rules}"
            compared += bool(expected["changes"])
            kinds |= {rule["kind"] for rule in rules}
    assert compared > 200 and len(kinds) >= 4


@pytest.mark.parametrize(
    ("rules", "code", "pointer"),
    [
        ("[", "invalid_json", "/rules_after"),
        ("{}", "wrong_type", "/rules_after"),
        ('[{"id": 1, "kind": "cap", "fixed": -1}]', "negative", "/rules_after/0/fixed"),
        ('[{"id": 1, "kind": "cap", "fixed": 1, "product": 5}]', "unknown_reference", "/rules_after/0/product"),
        ('[{"id": 1, "kind": "cap", "fixed": 1}, {"id": 1, "kind": "cap", "fixed": 1}]', "duplicate_id", "/rules_after/1/id"),
        ('[{"id": 1, "kind": "caps", "fixed": 1}]', "unknown_rule_kind", "/rules_after/0/kind"),
    ],
)
def test_rules_that_are_refused(rules, code, pointer):
    with pytest.raises(WorldError) as caught:
        ats_engine.compare(json.dumps(WORLD), rules)
    assert (caught.value.code, caught.value.pointer) == (code, pointer)


def test_a_world_that_is_refused_is_pointed_at_itself():
    for key, value, code, pointer in [
        ("rules", [{"id": 1, "kind": "cap", "fixed": -1}], "negative", "/rules/0/fixed"),
        ("listings", [*WORLD["listings"], WORLD["listings"][0]], "duplicate_id", "/listings/3/id"),
    ]:
        with pytest.raises(WorldError) as caught:
            ats_engine.compare(json.dumps({**WORLD, key: value}), "[]")
        assert (caught.value.code, caught.value.pointer) == (code, pointer)


def q(*values):
    return array("q", values)


def tables(products=1):
    ids = q(*range(products))
    return {
        "nodes": {"id": q(1)},
        "locations": {"id": q(8), "node": q(1)},
        "products": {"id": ids},
        "supply": {"product": ids, "location": q(*[8] * products), "quantity": q(*[10**7] * products)},
        "channels": {"id": q(3), "node_offsets": q(0, 1), "nodes": q(1)},
        "listings": {"id": ids, "channel": q(*[3] * products), "product": ids, "blocked": array("b", [i % 2 for i in range(products)])},
    }


def rule(kind, **columns):
    return {"id": q(1), "kind": q(RULE_KINDS.index(kind)), **{name: q(value) for name, value in columns.items()}}


def test_columns():
    told = ats_engine.compare_columns(tables(4), rule("cap", product=2, fixed=3 * 10**6), now=0)
    assert (told.levels, told.changed, told.to_zero, told.from_zero, len(told)) == (4, 1, 0, 0, 1)
    assert [list(column) for column in (told.listing, told.node, told.before, told.after)] == [[2], [NONE], [10**7], [3 * 10**6]]
    assert (told.listing.readonly, told.listing.format) == (True, "q")
    assert json.loads(told.to_json())["changes"] == [{"listing": 2, "node": None, "before": "10", "after": "3"}]
    assert ats_engine.compare_columns(tables(4), {}, now=0).changed == 0


@pytest.mark.parametrize(
    ("rules", "code", "pointer"),
    [
        (rule("cap", fixed=-1), "negative", "/rules_after/0/fixed"),
        ({"id": q(1)}, "missing_key", "/rules_after/kind"),
        ({"ids": q(1)}, "unknown_key", "/rules_after/ids"),
        (rule("cap", fixed=1, product=77), "unknown_reference", "/rules_after/0/product"),
    ],
)
def test_columns_of_rules_that_are_refused(rules, code, pointer):
    with pytest.raises(WorldError) as caught:
        ats_engine.compare_columns(tables(), rules, now=0)
    assert (caught.value.code, caught.value.pointer) == (code, pointer)


def test_wrong_types():
    with pytest.raises(TypeError):
        ats_engine.compare_columns(tables(), [1], now=0)
    with pytest.raises(TypeError):
        ats_engine.compare("{}", [1])


def test_a_deadline_holds():
    shop, begun = tables(200_000), time.monotonic()
    with pytest.raises(ats_engine.DeadlineExceeded):
        ats_engine.compare_columns(shop, rule("cap", fixed=10**6), now=0, deadline_ms=0)
    assert time.monotonic() - begun < 5


def command(*arguments, **options):
    return subprocess.run([sys.executable, "-m", "ats_engine", *arguments], capture_output=True, text=True, timeout=60, **options)


def test_command_line(tmp_path):
    world, rules = tmp_path / "world.json", tmp_path / "rules.json"
    world.write_text(json.dumps(WORLD))
    rules.write_text('[{"id": 2, "kind": "cap", "fixed": 1}]')
    done = command("compare", str(world), str(rules))
    assert (done.returncode, json.loads(done.stdout)) == (0, compare(WORLD, json.loads(rules.read_text())))
    piped = command("compare", str(world), "-", input=rules.read_text())
    assert (piped.returncode, piped.stdout) == (0, done.stdout)
    missing = command("compare", str(world), str(tmp_path / "nothing.json"))
    assert missing.returncode == 2 and "nothing.json: No such file" in missing.stderr
    refused = command("compare", str(world), "-", input='[{"id": 2}]')
    assert refused.returncode == 2 and refused.stderr.startswith("missing_key /rules_after/0/kind: ")
