# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""From what the nodes grant to the level (M7)."""

from fractions import Fraction
from math import floor

from reference.rules import buffer_of, winning_rule
from reference.world import number, round_down, seconds


def channel_steps(world, listing, x):
    """The steps as (code, quantity, winning rule's id or None), and the level."""
    channel, product = world.channels[listing["channel"]], listing["product"]
    decimals, unit = world.decimals(product), number(listing.get("unit", "1"))
    steps = []

    def reach(code, quantity, rule=None):
        nonlocal x
        steps.append((code, quantity - x, None if rule is None else rule["id"]))
        x = quantity

    def precision(quantity):
        return round_down(quantity, 0 if unit != 1 else decimals)

    def winner(kind):
        return winning_rule(world, kind, product, channel=channel["id"])

    share = number(channel.get("share_percent", "100"))
    if share != 100:
        reach("share", round_down(x * share / 100, decimals))
    rule = winner("channel_buffer")
    reach("channel_buffer", x - buffer_of(rule, x, decimals), rule)
    if unit != 1:
        reach("unit", Fraction(floor(x / unit)))
    else:
        reach("rounding", round_down(x, decimals))
    rule = winner("stop_sell")
    if rule is not None and x <= number(rule["fixed"]):
        reach("stop_sell", Fraction(0), rule)
    rule = winner("cap")
    if rule is not None:
        reach("cap", min(x, precision(number(rule["fixed"]))), rule)
    override = listing.get("override")
    if override is not None and (override.get("until") is None or world.now < seconds(override["until"])):
        reach("override", precision(number(override["quantity"])))
    if listing.get("blocked", False):
        reach("blocked", Fraction(0))
    return steps, x
