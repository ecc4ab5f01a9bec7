# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""The model, read slowly: one plain function for each of its sentences.

Takes a document of the exchange format and returns levels with their waterfalls. It is
meant to be obviously right and is compared with the engine on random worlds. It covers
stocked products; it checks nothing.
"""

from datetime import datetime, timezone
from fractions import Fraction
from math import ceil, floor

SECONDS_PER_DAY = 86400


def number(value):
    return Fraction(value)


def seconds(text):
    if text is None:
        return None
    return int(datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc).timestamp())


def round_down(value, decimals):
    return Fraction(floor(value * 10**decimals), 10**decimals)


def round_up(value, decimals):
    return Fraction(ceil(value * 10**decimals), 10**decimals)


class World:
    """A document with its defaults filled in, at a given time."""

    def __init__(self, document, now=None):
        self.document = document
        self.now = seconds(document["now"]) if now is None else now
        self.horizon = document.get("demand_horizon_days")
        self.products = {row["id"]: row for row in self.table("products")}
        self.locations = {row["id"]: row for row in self.table("locations")}
        self.channels = {row["id"]: row for row in self.table("channels")}

    def table(self, name):
        return self.document.get(name, [])

    def facts(self, name, product, node):
        return [row for row in self.table(name) if row["product"] == product and row.get("node") == node]

    def decimals(self, product):
        return self.products[product].get("decimals", 0)


# Rules


def holds_now(world, rule):
    start, end = seconds(rule.get("from")), seconds(rule.get("until"))
    return (start is None or start <= world.now) and (end is None or world.now < end)


def scope_rank(world, rule, product):
    """0 for the product itself, 1, 2… for its categories from near to far, then none; or no rank."""
    categories = world.products[product].get("categories", [])
    if rule.get("product") is not None:
        return 0 if rule["product"] == product else None
    if rule.get("category") is not None:
        return 1 + categories.index(rule["category"]) if rule["category"] in categories else None
    return 1 + len(categories)


def winning_rule(world, kind, product, node=None, channel=None):
    candidates = []
    for rule in world.table("rules"):
        rank = scope_rank(world, rule, product)
        named = rule.get("node") if kind == "node_buffer" else rule.get("channel")
        target = node if kind == "node_buffer" else channel
        if rule["kind"] == kind and holds_now(world, rule) and rank is not None and named in (None, target):
            candidates.append(((rank, named is None, rule.get("sequence", 10), rule["id"]), rule))
    return min(candidates, key=lambda candidate: candidate[0])[1] if candidates else None


def buffer_of(rule, x, decimals):
    if rule is None:
        return Fraction(0)
    if rule.get("percent") is not None:
        return min(x, round_up(x * number(rule["percent"]) / 100, decimals))
    return min(x, number(rule["fixed"]))


# Node stage


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


def counts_reservation(world, row, reason):
    """Whether what is reserved on a row has to come from good stock."""
    expires = seconds(row.get("expires"))
    expired_now = expires is not None and expires <= world.now
    return reason is None or reason == "withheld_blocked" or (reason == "withheld_expired" and expired_now)


def demand_of(world, product, node):
    total = Fraction(0)
    for row in world.facts("demand", product, node):
        due = seconds(row.get("due"))
        if due is None or world.horizon is None or due <= world.now + world.horizon * SECONDS_PER_DAY:
            total += number(row["quantity"])
    return total


def hold_of(world, product, node):
    live = [
        row
        for row in world.facts("holds", product, node)
        if row.get("expires") is None or world.now < seconds(row["expires"])
    ]
    return sum((number(row["quantity"]) for row in live), Fraction(0))


def incoming_of(world, channel, product, node):
    total = Fraction(0)
    until = world.now + channel.get("incoming_days", 0) * SECONDS_PER_DAY
    for row in world.facts("incoming", product, node):
        if row["kind"] in channel.get("incoming_kinds", []) and world.now < seconds(row["expected"]) <= until:
            total += number(row["quantity"])
    return round_down(total * number(channel.get("incoming_percent", "100")) / 100, world.decimals(product))


def node_steps(world, channel, product, node):
    """The steps of one node, and what it can give."""
    steps = {}

    def step(code, quantity):
        steps[code] = steps.get(code, Fraction(0)) + quantity

    for row in world.table("supply"):
        if row["product"] != product or world.locations[row["location"]]["node"] != node:
            continue
        reason = withheld(world, channel, row)
        step("on_hand", number(row["quantity"]))
        if reason is not None:
            step(reason, -number(row["quantity"]))
        if counts_reservation(world, row, reason):
            step("reserved", -number(row.get("reserved", 0)))
    step("demand", -demand_of(world, product, node))
    step("node_hold", -hold_of(world, product, node))
    step("incoming", incoming_of(world, channel, product, node))
    base = sum(steps.values(), Fraction(0))
    rule = winning_rule(world, "node_buffer", product, node=node)
    step("node_buffer", -buffer_of(rule, max(base, Fraction(0)), world.decimals(product)))
    step("node_floor", max(base, Fraction(0)) - base)
    return steps, sum(steps.values(), Fraction(0))


# Channel stage


def channel_steps(world, listing, x):
    """The steps from what nodes can give to the level."""
    channel, product = world.channels[listing["channel"]], listing["product"]
    decimals, unit = world.decimals(product), number(listing.get("unit", "1"))
    steps = []

    def reach(code, quantity):
        nonlocal x
        steps.append((code, quantity - x))
        x = quantity

    def precision(quantity):
        return round_down(quantity, 0 if unit != 1 else decimals)

    def rule(kind):
        return winning_rule(world, kind, product, channel=channel["id"])

    share = number(channel.get("share_percent", "100"))
    if share != 100:
        reach("share", round_down(x * share / 100, decimals))
    reach("channel_buffer", x - buffer_of(rule("channel_buffer"), x, decimals))
    if unit != 1:
        reach("unit", Fraction(floor(x / unit)))
    else:
        reach("rounding", round_down(x, decimals))
    if (stop := rule("stop_sell")) is not None and x <= number(stop["fixed"]):
        reach("stop_sell", Fraction(0))
    if (cap := rule("cap")) is not None:
        reach("cap", min(x, precision(number(cap["fixed"]))))
    override = listing.get("override")
    if override is not None and (override.get("until") is None or world.now < seconds(override["until"])):
        reach("override", precision(number(override["quantity"])))
    if listing.get("blocked", False):
        reach("blocked", Fraction(0))
    return steps, x


# Levels

NODE_CODES = (
    "on_hand withheld_location withheld_blocked withheld_expired withheld_owner reserved demand node_hold incoming "
    "node_buffer node_floor"
).split()


def level_of(world, listing, nodes):
    """The waterfall of one level as (code, quantity) without zero steps, and the level."""
    channel = world.channels[listing["channel"]]
    totals = dict.fromkeys(NODE_CODES, Fraction(0))
    pool = Fraction(0)
    for node in nodes:
        steps, free = node_steps(world, channel, listing["product"], node)
        pool += free
        for code, quantity in steps.items():
            totals[code] += quantity
    steps, level = channel_steps(world, listing, pool)
    waterfall = [(code, quantity) for code, quantity in [*totals.items(), *steps] if quantity]
    assert sum((quantity for _code, quantity in waterfall), Fraction(0)) == level
    return waterfall, level


def levels(document, now=None):
    """A list of (listing, node or None, level, waterfall), in the order of the model."""
    world = World(document, now)
    found = []
    for listing in world.table("listings"):
        channel = world.channels[listing["channel"]]
        nodes = channel.get("nodes", [])
        groups = [[node] for node in nodes] if channel.get("per_node", False) else [nodes]
        for group in groups:
            waterfall, level = level_of(world, listing, group)
            node = group[0] if channel.get("per_node", False) else None
            found.append((listing["id"], node, level, waterfall))
    return found
