# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""What a step of *Why this number?* consists of: a small table of nodes, promises, lots, holds or transfers, with links.

A table is ``{columns: [text], rows: [{cells: [text], link}], more}``; its last column is a quantity. ``more`` is the number
of rows beyond EXPLAIN_ROWS_MAX that are not shown. Tables are read with the rights of the system, narrowed to the level's own
product, nodes and company, which the reader may see; a row's link is only there if the reader may open what it leads to.
"""

from collections import defaultdict
from decimal import Decimal

from odoo import fields, models

from ..const import EXPLAIN_ROWS_MAX, INCOMING_KINDS
from .explain import plain

#: Where a transfer comes from, by the usage of its first location; any other usage is a transfer between nodes.
KIND_BY_USAGE = {"supplier": "purchase", "production": "production", "customer": "return"}


class AtsLevel(models.Model):
    _inherit = "ats.level"

    def _explain_detail(self, code, scope, extra):
        """The table of a step, or False. `extra` is what the engine said of the step besides its quantity."""
        tables = {
            "kit_components": self._explain_components,
            "pool_commitment": self._explain_promises,
            "overcommitted": self._explain_promises,
            "withheld_blocked": self._explain_lots,
            "withheld_expired": self._explain_lots,
            "node_hold": self._explain_node_holds,
            "incoming": self._explain_incoming,
        }
        if code not in tables:
            return False
        columns, rows = tables[code](code, scope, extra)
        if not rows:
            return False
        return {"columns": columns, "rows": rows[:EXPLAIN_ROWS_MAX], "more": max(len(rows) - EXPLAIN_ROWS_MAX, 0)}

    def _explain_components(self, _code, scope, extra):
        """How many kits each node makes and which component it runs out of first, as the engine found it."""
        rows = []
        for node_id, component_id, quantity in extra.get("components", ()):
            node = self.env["ats.node"].sudo().browse(node_id).exists()
            component = self._explain_name("product.product", component_id)
            root = node.location_id or node.warehouse_id.view_location_id
            link = component and root and self._explain_open(
                component, "stock.quant", [("product_id", "=", component_id), ("location_id", "child_of", root.ids)])
            cells = [self._explain_name("ats.node", node_id), component or self.env._("nothing"), plain(quantity)]
            rows.append({"cells": cells, "link": link or False})
        return [self.env._("Node"), self.env._("Runs out of first"), self.env._("Kits")], rows

    def _explain_promises(self, code, scope, _extra):
        """Holds without a node and, but for `overcommitted`, quotas of other channels, that the level's nodes may have to serve."""
        rows = self._explain_pool_holds(scope)
        if code == "pool_commitment":
            rows += self._explain_quotas(scope)
        return [self.env._("Promised to"), self.env._("Product"), self.env._("Quantity")], rows

    def _explain_pool_holds(self, scope):
        domain = self._explain_hold_domain(scope)
        groups = self.env["ats.hold"].sudo()._read_group(
            [*domain, ("company_id", "=", self.company_id.id)], ["channel_id", "product_id"], ["quantity:sum", "__count"],
            order="quantity:sum DESC")
        rows = []
        for channel, product, quantity, count in groups:
            name = self.env._("%(channel)s, %(count)s holds", channel=channel.name, count=count)
            own = [("channel_id", "=", channel.id), ("product_id", "=", product.id)]
            cells = [name, product.display_name, plain(quantity)]
            rows.append({"cells": cells, "link": self._explain_open(name, "ats.hold", domain + own)})
        return rows

    def _explain_quotas(self, scope):
        now = fields.Datetime.now()
        quotas = self.env["ats.rule"].sudo().search([
            ("kind", "=", "quota"), ("company_id", "=", self.company_id.id),
            ("product_id", "in", self._explain_promised_product_ids(scope.product)),
            ("channel_id", "in", self._explain_rival_channels(scope).ids),
            "|", ("date_from", "=", False), ("date_from", "<=", now),
            "|", ("date_until", "=", False), ("date_until", ">", now),
        ], order="sequence, id")
        rows = []
        for rule in quotas:
            name = self.env._("%(channel)s, set aside by rule %(rule)s", channel=rule.channel_id.name, rule=rule.name)
            cells = [name, rule.product_id.display_name, plain(rule.quota_left)]
            rows.append({"cells": cells, "link": self._explain_open(rule.name, "ats.rule", [("id", "=", rule.id)])})
        return rows

    def _explain_lots(self, code, scope, _extra):
        """The lots that a step withholds and where they lie."""
        terms = self._explain_quant_terms(code, scope)
        if terms is None or not scope.root_ids:
            return [], []
        groups = self.env["stock.quant"].sudo()._read_group(
            scope.inside + terms, ["lot_id", "location_id"], ["quantity:sum"], order="lot_id, location_id")
        rows = []
        for lot, location, quantity in groups:
            lot_name = self._explain_lot_name(lot)
            domain = [*scope.inside, *terms, ("lot_id", "=", lot.id), ("location_id", "=", location.id)]
            rows.append({
                "cells": [lot_name, location.display_name, plain(quantity)],
                "link": self._explain_open(lot_name, "stock.quant", domain)})
        return [self.env._("Lot"), self.env._("Location"), self.env._("Quantity")], rows

    def _explain_lot_name(self, lot):
        """What a lot is called in a table. Modules that know more about it add to that."""
        return lot.name or self.env._("without lot")

    def _explain_node_holds(self, _code, scope, _extra):
        """Holds that name one of the level's nodes."""
        found = self._explain_stock_link("node_hold", scope)
        holds = self.env["ats.hold"].sudo().search([*found[1], ("company_id", "=", self.company_id.id)], order="quantity DESC, id")
        kinds = dict(self.env["ats.hold"]._fields["kind"]._description_selection(self.env))
        rows = []
        for hold in holds:
            name = " · ".join(filter(None, [kinds[hold.kind], hold.reference]))
            rows.append({
                "cells": [name, hold.node_id.name, plain(hold.quantity)],
                "link": self._explain_open(name, "ats.hold", [("id", "=", hold.id)])})
        return [self.env._("Hold"), self.env._("Node"), self.env._("Quantity")], rows

    def _explain_incoming(self, _code, scope, _extra):
        """Transfers that the channel may sell ahead, by kind. The step itself counts the channel's percentage of them."""
        counted = {kind for kind in INCOMING_KINDS if scope.channel[f"count_{kind}"]}
        moves = self.env["stock.move"].sudo().search(self._explain_move_domain("incoming", scope))
        by_kind = defaultdict(moves.browse)
        for move in moves:
            by_kind[KIND_BY_USAGE.get(move.location_id.usage, "transfer")] |= move
        labels = {
            "purchase": self.env._("Purchases"), "transfer": self.env._("Transfers between nodes"),
            "production": self.env._("Production"), "return": self.env._("Returns"),
        }
        rows = []
        for kind in sorted(counted & by_kind.keys(), key=INCOMING_KINDS.get):
            mine = by_kind[kind]
            total = sum((Decimal(str(move.product_qty)) for move in mine), Decimal(0))
            rows.append({
                "cells": [labels[kind], self.env._("%(count)s transfers", count=len(mine)), plain(total)],
                "link": self._explain_open(labels[kind], "stock.move", [("id", "in", mine.ids)])})
        return [self.env._("Kind"), self.env._("Expected"), self.env._("Quantity")], rows
