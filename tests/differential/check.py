# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""One world through the engine and through the reference: what differs, in words."""

import json
import random
from fractions import Fraction

import ats_engine
from reference import columns, model
from reference.model import Level, Step

#: steps whose winning rule is compared; a node_buffer is summed over nodes, which may each have their own
RULED = ("channel_buffer", "stop_sell", "cap")


def read_levels(document):
    """A document of levels in the form in which the reference gives them."""

    def step(reason):
        shortage = reason.get("shortage")
        made = tuple((row["node"], row["component"], Fraction(row["quantity"])) for row in reason.get("components", ()))
        rule = reason.get("rule") if reason["code"] in RULED else None
        return Step(reason["code"], Fraction(reason["quantity"]), rule, None if shortage is None else Fraction(shortage), made)

    return [
        Level(level["listing"], level["node"], Fraction(level["quantity"]), [step(reason) for reason in level["reasons"]])
        for level in document["levels"]
    ]


def _plain(value):
    return str(value) if isinstance(value, Fraction) else value


def tell(level):
    """A level as one line."""
    steps = []
    for step in level.waterfall:
        details = {"rule": step.rule, "shortage": step.shortage, "components": [tuple(map(str, row)) for row in step.components] or None}
        shown = "".join(f" {key}={_plain(value)}" for key, value in details.items() if value is not None)
        steps.append(f"{step.code} {step.quantity}{shown}")
    return f"listing {level.listing} node {level.node}: {level.quantity} = [{', '.join(steps)}]"


def levels_differ(engine, reference):
    """The first level that differs, in words, or None."""
    if len(engine) != len(reference):
        return f"{len(engine)} levels for {len(reference)}"
    for found, expected in zip(engine, reference, strict=True):
        if found != expected:
            return f"engine    {tell(found)}\nreference {tell(expected)}"
    return None


def next_change_differs(world, result, expected, source, moments=2):
    """Whether something changes by time alone before next_change, at the last such time and at others drawn from `source`."""
    until = model.seconds(result["next_change"])
    if until is not None and until <= model.seconds(world["now"]):
        return f"next_change {result['next_change']} is not after now"
    before = [moment for moment in model.changes(world) if until is None or moment < until]
    for moment in {*before[-1:], *source.sample(before, min(len(before), moments - 1))}:
        told = levels_differ(expected, model.levels(world, moment))
        if told:
            return f"next_change is {result['next_change']}, but a level changes before; now, and at {moment}:\n{told}"
    return None


def difference(world, seed=0):
    """What differs between the engine and the reference for a world, in words; None when nothing does. A refusal is a difference."""
    try:
        result = json.loads(ats_engine.compute(json.dumps(world)))
    except ats_engine.WorldError as refusal:
        return f"refused: {refusal.code} at {refusal.pointer}: {refusal}"
    expected = model.levels(world)
    told = levels_differ(read_levels(result), expected)
    if told:
        return told
    by_columns = columns.compute(world)
    if json.loads(by_columns.to_json()) != result:
        return f"by columns {by_columns.to_json()}\nby document {json.dumps(result)}"
    if list(columns.compute(world, reasons=False).quantity) != list(by_columns.quantity):
        return "levels without reasons are others"
    return next_change_differs(world, result, expected, random.Random(seed))
