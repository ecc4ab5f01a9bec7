# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""What a node can give of a stocked product to a channel, or to a set of channels (M3), and of a kit (M4)."""

from fractions import Fraction

from reference.rules import buffer_of, winning_rule
from reference.world import SECONDS_PER_DAY, number, round_down, seconds

NODE_CODES = (
    "on_hand withheld_location withheld_blocked withheld_expired withheld_owner reserved demand node_hold incoming "
    "node_buffer node_floor"
).split()


def withheld(world, channel, row):
    """Why a supply row is withheld from a channel, or None."""
    expires = seconds(row.get("expires"))
    life = channel.get("min_life_days", 0) * SECONDS_PER_DAY
    if not world.locations[row["location"]].get("sellable", True):
        return "withheld_location"
    if row.get("blocked", False):
        return "withheld_blocked"
    if expires is not None and expires <= world.now + life:
        return "withheld_expired"
    if row.get("owner") is not None and row["owner"] not in channel.get("owners", []):
        return "withheld_owner"
    return None


def needs_good_stock(world, row):
    """Whether what is reserved on a withheld row still has to come from good stock."""
    expires = seconds(row.get("expires"))
    expired_now = expires is not None and expires <= world.now
    return world.locations[row["location"]].get("sellable", True) and (row.get("blocked", False) or expired_now)


def demand_of(world, product, node):
    total = Fraction(0)
    for row in world.facts("demand", product, node):
        due = seconds(row.get("due"))
        if due is None or world.horizon is None or due <= world.now + world.horizon * SECONDS_PER_DAY:
            total += row["quantity"]
    return total


def incoming_of(world, channel, product, node):
    total = Fraction(0)
    until = world.now + channel.get("incoming_days", 0) * SECONDS_PER_DAY
    for row in world.facts("incoming", product, node):
        if row["kind"] in channel.get("incoming_kinds", []) and world.now < seconds(row["expected"]) <= until:
            total += row["quantity"]
    return round_down(total * number(channel.get("incoming_percent", "100")) / 100, world.decimals(product))


def node_steps(world, channels, product, node):
    """The steps of one node for a set of channels (rows of the document), and what it can give.

    Of several channels, a row is withheld for the first one's reason: only a single channel's steps are shown.
    """
    steps = dict.fromkeys(NODE_CODES, Fraction(0))
    for row in world.facts("supply", product, node):
        reasons = [withheld(world, channel, row) for channel in channels]
        steps["on_hand"] += number(row["quantity"])
        if all(reasons):
            steps[reasons[0]] -= number(row["quantity"])
        if not all(reasons) or needs_good_stock(world, row):
            steps["reserved"] -= number(row.get("reserved", 0))
    steps["demand"] = -demand_of(world, product, node)
    steps["node_hold"] = -sum((row["quantity"] for row in world.live_holds(product, node)), Fraction(0))
    steps["incoming"] = max(incoming_of(world, channel, product, node) for channel in channels)
    base = sum(steps.values(), Fraction(0))
    rule = winning_rule(world, "node_buffer", product, node=node)
    steps["node_buffer"] = -buffer_of(rule, max(base, Fraction(0)), world.decimals(product))
    steps["node_floor"] = max(base, Fraction(0)) - base
    return steps, sum(steps.values(), Fraction(0))


def free(world, channels, node, product):
    """What a node can give of a stocked product to a set of channel ids together."""
    key = ("free", frozenset(channels), node, product)
    if key not in world.memory:
        world.memory[key] = node_steps(world, [world.channels[channel] for channel in sorted(channels)], product, node)[1]
    return world.memory[key]


def kit_in_node(world, channel, node, kit):
    """(kits that a node can make for a channel, floored to the kit's decimals; the component that limits them, of equals the lowest id)."""
    made = [(free(world, {channel}, node, component) / ratio, component) for component, ratio in world.components(kit).items()]
    most, limiting = min(made)
    return round_down(most, world.decimals(kit)), limiting
