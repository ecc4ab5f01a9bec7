# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""The model, read slowly: one plain function for each of its sentences, in the modules beside this one.

Takes a document of the exchange format and returns levels with their waterfalls. It is meant to be obviously right
and is compared with the engine on random worlds. It expects a document that is well formed (M10).
"""

from dataclasses import dataclass, field
from fractions import Fraction

from reference.channel_stage import channel_steps
from reference.node_stage import NODE_CODES, free, kit_in_node, node_steps
from reference.pool_stage import grants, missing
from reference.world import World, seconds

__all__ = ["Level", "Step", "World", "changes", "levels", "seconds"]


@dataclass(frozen=True)
class Step:
    """One step of a waterfall with the details that the model names.

    `rule` is the winning rule of a step of the channel stage; `shortage` that of an overcommitted stocked product;
    `components` are (node, limiting component, kits it allows) of a kit.
    """

    code: str
    quantity: Fraction
    rule: int | None = None
    shortage: Fraction | None = None
    components: tuple = ()


@dataclass(frozen=True)
class Level:
    listing: int
    node: int | None
    quantity: Fraction
    waterfall: list = field(default_factory=list)

    def steps(self):
        return [(step.code, step.quantity) for step in self.waterfall]


def stock_steps(world, channel, product, nodes):
    """What the waterfall begins with: the nodes' steps of a stocked product, or the components of a kit."""
    if not world.is_kit(product):
        totals = dict.fromkeys(NODE_CODES, Fraction(0))
        for node in nodes:
            for code, quantity in node_steps(world, [channel], product, node)[0].items():
                totals[code] += quantity
        assert sum(totals.values()) == sum(free(world, {channel["id"]}, node, product) for node in nodes)
        return [Step(code, quantity) for code, quantity in totals.items() if quantity]
    if not world.components(product):
        return [Step("kit_empty", Fraction(0))]
    made = [(node, *kit_in_node(world, channel["id"], node, product)) for node in nodes]
    total = sum((kits for _node, kits, _component in made), Fraction(0))
    return [Step("kit_components", total, components=tuple((node, component, kits) for node, kits, component in made))] if total else []


def overcommitted(world, product, nodes):
    """The flag, or nothing."""
    if world.is_kit(product):
        short = any(missing(world, component, nodes) > 0 for component in world.components(product))
        return [Step("overcommitted", Fraction(0))] if short else []
    shortage = missing(world, product, nodes)
    return [Step("overcommitted", Fraction(0), shortage=shortage)] if shortage > 0 else []


def level_of(world, listing, nodes, x):
    """The waterfall of one level over these nodes, which grant x together, and its quantity."""
    channel, product = world.channels[listing["channel"]], listing["product"]
    waterfall = stock_steps(world, channel, product, nodes)
    promised = x - sum(step.quantity for step in waterfall)
    if promised:
        waterfall.append(Step("pool_commitment", promised))
    waterfall += overcommitted(world, product, nodes)
    steps, quantity = channel_steps(world, listing, x)
    waterfall += [Step(code, step, rule) for code, step, rule in steps if step]
    assert sum(step.quantity for step in waterfall) == quantity
    return waterfall, quantity


def levels(document, now=None, products=None):
    """The levels in the order of the model; with `products`, only of listings of these."""
    world = World(document, now)
    found = []
    for listing in world.table("listings"):
        if products is not None and listing["product"] not in products:
            continue
        channel = world.channels[listing["channel"]]
        nodes = channel.get("nodes", [])
        components = world.components(listing["product"])
        x = grants(world, channel["id"], listing["product"]) if components else dict.fromkeys(nodes, Fraction(0))
        per_node = channel.get("per_node", False)
        for group in [[node] for node in nodes] if per_node else [nodes]:
            waterfall, quantity = level_of(world, listing, group, sum((x[node] for node in group), Fraction(0)))
            found.append(Level(listing["id"], group[0] if per_node else None, quantity, waterfall))
    return found


def changes(document):
    """The times after now, in order, at which something of the document may change by time alone (M8)."""
    now, days = seconds(document["now"]), 86400
    lives = {row.get("min_life_days", 0) for row in document.get("channels", [])} | {0}
    ahead = {row.get("incoming_days", 0) for row in document.get("channels", [])}
    horizon = document.get("demand_horizon_days")
    found = {seconds(row["expires"]) - life * days for row in document.get("supply", []) if row.get("expires") for life in lives}
    found |= {seconds(row["expires"]) for row in document.get("holds", []) if row.get("expires")}
    found |= {seconds(row[key]) for row in document.get("rules", []) for key in ("from", "until") if row.get(key)}
    found |= {seconds(row["override"]["until"]) for row in document.get("listings", []) if (row.get("override") or {}).get("until")}
    for row in document.get("incoming", []):
        # overdue from its very second on
        found |= {seconds(row["expected"])} | {seconds(row["expected"]) - span * days for span in ahead}
    if horizon is not None:
        found |= {seconds(row["due"]) - horizon * days for row in document.get("demand", []) if row.get("due")}
    return sorted(moment for moment in found if moment > now)
