# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""The engine against the reference on random worlds from a printed seed; what differs is shrunk and printed as a scenario file.

`./dev test differential` compares 20,000 worlds, with `--long` 1,000,000. ATS_SEED sets the first seed, ATS_WORLDS the number.
"""

import os
import random

import pytest
from reference import model

from differential import check, run, shrink, worlds
from differential.conftest import WORLDS, WORLDS_LONG


def test_engine_equals_the_reference(pytestconfig):
    first = int(os.environ.get("ATS_SEED", random.randrange(2**40)))
    count = int(os.environ.get("ATS_WORLDS", WORLDS_LONG if pytestconfig.getoption("--long") else WORLDS))
    print(f"\nATS_SEED={first} ATS_WORLDS={count}", flush=True)
    failure = run.run(first, count, progress=lambda text: print(text, flush=True))
    if failure:
        pytest.fail(failure, pytrace=False)


def test_the_worlds_have_everything_of_the_model():
    """No step and no shape of the model is out of the reach of the worlds drawn."""
    seen = set()
    for seed in range(2000):
        world = worlds.make(seed)
        kits = {kit["product"]: {line["product"] for line in kit["lines"]} for kit in world["kits"]}
        for level in model.levels(world):
            seen |= {step.code for step in level.waterfall} | ({"per_node"} if level.node else set())
        seen |= {rule["kind"] for rule in world["rules"]} | {"nested" for lines in kits.values() if lines & kits.keys()}
    codes = "node_floor incoming pool_commitment share channel_buffer unit rounding stop_sell cap override blocked kit_components kit_empty"
    assert seen >= {*codes.split(), "overcommitted", "per_node", "quota", "nested"}


def test_a_failing_world_is_shrunk_to_what_matters():
    def fails(world):
        return any(row.get("kind") == "cap" for row in world.get("rules", [])) and bool(world.get("supply"))

    world = next(world for world in map(worlds.make, range(1000)) if fails(world) and len(world["supply"]) > 3)
    small = shrink.shrink(world, fails)
    assert fails(small) and len(small["supply"]) == len(small["rules"]) == 1 and not small["nodes"]


def test_a_difference_is_told(monkeypatch):
    """The comparison itself can fail: a reference that is off by one is noticed at once."""
    honest = model.levels

    def wrong(document, *arguments, **options):
        return [model.Level(level.listing, level.node, level.quantity + 1, level.waterfall) for level in honest(document, *arguments, **options)]

    monkeypatch.setattr(model, "levels", wrong)
    world = next(world for world in map(worlds.make, range(1000)) if honest(world))
    assert check.difference(world).startswith("engine")


def test_a_world_that_ends_the_process_is_found(monkeypatch):
    here, make = os.getpid(), worlds.make

    def deadly(seed):
        if seed == 3 and os.getpid() != here:
            os._exit(9)
        return make(seed)

    monkeypatch.setattr(run, "make", deadly)
    assert run.run(1, 5, processes=2).startswith("seed 3: the process ended")
