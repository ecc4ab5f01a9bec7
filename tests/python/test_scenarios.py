# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Every file of tests/scenarios, through documents and through columns."""

import json
import re
from fractions import Fraction
from pathlib import Path

import ats_engine
import pytest
from reference import columns, model

FOLDER = Path(__file__).parent.parent / "scenarios"
SCENARIOS = sorted(FOLDER.glob("*.json"))


def steps(level):
    return [(reason["code"], Fraction(reason["quantity"])) for reason in level["reasons"]]


def check_levels(scenario, result):
    assert result["next_change"] == scenario["next_change"]
    assert len(result["levels"]) == len(scenario["expect"])
    for level, expected in zip(result["levels"], scenario["expect"], strict=True):
        assert (level["listing"], level["node"]) == (expected["listing"], expected["node"])
        assert Fraction(level["quantity"]) == Fraction(expected["quantity"])
        assert re.fullmatch(r"(0|-?[1-9]\d*|-?\d+\.\d*[1-9])", level["quantity"]), "trailing zeros"
        assert sum(quantity for _code, quantity in steps(level)) == Fraction(level["quantity"])
        if "reasons" in expected:
            assert steps(level) == steps(expected)
            check_details(level["reasons"], expected["reasons"])


def check_details(reasons, expected):
    """Details that the scenario names; the engine may tell more."""
    for reason, named in zip(reasons, expected, strict=True):
        for key in named.keys() - {"quantity"}:
            assert reason[key] == named[key], f"{key} of {named['code']}"


@pytest.fixture(params=SCENARIOS, ids=lambda path: path.stem)
def scenario(request):
    return json.loads(request.param.read_text())


def test_scenario(scenario):
    world = scenario["world"]
    check_levels(scenario, json.loads(ats_engine.compute(json.dumps(world))))
    check_levels(scenario, json.loads(columns.compute(world).to_json()))


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_scenario_by_the_reference(path):
    scenario = json.loads(path.read_text())
    for level, expected in zip(model.levels(scenario["world"]), scenario["expect"], strict=True):
        assert (level.listing, level.node, level.quantity) == (expected["listing"], expected["node"], Fraction(expected["quantity"]))
        if "reasons" in expected:
            assert level.steps() == steps(expected)
