# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Every file of tests/scenarios in Odoo: from real records through marks, facts and the refresh to the stored levels and waterfalls.

What Odoo cannot express is computed by the engine inside the same Odoo process instead; ENGINE_ONLY says which and why.
"""

import json
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import pytest

from harness import postgres, template

from .scenario_world import FREEZE_SQL, SEARCH_PATH_SQL, Places, ScenarioWorld

SCENARIOS = sorted((Path(__file__).parents[2] / "scenarios").glob("*.json"))
_EXPLODED = "Odoo explodes a transfer of a kit into its components when it is confirmed: none is left on the kit itself"
#: scenario: why no Odoo records can stand for its world
ENGINE_ONLY = {
    "a_kits_own_stock_and_receipts_do_not_count": _EXPLODED,
    "demand_and_holds_on_a_kit_bind_its_components": _EXPLODED,
}


@pytest.fixture(scope="module")
def odoo(odoo_here, template_db):
    """A registry on a database of its own whose clock is frozen, and the places that the scenarios share."""
    from odoo import api  # noqa: PLC0415
    from odoo.modules.registry import Registry  # noqa: PLC0415
    from odoo.sql_db import close_db  # noqa: PLC0415

    name = template.copy(template_db, "test_scenarios")
    postgres.sql(SEARCH_PATH_SQL.format(database=name))
    registry = Registry(name)

    @contextmanager
    def committed():
        with registry.cursor() as cr:
            env = api.Environment(cr, 1, {})
            yield env
            env.flush_all()

    with committed() as env:
        places = Places(env)
    yield committed, places
    Registry.delete(name)
    close_db(name)
    template.drop(name)


def steps(reasons):
    return [(code, Fraction(quantity)) for code, quantity, *_details in reasons]


def stated(level):
    return [(reason["code"], Fraction(reason["quantity"])) for reason in level["reasons"]]


def stored_levels(committed, places, world, alter=None):
    """{(listing, node): (quantity, reasons)} after a refresh, in the ids of the scenario; leaves nothing that acts on another scenario.

    `alter(env, ScenarioWorld)` may change records before the refresh.
    """
    with committed() as env:
        env.cr.execute(FREEZE_SQL.format(now=world["now"]))
    with committed() as env:
        made = ScenarioWorld(env, places, world)
        listings, nodes, rule_ids, channel_ids = made.ids()
        if alter:
            env.flush_all()
            alter(env, made)
    with committed() as env:
        env["ats.refresh"]._run()
    try:
        with committed() as env:
            env.cr.execute("SELECT listing_id, node_id, quantity, reasons FROM ats_level WHERE listing_id = ANY(%s)", [list(listings.values())])
            names = {id_: row for row, id_ in listings.items()}
            rows = env.cr.fetchall()
            return {(names[listing], nodes.get(node)): (Fraction(str(quantity)), reasons) for listing, node, quantity, reasons in rows}
    finally:
        with committed() as env:
            env["ats.rule"].browse(rule_ids).unlink()
            env["ats.hold"].search([("channel_id", "in", channel_ids)]).unlink()
            env["ats.channel"].browse(channel_ids).unlink()


@pytest.mark.parametrize("path", [path for path in SCENARIOS if path.stem not in ENGINE_ONLY], ids=lambda path: path.stem)
def test_scenario(odoo, path):
    scenario = json.loads(path.read_text())
    found = stored_levels(*odoo, scenario["world"])
    assert {key: quantity for key, (quantity, _reasons) in found.items()} == {
        (level["listing"], level["node"]): Fraction(level["quantity"]) for level in scenario["expect"]}
    for level in scenario["expect"]:
        if "reasons" in level:
            assert steps(found[level["listing"], level["node"]][1]) == stated(level)


@pytest.mark.parametrize("name", ENGINE_ONLY)
def test_scenario_by_the_engine_in_odoo(odoo, name):
    import ats_engine  # noqa: PLC0415

    path, = (path for path in SCENARIOS if path.stem == name)
    scenario = json.loads(path.read_text())
    levels = json.loads(ats_engine.compute(json.dumps(scenario["world"])))["levels"]
    assert [(level["listing"], level["node"], Fraction(level["quantity"])) for level in levels] == [
        (level["listing"], level["node"], Fraction(level["quantity"])) for level in scenario["expect"]]
    assert [stated(level) for level in levels] == [stated(level) for level in scenario["expect"]]


def test_finer_facts_are_rounded_against_the_sale(odoo):
    """More than six places, which no document can hold: supply is rounded down, demand up."""
    world = {
        "now": "2026-11-21T10:00:00Z", "nodes": [{"id": 1}], "locations": [{"id": 11, "node": 1}], "products": [{"id": 100, "decimals": 6}],
        "supply": [{"product": 100, "location": 11, "quantity": "5"}], "demand": [{"product": 100, "node": 1, "quantity": "1"}],
        "channels": [{"id": 1, "nodes": [1]}], "listings": [{"id": 1, "channel": 1, "product": 100}]}

    def finer(env, made):
        product = made.products[100].id
        env.cr.execute("UPDATE stock_quant SET quantity = 5.12345678 WHERE product_id = %s", [product])
        env.cr.execute("UPDATE stock_move SET product_qty = 1.00000012, product_uom_qty = 1.00000012 WHERE product_id = %s", [product])

    (quantity, reasons), = stored_levels(*odoo, world, finer).values()
    assert steps(reasons) == [("on_hand", Fraction("5.123456")), ("demand", -Fraction("1.000001"))]
    assert quantity == Fraction("4.123455")


def test_no_more_is_left_to_the_engine_than_needs_to_be():
    assert set(ENGINE_ONLY) <= {path.stem for path in SCENARIOS}
    assert all(len(reason) > 20 for reason in ENGINE_ONLY.values())
