# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Edits of a world, and the part of it that has to be computed again."""

from reference.model import World

FACTS = ("supply", "demand", "incoming", "holds")


def edit(world, maker):
    """A world with one fact or quota added or taken away, and the product it was about."""
    pick = maker.random
    name = pick.choice([*FACTS, "rules"])
    rows = list(world[name])
    if name == "rules":
        rows = [row for row in rows if row["kind"] == "quota"]
    if rows and pick.random() < 0.5:
        gone = pick.choice(rows)
        return {**world, name: [row for row in world[name] if row is not gone]}, gone["product"]
    makers = {"supply": maker.supply, "demand": maker.demand, "incoming": maker.incoming}
    number = 1 + max((row["id"] for row in world[name] if "id" in row), default=0)
    added = makers[name]() if name in makers else maker.hold(number) if name == "holds" else maker.quota(number)
    return {**world, name: [*world[name], added]}, added["product"]


class Families:
    """Which products act on which: through components, and through promises on kits, whose place depends on all their components."""

    def __init__(self, world):
        model = World(world)
        self.components = {product: set(model.components(product)) for product in model.products}
        promised = {row["product"] for row in world["holds"]} | {row["product"] for row in world["rules"] if row["kind"] == "quota"}
        self.promised = [self.components[product] for product in promised if model.is_kit(product)]
        self.kits = model.kits

    def widened(self, components):
        """These components and those of the promised kits that share one."""
        return components.union(*(kit for kit in self.promised if kit & components))

    def affected(self, product):
        """The products whose levels a fact on this product may change."""
        reached = self.widened(self.components[product])
        return {other for other, components in self.components.items() if components & reached or other == product}

    def needed(self, products):
        """The products whose facts decide the levels of these products."""
        components = self.widened(set().union(*(self.components[product] for product in products)))
        sharing = {other for other, parts in self.components.items() if parts & components}
        return sharing.union(products, components, *(self._inside(product) for product in sharing | set(products)))

    def _inside(self, product):
        """All products in a kit, at any depth."""
        lines = {line["product"] for line in self.kits[product]["lines"]} if product in self.kits else set()
        return lines.union(*(self._inside(line) for line in lines))


def part_of(world, listed, kept):
    """The world with the listings of some products and the facts of some more."""
    part = {name: [row for row in world[name] if row["product"] in kept] for name in (*FACTS, "kits")}
    part["products"] = [row for row in world["products"] if row["id"] in kept]
    part["rules"] = [row for row in world["rules"] if row.get("product") is None or row["product"] in kept]
    part["listings"] = [row for row in world["listings"] if row["product"] in listed]
    return {**world, **part}
