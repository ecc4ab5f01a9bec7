# Part of Available to Sell. See LICENSE file for full copyright and licensing details.
"""The records behind a step of *Why this number?*, as links that the reader may open."""

from datetime import datetime, timedelta

from odoo import fields, models

RULE_CODES = frozenset({"node_buffer", "channel_buffer", "stop_sell", "cap"})
LISTING_CODES = frozenset({"unit", "override", "blocked"})
PROMISE_CODES = frozenset({"pool_commitment", "overcommitted"})
OPEN_MOVE_STATES = ("waiting", "confirmed", "partially_available", "assigned")


class AtsLevel(models.Model):
    _inherit = "ats.level"

    def _explain_link(self, code, scope, rule_id, component_id):
        """The records behind a step as ``{name, res_model, domain, list_view}``; False if there are none to open."""
        found = None
        if code in RULE_CODES and rule_id:
            found = ("ats.rule", [("id", "=", rule_id)])
        elif code in LISTING_CODES:
            found = ("ats.listing", [("id", "=", self.listing_id.id)])
        elif code == "share":
            found = ("ats.channel", [("id", "=", scope.channel.id)])
        elif code == "kit_components" and component_id:
            found = ("product.product", [("id", "=", component_id)])
        elif code in PROMISE_CODES:
            found = ("ats.hold", self._explain_hold_domain(scope))
        elif scope.root_ids:
            found = self._explain_stock_link(code, scope)
        if not found:
            return False
        name = self.env._("%(step)s: %(product)s", step=self._explain_label(code), product=scope.product.display_name)
        return self._explain_open(name, *found)

    def _explain_open(self, name, model, domain):
        """A link to the list of these records; False if the reader may not read any of the model."""
        if model not in self.env or not self.env[model].has_access("read"):
            return False
        own_list = self.env.ref("ats_inventory.stock_quant_view_list_explain", raise_if_not_found=False)
        list_view = own_list.id if own_list and model == "stock.quant" else False
        terms = [[*term[:2], _plain_time(term[2])] if len(term) == 3 else term for term in domain]
        return {"name": name, "res_model": model, "domain": terms, "list_view": list_view}

    def _explain_stock_link(self, code, scope):
        """Quants, moves and holds of the level's product in its nodes, as ``(model, domain)`` or None."""
        if code == "reserved":
            # Detailed operations and not moves: every internal user may read them, and they name the lot.
            states = [("state", "in", OPEN_MOVE_STATES), ("quantity", ">", 0)]
            return "stock.move.line", scope.inside + states
        if code in ("demand", "incoming"):
            return "stock.move", self._explain_move_domain(code, scope)
        if code == "node_hold":
            domain = [("product_id", "in", self._explain_promised_product_ids(scope.product)), ("node_id", "in", scope.nodes.ids)]
            return "ats.hold", domain + list(self.env["ats.hold"]._live_domain())
        extra = self._explain_quant_terms(code, scope)
        return ("stock.quant", scope.inside + extra) if extra is not None else None

    def _explain_move_domain(self, code, scope):
        """Open moves of the product that leave the level's nodes, or that come in and are counted by the channel."""
        open_moves = [("product_id", "=", scope.product.id), ("state", "in", OPEN_MOVE_STATES)]
        source, target, final = (scope.within(field) for field in ("location_id", "location_dest_id", "location_final_id"))
        if code == "demand":
            onwards = ["&", ("location_final_id", "!=", False), "!", *_one(final)]
            return [*open_moves, *_one(source), "|", "!", *_one(target), *onwards]
        now = fields.Datetime.now()
        window = [("date", ">", now), ("date", "<=", now + timedelta(days=scope.channel.incoming_days))]
        return [*open_moves, *window, "!", *_one(source), "|", *_one(target), *_one(final)]

    def _explain_hold_domain(self, scope):
        """Live holds without a node that may be served from the level's nodes."""
        return [
            ("product_id", "in", self._explain_promised_product_ids(scope.product)),
            ("channel_id", "in", self._explain_rival_channels(scope).ids),
            ("node_id", "=", False),
            *self.env["ats.hold"]._live_domain(),
        ]

    def _explain_rival_channels(self, scope):
        """Channels that sell from one of the level's nodes, the level's own among them; archived ones keep their promises."""
        sources = self.env["ats.channel.source"].sudo().search([("node_id", "in", scope.nodes.ids)])
        return sources.channel_id | scope.channel

    def _explain_promised_product_ids(self, product):
        """Products whose promises take of this one. Modules that know kits add what shares its components."""
        return product.ids

    def _explain_quant_terms(self, code, scope):
        """What narrows the quants of the level's nodes to those of step `code`; None if it is no step of quants."""
        sellable = ("location_id.ats_sellable", "=", True)
        if code in ("on_hand", "node_floor"):
            return []
        if code == "withheld_location":
            return [("location_id.ats_sellable", "=", False)]
        if code == "withheld_blocked":
            return [sellable, ("lot_id.ats_blocked", "=", True)]
        if code == "withheld_owner":
            return [
                sellable, ("lot_id.ats_blocked", "=", False),
                ("owner_id", "!=", False), ("owner_id", "not in", scope.channel.owner_ids.ids)]
        return None


def _plain_time(value):
    return fields.Datetime.to_string(value) if isinstance(value, datetime) else value


def _one(domain):
    """A domain of several terms as one operand, for prefix operators in front of it."""
    return list(domain) if domain[0] == "&" else ["&"] * (len(domain) - 1) + list(domain)
