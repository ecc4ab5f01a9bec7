# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Which rule wins, and what a buffer takes (M6)."""

from fractions import Fraction

from reference.world import number, round_up, seconds


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
        if rule["kind"] != kind or not holds_now(world, rule):
            continue
        rank = scope_rank(world, rule, product)
        named = rule.get("node") if kind == "node_buffer" else rule.get("channel")
        target = node if kind == "node_buffer" else channel
        if rank is not None and named in (None, target):
            candidates.append(((rank, named is None, *order(rule)), rule))
    return min(candidates, key=lambda candidate: candidate[0])[1] if candidates else None


def order(rule):
    return rule.get("sequence", 10), rule["id"]


def buffer_of(rule, x, decimals):
    if rule is None:
        return Fraction(0)
    if rule.get("percent") is not None:
        return min(x, round_up(x * number(rule["percent"]) / 100, decimals))
    return min(x, number(rule["fixed"]))
