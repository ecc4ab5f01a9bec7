# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""What the nodes of a channel can supply together, beside everyone's promises (M5), by trying every subset."""

from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, combinations

from reference.node_stage import free, kit_in_node
from reference.rules import order, winning_rule
from reference.world import number, round_down

GROUPS_MAX = 12
"""Groups of promises of a product that are weighed against each other."""


@dataclass(frozen=True)
class Promise:
    """A quantity of a stocked product promised without a node. `rank` is that of the quota's rule; None for a hold."""

    channel: int
    nodes: frozenset
    quantity: Fraction
    rank: tuple | None = None


def subsets(items):
    items = list(items)
    return chain.from_iterable(combinations(items, size) for size in range(len(items) + 1))


def quota_of(world, product, channel):
    """The winning quota of a channel on a product itself, or None."""
    rules = [rule for rule in world.table("rules") if rule["kind"] == "quota" and rule["product"] == product and rule["channel"] == channel]
    return winning_rule(world, "quota", product, channel=channel) if rules else None


def hold_nodes(world, hold):
    """Where a hold without node may be served: its channel's nodes; of a kit those that can make one, if there are any."""
    nodes = world.channels[hold["channel"]].get("nodes", [])
    if world.is_kit(hold["product"]):
        nodes = [node for node in nodes if kit_in_node(world, hold["channel"], node, hold["product"])[0] >= 1] or nodes
    return frozenset(nodes)


def promises_on(world, product):
    """All commitments on a stocked product: live holds without node, and the quotas of all channels."""
    if ("promises", product) in world.memory:
        return world.memory["promises", product]
    found = [Promise(hold["channel"], hold_nodes(world, hold), hold["quantity"]) for hold in world.live_holds(product, None)]
    for source in world.products:
        ratio = world.components(source).get(product)
        for channel in world.channels if ratio else ():
            rule = quota_of(world, source, channel)
            if rule is not None:
                quantity = world.exploded(source, number(rule["fixed"]))[product]
                found.append(Promise(channel, frozenset(world.channels[channel].get("nodes", [])), quantity, order(rule)))
    found = [promise for promise in found if promise.quantity > 0]
    world.memory["promises", product] = found
    return found


def groups_of(promises):
    """(the groups weighed, the further ones): promises of equal channel and nodes are one group; largest first."""
    groups = {}
    for promise in promises:
        key = promise.channel, promise.nodes
        groups[key] = groups.get(key, Fraction(0)) + promise.quantity
    found = [Promise(channel, nodes, quantity) for (channel, nodes), quantity in groups.items()]
    found.sort(key=lambda group: (-group.quantity, group.channel, sorted(group.nodes)))
    return found[:GROUPS_MAX], found[GROUPS_MAX:]


def cap(world, product, promises, channel, asked):
    """What the nodes can give to the promises and, in the nodes asked, to the channel."""
    total = Fraction(0)
    for node in world.nodes:
        able = {promise.channel for promise in promises if node in promise.nodes}
        if node in asked:
            able.add(channel)
        if able:
            total += free(world, able, node, product)
    return total


def promised(promises):
    return sum((promise.quantity for promise in promises), Fraction(0))


def short_of(world, product, weighed):
    """What cannot be served of these promises in any case."""
    return max(promised(some) - cap(world, product, some, None, ()) for some in subsets(weighed))


def rooms(world, channel, components, weighed):
    """{nodes asked: the most of the product that these may give to the channel together}, over every component and subset of promises."""
    nodes = world.channels[channel].get("nodes", [])
    found = {}
    for component, ratio in components.items():
        short = short_of(world, component, weighed[component])
        for asked in subsets(nodes):
            left = min(cap(world, component, some, channel, asked) - promised(some) for some in subsets(weighed[component]))
            room = (left + short) / ratio
            found[frozenset(asked)] = min(room, found.get(frozenset(asked), room))
    return found


def granted(world, channel, product, counts):
    """{node: x_n}, beside the promises for which counts(promise) is true."""
    nodes, components = world.channels[channel].get("nodes", []), world.components(product)
    weighed, further = {}, {}
    for component in components:
        weighed[component], further[component] = groups_of([promise for promise in promises_on(world, component) if counts(promise)])
    room = rooms(world, channel, components, weighed)
    x = dict.fromkeys(nodes, Fraction(0))

    def settle(node, quantity):
        quantity = max(quantity, Fraction(0))
        x[node] = round_down(quantity, world.decimals(product)) if world.is_kit(product) else quantity

    for node in nodes:
        settle(node, min(most - sum(x[other] for other in asked if other != node) for asked, most in room.items() if node in asked))
    for component, ratio in components.items():
        for group in further[component]:
            left = group.quantity / ratio
            for node in nodes:
                if node in group.nodes:
                    taken = min(left, x[node])
                    settle(node, x[node] - taken)
                    left -= taken
    return x


def grants(world, channel, product):
    """{node: x_n} of a channel, its own quota considered."""

    def binds(promise):
        return promise.rank is None or promise.channel != channel

    x = granted(world, channel, product, binds)
    rule = quota_of(world, product, channel)
    if rule is None:
        return x
    left = number(rule["fixed"])
    if world.is_kit(product):
        left = round_down(left, world.decimals(product))
    own = granted(world, channel, product, lambda promise: promise.rank is None or (binds(promise) and promise.rank < order(rule)))
    for node in own:
        own[node] = min(own[node], left)
        left -= own[node]
    return own if sum(own.values()) > sum(x.values()) else x


def missing(world, product, nodes):
    """How much of the holds on a stocked product that touch the nodes cannot be served."""
    touching = [promise for promise in promises_on(world, product) if promise.rank is None and promise.nodes & set(nodes)]
    return short_of(world, product, groups_of(touching)[0])
