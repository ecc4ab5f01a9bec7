# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""A failing world made small: rows and keys are taken away as long as it still fails, then it is printed as a scenario file."""

import copy
import json

TRIES_MAX = 20_000


def _smaller(world):
    """Worlds with one thing less, the largest cuts first."""
    for name in [name for name, rows in world.items() if isinstance(rows, list)]:
        half = len(world[name]) // 2
        for rows in (world[name][:half], world[name][half:]) if half > 1 else ():
            yield {**world, name: rows}
        for at in range(len(world[name]) - 1, -1, -1):
            yield {**world, name: world[name][:at] + world[name][at + 1 :]}
    if "demand_horizon_days" in world:
        yield {key: value for key, value in world.items() if key != "demand_horizon_days"}
    for name, rows in world.items():
        for at, row in enumerate(rows if isinstance(rows, list) else ()):
            for changed in _smaller_row(row):
                yield {**world, name: [*rows[:at], changed, *rows[at + 1 :]]}


def _smaller_row(row):
    for key, value in row.items():
        yield {other: kept for other, kept in row.items() if other != key}
        if isinstance(value, list):
            for at in range(len(value)):
                yield {**row, key: value[:at] + value[at + 1 :]}
        if key in ("quantity", "fixed", "reserved") and str(value) not in ("0", "1"):
            for simpler in ("0", "1", str(int(float(value)))):
                if simpler != str(value):
                    yield {**row, key: simpler}


def shrink(world, fails):
    """The smallest world found for which fails(world) is still true. A world that only fails by being malformed must not count as failing."""
    world, tries, going = copy.deepcopy(world), 0, True
    while going and tries < TRIES_MAX:
        going = False
        for candidate in _smaller(world):
            tries += 1
            if tries > TRIES_MAX:
                break
            if fails(candidate):
                world, going = candidate, True
                break
    return world


def as_scenario(world, title, levels, next_change=None):
    """The text of a scenario file that states what the reference expects of a world."""
    expect = []
    for level in levels:
        reasons = [{"code": step.code, "quantity": decimal(step.quantity)} for step in level.waterfall]
        expect.append({"listing": level.listing, "node": level.node, "quantity": decimal(level.quantity), "reasons": reasons})
    scenario = {"title": title, "why": "A random world, shrunk.", "world": world, "expect": expect, "next_change": next_change}
    return json.dumps(scenario, indent=1)


def decimal(value):
    """A Fraction of at most six places as the exchange format writes it."""
    scaled = value * 10**6
    assert scaled.denominator == 1, value
    sign, digits = "-" if scaled < 0 else "", f"{abs(int(scaled)):07d}"
    return (sign + digits[:-6] + "." + digits[-6:]).rstrip("0").rstrip(".")
