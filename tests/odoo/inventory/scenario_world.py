# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""Scenario files as real Odoo records: warehouses, location trees, products, lots, bills of materials, moves, holds, rules, channels.

One company serves all scenarios, one after another; each has products, lots, locations and channels of its own, and what acts on all products
(rules, the horizon) is taken away after it. Ids keep their order, because the model breaks ties by it.
"""

from datetime import datetime
from fractions import Fraction

#: The database's clock, frozen at the scenario's `now`: our function hides PostgreSQL's own, because the search path names it first.
FREEZE_SQL = """CREATE OR REPLACE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql STABLE AS $$ SELECT '{now}'::timestamptz $$"""
SEARCH_PATH_SQL = 'ALTER DATABASE "{database}" SET search_path = public, pg_catalog'
PRECISION_DIGITS = 6
HOLD_KINDS = {"payment": "unpaid"}
#: Kind of incoming goods of the exchange format: where the move comes from.
ORIGINS = {"purchase": "supplier", "transfer": "transit", "production": "production", "return": "customer"}


def moment(text):
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ") if text else False


def ordered(rows, key="id"):
    return sorted(rows, key=lambda row: row[key])


class Places:
    """Nodes that all scenarios share: two warehouses, then location trees of a third party."""

    def __init__(self, env):
        company = env.company
        env.ref("uom.decimal_product_uom").digits = PRECISION_DIGITS
        warehouses = env["stock.warehouse"].search([("company_id", "=", company.id)], order="id", limit=1)
        warehouses |= env["stock.warehouse"].create({"name": "Second", "code": "SCN2", "company_id": company.id})
        # an order is confirmed and not reserved: the scenario says what is reserved
        env["stock.picking.type"].search([]).write({"reservation_method": "manual"})
        self.roots, self.node_ids = [], []
        for warehouse in warehouses.sorted("id"):
            self.node_ids.append(env["ats.node"].search([("warehouse_id", "=", warehouse.id)]).id)
            self.roots.append(warehouse.lot_stock_id.id)
        for number in range(4):
            root = env["stock.location"].create({"name": f"Third party {number}", "usage": "internal", "company_id": company.id})
            self.node_ids.append(env["ats.node"].create({"name": root.name, "kind": "3pl", "location_id": root.id}).id)
            self.roots.append(root.id)
        assert self.node_ids == sorted(self.node_ids)
        self.picking_type_id = warehouses[0].out_type_id.id
        self.uoms = {}
        for decimals in range(7):
            unit = env["uom.uom"].create({"name": f"Sold by 10^-{decimals}"})
            env["ats.uom"].create({"uom_id": unit.id, "decimals": decimals})
            self.uoms[decimals] = unit.id


class ScenarioWorld:
    """One scenario's world in Odoo; `levels()` gives what is stored after a refresh, in the ids of the scenario."""

    def __init__(self, env, places, world):
        self.env, self.places, self.world = env, places, world
        self.nodes = dict(zip(sorted(row["id"] for row in self.rows("nodes")), places.node_ids, strict=False))
        self.roots = dict(zip(sorted(row["id"] for row in self.rows("nodes")), places.roots, strict=False))
        self.locations, self.products, self.channels, self.categories, self.owners, self.lots = {}, {}, {}, {}, {}, {}
        self.rules, self.listings, self.reservations = {}, {}, []
        horizon = world.get("demand_horizon_days")
        env["ats.company"]._of(env.company).write({"has_demand_horizon": horizon is not None, "demand_horizon_days": horizon or 0})
        for make in (self._locations, self._products, self._kits, self._supply, self._moves):
            make()
        for make in (self._channels, self._holds, self._rules, self._listings):
            make()

    def rows(self, name):
        return self.world.get(name, [])

    def _locations(self):
        for row in ordered(self.rows("locations")):
            location = self.env["stock.location"].create({
                "name": f"Shelf {row['id']}", "usage": "internal", "location_id": self.roots[row["node"]], "company_id": self.env.company.id})
            if not row.get("sellable", True):
                self.env["ats.location"].create({"location_id": location.id, "sellable": False})
            self.locations[row["id"]] = location

    def _category(self, path):
        """The category at the head of a path, nearest first; each of them lies in the next."""
        for child, parent in zip(path, [*path[1:], None], strict=True):
            if child not in self.categories:
                self.categories[child] = self.env["product.category"].create({"name": f"Category {child}"})
            if parent is not None:
                if parent not in self.categories:
                    self.categories[parent] = self.env["product.category"].create({"name": f"Category {parent}"})
                self.categories[child].parent_id = self.categories[parent]
        return self.categories[path[0]].id

    def _products(self):
        lots = {row["product"] for row in self.rows("supply") if row.get("expires") or row.get("blocked")}
        for row in ordered(self.rows("products")):
            storable = row.get("storable", True)
            values = {"name": f"Product {row['id']}", "type": "consu", "is_storable": storable, "uom_id": self.places.uoms[row.get("decimals", 0)]}
            if row["id"] in lots:
                values.update(tracking="lot", use_expiration_date=True)
            if row.get("categories"):
                values["categ_id"] = self._category(row["categories"])
            self.products[row["id"]] = self.env["product.product"].create(values)

    def _kits(self):
        for row in self.rows("kits"):
            product = self.products[row["product"]]
            self.env["mrp.bom"].create({
                "product_tmpl_id": product.product_tmpl_id.id, "product_id": product.id, "type": "phantom",
                "product_qty": float(row.get("yields", 1)), "product_uom_id": product.uom_id.id,
                "bom_line_ids": [(0, 0, {"product_id": self.products[line["product"]].id, "product_qty": float(line["quantity"])})
                                 for line in row["lines"]]})

    def _owner(self, owner):
        if owner not in self.owners:
            self.owners[owner] = self.env["res.partner"].create({"name": f"Owner {owner}"})
        return self.owners[owner].id

    def _supply(self):
        for number, row in enumerate(self.rows("supply")):
            product, lot = self.products[row["product"]], False
            if row.get("expires") or row.get("blocked"):
                lot = self.env["stock.lot"].create({"name": f"L{number}", "product_id": product.id, "company_id": self.env.company.id})
                lot.removal_date = moment(row.get("expires"))
                if row.get("blocked"):
                    lot._ats_set_blocked(True)
            self.env["stock.quant"].create({
                "product_id": product.id, "location_id": self.locations[row["location"]].id, "lot_id": lot and lot.id,
                "owner_id": self._owner(row["owner"]) if row.get("owner") is not None else False,
                "quantity": float(row["quantity"])})
            if Fraction(row.get("reserved", 0)):
                self.reservations.append((row, lot))

    def _channels(self):
        for row in ordered(self.rows("channels")):
            sources = [(0, 0, {"node_id": self.nodes[node], "sequence": place}) for place, node in enumerate(row.get("nodes", []))]
            self.channels[row["id"]] = self.env["ats.channel"].create({
                "name": f"Channel {row['id']}", "source_ids": sources, "per_node": row.get("per_node", False),
                "owner_ids": [self._owner(owner) for owner in row.get("owners", [])],
                "share_percent": float(row.get("share_percent", 100)), "min_life_days": row.get("min_life_days", 0),
                "incoming_days": row.get("incoming_days", 0), "incoming_percent": float(row.get("incoming_percent", 100)),
                **{f"count_{kind}": True for kind in row.get("incoming_kinds", [])}})

    def _shelf(self, node):
        """A place for sale in a node, made if the scenario has none."""
        for row in self.rows("locations"):
            if row["node"] == node and row.get("sellable", True):
                return self.locations[row["id"]].id
        return self.roots[node]

    def _moves(self):
        place = {usage: self.env["stock.location"].search([("usage", "=", usage), ("company_id", "in", (False, self.env.company.id))], limit=1).id
                 for usage in ("supplier", "customer", "production", "transit")}
        moves = self.env["stock.move"]
        for row in self.rows("demand"):
            moves |= self._move(row, self._shelf(row["node"]), place["customer"], row.get("due") or self.world["now"])
        for row in self.rows("incoming"):
            moves |= self._move(row, place[ORIGINS[row["kind"]]], self._shelf(row["node"]), row["expected"])
        moves._action_confirm(merge=False)
        for row, lot in self.reservations:
            self._reserve(row, lot, place["customer"])

    def _reserve(self, row, lot, customer):
        """A delivery that has reserved from this very lot and owner."""
        source = self.locations[row["location"]].id
        move = self._move({**row, "quantity": row["reserved"]}, source, customer, self.world["now"])
        move._action_confirm(merge=False)
        self.env["stock.move.line"].create({
            "move_id": move.id, "product_id": move.product_id.id, "product_uom_id": move.product_uom.id, "location_id": source,
            "location_dest_id": customer, "lot_id": lot and lot.id, "quantity": float(row["reserved"]), "company_id": self.env.company.id,
            "owner_id": self._owner(row["owner"]) if row.get("owner") is not None else False})

    def _move(self, row, source, target, date):
        product = self.products[row["product"]]
        return self.env["stock.move"].create({
            "product_id": product.id, "product_uom_qty": float(row["quantity"]), "product_uom": product.uom_id.id, "location_id": source,
            "location_dest_id": target, "date": moment(date), "picking_type_id": self.places.picking_type_id, "company_id": self.env.company.id})

    def _holds(self):
        for row in ordered(self.rows("holds")):
            self.env["ats.hold"].create({
                "product_id": self.products[row["product"]].id, "quantity": float(row["quantity"]),
                "channel_id": self.channels[row["channel"]].id if row.get("channel") is not None else False,
                "node_id": self.nodes[row["node"]] if row.get("node") is not None else False,
                "expires_at": moment(row.get("expires")), "kind": HOLD_KINDS.get(row["kind"], row["kind"])})

    def _held(self, product, channel):
        """What live holds take off a quota: the scenario says what is left of it, a manager what there was."""
        now = self.world["now"]
        return sum(Fraction(row["quantity"]) for row in self.rows("holds")
                   if (row["product"], row.get("channel")) == (product, channel) and (row.get("expires") is None or row["expires"] > now))

    def _rules(self):
        for row in ordered(self.rows("rules")):
            fixed = row.get("fixed")
            if row["kind"] == "quota":
                fixed = Fraction(fixed) + self._held(row["product"], row["channel"])
            category = row.get("category")
            if category is not None and category not in self.categories:
                self._category([category])
            self.rules[row["id"]] = self.env["ats.rule"].create({
                "name": f"Rule {row['id']}", "kind": row["kind"], "amount_type": "fixed" if fixed is not None else "percent",
                "fixed": float(fixed or 0), "percent": float(row.get("percent") or 0), "sequence": row.get("sequence", 10),
                "product_id": self.products[row["product"]].id if row.get("product") is not None else False,
                "category_id": self.categories[category].id if category is not None else False,
                "node_id": self.nodes[row["node"]] if row.get("node") is not None else False,
                "channel_id": self.channels[row["channel"]].id if row.get("channel") is not None else False,
                "date_from": moment(row.get("from")), "date_until": moment(row.get("until"))})

    def _listings(self):
        for row in self.rows("listings"):
            override = row.get("override")
            # two listings of a product on a channel need two names there
            named = {"external_id": f"L{row['id']}"} if "external_id" in self.env["ats.listing"]._fields else {}
            self.listings[row["id"]] = self.env["ats.listing"].create({
                "channel_id": self.channels[row["channel"]].id, "product_id": self.products[row["product"]].id,
                "unit": float(row.get("unit", 1)), "blocked": row.get("blocked", False), "has_override": bool(override), **named,
                "override_quantity": float(override["quantity"]) if override else 0,
                "override_until": moment(override.get("until")) if override else False})

    def ids(self):
        """What is needed of this world once its records are gone: {listing of the scenario: id}, {id: node of the scenario}."""
        return ({row: record.id for row, record in self.listings.items()}, {id_: node for node, id_ in self.nodes.items()},
                [record.id for record in self.rules.values()], [record.id for record in self.channels.values()])
