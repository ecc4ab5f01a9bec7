# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""A table: a change, and exactly the products that become work because of it; no others."""

import pytest


class World:
    """Two nodes, three channels, a category inside another, and a product for each thing that can change.

    `third` is a location tree outside the warehouse. Channel near sells from the warehouse, far from the tree, both from both.
    """

    def __init__(self, stock):
        self.stock = stock
        self.names = {}
        with stock.committed() as env:
            self._places(env)
            self._products(env)
            self._promises(env)
        self.settle()

    def _places(self, env):
        make = env["stock.location"].create
        shelf = env["stock.location"].browse(self.stock.shelf_id)
        self.aisle = make({"name": "Aisle", "usage": "internal", "location_id": shelf.id}).id
        self.bin = make({"name": "Bin", "usage": "internal", "location_id": self.aisle}).id
        self.annex = make({"name": "Annex", "usage": "internal", "location_id": shelf.id}).id
        self.third = make({"name": "Third", "usage": "internal", "location_id": False, "company_id": self.stock.company_id}).id
        self.tree = env["ats.node"].create({"name": "Third", "kind": "3pl", "location_id": self.third}).id
        self.node = self.stock.node_id
        channel = env["ats.channel"].create
        self.near = self.stock.channel_id
        self.far = channel({"name": "Far", "source_ids": [(0, 0, {"node_id": self.tree})]}).id
        self.both = channel({"name": "Both", "source_ids": [
            (0, 0, {"node_id": self.node}), (0, 0, {"node_id": self.tree})]}).id
        category = env["product.category"].create
        self.top = category({"name": "Top"}).id
        self.mid = category({"name": "Mid", "parent_id": self.top}).id
        self.side = category({"name": "Side"}).id

    def _products(self, env):
        self.kilogram = env.ref("uom.product_uom_kgm").id
        self.product(env, "near", [self.near], on=self.bin)
        self.product(env, "far", [self.far], on=self.third)
        self.product(env, "both", [self.near, self.both])
        self.product(env, "top", [self.near], categ_id=self.top)
        self.product(env, "mid", [self.both], categ_id=self.mid)
        self.product(env, "side", [self.near], categ_id=self.side)
        self.product(env, "weighed", [self.near], uom_id=self.kilogram)
        self.product(env, "moving", [self.near])
        self.product(env, "lotted", [self.near], tracking="lot")
        self.product(env, "unlisted", [], on=self.bin, categ_id=self.mid)
        template = env["product.template"].create({"name": "shirt", "is_storable": True, "attribute_line_ids": [(0, 0, {
            "attribute_id": env["product.attribute"].create({"name": "Size of shirts"}).id,
            "value_ids": [(0, 0, {"name": size, "attribute_id": env["product.attribute"].search([], order="id desc", limit=1).id})
                          for size in ("S", "L")]})]})
        self.shirt = template.id
        for size, variant in zip(("small", "large"), template.product_variant_ids, strict=True):
            self.names[variant.id] = size
            env["ats.listing"].create({"channel_id": self.near, "product_id": variant.id})
        self.lot = env["stock.lot"].create({"name": "L1", "product_id": self.id("lotted")}).id
        self.move = self.stock.delivery(env, self.id("moving"), 3).id

    def product(self, env, name, channels, on=None, **values):
        product = env["product.product"].create({"name": name, "is_storable": True, **values})
        self.names[product.id] = name
        for channel in channels:
            env["ats.listing"].create({"channel_id": channel, "product_id": product.id})
        if on:
            self.stock.put(env, product, 5, on)
        return product

    def _promises(self, env):
        """held: promised by near, sold on far. aside: set aside for far, sold on near."""
        self.product(env, "held", [self.far])
        self.product(env, "aside", [self.near])
        kit = self.product(env, "kit", [self.near])
        part = self.product(env, "part", [self.far])
        env["mrp.bom"].create({"product_tmpl_id": kit.product_tmpl_id.id, "type": "phantom", "bom_line_ids": [
            (0, 0, {"product_id": part.id, "product_qty": 2})]})
        self.hold = env["ats.hold"].create({"product_id": self.id("held"), "channel_id": self.near}).id
        self.quota = self.rule(env, kind="quota", product_id=self.id("aside"), channel_id=self.far)

    def rule(self, env, **values):
        return env["ats.rule"].create({"name": "Rule", "kind": "channel_buffer", "fixed": 1, **values}).id

    def id(self, name):
        return next(product for product, called in self.names.items() if called == name)

    def all(self, *channels):
        """Names of the products listed on these channels (all of ours if none is named)."""
        rows = self.stock.sql(
            "SELECT DISTINCT product_id FROM ats_listing WHERE channel_id = ANY(%s)", list(channels) or [self.near, self.far, self.both])
        return {self.names.get(product, product) for product, in rows}

    def settle(self):
        """Take up all marks and scope marks; return the names of the products that became work, and forget them."""
        from odoo.addons.ats_inventory import scope_marks, work_queue  # noqa: PLC0415
        from odoo.addons.ats_inventory.clock import read_committed  # noqa: PLC0415

        with self.stock.committed() as env:
            sources = env["ats.refresh"]._fact_sources()
        progress = True
        while progress:
            with read_committed(self.stock.registry) as cr:
                progress = work_queue.absorb_marks(cr, sources)
                progress = scope_marks.expand(cr, sources.kits) is not None or progress
        found = {self.names.get(product, product) for product, in self.stock.sql("DELETE FROM ats_work RETURNING product_id")}
        self.stock.sql("UPDATE ats_product SET next_change = NULL")
        return found

    def record(self, env, model, name):
        """The product of that name, or the record whose id is the attribute of that name."""
        return env[model].browse(self.id(name) if model == "product.product" else getattr(self, name))


def _write(model, which, /, **values):
    return lambda env, w: w.record(env, model, which).write(
        {key: value(w) if callable(value) else value for key, value in values.items()})


def _location(which, change):
    return lambda env, w: env.cr.execute(f"UPDATE stock_location SET {change} WHERE id = %s", [getattr(w, which)])


def _channel(**values):
    return _write("ats.channel", "near", **values)


def _rule(**values):
    return lambda env, w: w.rule(env, **{key: value(w) if callable(value) else value for key, value in values.items()})


NEAR = lambda w: w.all(w.near)  # noqa: E731
SERVING = lambda w: w.all(w.near) | {"held"}  # noqa: E731

#: (what, change(env, world), names of the products or function of the world)
CHANGES = [
    ("location: taken out of sale", lambda env, w: env["stock.location"].browse(w.aisle).action_ats_do_not_sell(), {"near"}),
    ("location: choice taken back", lambda env, w: env["stock.location"].browse(w.aisle).action_ats_sellable_default(), {"near"}),
    ("location: usage, by raw SQL", _location("bin", "usage = 'transit'"), {"near"}),
    ("location: usage back, by raw SQL", _location("bin", "usage = 'internal'"), {"near"}),
    ("location: parent", _write("stock.location", "aisle", location_id=lambda w: w.annex), {"near"}),
    ("location: archived, by raw SQL", _location("aisle", "active = FALSE"), {"near"}),
    ("location: back, by raw SQL", _location("aisle", "active = TRUE"), {"near"}),
    ("location: of nothing", _write("stock.location", "annex", barcode="X1"), set()),
    ("location: of another tree", _location("third", "usage = 'transit'"), {"far"}),
    ("category: moved under another", _write("product.category", "mid", parent_id=lambda w: w.side), {"mid"}),
    ("category: with one below", _write("product.category", "side", parent_id=lambda w: w.top), {"side", "mid"}),
    ("category: renamed", _write("product.category", "side", name="Other"), set()),
    ("product: category", _write("product.product", "near", categ_id=lambda w: w.top), {"near"}),
    ("template: category", _write("product.template", "shirt", categ_id=lambda w: w.top), {"small", "large"}),
    ("template: name", _write("product.template", "shirt", name="Blouse"), set()),
    ("variant: archived", _write("product.product", "small", active=False), {"small"}),
    ("variant: back", _write("product.product", "small", active=True), {"small"}),
    ("template: archived", _write("product.template", "shirt", active=False), {"small", "large"}),
    ("template: back", lambda env, w: env["product.template"].browse(w.shirt).action_unarchive(), {"small", "large"}),
    ("product: not tracked in stock", _write("product.product", "top", is_storable=False), {"top"}),
    ("product: unit", _write("product.product", "top", uom_id=lambda w: w.kilogram), {"top"}),
    ("unit: decimals", lambda env, w: env["uom.uom"].browse(w.kilogram).write({"ats_decimals": 3}), {"weighed", "top"}),
    ("reservation method", lambda env, w: env["stock.move"].browse(w.move).picking_type_id.write({"reservation_method": "manual"}), {"moving"}),
    ("move: date", lambda env, w: env["stock.move"].browse(w.move).write({"date": "2031-01-01"}), {"moving"}),
    ("lot: blocked", lambda env, w: env["stock.lot"].browse(w.lot).action_ats_block(), {"lotted"}),
    ("lot: sold again", lambda env, w: env["stock.lot"].browse(w.lot).action_ats_unblock(), {"lotted"}),
    ("company: horizon", lambda env, w: env["ats.company"]._of(env.company).write({"has_demand_horizon": True}), {"moving"}),
    ("company: days", lambda env, w: env["ats.company"]._of(env.company).write({"demand_horizon_days": 5}), {"moving"}),
    ("company: same days", lambda env, w: env["ats.company"]._of(env.company).write({"demand_horizon_days": 5}), set()),
    ("rule: everything", _rule(), lambda w: w.all()),
    ("rule: channel", _rule(kind="cap", channel_id=lambda w: w.far), lambda w: w.all(w.far)),
    ("rule: node", _rule(kind="node_buffer", node_id=lambda w: w.tree), lambda w: w.all(w.far, w.both) | {"aside"}),
    ("rule: category", _rule(category_id=lambda w: w.side), {"side", "mid"}),
    ("rule: category and channel", _rule(category_id=lambda w: w.side, channel_id=lambda w: w.near), {"side"}),
    ("rule: category and node", _rule(kind="node_buffer", category_id=lambda w: w.top, node_id=lambda w: w.tree), {"mid"}),
    ("rule: product", _rule(product_id=lambda w: w.id("near")), {"near"}),
    ("rule: from one product to another", lambda env, w: env["ats.rule"].search([("product_id", "=", w.id("near"))]).write(
        {"product_id": w.id("far")}), {"near", "far"}),
    ("rule: archived", lambda env, w: env["ats.rule"].search([("product_id", "=", w.id("far"))]).write({"active": False}), {"far"}),
    ("rule: only renamed", lambda env, w: env["ats.rule"].browse(w.quota).write({"name": "Aside"}), set()),
    ("quota: more", lambda env, w: env["ats.rule"].browse(w.quota).write({"fixed": 4}), {"aside"}),
    ("hold: more", _write("ats.hold", "hold", quantity=4), {"held"}),
    ("hold: of another product", lambda env, w: env["ats.hold"].create({"product_id": w.id("both"), "channel_id": w.far}), {"both"}),
    ("hold: released", lambda env, w: env["ats.hold"].search([("product_id", "=", w.id("both"))]).action_release(), {"both"}),
    ("hold: of a kit", lambda env, w: env["ats.hold"].create({"product_id": w.id("kit"), "channel_id": w.near}), {"kit", "part"}),
    ("hold: of a kit, deleted", lambda env, w: env["ats.hold"].search([("product_id", "=", w.id("kit"))]).unlink(), {"kit", "part"}),
    ("quota: of a kit", _rule(kind="quota", product_id=lambda w: w.id("kit"), channel_id=lambda w: w.near), {"kit", "part"}),
    ("quota: of a kit, deleted", lambda env, w: env["ats.rule"].search([("product_id", "=", w.id("kit"))]).unlink(), {"kit", "part"}),
    ("channel: share", _channel(share_percent=50), NEAR),
    ("channel: per node", _channel(per_node=True), NEAR),
    ("channel: minimum life", _channel(min_life_days=3), SERVING),
    ("channel: incoming", _channel(count_purchase=True, incoming_days=9), SERVING),
    ("channel: owners", lambda env, w: env["ats.channel"].browse(w.near).write({"owner_ids": [(4, env.user.partner_id.id)]}), SERVING),
    ("channel: archived", _channel(active=False), SERVING),
    ("channel: back", _channel(active=True), SERVING),
    ("channel: renamed", _channel(name="Nearer"), set()),
    ("channel: one more node", lambda env, w: env["ats.channel"].browse(w.near).write({"source_ids": [(0, 0, {"node_id": w.tree})]}), SERVING),
    ("channel: one node less", lambda env, w: env["ats.channel"].browse(w.near).source_ids.filtered(
        lambda source: source.node_id.id == w.tree).unlink(), SERVING),
    ("channel with a quota: minimum life", _write("ats.channel", "far", min_life_days=3), lambda w: w.all(w.far) | {"aside"}),
    ("node: archived", _write("ats.node", "tree", active=False), lambda w: w.all(w.far, w.both) | {"aside"}),
    ("node: back", _write("ats.node", "tree", active=True), lambda w: w.all(w.far, w.both) | {"aside"}),
    ("node: a tree of its own", lambda env, w: env["ats.node"].create({"name": "Aisle", "location_id": w.aisle}), {"near"}),
    ("node: no longer", lambda env, w: env["ats.node"].search([("location_id", "=", w.aisle)]).unlink(), {"near"}),
    ("category: deleted", lambda env, w: env["product.category"].browse(w.mid).unlink(), {"mid"}),
    ("hold: deleted", lambda env, w: env["ats.hold"].browse(w.hold).unlink(), {"held"}),
    ("quota: deleted", lambda env, w: env["ats.rule"].browse(w.quota).unlink(), {"aside"}),
]


@pytest.fixture
def world(stock):
    return World(stock)


def test_each_change_makes_work_of_exactly_what_it_affects(world):
    wrong = {}
    for what, change, expected in CHANGES:
        expected = expected(world) if callable(expected) else expected
        with world.stock.committed() as env:
            change(env, world)
        found = world.settle()
        if found != expected:
            wrong[what] = {"missing": expected - found, "too many": found - expected}
    assert not wrong
